"""Who comes: the person, the role and the shop that a cookie stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session as SqlSession

from base import prepared, receipts
from base.clock import anchor, telling, told
from base.db import Utc
from base.models import Receipt
from base.saying import line
from base.scope import Actor, Scope
from security import sessions
from security.models import Account, Membership, Session, Shop

SEEN_EVERY = timedelta(minutes=5)  # a session's last sight is written at most this often


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a session cookie belongs to: the account, and the role it has taken in a shop."""

    session_id: int
    account_id: int
    name: str
    locale: str
    shop_id: int
    shop_name: str
    membership_id: int
    role: str
    csrf: str
    seen_long_ago: bool
    decided: Mapping[str, Any] | None  # the shop's rules as they are stored

    @property
    def actor(self) -> Actor:
        partner = self.membership_id if self.role == "partner" else None
        return Actor(id=self.account_id, role=self.role, partner_id=partner, locale=self.locale)


def arrive(session: SqlSession, shop_id: int, *, token: str, twin: str) -> datetime:
    """Begins the transaction of whoever brings this secret, and gives the database's clock.

    PostgreSQL is asked in one breath what time it is, who comes and what they were answered before, is told
    whose rows may be touched, and stands requests with the same `twin` (their client's own id) in a row.
    """
    if session.get_bind().dialect.name != "postgresql":
        session.info[TWIN] = twin
        return anchor(session, shop_id)
    asked, to = {"token": sessions.digest(token), "twin": twin or None}, line(session)
    to.ahead(_ARRIVAL, asked)
    if twin:
        to.ahead(receipts.ARRIVED, {"sent": twin})
    row = to.ask(_ARRIVAL, asked).one()
    told(session, row.shop_id or 0)
    session.info[ARRIVED] = row if row.session_id else None
    if row.shop_id:
        session.info[receipts.IN_A_ROW] = twin
    now: datetime = row.now
    return now


def visitor(scope: Scope, token: str) -> Visitor | None:
    """Whose token this is, while the session lives and the account may sign in: one statement."""
    if not token:
        return None
    row = _row(scope, token)
    if row is None:
        return None
    return Visitor(
        session_id=row.session_id,
        account_id=row.account_id,
        name=row.name,
        locale=row.locale,
        shop_id=row.shop_id or 0,
        shop_name=row.shop_name or "",
        membership_id=row.membership_id or 0,
        role=row.role or "stranger",
        csrf=sessions.csrf_of(token),
        seen_long_ago=row.seen_at < scope.now - SEEN_EVERY,
        decided=row.decided,
    )


def _row(scope: Scope, token: str) -> Any:
    """What `arrive` has read already, or is read now, with what they were answered before."""
    noted = scope.session.info
    if ARRIVED in noted:
        return noted[ARRIVED]
    asked = {"token": sessions.digest(token), "now": scope.now, "seen": scope.now - sessions.IDLE}
    if not noted.get(TWIN):
        return prepared.run(scope, _VISITOR, asked).first()
    row = prepared.run(scope, _VISITOR_AGAIN, asked | {"twin": noted[TWIN]}).first()
    if row is not None:
        noted[receipts.BESIDE] = noted[TWIN], row
    return row


def standing(now: ColumnElement[Any], seen: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """A session that stands at this instant, of an account that may sign in."""
    return (
        Session.token_hash == bindparam("token"),
        Session.ended_at.is_(None),
        Session.ends_at > now,
        Session.seen_at > seen,
        Account.disabled_at.is_(None),
    )


STANDS = standing(bindparam("now"), bindparam("seen"))


def _asking(stands: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    """Who comes with the rules of their shop; asked by every request, and of plain columns."""
    return (
        select(
            Session.id.label("session_id"),
            Session.seen_at,
            Account.id.label("account_id"),
            Account.name,
            Account.locale,
            Membership.id.label("membership_id"),
            Membership.role,
            Shop.id.label("shop_id"),
            Shop.name.label("shop_name"),
            Shop.rules.label("decided"),
        )
        .join(Account, Account.id == Session.account_id)
        .outerjoin(Membership, (Membership.id == Session.membership_id) & sessions.living())
        .outerjoin(Shop, Shop.id == Membership.shop_id)
        .where(*stands)
    )


def _arriving() -> Select[*tuple[Any, ...]]:
    """One row on PostgreSQL, whoever comes: its clock, and who it is where somebody is known."""
    clock = func.clock_timestamp(type_=Utc())
    who = _asking(standing(clock, clock - literal(sessions.IDLE, Interval()))).subquery("who")
    nobody = select(literal_column("1")).subquery("nobody")
    return select(
        clock.label("now"),
        telling(func.coalesce(who.c.shop_id, 0)),
        receipts.telling(func.coalesce(who.c.account_id, 0)),
        receipts.row_of(receipts.name_of(who.c.shop_id, who.c.account_id, bindparam("twin", type_=Text))),
        who,
    ).select_from(nobody.outerjoin(who, true()))


_VISITOR = _asking(STANDS)
_VISITOR_AGAIN = _VISITOR.add_columns(*receipts.COLUMNS).outerjoin(
    Receipt,
    (Receipt.shop_id == func.coalesce(Shop.id, 0))  # nobody has a shop before they have a role
    & (Receipt.actor_id == Account.id)
    & (Receipt.client_id == bindparam("twin", type_=Text)),
)
_ARRIVAL = _arriving()


TWIN = "twin"  # in a session's notes: the client's own id of the request that is let in
ARRIVED = "arrived"  # in a session's notes: the row that `arrive` has read, None for a stranger's


def was_known(scope: Scope, token: str) -> bool:
    """Whether this secret ever was a session's, living or ended."""
    return (
        bool(token)
        and scope.session.scalar(select(Session.id).where(Session.token_hash == sessions.digest(token)))
        is not None
    )


def see(scope: Scope, session_id: int) -> None:
    """Notes that the session is in use."""
    scope.session.execute(update(Session).where(Session.id == session_id).values(seen_at=scope.now))
