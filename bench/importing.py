"""The import of an order file as the command line does it: one process from its start to its end."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from base.config import ROOT
from base.i18n import SEOUL
from base.scope import THE_HOUSE, acting
from bench.house import SLUG, House
from stock import goods, handling, samples
from stock.drafts import Goods

EACH = 10**6


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: orders in the file and orders ready to be packed, seconds, and the process's memory."""

    orders: int
    ready: int
    seconds: float
    cpu_s: float
    megabytes: float


def import_orders(house: House, orders: int) -> Imported:
    """Writes a marketplace's order file and carries it in; the goods it asks for lie there."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        wares = samples.products()
        ids, _new = goods.ensure(scope, [Goods(ware.sku, ware.name, ware.option) for ware in wares])
        handling.receive(scope, key="bench-files", goods=dict.fromkeys(sorted(ids.values()), EACH))
        until = scope.now.astimezone(SEOUL)
    file = house.folder / "orders.csv"
    file.write_bytes(samples.order_file(samples.offers(), orders=orders, seed=1, until=until))
    return _run(house.environ, str(file), orders)


def _run(environ: Mapping[str, str], file: str, orders: int) -> Imported:
    command = [sys.executable, str(ROOT / "app.py"), "import", "orders", file, "--shop", SLUG, "--json"]
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command, env=dict(os.environ) | dict(environ), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    report = json.loads(process.stdout.read())
    _pid, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    return Imported(
        orders,
        int(report["orders"]["ready"]),
        time.perf_counter() - begun,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
    )
