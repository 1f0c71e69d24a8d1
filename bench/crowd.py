"""Hands for the bench: partners invited through the real desk, and the keys of their browsers."""

from collections.abc import Iterator
from dataclasses import dataclass

from base.scope import THE_HOUSE, Actor, Scope, World, acting
from partners import people as cards
from security import people, sessions
from security.models import Account, Membership


@dataclass(frozen=True, slots=True)
class Key:
    """What a browser must carry so that it is somebody's: the cookie's secret and the form token."""

    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Hand:
    """A partner who works, and the key of their browser."""

    actor: Actor
    key: Key


def hire(scope: Scope, count: int, *, capacity: int, locales: tuple[str, ...] = ("ko",)) -> list[Hand]:
    """Invites partners who may hold so many tasks at once, in these languages by turns; all are signed in."""
    return list(_hired(scope, count, capacity, locales))


def _hired(scope: Scope, count: int, capacity: int, locales: tuple[str, ...]) -> Iterator[Hand]:
    for number in range(count):
        login, locale = f"hand{number}@bench.invalid", locales[number % len(locales)]
        member, _link = people.invite(scope, login=login, name=f"Hand {number}", role="partner")
        cards.set_capacity(scope, member.id, capacity=capacity)
        scope.session.get_one(Account, member.account_id).locale = locale
        yield Hand(Actor(member.account_id, "partner", member.id, locale), sign_in(scope, member))


def sign_in(scope: Scope, member: Membership) -> Key:
    """Begins a session in this role, as the sign-in page does once it has recognised somebody."""
    token = sessions.begin(scope, account_id=member.account_id, membership_id=member.id, device="bench")
    return Key(token, sessions.csrf_of(token))


def key_of(world: World, *, shop_id: int, role: str) -> Key:
    """The key of a browser of the shop's first member in a role."""
    with acting(world, shop_id=shop_id, actor=THE_HOUSE) as scope:
        return sign_in(scope, people.members(scope, role=role)[0])
