"""A look into an order file before it is taken in: what it seems to be, how its first orders read."""

import hashlib
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from base.scope import Scope
from security import shops
from stock import imports, recipients, understanding
from stock.drafts import Draft, Problem
from stock.imports import Kind
from stock.profiles import document
from stock.understanding import Understood, UnknownColumns

ROWS, ORDERS = 500, 5


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file seems to be; recipients are masked. `twin` is the import the same file already was, or 0.

    Without a `profile` nobody knows the columns yet: `header` is what there is to choose from. The problems
    are those of the first rows; the import looks at all of them.
    """

    name: str
    rows: int
    header: tuple[str, ...]
    profile: str
    columns: dict[str, list[str]]
    orders: tuple[Draft, ...]
    problems: tuple[Problem, ...]
    twin: int


def preview(scope: Scope, *, data: bytes, name: str, chosen: Kind = None) -> Preview:
    """Reads a file without keeping anything of it. Raises the refusals of base.sheets."""
    twin = imports.twin(scope, imports.ORDERS, hashlib.sha256(data).hexdigest()) or 0
    try:
        found = understanding.columns_of(data, name, chosen)
    except UnknownColumns as unknown:
        return Preview(name, unknown.rows, unknown.header, "", {}, (), (), twin)
    return _read(scope, found, name, twin)


def _read(scope: Scope, found: Understood, name: str, twin: int) -> Preview:
    zone = ZoneInfo(shops.shop(scope).zone)
    intake = understanding.standardised(understanding.beginning(found, ROWS), zone)
    return Preview(
        name=name,
        rows=len(found.sheet.rows),
        header=found.sheet.header,
        profile=found.mapping.profile,
        columns=document(found.mapping),
        orders=tuple(
            replace(draft, recipient=recipients.masked(draft.recipient), customer="")
            for draft in intake.orders[:ORDERS]
        ),
        problems=intake.problems,
        twin=twin,
    )
