"""Single-use links: invitations, new passwords and the demo's doors; only their hash is stored."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from base.errors import Refused
from base.rows import changed
from base.scope import Scope
from security import audit
from security.models import Account, Link
from security.sessions import digest

INVITE = timedelta(hours=24)
RESET = timedelta(hours=1)
ENTER = timedelta(days=2)
LIFE = {"invite": INVITE, "reset": RESET, "enter": ENTER}


class LinkSpent(Refused):
    """The link was used, has ended, or never was: the three look the same."""

    code = "security.link_spent"
    status = 404


def make(scope: Scope, *, purpose: str, account_id: int, membership_id: int | None = None) -> str:
    """Makes a link's secret (256 bit); earlier unused ones of the same purpose end."""
    token = secrets.token_urlsafe(32)
    scope.session.execute(
        update(Link)
        .where(
            Link.account_id == account_id,
            Link.purpose == purpose,
            Link.membership_id == membership_id,
            Link.used_at.is_(None),
        )
        .values(ends_at=scope.now)
    )
    scope.session.add(
        Link(
            token_hash=digest(token),
            purpose=purpose,
            account_id=account_id,
            membership_id=membership_id,
            made_at=scope.now,
            ends_at=scope.now + LIFE[purpose],
        )
    )
    audit.note(scope, "link.made", subject="account", subject_id=account_id, purpose=purpose)
    return token


def withdraw(scope: Scope, membership_id: int) -> None:
    """Ends the unused links into a role that has ended."""
    unused = (Link.membership_id == membership_id, Link.used_at.is_(None))
    scope.session.execute(update(Link).where(*unused).values(ends_at=scope.now))


def look(scope: Scope, token: str, *, purpose: str) -> tuple[Link, Account]:
    """A link that can still be used, and whose it is. Raises LinkSpent."""
    row = scope.session.execute(
        select(Link, Account)
        .join(Account, Account.id == Link.account_id)
        .where(
            Link.token_hash == digest(token),
            Link.purpose == purpose,
            Link.used_at.is_(None),
            Link.ends_at > scope.now,
            Account.disabled_at.is_(None),
        )
    ).first()
    if row is None:
        raise LinkSpent
    link, account = row
    return link, account


def spend(scope: Scope, token: str, *, purpose: str) -> Link:
    """Uses the link up: of ten who come at once one goes through. Raises LinkSpent."""
    link, _ = look(scope, token, purpose=purpose)
    used = changed(
        scope, update(Link).where(Link.id == link.id, Link.used_at.is_(None)).values(used_at=scope.now)
    )
    if used != 1:
        raise LinkSpent
    audit.note(scope, "link.used", subject="account", subject_id=link.account_id, purpose=purpose)
    return link
