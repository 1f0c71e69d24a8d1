"""Product files: one row is one product, told by its SKU; pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from base.personal import MOST_SHOWN
from base.sheet import Cells, Numbered, Sheet, headed
from stock import normalise
from stock.drafts import Problem
from stock.marking import MarkedRow, by_row, marked
from stock.normalise import Unreadable
from stock.profiles import key

SEARCHED = 10  # rows in which the header may stand


class Column(StrEnum):
    """What a column of a product file can stand for."""

    SKU = "sku"
    NAME = "name"
    OPTION = "option"
    BARCODE = "barcode"
    UNIT = "unit"
    WEIGHT = "weight"
    PRICE = "price"
    FRAGILE = "fragile"
    OPENING = "opening"


NAMES: dict[Column, tuple[str, ...]] = {
    Column.SKU: ("상품코드", "SKU", "판매자상품코드", "옵션코드", "item code"),
    Column.NAME: ("상품명", "product name", "product", "name"),
    Column.OPTION: ("옵션", "옵션명", "option"),
    Column.BARCODE: ("바코드", "barcode", "EAN", "GTIN"),
    Column.UNIT: ("단위", "unit"),
    Column.WEIGHT: ("무게", "중량", "무게(g)", "weight", "weight (g)"),
    Column.PRICE: ("판매가", "가격", "단가", "price", "unit price"),
    Column.FRAGILE: ("파손주의", "깨짐주의", "취급주의", "fragile"),
    Column.OPENING: ("재고", "재고수량", "현재고", "실재고", "stock", "on hand"),
}
REQUIRED = (Column.SKU, Column.NAME)
YES, NO = (
    {"y", "yes", "o", "true", "1", "예", "네", "주의"},
    {"n", "no", "x", "false", "0", "아니오", "아니요"},
)
WEIGHT = re.compile(r"([\d,]+(?:\.\d+)?)\s*(g|kg)?", re.IGNORECASE)
MOST_GRAMS = 1_000_000
MOST_UNITS = 9_999_999


@dataclass(frozen=True, slots=True)
class Ware:
    """A product as a file tells it; None is what the file does not say.

    `opening` units are put in the warehouse if nothing of the product ever moved.
    """

    sku: str
    name: str
    option: str | None = None
    barcode: str | None = None
    unit: str | None = None
    weight_g: int | None = None
    price: Decimal | None = None
    fragile: bool | None = None
    opening: int | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a product file says; `columns` are those that are read, `ignored` those that are not."""

    rows: int
    wares: tuple[Ware, ...]
    problems: tuple[Problem, ...]
    columns: tuple[tuple[Column, str], ...] = ()
    ignored: tuple[str, ...] = ()


def standardise(sheet: Sheet) -> Catalogue:
    """The products of a table; whoever calls refuses it for one problem."""
    sheet = _under_header(sheet)
    places = _places(sheet)
    problems = [
        Problem(sheet.header_row, NAMES[column][0], "", "column_missing") for column in _missing(places)
    ]
    wares: dict[str, Ware] = {}
    for row in sheet.rows if not problems else []:
        ware = _ware(row, places, problems)
        if ware is not None and ware.sku in wares:
            problems.append(Problem(row[0], places[Column.SKU][1], ware.sku, "sku_once"))
        elif ware is not None:
            wares[ware.sku] = ware
    return Catalogue(
        rows=len(sheet.rows),
        wares=tuple(wares.values()),
        problems=tuple(problems),
        columns=tuple((column, name) for column, (_, name) in places.items()),
        ignored=_ignored(sheet.header, places),
    )


Places = dict[Column, tuple[int, str]]


def raw(sheet: Sheet, problems: Sequence[Problem], most: int) -> list[MarkedRow]:
    """The first rows that have problems, their columns as in `Catalogue.columns`, bad cells marked."""
    sheet, wrong = _under_header(sheet), by_row(problems)
    places = _places(sheet).values()
    bad = [numbered for numbered in sheet.rows if numbered[0] in wrong][:most]
    return [
        marked(number, ((name, _shown(cells, at)) for at, name in places), wrong[number])
        for number, cells in bad
    ]


def _shown(cells: Cells, at: int) -> str:
    return normalise.text(cells[at])[:MOST_SHOWN] if at < len(cells) else ""


def _under_header(sheet: Sheet) -> Sheet:
    """The sheet under the first of ten rows that has all required columns, else as it is."""
    headers = [sheet.header, *(cells for _, cells in sheet.rows[: SEARCHED - 1])]
    fitting = (at for at, header in enumerate(headers) if not _missing(_found(header)))
    return headed(sheet, next(fitting, 0))


def _places(sheet: Sheet) -> Places:
    return _found(sheet.header)


def _found(header: tuple[str, ...]) -> Places:
    at = {key(name): (position, name) for position, name in reversed(list(enumerate(header)))}
    found = {column: [at[key(name)] for name in names if key(name) in at] for column, names in NAMES.items()}
    return {column: places[0] for column, places in found.items() if places}


def _missing(places: Places) -> list[Column]:
    return [column for column in REQUIRED if column not in places]


def _ignored(header: tuple[str, ...], places: Places) -> tuple[str, ...]:
    """Columns nobody reads; where no header was found they may be somebody's data and are not told."""
    used = {at for at, _ in places.values()}
    named = (name.strip() for at, name in enumerate(header) if at not in used)
    return () if _missing(places) else tuple(name[:MOST_SHOWN] for name in named if name)


def _ware(row: Numbered, places: Places, problems: list[Problem]) -> Ware | None:
    """What a row says, or nothing where it has problems."""
    number, cells = row
    said: dict[Column, object] = {}
    before = len(problems)
    for column, (at, name) in places.items():
        raw = cells[at] if at < len(cells) else ""
        if raw.strip() or column in REQUIRED:
            try:
                said[column] = READ[column](raw)
            except Unreadable as bad:
                problems.append(Problem(number, name, normalise.text(raw)[:MOST_SHOWN], bad.expected))
    return _made(said) if len(problems) == before else None


def _made(said: dict[Column, object]) -> Ware:
    fields = {
        "weight_g" if column == Column.WEIGHT else column.value: value for column, value in said.items()
    }
    return Ware(**fields)  # type: ignore[arg-type]  # each reader returns its field's type


def _name(raw: str) -> str:
    return normalise.up_to_300(normalise.filled(raw))


def _weight(raw: str) -> int:
    match = WEIGHT.fullmatch(normalise.text(raw))
    grams = (
        Decimal(match[1].replace(",", "")) * (1000 if (match[2] or "").lower() == "kg" else 1)
        if match
        else -1
    )
    if not 0 < grams <= MOST_GRAMS:
        raise Unreadable("weight")
    return round(grams)


def _price(raw: str) -> Decimal:
    price = normalise.money(raw)
    if price < 0:
        raise Unreadable("price")
    return price


def _opening(raw: str) -> int:
    try:
        units = normalise.whole(raw)
    except Unreadable as bad:
        raise Unreadable("opening") from bad
    if not 0 <= units <= MOST_UNITS:
        raise Unreadable("opening")
    return units


def _yes(raw: str) -> bool:
    word = normalise.text(raw).casefold()
    if word not in YES | NO:
        raise Unreadable("yes_no")
    return word in YES


READ: dict[Column, Callable[[str], object]] = {
    Column.SKU: normalise.sku,
    Column.NAME: _name,
    Column.OPTION: normalise.up_to_300,
    Column.BARCODE: normalise.up_to_64,
    Column.UNIT: normalise.up_to_64,
    Column.WEIGHT: _weight,
    Column.PRICE: _price,
    Column.FRAGILE: _yes,
    Column.OPENING: _opening,
}
