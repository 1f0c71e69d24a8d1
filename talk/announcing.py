"""Announcements: told by the owner to all partners or some, pinned for each until they have confirmed it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from base import personal
from base.errors import Invalid, NotFound
from base.once import once
from base.rows import Page, changed, mine, one, page
from base.scope import Scope
from partners.checks import warning
from partners.lifecycle import LEFT
from partners.models import Partner
from security import audit
from security.models import Membership
from security.news import MemberJoined
from security.policy import PARTNER
from talk import notices, words
from talk.models import Announcement, Notice, ReadReceipt
from talk.notices import Told

LONGEST_TITLE, LONGEST_TEXT = 80, 4000
ALL, SOME = "all", "some"


class NothingToTell(Invalid):
    """An announcement has a title and a text, neither too long. Facts: title, text."""

    code = "talk.nothing_to_tell"


class NotForCustomers(Invalid):
    """The text holds what looks like somebody's number or address: everybody would read it."""

    code = "talk.not_for_customers"


class ForNobody(Invalid):
    """An announcement is for at least one partner who works here."""

    code = "talk.for_nobody"


@dataclass(frozen=True, slots=True)
class Reading:
    """A partner whom an announcement is for, and when they confirmed it."""

    partner_id: int
    name: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An announcement with how many of those it is for have confirmed it."""

    announcement: Announcement
    confirmed: int
    asked: int


def publish(
    scope: Scope,
    *,
    title: str,
    text: str,
    partner_ids: Collection[int] | None,
    sure: bool = False,
    team_id: int | None = None,
) -> Announcement:
    """Tells all partners (None), those who join later too, or some, who may be a team. Raises NothingToTell,
    NotForCustomers, SoundsFalse (unless its writer is sure), ForNobody.
    """
    title, text = " ".join(words.plain(title).split()), words.plain(text)
    if not title or not text or len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise NothingToTell(field="text" if title else "title", title=LONGEST_TITLE, most=LONGEST_TEXT)
    for said in (title, text):
        if personal.resident_number(said) or personal.phone_number(said) or personal.address(said):
            raise NotForCustomers(field="text")
    warning.ask(f"{title}\n{text}", sure=sure, field="text")
    readers = _working(scope, partner_ids)
    if not readers:
        raise ForNobody(field="partners")
    made = Announcement(
        shop_id=scope.shop_id,
        title=title,
        text=text,
        audience=ALL if partner_ids is None else SOME,
        made_by=scope.actor.id,
        made_at=scope.now,
        team_id=team_id,
    )
    scope.session.add(made)
    scope.session.flush()
    for partner_id in readers:
        _ask(scope, made.id, partner_id)
    notices.give(scope, notices.readers_of(scope, readers), _told(made.id))
    audit.note(scope, "announcement.made", "announcement", made.id, readers=len(readers))
    return made


def _told(announcement_id: int) -> Told:
    return Told("announcement", f"announcement-{announcement_id}", announcement_id=announcement_id)


def _working(scope: Scope, partner_ids: Collection[int] | None) -> list[int]:
    """Those of these partners who work here."""
    working = select(Partner.id).where(Partner.shop_id == scope.shop_id, Partner.state != LEFT)
    wanted = working if partner_ids is None else working.where(Partner.id.in_(list(partner_ids)))
    return list(scope.session.scalars(wanted.order_by(Partner.id)))


def _ask(scope: Scope, announcement_id: int, partner_id: int) -> None:
    row = {"shop_id": scope.shop_id, "announcement_id": announcement_id, "partner_id": partner_id}
    once(scope.session, ReadReceipt, row)


def on_joined(scope: Scope, news: MemberJoined) -> None:
    """Whoever joins as a partner is told what all partners are told."""
    if news.role != PARTNER:
        return
    standing = mine(scope, Announcement).where(Announcement.audience == ALL, Announcement.ended_at.is_(None))
    for announcement in scope.session.scalars(standing.order_by(Announcement.id)).all():
        ask(scope, announcement.id, news.membership_id)


def ask(scope: Scope, announcement_id: int, partner_id: int) -> None:
    """One more partner is told of an announcement that stands."""
    _ask(scope, announcement_id, partner_id)
    notices.give(scope, notices.readers_of(scope, [partner_id]), _told(announcement_id))


def confirm(scope: Scope, announcement_id: int) -> None:
    """The actor has read it. Again changes nothing. Raises NotFound where it is not for them."""
    receipt(scope, announcement_id)
    here = (ReadReceipt.shop_id == scope.shop_id, ReadReceipt.announcement_id == announcement_id)
    waits = (ReadReceipt.partner_id == scope.actor.partner_id, ReadReceipt.confirmed_at.is_(None))
    if changed(scope, update(ReadReceipt).where(*here, *waits).values(confirmed_at=scope.now)):
        audit.note(scope, "announcement.confirmed", "announcement", announcement_id)
    notices.read_announcement(scope, announcement_id)


def end(scope: Scope, announcement_id: int) -> None:
    """Takes it off everybody's pages; who had read it stays known. Raises NotFound."""
    one(scope, Announcement, announcement_id)
    here = (Announcement.shop_id == scope.shop_id, Announcement.id == announcement_id)
    stands = update(Announcement).where(*here, Announcement.ended_at.is_(None))
    if changed(scope, stands.values(ended_at=scope.now)):
        notices.settle(scope, Notice.announcement_id == announcement_id)
        audit.note(scope, "announcement.ended", "announcement", announcement_id)


def receipt(scope: Scope, announcement_id: int) -> ReadReceipt:
    """The actor's own receipt of an announcement. Raises NotFound where it is not for them."""
    asked = mine(scope, ReadReceipt).where(
        ReadReceipt.announcement_id == announcement_id, ReadReceipt.partner_id == scope.actor.partner_id
    )
    found = scope.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def readings(scope: Scope, announcement_id: int) -> list[Reading]:
    """Whom it is for and who has confirmed it, first those who have not. Raises NotFound."""
    one(scope, Announcement, announcement_id)
    asked = (
        select(ReadReceipt, Membership)
        .join(Membership, Membership.id == ReadReceipt.partner_id)
        .where(
            ReadReceipt.shop_id == scope.shop_id,
            ReadReceipt.announcement_id == announcement_id,
            Membership.shop_id == scope.shop_id,
        )
        .order_by(ReadReceipt.confirmed_at.is_not(None), ReadReceipt.confirmed_at, ReadReceipt.id)
    )
    return [
        Reading(row.partner_id, member.account.name, row.confirmed_at)
        for row, member in scope.session.execute(asked)
    ]


def every(scope: Scope, *, after: str = "", size: int = 30) -> Page[Standing]:
    """The shop's announcements, or a partner's own, the latest first, with how they were read."""
    stmt = mine(scope, Announcement)
    if scope.actor.role == PARTNER:
        own = select(ReadReceipt.announcement_id).where(
            ReadReceipt.shop_id == scope.shop_id, ReadReceipt.partner_id == scope.actor.partner_id
        )
        stmt = stmt.where(Announcement.id.in_(own), Announcement.ended_at.is_(None))
    found = page(scope, stmt, by=(Announcement.id,), after=after, size=size)
    counts = _counts(scope, [row.id for row in found.rows])
    return Page([Standing(row, *counts.get(row.id, (0, 0))) for row in found.rows], found.next)


def _counts(scope: Scope, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many have confirmed and how many are asked; of a partner's own, themselves alone."""
    stmt = select(
        ReadReceipt.announcement_id, func.count(ReadReceipt.confirmed_at), func.count(ReadReceipt.id)
    ).where(ReadReceipt.shop_id == scope.shop_id, ReadReceipt.announcement_id.in_(ids))
    if scope.actor.role == PARTNER:
        stmt = stmt.where(ReadReceipt.partner_id == scope.actor.partner_id)
    rows = scope.session.execute(stmt.group_by(ReadReceipt.announcement_id))
    return {id_: (confirmed, asked) for id_, confirmed, asked in rows}
