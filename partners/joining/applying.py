"""What an applicant does: applies under a poster, follows how it stands, withdraws, comes in when welcome.

Nobody is signed in here. Whoever holds the secret of an application's own link is its applicant; what is
said is the same whether an address is known to the shop or not.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Refused
from base.rows import mine
from base.scope import NOBODY, Scope, acting
from partners.checks import warning
from partners.checks.models import Approval
from partners.joining import answers, cards, gate, posters
from partners.joining.answers import Answers
from partners.joining.cards import Card
from partners.joining.models import Application
from partners.lifecycle import APPLIED, WITHDRAW
from partners.models import Skill
from security import audit, people, throttle, vault
from security.sessions import digest

PER_SENDER, PER_SHOP = 5, 200
WINDOW = timedelta(hours=1)
LOGIN = "application.login"  # the blind index of addresses


class NoConsent(Invalid):
    """Nothing is kept of somebody who has not agreed to it. Facts: field."""

    code = "joining.no_consent"


class NotWelcomeYet(Refused):
    """The shop has not said its last yes, or the way in was taken already."""

    code = "joining.not_welcome_yet"


@dataclass(frozen=True, slots=True)
class Own:
    """An applicant's own application: how it stands, and whether the way in is open."""

    application: Application
    card: Card
    open: bool
    yeses: int  # how many people of the shop said yes


def offered(scope: Scope) -> dict[int, str]:
    """What one may say one can do: the shop's skills."""
    rows = select(Skill.id, Skill.name).where(Skill.shop_id == scope.shop_id).order_by(Skill.id)
    return dict(scope.session.execute(rows).all())


def count(scope: Scope, slug: str) -> None:
    """Counts one try of a sender and of a shop, kept whatever becomes of it. Raises TooManyTries."""
    with acting(scope.world, shop_id=0, actor=NOBODY, ip=scope.ip) as counting:
        throttle.count(
            counting, f"apply-ip:{throttle.neighbourhood(scope.ip)}", limit=PER_SENDER, window=WINDOW
        )
        throttle.count(counting, f"apply-shop:{slug[:40]}", limit=PER_SHOP, window=WINDOW)


def apply(scope: Scope, slug: str, code: str, *, said: Answers, consent: bool, sure: bool = False) -> str:
    """Makes an application and gives the secret of its own link.

    Raises NotFound, NoConsent, SoundsFalse, and what `answers.checked` raises.
    """
    inside, poster = posters.found(scope, slug, code)
    kept = answers.checked(said)
    if not set(kept.skills) <= set(offered(inside)):
        raise answers.NotOffered(field="skills")
    warning.ask(kept.words, sure=sure, field="words")
    if not consent:
        raise NoConsent(field="consent")
    uid, token = secrets.token_hex(12), secrets.token_urlsafe(32)
    made = Application(
        shop_id=inside.shop_id,
        uid=uid,
        token_hash=digest(token),
        poster_id=poster.id,
        state=APPLIED,
        kind=kept.kind,
        said=gate.sealed(inside, uid, kept),
        login_blind=blind(inside, kept.login),
        made_at=inside.now,
    )
    inside.session.add(made)
    inside.session.flush()
    audit.note(inside, "application.made", subject="application", subject_id=made.id)
    return token


def blind(scope: Scope, login: str) -> bytes:
    """What tells two applications of one address apart from others, without saying which it is."""
    return vault.blind(scope, field=LOGIN, value=login)


def own(scope: Scope, slug: str, token: str) -> tuple[Scope, Own]:
    """The application of a secret, in its shop. Raises NotFound."""
    inside = posters.entered(scope, slug)
    row = inside.session.scalar(mine(inside, Application).where(Application.token_hash == digest(token)))
    card = cards.shown(inside)
    if row is None or card is None:
        raise NotFound
    said = select(func.count()).where(Approval.shop_id == inside.shop_id, Approval.application_id == row.id)
    return inside, Own(row, card, _is_open(inside, row), inside.session.scalar(said) or 0)


def _is_open(scope: Scope, application: Application) -> bool:
    """Whether the applicant was welcomed and has not come in yet."""
    if application.partner_id is None:
        return False
    member = people.member(scope, application.partner_id)
    return member.accepted_at is None and member.ended_at is None


def withdraw(scope: Scope, slug: str, token: str) -> None:
    """The applicant wishes no more: it ends, and what was said is taken away at once.

    Raises NotFound, NotFromHere.
    """
    inside, found = own(scope, slug, token)
    gone = {"said": gate.GONE, "destroyed_at": inside.now, "ended_how": "withdrawn"}
    gate.move(inside, found.application, WITHDRAW, **gone)


def way_in(scope: Scope, slug: str, token: str) -> str:
    """The secret of a fresh invitation for somebody who is welcome. Raises NotFound, NotWelcomeYet."""
    inside, found = own(scope, slug, token)
    if not found.open or found.application.partner_id is None:
        raise NotWelcomeYet
    return people.invite_again(inside.as_house(), found.application.partner_id)
