"""The first run: one shop and its owner, by whoever holds the code that the console printed."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from base.config import Settings
from base.errors import Forbidden, Refused
from base.scope import Scope
from security import passwords, people, sessions, shops
from security.models import Account, Shop

SHORT_NAME = "shop"  # what the command line calls the shop where its owner does not care


class AlreadySetUp(Refused):
    """A shop stands; the wizard is closed."""

    code = "security.already_set_up"


class WrongCode(Forbidden):
    """The code is not the one in the console."""

    code = "security.wrong_code"


@dataclass(frozen=True, slots=True)
class Founder:
    """What the wizard asks."""

    shop: str
    slug: str
    name: str
    login: str
    password: str


def code(settings: Settings) -> str:
    """The code that opens the wizard: only who sees this installation's console knows it."""
    return hmac.new(settings.secret_key.encode(), b"set up", hashlib.sha256).hexdigest()[:16]


def open_to(scope: Scope, given: str) -> None:
    """Raises AlreadySetUp or WrongCode unless the wizard is open to this visitor."""
    if scope.session.scalar(select(Shop.id).limit(1)) is not None:
        raise AlreadySetUp
    if not hmac.compare_digest(given.encode(), code(scope.world.settings).encode()):
        raise WrongCode


def found(scope: Scope, founder: Founder, *, device: str) -> str:
    """Opens the shop, makes its owner and signs in; returns the session's secret.

    Raises NameMissing, BadSlug, SlugTaken, BadLogin, WeakPassword.
    """
    if not founder.shop.strip():
        raise people.NameMissing(field="shop")
    passwords.accept(founder.password, about=(founder.login, founder.name, founder.shop))
    inside = shops.open_shop(scope, slug=founder.slug.strip() or SHORT_NAME, name=founder.shop)
    member, _ = people.invite(inside, login=founder.login, name=founder.name, role="owner")
    account = inside.session.get_one(Account, member.account_id)
    account.password = passwords.hashed(founder.password)
    return sessions.begin(inside, account_id=account.id, membership_id=member.id, device=device)
