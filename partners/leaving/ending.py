"""What the end of a role means for a partner's papers: the leaving is over, the law's part is sealed apart.

Hears that a member left, whichever way: nobody is gone without a leaving. Goods and work in hand are looked
at by the floor above, in the same transaction and before.
"""

import json
import secrets
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update

from base.rows import changed, mine, one
from base.scope import Scope
from partners.leaving import gate, references
from partners.leaving.life import END, ENDED
from partners.leaving.models import Departure
from partners.models import Partner
from partners.news import PartnerGone
from partners.pay.models import PayMonth, PayStatement
from security import audit, people, vault
from security.news import MemberJoined, MemberLeft
from security.policy import PARTNER
from security.sessions import digest
from security.vault import Spot, Unreadable

GONE = b""
SHOWN = "leaving.held_shown"


@dataclass(frozen=True, slots=True)
class Held:
    """What the law wants kept of who was paid: a name, an address for mail, and as what they worked."""

    name: str
    login: str
    kind: str


def on_left(scope: Scope, news: MemberLeft) -> None:
    """Ends the leaving of a partner; one that nobody had asked for begins and ends now."""
    card = scope.session.scalar(mine(scope, Partner).where(Partner.id == news.membership_id))
    if news.role != PARTNER or card is None:
        return
    departure = gate.asked(scope, card.id) or gate.begun(scope, card.id, own=False)
    account = people.member(scope, card.id).account
    held = Held(account.name, account.login, card.kind)
    vault.new_key(scope, spot(departure.uid).record)
    sealed = vault.seal(scope, at=spot(departure.uid), text=json.dumps(asdict(held), ensure_ascii=False))
    gate.move(scope, departure, END, held=sealed)
    try:
        references.issue(scope, card.id)
    except (references.NothingAccepted, references.ManyAlready):
        audit.note(scope, "reference.none", subject="partner", subject_id=card.id)
    scope.tell(PartnerGone(departure.id, card.id))


def on_returned(scope: Scope, news: MemberJoined) -> None:
    """Somebody comes back: nothing lies apart any more, and the link to the old papers is shut."""
    if news.role != PARTNER:
        return
    here = (Departure.shop_id == scope.shop_id, Departure.partner_id == news.membership_id)
    stands = (Departure.state == ENDED, Departure.destroyed_at.is_(None))
    now = {"held": GONE, "link_hash": None, "destroyed_at": scope.now}
    then = func.coalesce(Departure.forgotten_at, scope.now)
    changed(scope, update(Departure).where(*here, *stands).values(**now, forgotten_at=then))


def latest(scope: Scope, partner_id: int) -> Departure | None:
    """The last leaving of a partner that was not taken back, under way or over."""
    stmt = mine(scope, Departure).where(
        Departure.partner_id == partner_id, Departure.state != "withdrawn", Departure.destroyed_at.is_(None)
    )
    return scope.session.scalar(stmt.order_by(Departure.id.desc()).limit(1))


def way_back(scope: Scope, departure: Departure) -> str:
    """A fresh secret for the page of papers of somebody who left; the one before opens nothing any more.

    Raises NotAsked where nothing of it is left to read.
    """
    token = secrets.token_urlsafe(32)
    still = (Departure.state == ENDED, Departure.forgotten_at.is_(None))
    if not gate.write(scope, departure, *still, link_hash=digest(token)):
        raise gate.NotAsked
    audit.note(scope, "leaving.link_made", subject="partner", subject_id=departure.partner_id)
    return token


def show_held(scope: Scope, partner_id: int) -> Held:
    """What is held of somebody, for the tax office; the look is journalled. Raises NotFound, NotAsked."""
    departure = latest(scope, one(scope, Partner, partner_id).id)
    if departure is None or departure.held == GONE:
        raise gate.NotAsked
    audit.note(scope, SHOWN, subject="partner", subject_id=partner_id)
    try:
        return Held(**json.loads(vault.open_(scope, at=spot(departure.uid), sealed=departure.held)))
    except Unreadable as error:
        raise gate.NotAsked from error


def was_paid(scope: Scope, partner_id: int) -> int | None:
    """The year of the last month that a statement closed for somebody."""
    last = (
        select(func.max(PayMonth.month))
        .join(PayStatement, PayStatement.month_id == PayMonth.id)
        .where(PayStatement.shop_id == scope.shop_id, PayStatement.partner_id == partner_id)
    )
    month = scope.session.scalar(last)
    return int(month[:4]) if month else None


def spot(uid: str) -> Spot:
    """Where what is held is sealed."""
    return Spot("departures", "held", f"departure-{uid}")
