"""The online-retail layout, a wholesaler's invoice lines: sales, cancellations, corrections, fees told apart.

One row is one line of an invoice. In this order: a code that is no goods, or a negative price, is a fee;
a price of zero is a stock correction with its description as the reason; an invoice that begins with C takes
goods back; the rest are sales. The layout names no recipient: the customer's number stands for one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from base.sheet import Sheet
from stock import moments, normalise
from stock.cancelling import OpenLine
from stock.drafts import Cancellation, Correction, Draft, Fee, Intake, Line, Problem, Recipient
from stock.profiles import Field, Mapping
from stock.reading import Row, columns, complain, goods, in_order, is_sound, merged, optional, required, row

PROFILE = "online-retail"

#: Codes that are money, not goods: postage, carriage, manual entries, discounts, samples, commissions,
#: charges, bad debts, and the trial entries of the wholesaler's own system; vouchers begin with GIFT_.
FEES = frozenset(
    {
        "POST",
        "DOT",
        "C2",
        "C3",
        "M",
        "D",
        "S",
        "B",
        "BANK CHARGES",
        "AMAZONFEE",
        "CRUK",
        "ADJUST",
        "ADJUST2",
        "GIFT",
        "TEST001",
        "TEST002",
    }
)
VOUCHER = "GIFT_"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = Decimal(0)
#: Which units a row of a kind may have, and the code of what was expected; a fee may have any.
UNITS: dict[str, tuple[Callable[[int], bool], str]] = {
    "correction": (bool, "units"),
    "cancellation": (lambda units: units < 0, "negative"),
    "sale": (lambda units: units > 0, "quantity"),
}


@dataclass(frozen=True, slots=True)
class Sold:
    """A row of the file as it was read; `key` names it in every copy of the file."""

    of: Row = field(repr=False)
    key: str
    invoice: str
    spelling: str
    sku: str
    name: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str = field(repr=False)
    country: str


def standardise(sheet: Sheet, mapping: Mapping, *, zone: tzinfo) -> Intake:
    """Everything an online-retail file says, local times read in `zone`; an order is an invoice."""
    sold, problems = _read(sheet, mapping, zone)
    kinds: defaultdict[str, list[Sold]] = defaultdict(list)
    for one in sold:
        kinds[kind(one)].append(one)
    goods_rows = [*kinds["sale"], *kinds["cancellation"], *kinds["correction"]]
    fees = _by_invoice(kinds["fee"])
    sales = _by_invoice(kinds["sale"])
    orders = tuple(_order(lines, fees.pop(invoice, [])) for invoice, lines in sales.items())
    return Intake(
        channel=PROFILE,
        rows=len(sheet.rows),
        orders=orders,
        cancellations=tuple(map(_cancellation, kinds["cancellation"])),
        corrections=tuple(map(_correction, kinds["correction"])),
        fees=tuple(_fee(one) for lines in fees.values() for one in lines),
        goods=goods((one.sku, one.name if one.price else "", "") for one in goods_rows),
        merged=merged((one.sku, one.spelling) for one in goods_rows),
        skipped=(),
        problems=in_order(problems, sheet.header),
    )


def kind(one: Sold) -> str:
    """What a row is: fee, correction, cancellation or sale."""
    if is_fee(one.sku) or one.price < 0:
        return "fee"
    if not one.price:
        return "correction"
    return "cancellation" if one.invoice.startswith("C") else "sale"


def is_fee(code: str) -> bool:
    """Whether a normalised code stands for money and not for goods."""
    return code in FEES or code.startswith(VOUCHER)


def open_lines(orders: Iterable[Draft]) -> Iterator[OpenLine[tuple[str, int]]]:
    """The lines of orders, all open, for `cancelling.match`; named by order number and position."""
    for order in orders:
        for at, line in enumerate(order.lines):
            yield OpenLine((order.number, at), order.customer, line.sku, order.placed_at, line.quantity)


def _read(sheet: Sheet, mapping: Mapping, zone: tzinfo) -> tuple[list[Sold], list[Problem]]:
    places, problems = columns(sheet, mapping), list[Problem]()
    if not sheet.rows:
        problems.append(Problem(sheet.header_row + 1, "", "", "rows"))
    seen: Counter[tuple[str, str]] = Counter()
    rows = (row(one, places, problems) for one in sheet.rows)
    return [one for of in rows if (one := _sold(of, lambda raw: moments.moment(raw, zone), seen))], problems


def _sold(of: Row, moment: Callable[[str], datetime], seen: Counter[tuple[str, str]]) -> Sold | None:
    """What a row says, or nothing where it has problems; `seen` counts the rows of an invoice and SKU."""
    if not is_sound(of):
        return None
    before = len(of.problems)
    invoice = required(of, Field.ORDER, normalise.number, "").upper()
    spelling = required(of, Field.SKU, normalise.spelling, "")
    sku = spelling.upper()
    seen[invoice, sku] += 1
    sold = Sold(
        of=of,
        key=f"{invoice}/{sku}/{seen[invoice, sku]}",
        invoice=invoice,
        spelling=spelling,
        sku=sku,
        name=optional(of, Field.NAME, normalise.up_to_300, ""),
        quantity=required(of, Field.QUANTITY, normalise.whole, 0),
        at=required(of, Field.PLACED, moment, NEVER),
        price=required(of, Field.PRICE, normalise.money, NOTHING),
        customer=optional(of, Field.CUSTOMER, normalise.customer, ""),
        country=optional(of, Field.COUNTRY, normalise.up_to_64, ""),
    )
    if len(of.problems) == before:
        _check_units(sold)
    return sold if len(of.problems) == before else None


def _check_units(one: Sold) -> None:
    if (rule := UNITS.get(kind(one))) and not rule[0](one.quantity):
        complain(one.of, Field.QUANTITY, rule[1])


def _by_invoice(rows: Iterable[Sold]) -> dict[str, list[Sold]]:
    invoices: defaultdict[str, list[Sold]] = defaultdict(list)
    for one in rows:
        invoices[one.invoice].append(one)
    return invoices


def _order(lines: list[Sold], fees: list[Sold]) -> Draft:
    """One order from an invoice's sales, which must all be one customer's."""
    first = lines[0]
    for one in lines:
        if (one.customer, one.country) != (first.customer, first.country):
            complain(one.of, Field.CUSTOMER, "recipient_same")
    return Draft(
        channel=PROFILE,
        number=first.invoice,
        customer=first.customer,
        placed_at=min(one.at for one in lines),
        ship_by=None,
        recipient=_recipient(first),
        lines=tuple(_line(one) for one in lines),
        fees=tuple(map(_fee, fees)),
    )


def _recipient(one: Sold) -> Recipient:
    name = f"Customer {one.customer}" if one.customer else f"Invoice {one.invoice}"
    return Recipient(name=name, phone="", postcode="", address=one.country, memo="")


def _line(one: Sold) -> Line:
    return Line(one.sku, one.name, "", one.quantity, one.price, one.of.number)


def _fee(one: Sold) -> Fee:
    return Fee(one.key, one.invoice, one.sku, one.name, one.quantity, one.price, one.at, one.of.number)


def _cancellation(one: Sold) -> Cancellation:
    return Cancellation(one.key, one.invoice, one.customer, one.sku, -one.quantity, one.at, one.of.number)


def _correction(one: Sold) -> Correction:
    return Correction(one.key, one.invoice, one.sku, one.quantity, one.name, one.at, one.of.number)
