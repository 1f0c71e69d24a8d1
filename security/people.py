"""People of a shop: invited, joined, reset and gone; nobody ever sees or sets another's password."""

import re

from sqlalchemy import select, update

from base.errors import Invalid, NotFound, Refused
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit, links, passwords, sessions, throttle, tokens
from security.models import Account, Link, Membership, Session
from security.news import MemberJoined, MemberLeft
from security.policy import ROLES

LOGIN = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")


class BadLogin(Invalid):
    """A login is an e-mail address."""

    code = "security.bad_login"


class NameMissing(Invalid):
    """A person needs a name."""

    code = "security.name_missing"


class AlreadyMember(Refused):
    """This person has that role here already."""

    code = "security.already_member"


class LastOwner(Refused):
    """A shop keeps at least one owner."""

    code = "security.last_owner"


class NotYoursToReset(Refused):
    """The person also works for another shop: a reset here would open the other shop as well."""

    code = "security.not_yours_to_reset"


class WrongPassword(Invalid):
    """The present password is not right."""

    code = "security.wrong_password"


def invite(scope: Scope, *, login: str, name: str, role: str) -> tuple[Membership, str]:
    """Gives a person a role and returns it with the secret of a single-use link, good for 24 hours.

    The role opens doors once that link was used. A person known from another shop keeps the account and
    the password. Raises BadLogin, NameMissing, AlreadyMember.
    """
    login, name = login.strip().casefold(), name.strip()[:80]
    if not LOGIN.fullmatch(login):
        raise BadLogin(field="login")
    if not name:
        raise NameMissing(field="name")
    if role not in ROLES:
        raise Invalid(field="role")
    account = scope.session.scalar(select(Account).where(Account.login == login)) or _account(
        scope, login, name
    )
    member = _take_role(scope, account, role)
    return member, links.make(scope, purpose="invite", account_id=account.id, membership_id=member.id)


def _account(scope: Scope, login: str, name: str) -> Account:
    account = Account(login=login, name=name, locale=scope.actor.locale, made_at=scope.now)
    scope.session.add(account)
    scope.session.flush()
    return account


def _take_role(scope: Scope, account: Account, role: str) -> Membership:
    found = scope.session.scalar(
        mine(scope, Membership).where(Membership.account_id == account.id, Membership.role == role)
    )
    if found is not None and found.ended_at is None:
        raise AlreadyMember(field="login")
    member = found or Membership(shop_id=scope.shop_id, account_id=account.id, role=role, account=account)
    member.since, member.accepted_at, member.ended_at = scope.now, None, None
    scope.session.add(member)
    scope.session.flush()
    audit.note(scope, "member.joined", subject="membership", subject_id=member.id, role_given=role)
    scope.tell(MemberJoined(member.id, account.id, role))
    return member


def join(scope: Scope, token: str, *, password: str, device: str) -> str:
    """Uses an invitation, sets the first password and signs in: returns the session's secret.

    Raises LinkSpent, WeakPassword; a known account signs in with the password it has (WrongPassword).
    """
    _, account = links.look(scope, token, purpose="invite")
    if account.password:
        if not passwords.matches(password, account.password):
            raise WrongPassword(field="password")
        throttle.forgive(scope, sessions.proof_key(account.id))
    else:
        passwords.accept(password, about=(account.login, account.name))
        account.password = passwords.hashed(password)
    link = links.spend(scope, token, purpose="invite")
    return sessions.begin(scope, account_id=account.id, membership_id=link.membership_id, device=device)


def reset(scope: Scope, token: str, *, password: str, device: str) -> str:
    """Uses a reset link: a new password, every other session ended. Raises LinkSpent, WeakPassword."""
    _, account = links.look(scope, token, purpose="reset")
    passwords.accept(password, about=(account.login, account.name))
    links.spend(scope, token, purpose="reset")
    account.password = passwords.hashed(password)
    sessions.end_all(scope, account.id)
    tokens.withdraw_all(scope, account.id)
    return sessions.begin(scope, account_id=account.id, membership_id=None, device=device)


def come_in(scope: Scope, token: str, *, device: str) -> str:
    """Uses a demo door: signs in without a password. Raises LinkSpent."""
    link: Link = links.spend(scope, token, purpose="enter")
    return sessions.begin(scope, account_id=link.account_id, membership_id=link.membership_id, device=device)


def reset_link(scope: Scope, member_id: int) -> str:
    """The owner starts a reset for a member and hands on the link; the password stays the member's own.

    Raises NotFound, NotYoursToReset.
    """
    member = one(scope, Membership, member_id)
    if any(other.shop_id != scope.shop_id for other, _ in sessions.roles(scope, member.account_id)):
        raise NotYoursToReset
    return links.make(scope, purpose="reset", account_id=member.account_id)


def house_reset(scope: Scope, login: str) -> str:
    """A reset link made by whoever runs the house, for a person whom no owner may reset. Raises NotFound."""
    account = scope.session.scalar(select(Account).where(Account.login == sessions.folded(login)))
    if account is None:
        raise NotFound
    return links.make(scope, purpose="reset", account_id=account.id)


def invite_again(scope: Scope, member_id: int) -> str:
    """A new invitation for a member who has not come in yet. Raises NotFound, AlreadyMember."""
    member = one(scope, Membership, member_id)
    if member.accepted_at is not None or member.ended_at is not None:
        raise AlreadyMember
    return links.make(scope, purpose="invite", account_id=member.account_id, membership_id=member.id)


def change_password(scope: Scope, *, session_id: int, present: str, password: str) -> None:
    """Changes one's own password and ends all other sessions. Raises WrongPassword, WeakPassword."""
    account = scope.session.get_one(Account, scope.actor.id)
    if not passwords.matches(present, account.password):
        raise WrongPassword(field="present")
    throttle.forgive(scope, sessions.proof_key(account.id))
    passwords.accept(password, about=(account.login, account.name))
    account.password = passwords.hashed(password)
    sessions.end_all(scope, account.id, but=session_id)


def has_password(scope: Scope) -> bool:
    """Whether the actor has a password to say."""
    return bool(scope.session.get_one(Account, scope.actor.id).password)


def confirm(scope: Scope, present: str) -> None:
    """The person says the password once more, for what outlives the browser's session. Raises WrongPassword.

    Whoever came in by a demo door has none to say.
    """
    account = scope.session.get_one(Account, scope.actor.id)
    if account.password and not passwords.matches(present, account.password):
        raise WrongPassword(field="present")
    throttle.forgive(scope, sessions.proof_key(account.id))


def leave(scope: Scope, member_id: int) -> None:
    """Ends a member's role; whoever uses it is out with the next request. Raises NotFound, LastOwner."""
    member = one(scope, Membership, member_id)
    if member.role == "owner" and len(members(scope, role="owner")) == 1:
        raise LastOwner
    ended = changed(
        scope,
        update(Membership)
        .where(Membership.shop_id == scope.shop_id, Membership.id == member.id)
        .where(Membership.ended_at.is_(None))
        .values(ended_at=scope.now),
    )
    if ended != 1:
        raise NotFound
    scope.session.execute(
        update(Session)
        .where(Session.membership_id == member.id, Session.ended_at.is_(None))
        .values(ended_at=scope.now)
    )
    links.withdraw(scope, member.id)
    tokens.withdraw(scope, member.id)
    audit.note(scope, "member.left", subject="membership", subject_id=member.id)
    scope.tell(MemberLeft(member.id, member.account_id, member.role))


def speak(scope: Scope, locale: str) -> None:
    """Sets the actor's language."""
    scope.session.execute(update(Account).where(Account.id == scope.actor.id).values(locale=locale))


def members(scope: Scope, *, role: str = "") -> list[Membership]:
    """The shop's living members, owners first."""
    stmt = (
        mine(scope, Membership).where(Membership.ended_at.is_(None)).order_by(Membership.role, Membership.id)
    )
    return list(scope.session.scalars(stmt.where(Membership.role == role) if role else stmt))


def member(scope: Scope, member_id: int) -> Membership:
    """One membership of the shop, living or ended. Raises NotFound."""
    return one(scope, Membership, member_id)


def names(scope: Scope) -> dict[int, str]:
    """The names of everybody who has or had a role here, by account."""
    rows = scope.session.scalars(mine(scope, Membership))
    return {member.account_id: member.account.name for member in rows}
