"""The gate of until when a card may take work: told anew from what is asked and what is there.

Whoever changes what is asked, or what is there, settles it, so that a claim reads one column more.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from base import i18n
from base.rows import changed, mine
from base.scope import Scope
from partners import clearance
from partners.agreements import terms
from partners.agreements.models import Agreement, Signature
from partners.agreements.terms import Edition, Signed
from partners.checks import checklist
from partners.checks.checklist import Item, Look
from partners.checks.models import Check, CheckItem
from partners.clearance import AGREEMENT, CHECK, FOREVER, LEAVING, Piece
from partners.joining.models import Application
from partners.leaving.life import ASKED
from partners.leaving.models import Departure
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import demands

TOGETHER = 500  # cards settled in one statement


def asks(scope: Scope) -> bool:
    """Whether the shop asks a partner for anything at all."""
    wanted = (_asked_items(scope), _editions(scope))
    found = any(scope.session.scalar(asked.limit(1)) is not None for asked in wanted)
    return found or demands.asks(scope)


def settle(scope: Scope, partner_id: int) -> datetime | None:
    """Tells anew until when one partner may take work, and gives it."""
    return _settle(scope, [partner_id]).get(partner_id)


def settle_all(scope: Scope) -> None:
    """Tells it anew for every partner who has not left: what is asked has changed."""
    _settle(scope, None)


def pieces_of(scope: Scope, partner_id: int) -> tuple[Piece, ...]:
    """What is asked of one partner, and until when each thing is good."""
    return pieces(scope, [partner_id]).get(partner_id, ())


def pieces(scope: Scope, partner_ids: Collection[int] | None) -> Mapping[int, tuple[Piece, ...]]:
    """The same of these partners, or of all who have not left, in a bounded number of statements."""
    cards = _cards(scope, partner_ids)
    rows = scope.session.scalars(_asked_items(scope)).all()
    looked = looks(scope, [card.id for card in cards] if partner_ids is not None else None) if rows else {}
    editions = scope.session.scalars(_editions(scope)).all()
    signed = _signed(scope, partner_ids) if editions else {}
    going = _going(scope)
    learned = demands.pieces(scope, cards, partner_ids)
    return {
        card.id: (
            *_of_agreement(scope, card, editions, signed.get(card.id, ())),
            *_of_items(card, rows, looked.get(card.id, ())),
            *going.get(card.id, ()),
            *learned[card.id],
        )
        for card in cards
    }


def looks(scope: Scope, partner_ids: Collection[int] | None) -> Mapping[int, Sequence[Look]]:
    """What was seen of partners, also while they were applicants; the latest last."""
    whose = func.coalesce(Check.partner_id, Application.partner_id)
    asked = (
        select(whose, Check)
        .outerjoin(Application, Application.id == Check.application_id)
        .where(Check.shop_id == scope.shop_id, whose.is_not(None))
        .order_by(Check.id)
    )
    if partner_ids is not None:
        asked = asked.where(or_(Check.partner_id.in_(partner_ids), Application.partner_id.in_(partner_ids)))
    found: dict[int, list[Look]] = defaultdict(list)
    for partner_id, row in scope.session.execute(asked):
        found[partner_id].append(look(row))
    return found


def _going(scope: Scope) -> Mapping[int, Sequence[Piece]]:
    """Whoever is leaving takes no new work from then on; taking it back mends it."""
    asked = select(Departure.id, Departure.partner_id, Departure.asked_at).where(
        Departure.shop_id == scope.shop_id, Departure.state == ASKED
    )
    name = i18n.t(scope.actor.locale, "leaving.piece")
    rows = scope.session.execute(asked)
    return {partner_id: (Piece(LEAVING, id_, name, at, None),) for id_, partner_id, at in rows}


def _editions(scope: Scope) -> Any:
    return mine(scope, Agreement).where(Agreement.published_at.is_not(None)).order_by(Agreement.number)


def _signed(scope: Scope, partner_ids: Collection[int] | None) -> Mapping[int, Sequence[Signed]]:
    asked = select(Signature.partner_id, Signature.agreement_id, Signature.ends_at).where(
        Signature.shop_id == scope.shop_id
    )
    if partner_ids is not None:
        asked = asked.where(Signature.partner_id.in_(partner_ids))
    found: dict[int, list[Signed]] = defaultdict(list)
    for partner_id, agreement_id, ends_at in scope.session.execute(asked):
        found[partner_id].append(Signed(agreement_id, ends_at))
    return found


def _of_agreement(
    scope: Scope, card: Any, editions: Sequence[Agreement], signed: Sequence[Signed]
) -> list[Piece]:
    """A signature under the edition in force; whoever came after the first was published signs at once."""
    asked = [Edition(one.id, one.holds_from) for one in editions if one.holds_from is not None]
    if not asked:
        return []
    if editions[0].published_at is not None and editions[0].published_at <= card.joined_at:
        asked[0] = Edition(asked[0].id, min(asked[0].holds_from, card.joined_at))
    begins, until = asked[0].holds_from, terms.good_until(asked, signed)
    name = i18n.t(scope.actor.locale, "agreements.piece", number=editions[-1].number)
    return [Piece(AGREEMENT, asked[-1].id, name, begins, until if until > begins else None)]


def look(row: Check) -> Look:
    """A row as the rule knows it."""
    return Look(row.item_id, row.outcome, row.saw, row.by, row.day, row.last_day)


def _asked_items(scope: Scope) -> Any:
    return mine(scope, CheckItem).where(CheckItem.retired_at.is_(None)).order_by(CheckItem.id)


def _cards(scope: Scope, partner_ids: Collection[int] | None) -> Sequence[Any]:
    columns = (Partner.id, Partner.kind, Partner.state, Partner.joined_at, Partner.cleared_until)
    asked = select(*columns).where(Partner.shop_id == scope.shop_id)
    chosen = Partner.state != LEFT if partner_ids is None else Partner.id.in_(partner_ids)
    return scope.session.execute(asked.where(chosen).order_by(Partner.id)).all()


def _of_items(card: Any, rows: Sequence[CheckItem], looked: Sequence[Look]) -> list[Piece]:
    """A check of each item asked of such a partner; from whoever came later it is asked at once."""
    latest = {one.item_id: one for one in looked}
    asked = {item.id for item in checklist.asked_of(map(_item, rows), kind=card.kind)}
    return [
        Piece(
            CHECK,
            row.id,
            row.name,
            row.holds_from if card.joined_at < row.made_at else card.joined_at,
            _until(latest.get(row.id)),
        )
        for row in rows
        if row.id in asked
    ]


def _item(row: CheckItem) -> Item:
    return Item(row.id, row.what, row.name, row.whom, row.lasts)


def _until(seen: Look | None) -> datetime | None:
    found = checklist.good_until(seen, zone=i18n.SEOUL)
    return FOREVER if found is not None and found.year == FOREVER.year else found


def _settle(scope: Scope, partner_ids: Collection[int] | None) -> dict[int, datetime | None]:
    told = {id_: clearance.until(found) for id_, found in pieces(scope, partner_ids).items()}
    stands = {card.id: card.cleared_until for card in _cards(scope, partner_ids)}
    moved: dict[datetime | None, list[int]] = defaultdict(list)
    for id_, until in told.items():
        if stands[id_] != until:
            moved[until].append(id_)
    for until, ids in moved.items():
        for first in range(0, len(ids), TOGETHER):
            some = (Partner.shop_id == scope.shop_id, Partner.id.in_(ids[first : first + TOGETHER]))
            changed(scope, update(Partner).where(*some).values(cleared_until=until))
    return told
