"""Sign-in and sessions: rows in the database, so that signing out ends them and nothing else does."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import aliased

from base.errors import NotFound, Refused
from base.rows import changed
from base.scope import NOBODY, Scope, World, acting
from security import audit, passwords, throttle
from security.models import Account, Membership, Session, Shop

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(hours=2)


class WrongLogin(Refused):
    """The pair of login and password is not one we know; which half is wrong stays unsaid."""

    code = "security.wrong_login"
    status = 401


def digest(token: str) -> bytes:
    """What is stored of a secret that travels: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The form token bound to a session: derived from its secret, so it lives exactly as long."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()[:40]


def recognise(world: World, *, login: str, password: str) -> int:
    """The account of a login and password. Raises WrongLogin, Busy.

    Reads, then hashes with no transaction open; an unknown login costs the same time as a known one.
    """
    with acting(world, shop_id=0, actor=NOBODY, reading=True) as scope:
        account = scope.session.scalar(select(Account).where(Account.login == folded(login)))
    if not passwords.matches(password, account.password if account else "") or account is None:
        raise WrongLogin
    if account.disabled_at is not None:
        raise WrongLogin
    return account.id


def welcome(scope: Scope, account_id: int, *, known_device: str, device: str) -> str:
    """Begins the session of somebody recognised and forgives their tries; returns the cookie's secret."""
    account = scope.session.get_one(Account, account_id)
    throttle.forgive(scope, account_key(account.login, known_device))
    return begin(scope, account_id=account_id, membership_id=None, device=device)


def folded(login: str) -> str:
    """A login as it is stored and counted."""
    return login.strip().casefold()[:200]


def count_try(scope: Scope, *, login: str, known_device: str) -> None:
    """Counts a sign-in against the account, the address and the whole house. Raises TooManyTries."""
    throttle.count(scope, "everybody", limit=throttle.EVERYBODY)
    throttle.count(scope, f"ip:{throttle.neighbourhood(scope.ip)}", limit=throttle.PER_IP)
    throttle.count(scope, account_key(folded(login), known_device), limit=throttle.PER_ACCOUNT)


def count_proof(scope: Scope, account_id: int) -> None:
    """Counts a password given beside the sign-in (an invitation, a change). Raises TooManyTries."""
    throttle.count(scope, proof_key(account_id), limit=throttle.PER_ACCOUNT)


def proof_key(account_id: int) -> str:
    """The throttle's key of passwords given beside the sign-in."""
    return f"proof:{account_id}"


def account_key(login: str, known_device: str) -> str:
    """The throttle's key of an account, seen from a known or from any other browser."""
    return "account:" + hashlib.sha256(f"{login}|{known_device}".encode()).hexdigest()[:32]


def begin(scope: Scope, *, account_id: int, membership_id: int | None, device: str) -> str:
    """A new session in the account's first role; returns the secret for the cookie.

    A role that is named is accepted by this: only its own link leads here. An account that another shop
    knows is therefore never in a shop that merely wrote down its address.
    """
    if membership_id is not None:
        _accept(scope, membership_id)
    token = secrets.token_urlsafe(32)
    row = Session(
        token_hash=digest(token),
        account_id=account_id,
        membership_id=membership_id or _first_role(scope, account_id),
        device=device[:120],
        ip=scope.ip,
        began_at=scope.now,
        seen_at=scope.now,
        ends_at=scope.now + ABSOLUTE,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "session.began", subject="account", subject_id=account_id, session_id=row.id)
    return token


def _accept(scope: Scope, membership_id: int) -> None:
    scope.session.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.accepted_at.is_(None))
        .values(accepted_at=scope.now)
    )


def living() -> ColumnElement[bool]:
    """Roles that open doors: accepted and not ended."""
    return Membership.accepted_at.is_not(None) & Membership.ended_at.is_(None)


def _first_role(scope: Scope, account_id: int) -> int | None:
    return scope.session.scalar(
        select(Membership.id)
        .where(Membership.account_id == account_id, living())
        .order_by(Membership.id)
        .limit(1)
    )


def end(scope: Scope, session_id: int) -> None:
    """Ends one of the actor's own sessions at once. Raises NotFound."""
    ended = changed(
        scope,
        update(Session)
        .where(Session.id == session_id, Session.account_id == scope.actor.id, Session.ended_at.is_(None))
        .values(ended_at=scope.now),
    )
    if ended != 1:
        raise NotFound
    audit.note(scope, "session.ended", subject="account", subject_id=scope.actor.id, session_id=session_id)


def end_all(scope: Scope, account_id: int, *, but: int = 0) -> None:
    """Ends every session of an account except one: a password, a role or a right has changed."""
    scope.session.execute(
        update(Session)
        .where(Session.account_id == account_id, Session.id != but, Session.ended_at.is_(None))
        .values(ended_at=scope.now)
    )
    audit.note(scope, "session.all_ended", subject="account", subject_id=account_id)


def enter(scope: Scope, *, session_id: int, membership_id: int) -> None:
    """Takes another of the actor's own roles in this session. Raises NotFound."""
    own = aliased(Membership)
    moved = changed(
        scope,
        update(Session)
        .where(
            Session.id == session_id,
            Session.account_id == scope.actor.id,
            select(own.id)
            .where(own.id == membership_id, own.account_id == scope.actor.id)
            .where(own.accepted_at.is_not(None), own.ended_at.is_(None))
            .exists(),
        )
        .values(membership_id=membership_id),
    )
    if moved != 1:
        raise NotFound


def mine(scope: Scope) -> list[Session]:
    """The actor's living sessions, newest first."""
    rows = scope.session.scalars(
        select(Session)
        .where(Session.account_id == scope.actor.id, Session.ended_at.is_(None), Session.ends_at > scope.now)
        .order_by(Session.id.desc())
    )
    return list(rows)


def roles(scope: Scope, account_id: int) -> list[tuple[Membership, Shop]]:
    """Every role an account has, in every shop, for the role switch."""
    rows = scope.session.execute(
        select(Membership, Shop)
        .join(Shop, Shop.id == Membership.shop_id)
        .where(Membership.account_id == account_id, living())
        .order_by(Shop.name, Membership.role)
    )
    return [(member, shop) for member, shop in rows]
