"""Reading rows through the shop: another shop's row and no row are the same 404."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import CursorResult, Select, UpdateBase, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from base.db import InShop
from base.errors import Invalid, NotFound
from base.scope import Scope

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
    row = scope.session.scalar(mine(scope, model).where(model.id == id_))
    if row is None:
        raise NotFound
    return row


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
        here = _uncursor(after, by)
        stmt = stmt.where(tuple_(*by) < here if newest_first else tuple_(*by) > here)
    order = [column.desc() if newest_first else column.asc() for column in by]
    found = list(scope.session.scalars(stmt.order_by(*order).limit(size + 1)).unique())
    rows = found[:size]
    more = len(found) > size
    return Page(rows=rows, next=_cursor(rows[-1], by) if more else "")


def _cursor(row: Any, by: tuple[InstrumentedAttribute[Any], ...]) -> str:
    values = [getattr(row, column.key) for column in by]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _uncursor(cursor: str, by: tuple[InstrumentedAttribute[Any], ...]) -> Any:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [
            datetime.fromisoformat(v) if column.type.python_type is datetime else column.type.python_type(v)
            for v, column in zip(plain, by, strict=True)
        ]
    except (ValueError, TypeError) as error:
        raise BadCursor from error
    return tuple_(*values)


def changed(scope: Scope, statement: UpdateBase) -> int:
    """Runs an UPDATE or DELETE and says how many rows it met: the guard of every state change."""
    return cast("CursorResult[Any]", scope.session.execute(statement)).rowcount
