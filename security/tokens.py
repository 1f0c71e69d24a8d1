"""Tokens for programs: each acts in one role of one person, with a part of its rights, until it ends."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select, update

from base.errors import Forbidden, Invalid, NotFound, Refused
from base.rows import changed
from base.scope import Actor, Scope
from security import audit, sessions, throttle
from security.models import Account, ApiToken, Membership
from security.policy import grantable

LONGEST = 366  # days
MOST = 20  # living tokens of one role
SIGN = "dari"
SHOWN = len(SIGN) + 11  # characters of the part that is no secret
USED_EVERY = timedelta(minutes=5)  # the last use is written at most this often
BAD_TRIES = 30  # of one address in five minutes
NAME = 60


class BadToken(Refused):
    """The token is not one that lives: mistyped, ended, revoked, or its person has left."""

    code = "security.bad_token"
    status = 401


class NotGranted(Forbidden):
    """The token's person may do this, the token may not. Facts: permission."""

    code = "security.not_granted"


class NoPermissions(Invalid):
    """A token that may do nothing is of no use; nor may it do what its person may not."""

    code = "security.no_permissions"


class BadLifetime(Invalid):
    """A token lives 1 to 366 days."""

    code = "security.bad_lifetime"


class TokenNameMissing(Invalid):
    """A token needs a name by which it will be known again."""

    code = "security.token_name_missing"


class TooManyTokens(Refused):
    """This role has as many living tokens as it may. Facts: most."""

    code = "security.too_many_tokens"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token stands for, and what of their rights it carries."""

    token_id: int
    shop_id: int
    actor: Actor
    permissions: frozenset[str]
    used_long_ago: bool


def make(
    scope: Scope, *, membership_id: int, name: str, permissions: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """Makes a token in one of the actor's own roles; the secret is returned this once and never again.

    Raises NotFound, NoPermissions, BadLifetime, TokenNameMissing, TooManyTokens.
    """
    member = _own(scope, membership_id)
    granted = [each for each in grantable(member.role) if each in permissions]
    if not granted or len(granted) != len(set(permissions)):
        raise NoPermissions(field="permissions")
    if not 1 <= days <= LONGEST:
        raise BadLifetime(field="days", longest=LONGEST)
    if not (name := " ".join(name.split())[:NAME]):
        raise TokenNameMissing(field="name")
    if len([token for token in mine(scope, membership_id) if lives(scope, token)]) >= MOST:
        raise TooManyTokens(most=MOST)
    prefix = f"{SIGN}_{secrets.token_hex(5)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        prefix=prefix,
        token_hash=sessions.digest(secret),
        membership_id=member.id,
        membership=member,
        name=name,
        permissions=" ".join(granted),
        made_at=scope.now,
        ends_at=scope.now + timedelta(days=days),
    )
    scope.session.add(token)
    scope.session.flush()
    audit.note(scope, "token.made", "token", token.id, permissions=len(granted), days=days)
    return token, secret


def bearer(scope: Scope, secret: str) -> Bearer | None:
    """Whom this secret stands for, while the token, the role and the account live: one statement.

    Found by the part that is no secret; the rest is compared in constant time.
    """
    row = scope.session.execute(_BEARER.where(ApiToken.prefix == secret[:SHOWN])).first()
    hash_ = row.token_hash if row else bytes(32)
    if not hmac.compare_digest(hash_, sessions.digest(secret)) or row is None or row.ends_at <= scope.now:
        return None
    partner_id = row.membership_id if row.role == "partner" else None
    return Bearer(
        token_id=row.id,
        shop_id=row.shop_id,
        actor=Actor(id=row.account_id, role=row.role, partner_id=partner_id, locale=row.locale),
        permissions=frozenset(row.permissions.split()),
        used_long_ago=row.used_at is None or row.used_at < scope.now - USED_EVERY,
    )


_BEARER = (
    select(
        ApiToken.id,
        ApiToken.token_hash,
        ApiToken.permissions,
        ApiToken.ends_at,
        ApiToken.used_at,
        Membership.id.label("membership_id"),
        Membership.shop_id,
        Membership.role,
        Account.id.label("account_id"),
        Account.locale,
    )
    .join(Membership, Membership.id == ApiToken.membership_id)
    .join(Account, Account.id == Membership.account_id)
    .where(ApiToken.revoked_at.is_(None), sessions.living(), Account.disabled_at.is_(None))
)


def count_bad(scope: Scope) -> None:
    """Counts a token that did not open. Raises TooManyTries when an address has tried too many."""
    throttle.count(scope, f"token:{throttle.neighbourhood(scope.ip)}", limit=BAD_TRIES)


def used(scope: Scope, token_id: int) -> None:
    """Notes that a token is in use."""
    scope.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=scope.now))


def lives(scope: Scope, token: ApiToken) -> bool:
    """Whether it still opens doors."""
    return token.revoked_at is None and token.ends_at > scope.now


def mine(scope: Scope, membership_id: int) -> list[ApiToken]:
    """The tokens of one of the actor's own roles, newest first. Raises NotFound."""
    _own(scope, membership_id)
    return list(scope.session.scalars(_here(scope).where(ApiToken.membership_id == membership_id)))


def of_shop(scope: Scope) -> list[ApiToken]:
    """Everybody's tokens in this shop, newest first."""
    return list(scope.session.scalars(_here(scope)))


def revoke(scope: Scope, token_id: int) -> None:
    """Ends one of the actor's own tokens at once; one that has ended stays so. Raises NotFound."""
    own = Membership.account_id == scope.actor.id
    _end(scope, token_id, select(Membership.id).where(Membership.shop_id == scope.shop_id, own))


def revoke_any(scope: Scope, token_id: int) -> None:
    """The owner ends anybody's token in this shop. Raises NotFound."""
    _end(scope, token_id, select(Membership.id).where(Membership.shop_id == scope.shop_id))


def withdraw(scope: Scope, membership_id: int) -> None:
    """Ends every token of a role that has ended."""
    living = (ApiToken.membership_id == membership_id, ApiToken.revoked_at.is_(None))
    scope.session.execute(update(ApiToken).where(*living).values(revoked_at=scope.now))


def withdraw_all(scope: Scope, account_id: int) -> None:
    """Ends every token of an account whose password had to be reset: nobody knows who made them."""
    roles = select(Membership.id).where(Membership.account_id == account_id)
    living = (ApiToken.membership_id.in_(roles), ApiToken.revoked_at.is_(None))
    scope.session.execute(update(ApiToken).where(*living).values(revoked_at=scope.now))


def _here(scope: Scope) -> Select[ApiToken]:
    stmt = select(ApiToken).join(Membership, Membership.id == ApiToken.membership_id)
    return stmt.where(Membership.shop_id == scope.shop_id).order_by(ApiToken.id.desc())


def _own(scope: Scope, membership_id: int) -> Membership:
    stmt = select(Membership).where(
        Membership.id == membership_id,
        Membership.shop_id == scope.shop_id,
        Membership.account_id == scope.actor.id,
        sessions.living(),
    )
    if (member := scope.session.scalar(stmt)) is None:
        raise NotFound
    return member


def _end(scope: Scope, token_id: int, members: Select[int]) -> None:
    which = (ApiToken.id == token_id, ApiToken.membership_id.in_(members))
    if scope.session.scalar(select(ApiToken.id).where(*which)) is None:
        raise NotFound
    ended = update(ApiToken).where(*which, ApiToken.revoked_at.is_(None)).values(revoked_at=scope.now)
    if changed(scope, ended) == 1:
        audit.note(scope, "token.revoked", "token", token_id)
