"""Forgetting a person: what an account says of them goes once no shop has them among its people."""

from sqlalchemy import delete, select, update

from base.scope import Scope
from security.models import Account, Link, Membership, Session

NAMELESS = "—"
NOWHERE = "invalid"  # a domain that never will be (RFC 2606)


def forget(scope: Scope, account_id: int) -> bool:
    """Takes name, address, password and devices from an account that nobody works with any more.

    Somebody who still works here in another role, or for another shop, keeps the account: what it says is
    theirs. Gives whether it was forgotten; an account that was already stays so.
    """
    living = select(Membership.id).where(Membership.account_id == account_id, Membership.ended_at.is_(None))
    if scope.session.scalar(living.limit(1)) is not None:
        return False
    nobody = {"login": f"gone-{account_id}@{NOWHERE}", "name": NAMELESS, "password": "", "locale": "ko"}
    scope.session.execute(
        update(Account).where(Account.id == account_id).values(**nobody, disabled_at=scope.now)
    )
    scope.session.execute(delete(Link).where(Link.account_id == account_id))
    scope.session.execute(update(Session).where(Session.account_id == account_id).values(device="", ip=""))
    return True
