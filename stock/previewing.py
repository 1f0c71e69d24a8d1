"""Looking at an order file before it is carried out: which column is which, its first rows masked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from base import sheets
from base.personal import shape
from base.rows import mine
from base.scope import Scope
from base.sheet import Numbered, Sheet, headed
from security import masks, shops
from stock import columns, imports, profiles, reading, understanding
from stock.drafts import Intake, Problem, all_fees
from stock.marking import MarkedRow, by_row, marked
from stock.models import ColumnProfile
from stock.profiles import GENERIC, PERSONAL, PROFILES, Field
from stock.understanding import Understood
from stock.uploads import File

CHECKED = 5000  # rows looked at whole; of a longer file the beginning
BEGINNING = 200
SHOWN = 5  # rows a preview shows of a sound file
MOST_BAD = 50  # rows with problems that it shows
CHIEF = (
    Field.ORDER, Field.PLACED, Field.SKU, Field.NAME, Field.QUANTITY, Field.PRICE,
    Field.RECIPIENT, Field.PHONE, Field.ADDRESS,
)  # fmt: skip
NAMING = (Field.ORDER, Field.SKU)  # what a row with problems is known by
MASKED: Mapping[Field, masks.Kind] = {
    Field.RECIPIENT: "name", Field.PHONE: "phone", Field.ADDRESS: "address",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picked:
    """Columns somebody chose: the kind of file, the row of its header, positions of columns by field."""

    profile: str
    header_row: int
    places: Mapping[Field, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it would be understood; `looked` of its `rows` were read, `problems` were found there."""

    name: str
    mapping: profiles.Mapping
    labels: tuple[str, ...]  # the columns as they may be shown, by position
    header: tuple[str, ...]
    header_row: int
    rows: int
    looked: int
    orders: int
    lines: int
    units: int
    cancellations: int
    corrections: int
    fees: int
    skipped: int
    missing: tuple[Field, ...]  # required fields without a column
    problems: tuple[Problem, ...]
    fields: tuple[Field, ...]  # of `first`
    first: tuple[MarkedRow, ...]  # the beginning of the file
    bad_fields: tuple[Field, ...]  # of `bad`
    bad: tuple[MarkedRow, ...]  # rows with problems

    @property
    def whole(self) -> bool:
        return self.looked == self.rows


def own_profiles(scope: Scope) -> list[str]:
    """The names under which the shop keeps its own columns."""
    stmt = select(ColumnProfile.name).where(ColumnProfile.shop_id == scope.shop_id)
    return list(scope.session.scalars(stmt.order_by(ColumnProfile.name)))


def look(scope: Scope, file: File, chosen: str | Picked) -> Preview:
    """The file as a profile, picked columns or, for an empty name, whatever fits would understand it.

    Raises UnknownProfile and the refusals of base.sheets.
    """
    sheet = sheets.read(file.data, file.name)
    if isinstance(chosen, Picked):
        found = _under_picked(sheet, chosen)
    else:
        found = _under(sheet, imports.kind_of(scope, chosen) or _fitting(scope, sheet))
    part = found if len(found.sheet.rows) <= CHECKED else understanding.beginning(found, BEGINNING)
    intake = understanding.standardised(part, ZoneInfo(shops.shop(scope).zone))
    return _preview(file.name, found, len(part.sheet.rows), intake)


def _fitting(scope: Scope, sheet: Sheet) -> profiles.Profile | profiles.Mapping:
    """The house's profile that fits, else the shop's own, else the one that is nearest."""
    located = columns.locate(sheet)
    name = columns.detect(located.header)
    if name:
        return PROFILES[name]
    for own in scope.session.scalars(mine(scope, ColumnProfile).order_by(ColumnProfile.id)):
        mapping = profiles.mapping(own.columns["profile"], own.columns["columns"])
        if not _under(sheet, mapping).problems:
            return mapping
    return min(PROFILES.values(), key=lambda kind: _unlike(located.header, kind))


def _unlike(header: tuple[str, ...], kind: profiles.Profile) -> tuple[float, int]:
    """How badly a header fits a kind: the share of required columns it lacks, then how few it knows."""
    found = columns.resolve(header, kind)
    lacking = sum(1 for of in kind.required if of not in found.mapping.columns)
    return lacking / len(kind.required), -len(found.mapping.columns)


def _under(sheet: Sheet, chosen: profiles.Profile | profiles.Mapping) -> Understood:
    located = columns.locate(sheet, chosen)
    found = columns.resolve(located.header, chosen, located.header_row)
    return Understood(located, found.mapping, found.problems)


def _under_picked(sheet: Sheet, picked: Picked) -> Understood:
    numbers = [sheet.header_row, *(number for number, _ in sheet.rows[: columns.SEARCHED - 1])]
    at = numbers.index(picked.header_row) if picked.header_row in numbers else 0
    located = headed(sheet, at)
    names = {
        of: tuple(located.header[place] for place in places if place < len(located.header))
        for of, places in picked.places.items()
    }
    mapping = profiles.Mapping(picked.profile, {of: told for of, told in names.items() if any(told)})
    found = columns.resolve(located.header, mapping, located.header_row)
    return Understood(located, found.mapping, found.problems)


def _preview(name: str, found: Understood, looked: int, intake: Intake) -> Preview:
    lines = [line for order in intake.orders for line in order.lines]
    fields, bad_fields = _fields(found, CHIEF), _fields(found, NAMING, intake.problems)
    wrong = by_row(intake.problems)
    troubled = [numbered for numbered in found.sheet.rows[:looked] if numbered[0] in wrong]
    return Preview(
        name=name,
        mapping=found.mapping,
        labels=_labels(found.sheet.header),
        header=found.sheet.header,
        header_row=found.sheet.header_row,
        rows=len(found.sheet.rows),
        looked=looked,
        orders=len(intake.orders),
        lines=len(lines),
        units=sum(line.quantity for line in lines),
        cancellations=len(intake.cancellations),
        corrections=len(intake.corrections),
        fees=sum(1 for _ in all_fees(intake)),
        skipped=len(intake.skipped),
        missing=_lacking(found.mapping),
        problems=intake.problems,
        fields=fields,
        first=tuple(_rows(found, fields, found.sheet.rows[:SHOWN], wrong)),
        bad_fields=bad_fields,
        bad=tuple(_rows(found, bad_fields, troubled[:MOST_BAD], wrong)),
    )


def _labels(header: tuple[str, ...]) -> tuple[str, ...]:
    """Columns by letter and name; where no name is known the first row may be somebody's data: its shape."""
    known = {profiles.key(name) for name in header} & COLUMN_NAMES
    return tuple(f"{_letter(at)} · {name if known else shape(name)}" for at, name in enumerate(header))


def _letter(at: int) -> str:
    """The letter of a column as spreadsheets name it: A, Z, AA."""
    first, last = divmod(at, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _lacking(mapping: profiles.Mapping) -> tuple[Field, ...]:
    kind = PROFILES.get(mapping.profile, GENERIC)
    return tuple(of for of in kind.required if of not in mapping.columns)


def _fields(
    found: Understood, always: tuple[Field, ...], problems: tuple[Problem, ...] = ()
) -> tuple[Field, ...]:
    """Those of these fields that have columns, and whatever has a problem."""
    places = reading.columns(found.sheet, found.mapping).places
    wrong = {problem.column for problem in problems}
    faulty = {of for of, told in places.items() if wrong & {name for _, name in told}}
    return tuple(of for of in Field if of in places and (of in always or of in faulty))


def _rows(
    found: Understood, fields: tuple[Field, ...], rows: Sequence[Numbered], wrong: Mapping[int, Any]
) -> Iterator[MarkedRow]:
    places = reading.columns(found.sheet, found.mapping)
    for numbered in rows:
        row = reading.row(numbered, places, [])
        told = ((of, *reading.cell(row, of)) for of in fields)
        cells = ((name, _seen(of, raw, name)) for of, raw, name in told)
        yield marked(row.number, cells, wrong.get(row.number, ()))


def _seen(of: Field, raw: str, column: str) -> str:
    """A value as the page may show it, also where its column was put in the wrong place."""
    if of in MASKED:
        return masks.mask(MASKED[of], raw)
    return shape(raw) if profiles.key(column) in ABOUT_PEOPLE else reading.shown(of, raw)


#: Names of columns that hold what is personal, so that a column put in the wrong place shows nothing.
ABOUT_PEOPLE = frozenset(
    profiles.key(name)
    for profile in PROFILES.values()
    for of, told in profile.columns.items()
    if of in PERSONAL
    for name in told
) | frozenset(
    map(profiles.key, ("구매자명", "구매자연락처", "구매자전화번호", "주문자명", "주문자 휴대전화"))
)

COLUMN_NAMES = frozenset(
    profiles.key(name) for profile in PROFILES.values() for told in profile.columns.values() for name in told
)
