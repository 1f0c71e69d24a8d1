"""Who comes: the person, the role and the shop that a cookie stands for."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update

from base import prepared
from base.clock import telling, told
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

    @property
    def actor(self) -> Actor:
        partner = self.membership_id if self.role == "partner" else None
        return Actor(id=self.account_id, role=self.role, partner_id=partner, locale=self.locale)


def visitor(scope: Scope, token: str) -> Visitor | None:
    """Whose token this is, while the session lives and the account may sign in: one statement."""
    if not token:
        return None
    asked = {"token": sessions.digest(token), "now": scope.now, "seen": scope.now - sessions.IDLE}
    tells = scope.world.engines.dialect == "postgresql"
    row = prepared.run(scope, _VISITOR_TOLD if tells else _VISITOR, asked).first()
    if row is None:
        return None
    if tells:
        told(scope.session, row.shop_id or 0)
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
    )


#: A session that stands, of an account that may sign in.
STANDS = (
    Session.token_hash == bindparam("token"),
    Session.ended_at.is_(None),
    Session.ends_at > bindparam("now"),
    Session.seen_at > bindparam("seen"),
    Account.disabled_at.is_(None),
)
#: Asked by every request: made once, and of plain columns.
_VISITOR = (
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
    )
    .join(Account, Account.id == Session.account_id)
    .outerjoin(Membership, (Membership.id == Session.membership_id) & sessions.living())
    .outerjoin(Shop, Shop.id == Membership.shop_id)
    .where(*STANDS)
)

#: PostgreSQL is told in the same breath whose rows this transaction may touch.
_VISITOR_TOLD = _VISITOR.add_columns(telling(func.coalesce(Shop.id, 0)))


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
