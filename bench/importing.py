"""The import of an order file as the command line does it, in a process of its own: sealed, and unsealed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from base.config import ROOT
from base.i18n import SEOUL
from base.scope import THE_HOUSE, acting
from bench.house import FILES, House
from stock import goods, handling, samples
from stock.drafts import Goods

EACH = 10**7
SEALED = (str(ROOT / "app.py"),)
OPEN = ("-m", "bench.unsealed")


@dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its end: what it placed, and what it took."""

    lines: int
    ready: int
    seconds: float
    cpu_s: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Imported:
    """Imports of one kind: lines a second (median, highest memory), the start of the process taken off."""

    orders: int
    lines: int
    lines_per_second: float
    lines_per_cpu_s: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Imports:
    """The same files with recipients sealed, and open."""

    sealed: Imported
    unsealed: Imported

    @property
    def share(self) -> float:
        """The sealed import's speed as a share of the unsealed one's."""
        return self.sealed.lines_per_second / self.unsealed.lines_per_second


def measure(house: House, *, orders: int, times: int, starts: int) -> Imports:
    """Carries files in by turns with and without sealing; the goods they ask for lie there."""
    until = _shelved(house)
    seeds = iter(range(1, 100))
    begun = [_run(house, SEALED, orders=1, seed=next(seeds), until=until) for _ in range(starts)]
    start = min(begun, key=lambda run: run.seconds)
    runs: dict[Sequence[str], list[Run]] = {SEALED: [], OPEN: []}
    for _ in range(times):
        for command, done in runs.items():
            done.append(_run(house, command, orders=orders, seed=next(seeds), until=until))
    sealed, unsealed = (_told(orders, done, start) for done in runs.values())
    return Imports(sealed, unsealed)


def _shelved(house: House) -> datetime:
    """Brings in the goods; the end of the days the files tell of."""
    with acting(house.world, shop_id=house.files_shop_id, actor=THE_HOUSE) as scope:
        wares = samples.products()
        ids, _new = goods.ensure(scope, [Goods(ware.sku, ware.name, ware.option) for ware in wares])
        handling.receive(scope, key="bench-files", goods=dict.fromkeys(sorted(ids.values()), EACH))
        return scope.now.astimezone(SEOUL)


def _told(orders: int, done: Sequence[Run], start: Run) -> Imported:
    return Imported(
        orders=orders,
        lines=round(median(run.lines for run in done)),
        lines_per_second=median(run.lines / max(0.01, run.seconds - start.seconds) for run in done),
        lines_per_cpu_s=median(run.lines / max(0.01, run.cpu_s - start.cpu_s) for run in done),
        megabytes=max(run.megabytes for run in done),
    )


def _run(house: House, command: Sequence[str], *, orders: int, seed: int, until: datetime) -> Run:
    file = house.folder / f"orders-{seed}.csv"
    data = samples.order_file(samples.offers(), orders=orders, seed=seed, until=until)
    file.write_bytes(data)
    return _carried_in(house.environ, command, file, lines=data.count(b"\n") - 1)


def _carried_in(environ: Mapping[str, str], command: Sequence[str], file: Path, *, lines: int) -> Run:
    words = [sys.executable, *command, "import", "orders", str(file), "--shop", FILES, "--json"]
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 (our own command)
        words, cwd=ROOT, env=dict(os.environ) | dict(environ), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as told:
        report = json.loads(told.read())
    _pid, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    cpu_s = used.ru_utime + used.ru_stime
    took = time.perf_counter() - begun
    return Run(lines, int(report["orders"]["ready"]), took, cpu_s, used.ru_maxrss / 1024)
