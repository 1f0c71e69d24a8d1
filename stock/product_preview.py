"""Looking at a product file before it is carried out: what it adds, what it changes, what it does not say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from base import sheets
from base.scope import Scope
from stock import catalogue, goods, opening
from stock.catalogue import Catalogue, Column, Ware
from stock.drafts import Problem
from stock.goods import Standing
from stock.marking import MarkedRow
from stock.opening import Opened
from stock.uploads import File

SHOWN = 20  # products a preview shows
MOST_BAD = 50  # rows with problems that it shows
NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True, slots=True)
class Row:
    """A product as the file tells it, and what that does to the one we have; `differs` names the fields."""

    ware: Ware
    mark: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductPreview:
    """A product file as it would be carried out; `counts` are products by mark."""

    name: str
    rows: int
    columns: tuple[tuple[Column, str], ...]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    opened: Opened
    shown: tuple[Row, ...]
    bad: tuple[MarkedRow, ...]  # rows with problems, cells in the order of `columns`


def look(scope: Scope, file: File) -> ProductPreview:
    """The file against the products we have. Raises the refusals of base.sheets."""
    sheet = sheets.read(file.data, file.name)
    told = catalogue.standardise(sheet)
    rows = _rows(told.wares, goods.standing(scope, [ware.sku for ware in told.wares]))
    return ProductPreview(
        name=file.name,
        rows=told.rows,
        columns=told.columns,
        ignored=told.ignored,
        problems=told.problems,
        counts={mark: sum(row.mark == mark for row in rows) for mark in (NEW, CHANGED, SAME)},
        opened=_opened(scope, told),
        shown=tuple(sorted(rows, key=lambda row: row.mark == SAME)[:SHOWN]),
        bad=tuple(catalogue.raw(sheet, told.problems, MOST_BAD)),
    )


def _opened(scope: Scope, told: Catalogue) -> Opened:
    return Opened() if told.problems else opening.planned(scope, told.wares)


def _rows(wares: Sequence[Ware], there: Mapping[str, Standing]) -> list[Row]:
    return [_row(ware, there.get(ware.sku)) for ware in wares]


def _row(ware: Ware, now: Standing | None) -> Row:
    if now is None:
        return Row(ware, NEW)
    differs = goods.differing(now, ware)
    return Row(ware, CHANGED if differs else SAME, tuple(differs))
