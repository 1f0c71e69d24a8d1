"""The gate of value: every movement is valued once, in the order of the ledger. Sole writer of these tables.

Nobody who works waits for it: it follows the ledger. Two hands may commit movements out of their order, so it
looks back `BACK` lines for one that it has not seen, and then tells that product's whole story anew; so what
is kept is always what telling everything anew would give.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base import calendars
from base.clock import anchor
from base.once import once
from base.scope import Scope
from stock.batches import batches
from stock.flow import keeping as flow
from stock.flow.keeping import NOWHERE, Left
from stock.flow.models import FlowMonth
from stock.models import Movement
from stock.upserts import upsert
from stock.value import costing
from stock.value.folding import ADJUSTED, ISSUED, RECEIVED, RETURNED, TOLD, Day, Folded, Line, State, fold
from stock.value.models import PaidPrice, RollCursor, ToldCost, Valued, ValueDay, Worth

AT_ONCE = 5000  # movements
BACK = 10_000  # lines of the ledger, far more than are written while one transaction lasts
PRODUCTS = 500  # told anew at once
NEVER = -1
SORTS = (RECEIVED, ISSUED, RETURNED, ADJUSTED)
SUMS = tuple(name for sort in SORTS for name in (sort, f"{sort}_parts"))


def waits(session: Session, shop_id: int) -> bool:
    """Whether the ledger has gone on since the shop's goods were valued."""
    anchor(session, shop_id)
    newest = select(func.max(Movement.id)).where(Movement.shop_id == shop_id)
    return session.scalar(newest) not in {None, session.scalar(_cursor(shop_id))}


def keep(scope: Scope) -> set[int] | None:
    """Values what moved since and tells whose worth that changed; None where nothing was ever valued."""
    at = hold(scope)
    if at == NEVER:
        return None
    lines = _new(scope, at)
    if not lines:
        return set()
    paid, zone = _paid(scope, lines), calendars.current(scope).zone
    by_product: defaultdict[int, list[Line]] = defaultdict(list)
    for row in lines:
        by_product[row.product_id].append(_line(row, paid, zone))
    before = flow.left(scope, by_product)
    states = _states(scope, by_product, before)
    late = {id_ for id_, new in by_product.items() if id_ in states and new[0].id <= states[id_].last}
    on_time = {id_: new for id_, new in by_product.items() if id_ not in late}
    folded = {id_: fold(states.get(id_, State()), new) for id_, new in on_time.items()}
    _write(scope, folded, before)
    flow.sum_up(scope, _months(folded))
    retell(scope, late)
    _set(scope, max(at, lines[-1].id))
    return set(by_product)


def rebuild(scope: Scope) -> None:
    """Values everything anew from the movements."""
    hold(scope)
    newest = scope.session.scalar(select(func.max(Movement.id)).where(Movement.shop_id == scope.shop_id))
    products = list(
        scope.session.scalars(select(Movement.product_id).where(Movement.shop_id == scope.shop_id).distinct())
    )
    for model in (Valued, ValueDay, FlowMonth, Worth):
        scope.session.execute(delete(model).where(model.shop_id == scope.shop_id))
    for some in batches(sorted(products), PRODUCTS):
        _write(scope, _told(scope, some))
    flow.sum_up(scope, flow.months(scope))
    _set(scope, newest or 0)


def retell(scope: Scope, products: Collection[int]) -> None:
    """Tells these products' whole story anew."""
    if not products:
        return
    for model in (Valued, ValueDay, FlowMonth):
        here = (model.shop_id == scope.shop_id, model.product_id.in_(products))
        scope.session.execute(delete(model).where(*here))
    anew = _told(scope, sorted(products))
    _write(scope, anew)
    flow.sum_up(scope, _months(anew))


def differences(scope: Scope, products: Sequence[int]) -> list[str]:
    """Which of these products' worth, days, lines or months are not what their movements say.

    Those that are not valued to their end are passed over; some products at a time are held at once.
    """
    wrong = list[str]()
    for some in batches(sorted(products), PRODUCTS):
        stands, true = _stands(scope, some), _rows(_told(scope, some), {})
        for mine, theirs in zip(stands, true, strict=True):
            ends = {row["product_id"]: row["last"] for row in stands[0]}
            whole = {row["product_id"] for row in true[0] if ends.get(row["product_id"]) == row["last"]}
            kept, said = (_hashed(rows, whole) for rows in (mine, theirs))
            wrong += [f"value.{id_}" for id_ in {id_ for id_, _ in kept ^ said}]
    return sorted(set(wrong))


def hold(scope: Scope) -> int:
    """The cursor, locked until the end: one hand at a time values."""
    once(scope.session, RollCursor, {"shop_id": scope.shop_id, "movement_id": NEVER, "as_of": scope.now})
    at: int = scope.session.scalars(_cursor(scope.shop_id).with_for_update()).one()
    return at


def price(scope: Scope, *, key: str, paid: Mapping[int, int]) -> None:
    """Notes beside a receipt what its goods cost, in parts by product; `key` is that of the movement."""
    rows = [{"key": key, "product_id": id_, "parts": parts} for id_, parts in sorted(paid.items())]
    upsert(scope, PaidPrice, rows, keys=("shop_id", "key", "product_id"), put=("parts",))


def _cursor(shop_id: int) -> Any:
    return select(RollCursor.movement_id).where(RollCursor.shop_id == shop_id)


def _set(scope: Scope, at: int) -> None:
    here = update(RollCursor).where(RollCursor.shop_id == scope.shop_id)
    scope.session.execute(here.values(movement_id=at, as_of=scope.now))


def _lines(scope: Scope) -> Any:
    columns = (Movement.id, Movement.product_id, Movement.kind, Movement.quantity, Movement.key)
    stmt = select(*columns, Movement.location_id, Movement.recorded_at)
    return stmt.where(Movement.shop_id == scope.shop_id).order_by(Movement.id)


def _new(scope: Scope, at: int) -> list[Any]:
    """The next movements without a value, those of `BACK` lines before the cursor looked at again."""
    valued = select(Valued.id).where(Valued.shop_id == scope.shop_id, Valued.movement_id == Movement.id)
    late = _lines(scope).where(Movement.id > at - BACK, Movement.id <= at, ~valued.exists())
    new = _lines(scope).where(Movement.id > at).limit(AT_ONCE)
    return [*scope.session.execute(late), *scope.session.execute(new)]


def _line(row: Any, paid: Mapping[tuple[str, int], int], zone: Any) -> Line:
    key = (row.key.partition("#")[0], row.product_id)
    day = row.recorded_at.astimezone(zone).date()
    return Line(row.id, row.kind, row.quantity, day, paid.get(key), row.location_id)


def _paid(scope: Scope, rows: Iterable[Any]) -> dict[tuple[str, int], int]:
    keys = sorted({row.key.partition("#")[0] for row in rows})
    found = dict[tuple[str, int], int]()
    for some in batches(keys):
        stmt = select(PaidPrice.key, PaidPrice.product_id, PaidPrice.parts)
        here = stmt.where(PaidPrice.shop_id == scope.shop_id, PaidPrice.key.in_(some))
        found |= {(key, id_): parts for key, id_, parts in scope.session.execute(here)}
    return found


def _states(scope: Scope, products: Collection[int], before: Mapping[int, Left]) -> dict[int, State]:
    found = dict[int, State]()
    columns = select(Worth.product_id, Worth.units, Worth.parts, Worth.each, Worth.last)
    for some in batches(sorted(products)):
        here = columns.where(Worth.shop_id == scope.shop_id, Worth.product_id.in_(some))
        for id_, units, parts, each, last in scope.session.execute(here):
            month = before.get(id_, NOWHERE).month
            found[id_] = State(costing.Worth(units, parts), each, last, month)
    return found


def _told(scope: Scope, products: Collection[int]) -> dict[int, Folded]:
    """The whole story of these products from their movements."""
    zone = calendars.current(scope).zone
    rows = scope.session.execute(_lines(scope).where(Movement.product_id.in_(products))).all()
    paid = _paid(scope, rows)
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for row in rows:
        lines[row.product_id].append(_line(row, paid, zone))
    for product_id, told in _costs(scope, products, zone):
        lines[product_id].append(told)
    return {
        id_: fold(State(), sorted(of, key=lambda line: (line.id, line.kind == TOLD)))
        for id_, of in lines.items()
    }


def _costs(scope: Scope, products: Collection[int], zone: Any) -> Iterator[tuple[int, Line]]:
    columns = (ToldCost.product_id, ToldCost.after, ToldCost.at, ToldCost.parts)
    here = select(*columns).where(ToldCost.shop_id == scope.shop_id, ToldCost.product_id.in_(products))
    for id_, after, at, parts in scope.session.execute(here.order_by(ToldCost.id)):
        yield id_, Line(after, TOLD, 0, at.astimezone(zone).date(), parts)


Rows = tuple[list[dict[str, Any]], ...]  # worths, lines, days, months
TABLES = (Worth, Valued, ValueDay, FlowMonth)


def _write(scope: Scope, folded: Mapping[int, Folded], before: Mapping[int, Left] = {}) -> None:
    worths, lines, days, months = _rows(folded, before)
    upsert(scope, Worth, worths, keys=("shop_id", "product_id"), put=("units", "parts", "each", "last"))
    upsert(scope, Valued, lines, keys=("shop_id", "movement_id"), put=("parts",))
    keys = ("shop_id", "product_id", "day")
    upsert(scope, ValueDay, days, keys=keys, grow=SUMS, put=("closing", "closing_parts"))
    flow.write(scope, months)


def _rows(folded: Mapping[int, Folded], before: Mapping[int, Left]) -> Rows:
    worths, lines, days, months = list[Any](), list[Any](), list[Any](), list[Any]()
    for id_, one in sorted(folded.items()):
        product = {"product_id": id_}
        worth = {"units": one.end.worth.units, "parts": one.end.worth.parts}
        worths.append(product | worth | {"each": one.end.each, "last": one.end.last})
        lines += [product | {"movement_id": line, "parts": parts} for line, parts in one.parts.items()]
        days += [product | _day(day, of) for day, of in sorted(one.days.items())]
        months += flow.told(id_, before.get(id_, NOWHERE), one.months)
    return worths, lines, days, months


def _months(folded: Mapping[int, Folded]) -> set[date]:
    """The months that these stories touch."""
    return {month for one in folded.values() for month in one.months}


def _day(day: date, of: Day) -> dict[str, object]:
    values = dict[str, object]()
    for sort in SORTS:
        values[sort], values[f"{sort}_parts"] = of.sums.get(sort, (0, 0))
    return {"day": day, **values, "closing": of.closing.units, "closing_parts": of.closing.parts}


def _stands(scope: Scope, products: Collection[int]) -> Rows:
    """What is kept of these products."""

    def rows(model: Any) -> list[dict[str, Any]]:
        columns = [column for column in model.__table__.c if column.name not in {"id", "shop_id"}]
        here = select(*columns).where(model.shop_id == scope.shop_id, model.product_id.in_(products))
        return [dict(row) for row in scope.session.execute(here).mappings()]

    return tuple(rows(model) for model in TABLES)


def _hashed(rows: list[dict[str, Any]], whole: Collection[int]) -> set[tuple[int, tuple[Any, ...]]]:
    return {(row["product_id"], tuple(sorted(row.items()))) for row in rows if row["product_id"] in whole}
