"""The gate of the tallies: kept from the journal, line by line, each line once. Sole writer of them.

The journal of a shop is numbered without gaps in the order of commits, and a line stands in the transaction
of its act. So a cursor is enough: what is counted and how far stand in one transaction, whoever counts and
however often the errand comes. Nobody who works waits for it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from base import calendars
from base.clock import anchor
from base.once import once
from base.scope import Scope
from qa.models import TallyCursor
from qa.tallies import eyes, facts, finds, shelves, store
from qa.tallies.recount import recounted
from qa.tallies.rules import Line, Sheet, fold, local
from security import audit
from security.models import AuditEntry, AuditHead

AT_ONCE = 1000  # lines
MOST = 10  # times so many in one errand; what is left is the next one's
NEVER = -1

Told = list[tuple[Line, date]]


def keep(scope: Scope) -> None:
    """Counts on from where the tallies stand; counts everything where they never stood. Periodic."""
    at = _hold(scope)
    if at == NEVER:
        rebuild(scope)
        return
    for _ in range(MOST):
        if not (told := _told(scope, at)):
            break
        added, seen = _read(scope, told)
        store.add(scope, added)
        store.put(scope, seen)
        at = told[-1][0].seq
    _set(scope, at)


def behind(session: Session, shop_id: int) -> bool:
    """Whether the journal has gone on since the shop's tallies were kept."""
    anchor(session, shop_id)
    return session.scalar(_head(shop_id)) not in {None, session.scalar(_cursor(shop_id))}


@dataclass(frozen=True, slots=True)
class Kept:
    """How far the tallies are kept: `at` is when (None: never), `behind` whether more has been told since."""

    at: datetime | None
    behind: bool


def kept(scope: Scope) -> Kept:
    """How far the tallies are kept."""
    here = TallyCursor.shop_id == scope.shop_id
    head = _head(scope.shop_id).scalar_subquery()
    row = scope.session.execute(select(TallyCursor.as_of, TallyCursor.seq, head).where(here)).one_or_none()
    return Kept(None, behind=True) if row is None else Kept(row[0], behind=row[1] != row[2])


def rebuild(scope: Scope) -> None:
    """Counts everything anew from the rows themselves; nobody of the shop commits meanwhile."""
    seq, _mac = audit.hold_head(scope)
    _hold(scope)
    store.clear(scope)
    store.put(scope, recounted(scope).trimmed())
    _set(scope, seq)


def differences(scope: Scope) -> list[str]:
    """Where what is kept, with what the journal has told since, is not what the rows say; reads only."""
    for _ in range(3):
        seq = scope.session.scalar(_head(scope.shop_id))
        kept, true = _kept(scope), recounted(scope).trimmed()
        if scope.session.scalar(_head(scope.shop_id)) == seq:  # nobody wrote while we counted
            return [] if kept is None else sorted(_unlike(kept, true))
    return []


def _unlike(kept: Sheet, true: Sheet) -> Iterator[str]:
    pairs: tuple[tuple[Any, Any], ...] = (
        (kept.days, true.days),
        (kept.dues, true.dues),
        (kept.counts, true.counts),
    )
    for mine, theirs in pairs:
        for key in mine.keys() | theirs.keys():
            if mine.get(key) != theirs.get(key):
                yield ".".join(map(str, key)) if isinstance(key, tuple) else key


def _kept(scope: Scope) -> Sheet | None:
    """What stands, and what the lines since add to it; None where it was never counted."""
    at = scope.session.scalar(_cursor(scope.shop_id))
    if at is None or at == NEVER:
        return None
    sheet = store.stored(scope)
    while told := _told(scope, at):
        added, seen = _read(scope, told)
        sheet, at = sheet.plus(added), told[-1][0].seq
        sheet.days.update(seen.days)
        for name, n in seen.counts.items():
            sheet.counts[name] = n
    return sheet.trimmed()


def _head(shop_id: int) -> Any:
    return select(AuditHead.seq).where(AuditHead.shop_id == shop_id)


def _cursor(shop_id: int) -> Any:
    return select(TallyCursor.seq).where(TallyCursor.shop_id == shop_id)


def _hold(scope: Scope) -> int:
    """The cursor, locked until the end: one hand at a time counts."""
    once(scope.session, TallyCursor, {"shop_id": scope.shop_id, "seq": NEVER, "as_of": scope.now})
    seq: int = scope.session.scalars(_cursor(scope.shop_id).with_for_update()).one()
    return seq


def _set(scope: Scope, seq: int) -> None:
    here = TallyCursor.shop_id == scope.shop_id
    scope.session.execute(update(TallyCursor).where(here).values(seq=seq, as_of=scope.now))


def _told(scope: Scope, after: int) -> Told:
    """The next lines with the local day of each."""
    zone = calendars.current(scope).zone
    columns = (AuditEntry.seq, AuditEntry.act, AuditEntry.subject_id, AuditEntry.facts, AuditEntry.at)
    rows = scope.session.execute(
        select(*columns)
        .where(AuditEntry.shop_id == scope.shop_id, AuditEntry.seq > after)
        .order_by(AuditEntry.seq)
        .limit(AT_ONCE)
    )
    return [(Line(seq, act, id_, json.loads(facts)), local(at, zone)) for seq, act, id_, facts, at in rows]


def _read(scope: Scope, told: Told) -> tuple[Sheet, Sheet]:
    """What lines add, and what is looked at anew because of them."""
    lines = [line for line, _day in told]
    days = {day for line, day in told if shelves.stirs(line.act)}
    known = facts.facts(scope, lines)
    added = fold(lines, known).plus(finds.fold(lines, known)).plus(eyes.fold(lines, known))
    return added, shelves.seen(scope, days)
