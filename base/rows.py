"""Reading rows through the shop: another shop's row and no row are the same 404."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import CursorResult, Select, UpdateBase, bindparam, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from base.db import InShop
from base.errors import Invalid, NotFound
from base.scope import Scope

LARGEST = 2**63 - 1

M = TypeVar("M")
R = TypeVar("R", bound=InShop)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One screen of rows; `next` is the cursor of the following one, empty at the end."""

    rows: list[M]
    next: str = ""


class BadCursor(Invalid):
    """The cursor was not one we gave out."""

    code = "base.bad_cursor"


def mine(scope: Scope, model: type[R]) -> Select[R]:
    """The rows of a table that belong to this shop."""
    return select(model).where(model.shop_id == scope.shop_id)


def one(scope: Scope, model: type[R], id_: int) -> R:
    """The shop's row with this id. Raises NotFound when there is none or it is another shop's."""
    held = scope.session.identity_map.get(scope.session.identity_key(model, id_))
    if isinstance(held, model) and held.shop_id == scope.shop_id:
        return held  # reading it again would change nothing in it
    row: R | None = scope.session.scalar(_one(cast("Any", model)), {"shop": scope.shop_id, "id": id_})
    if row is None:
        raise NotFound
    return row


@cache
def _one(model: Any) -> Select[Any]:
    return select(model).where(model.shop_id == bindparam("shop"), model.id == bindparam("id"))


def page(
    scope: Scope,
    stmt: Select[Any],
    *,
    by: tuple[InstrumentedAttribute[Any], ...],
    after: str = "",
    size: int = 50,
    newest_first: bool = True,
) -> Page[Any]:
    """One page by keyset over `by` (the last column must be unique), from just after the cursor."""
    if after:
        here = uncursor(after, by)
        stmt = stmt.where(tuple_(*by) < here if newest_first else tuple_(*by) > here)
    order = [column.desc() if newest_first else column.asc() for column in by]
    found = list(scope.session.scalars(stmt.order_by(*order).limit(size + 1)).unique())
    rows = found[:size]
    more = len(found) > size
    return Page(rows=rows, next=cursor(rows[-1], by) if more else "")


def cursor(row: Any, by: tuple[InstrumentedAttribute[Any], ...]) -> str:
    """The cursor of the page after this row."""
    values = [getattr(row, column.key) for column in by]
    plain = [v.isoformat() if isinstance(v, date) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def uncursor(told: str, by: tuple[InstrumentedAttribute[Any], ...]) -> Any:
    """What a cursor names, to compare rows with. Raises BadCursor."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
        values = [_uncursed(v, column.type.python_type) for v, column in zip(plain, by, strict=True)]
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise BadCursor from error
    return tuple_(*values)


def _uncursed(value: Any, kind: type) -> Any:
    """A cursor's value as its column has it. Raises ValueError, TypeError."""
    found: Any = kind.fromisoformat(value) if kind in (date, datetime) else value
    fits: dict[type, Callable[[], bool]] = {
        int: lambda: -LARGEST <= found <= LARGEST,
        str: lambda: (
            "\0" not in found and found.encode() is not None
        ),  # half a surrogate pair does not encode
        date: lambda: True,
        datetime: lambda: found.tzinfo is not None and found.astimezone(UTC) is not None,  # or overflows
    }
    if type(found) is not kind or not fits[kind]():
        raise ValueError
    return found


def changed(scope: Scope, statement: UpdateBase) -> int:
    """Runs an UPDATE or DELETE and says how many rows it met: the guard of every state change."""
    return cast("CursorResult[Any]", scope.session.execute(statement)).rowcount
