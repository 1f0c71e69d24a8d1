"""Files to try the road with: a few made-up products and orders that nobody can take for real ones."""

import csv
from datetime import datetime
from io import StringIO

from stock import samples
from stock.samples import Ware

MARK = "[연습]"
PREFIX = "TRY-"
PRODUCTS, ORDERS, UNITS, SEED = 6, 2, 30, 1
HEAD = ("상품코드", "상품명", "옵션", "바코드", "무게", "판매가", "재고")


def products() -> tuple[Ware, ...]:
    """The practice products: codes of their own, and names that say what they are."""
    some = samples.products()[:PRODUCTS]
    return tuple(
        Ware(PREFIX + ware.sku, f"{MARK} {ware.name}", ware.option, ware.price, ware.barcode, ware.weight_g)
        for ware in some
    )


def product_file() -> bytes:
    """The practice products with their first stock, as a CSV that spreadsheets open."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for ware in products():
        facts = (ware.sku, ware.name, ware.option, ware.barcode, f"{ware.weight_g}g", ware.price, UNITS)
        writer.writerow(facts)
    return out.getvalue().encode("utf-8-sig")


def order_file(until: datetime) -> bytes:
    """Two made-up orders of the practice products, placed in the hour before `until`."""
    offers = [(ware.sku, f"{ware.name} {ware.option}".strip(), ware.price) for ware in products()]
    return samples.order_file(offers, orders=ORDERS, seed=SEED, until=until, hours=1, encoding="utf-8-sig")
