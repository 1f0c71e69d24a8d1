"""Forgetting who left: what is personal goes at the end of its purpose; what the law keeps goes in its time.

Rows of work and pay stay as they are: they hold an id and no name.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from base import i18n
from base.rows import changed, mine
from base.scope import Scope
from partners.checks import documents
from partners.joining.models import Application
from partners.leaving import ending, gate, references
from partners.leaving.life import ASKABLE, ENDED, forget_from, held_until
from partners.leaving.models import Departure, Reference
from partners.lifecycle import LEFT
from partners.models import Partner, PayLine
from partners.pay.models import (
    PayAccount,
    PayAdjustment,
    PayDispute,
    PayMonth,
    PayMonthLine,
    PayProposal,
    PayStatement,
)
from security import audit, people, vault
from security.forgetting import forget as forget_account

GONE = b""
AT_ONCE = 200  # of one turn; the next is a day away


def due(scope: Scope) -> list[Departure]:
    """The leavings whose partner nobody needs to know by name any more, but for work that waits above."""
    ended = (
        mine(scope, Departure)
        .join(Partner, Partner.id == Departure.partner_id)
        .where(Partner.state == LEFT, Departure.state == ENDED, Departure.forgotten_at.is_(None))
        .where(Departure.over_at <= scope.now - ASKABLE)
        .order_by(Departure.id)
        .limit(AT_ONCE)
    )
    return [one for one in scope.session.scalars(ended) if _is_due(scope, one)]


def _is_due(scope: Scope, departure: Departure) -> bool:
    if departure.over_at is None:
        return False
    waits = any(scope.session.scalar(stmt) is not None for stmt in _waiting(scope, departure.partner_id))
    last = scope.session.scalar(
        select(func.max(PayMonth.closed_at))
        .join(PayStatement, PayStatement.month_id == PayMonth.id)
        .where(PayStatement.shop_id == scope.shop_id, PayStatement.partner_id == departure.partner_id)
    )
    at = forget_from(departure.over_at, waits=waits, last_closed=last)
    return at is not None and at <= scope.now


def _waiting(scope: Scope, partner_id: int) -> Sequence[Any]:
    """What of somebody's pay is still open: lines in no month, what is proposed, what was asked."""
    in_month = (
        exists().where(PayMonthLine.line_id == PayLine.id, PayMonthLine.shop_id == scope.shop_id),
        exists().where(PayMonthLine.adjustment_id == PayAdjustment.id, PayMonthLine.shop_id == scope.shop_id),
    )
    lines = ((PayLine, in_month[0]), (PayAdjustment, in_month[1]))
    open_ = ((PayProposal, PayProposal.state == "proposed"), (PayDispute, PayDispute.state == "asked"))
    return [
        select(table.id).where(table.shop_id == scope.shop_id, table.partner_id == partner_id, still).limit(1)
        for table, still in (*((table, ~paid) for table, paid in lines), *open_)
    ]


def forget(scope: Scope, departure: Departure) -> None:
    """Takes away what is personal of who left; names on pay are held as long as the law wants it."""
    partner_id, last = departure.partner_id, ending.was_paid(scope, departure.partner_id)
    doing = (_applications, _accounts, _references, documents.destroy_of)
    keys = [key for destroyed in doing for key in destroyed(scope, partner_id)]
    until = held_until(last)
    kept: dict[str, object] = {"forgotten_at": scope.now, "link_hash": None, "held_until": until}
    if until is None:
        kept |= {"held": GONE, "destroyed_at": scope.now}
        keys.append(ending.spot(departure.uid).record)
    gate.write(scope, departure, **kept)
    account = forget_account(scope, people.member(scope, partner_id).account_id)
    vault.throw_away(scope, keys)
    facts = {"departure": departure.id, "keys": len(keys), "account": account, "held": until is not None}
    audit.note(scope.as_house(), "leaving.forgotten", subject="partner", subject_id=partner_id, **facts)


def release(scope: Scope) -> int:
    """Destroys what the law wanted kept once it wants it no more; gives how many."""
    today = scope.now.astimezone(i18n.SEOUL).date()
    over = mine(scope, Departure).where(
        Departure.state == ENDED, Departure.destroyed_at.is_(None), Departure.held_until < today
    )
    rows = scope.session.scalars(over.order_by(Departure.id).limit(AT_ONCE)).all()
    for row in rows:
        gate.write(scope, row, held=GONE, destroyed_at=scope.now)
        audit.note(
            scope.as_house(),
            "leaving.destroyed",
            subject="partner",
            subject_id=row.partner_id,
            departure=row.id,
        )
    if rows:
        vault.throw_away(scope, [ending.spot(row.uid).record for row in rows])
    return len(rows)


def _applications(scope: Scope, partner_id: int) -> Collection[str]:
    here = (Application.shop_id == scope.shop_id, Application.partner_id == partner_id)
    uids = scope.session.scalars(select(Application.uid).where(*here)).all()
    changed(scope, update(Application).where(*here).values(said=GONE, destroyed_at=scope.now))
    return [f"application-{uid}" for uid in uids]


def _accounts(scope: Scope, partner_id: int) -> Collection[str]:
    here = (PayAccount.shop_id == scope.shop_id, PayAccount.partner_id == partner_id)
    uids = scope.session.scalars(select(PayAccount.uid).where(*here)).all()
    changed(scope, delete(PayAccount).where(*here))
    return uids


def _references(scope: Scope, partner_id: int) -> Collection[str]:
    here = (Reference.shop_id == scope.shop_id, Reference.partner_id == partner_id)
    uids = scope.session.scalars(select(Reference.uid).where(*here)).all()
    changed(scope, update(Reference).where(*here).values(said=GONE))
    return [references.spot(uid).record for uid in uids]
