"""Background work of this room: carrying out a received file in steps, so that no writer waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from base import files, sheets
from base.background import External
from base.errors import Invalid
from base.scope import THE_HOUSE, Scope, World, acting, persistently
from stock import catalogue, claim_file, importing, imports, understanding
from stock.drafts import Intake
from stock.imports import ImportEnded, Upload
from stock.understanding import Understood

T = TypeVar("T")
Show = Callable[[str, int, int], None]  # the stage, rows so far, rows in all
LONGEST = 15 * 60  # seconds


def silently(_stage: str, _done: int, _all: int) -> None:
    """Shows nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One import being carried out, and whoever watches."""

    world: World
    shop_id: int
    import_id: int
    show: Show


def carry_out(world: World, *, shop_id: int, import_id: int, show: Show = silently) -> None:
    """Reads, understands, seals, then writes everything in one transaction; killed anywhere, it starts again.

    An import that has ended stays as it is.
    """
    run = Run(world, shop_id, import_id, show)
    try:
        upload = _write(run, imports.begin)
        _read(run, upload)
    except ImportEnded:
        return
    files.delete(world.files, upload.file_key)


def _read(run: Run, upload: Upload) -> None:
    try:
        FILES[upload.kind](run, upload)
    except Invalid as refusal:
        _write(run, partial(imports.give_up, refusal=refusal))


def _products(run: Run, upload: Upload) -> None:
    told = catalogue.standardise(sheets.read(upload.data, upload.name))
    _reach(run, "placing", 50, told.rows)
    if told.problems:
        _write(run, partial(imports.give_back, told=told))
    else:
        _write(run, partial(imports.finish_products, catalogue=told))
        run.show("done", told.rows, told.rows)


def _orders(run: Run, upload: Upload) -> None:
    found = understanding.columns_of(upload.data, upload.name, upload.chosen)
    _reach(run, "understanding", 10, len(found.sheet.rows))
    intake = understanding.standardised(found, upload.zone)
    if intake.problems:
        _write(run, partial(imports.give_back, told=intake))
    else:
        _place(run, found, intake)


def _claims(run: Run, upload: Upload) -> None:
    told = claim_file.standardise(sheets.read(upload.data, upload.name), upload.zone)
    _reach(run, "placing", 50, told.rows)
    if told.problems:
        _write(run, partial(imports.give_back, told=told))
    else:
        _write(run, partial(imports.finish_claims, told=told))
        run.show("done", told.rows, told.rows)


FILES: dict[str, Callable[[Run, Upload], None]] = {
    imports.ORDERS: _orders,
    imports.PRODUCTS: _products,
    imports.CLAIMS: _claims,
}


def _place(run: Run, found: Understood, intake: Intake) -> None:
    _reach(run, "sealing", 50, intake.rows)
    with acting(run.world, shop_id=run.shop_id, actor=THE_HOUSE, reading=True) as scope:
        work = importing.prepared(scope, intake)
    _reach(run, "placing", 60, intake.rows)
    _write(run, partial(imports.finish, mapping=found.mapping, work=work))
    run.show("done", intake.rows, intake.rows)


def _reach(run: Run, stage: str, percent: int, rows: int) -> None:
    progress = rows * percent // 100
    run.show(stage, progress, rows)
    _write(run, partial(imports.advance, rows=rows, progress=progress))


def _write(run: Run, act: Callable[[Scope, int], T]) -> T:
    """One short transaction about this import, tried again when it loses a race."""

    def unit() -> T:
        with acting(run.world, shop_id=run.shop_id, actor=THE_HOUSE) as scope:
            return act(scope, run.import_id)

    return persistently(unit)


def _prepare(scope: Scope, import_id: int) -> tuple[int, int]:
    return scope.shop_id, import_id


def _send(world: World, _key: str, which: tuple[int, int]) -> None:
    shop_id, import_id = which
    carry_out(world, shop_id=shop_id, import_id=import_id)


#: Carries out what `imports.receive` promised. Nothing leaves the machine, but it opens its own transactions:
#: reading a large file inside the errand's would keep every other writer waiting.
IMPORT = External(prepare=_prepare, send=_send, seconds=LONGEST)
