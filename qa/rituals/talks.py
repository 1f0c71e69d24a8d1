"""Monthly talks with partners: her figures, what was agreed, signed by the owner and then by herself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import update

from base import calendars
from base.errors import Invalid, NotFound, Stale
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from partners.models import Partner
from qa.board.drill import Window
from qa.rituals import figures, spans
from qa.rituals.models import PartnerTalk
from security import audit

DRAFT, OFFERED, SIGNED = "draft", "offered", "signed"
SHOWN = (OFFERED, SIGNED)  # to the partner
LONGEST = 2000


class BadTalk(Invalid):
    """A talk is about a month that has ended, and what was agreed is written in words. Facts: field, why."""

    code = "rituals.bad_talk"


def begin(scope: Scope, partner_id: int, first: date) -> int:
    """Begins the talk about a partner's month, once. Raises NotFound, BadTalk."""
    one(scope, Partner, partner_id)
    span = spans.of(spans.MONTH, first)
    if span is None or span[1] >= calendars.today(scope):
        raise BadTalk(field="first", why="span")
    here = (PartnerTalk.partner_id == partner_id, PartnerTalk.first == first)
    known = scope.session.scalar(mine(scope, PartnerTalk).where(*here))
    if known is not None:
        return known.id
    row = PartnerTalk(
        shop_id=scope.shop_id,
        partner_id=partner_id,
        first=span[0],
        last=span[1],
        figures=figures.of_partner(scope, partner_id, Window(*span)),
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "talk.begun", "partner_talk", row.id, partner=partner_id)
    return row.id


def write(scope: Scope, talk_id: int, agreed: str, *, version: int) -> None:
    """Writes down what was agreed; nobody else sees it yet. Raises NotFound, BadTalk, Stale."""
    one(scope, PartnerTalk, talk_id)
    _change(scope, talk_id, DRAFT, version, {"agreed": _checked(agreed, "agreed")})
    audit.note(scope, "talk.written", "partner_talk", talk_id)


def offer(scope: Scope, talk_id: int, agreed: str, *, version: int) -> None:
    """Signs what was agreed and shows it to the partner for her own signature. Raises as `write`."""
    one(scope, PartnerTalk, talk_id)
    text = _checked(agreed, "agreed")
    if not text:
        raise BadTalk(field="agreed", why="length")
    signed = {"state": OFFERED, "owner_signed_by": scope.actor.id, "owner_signed_at": scope.now}
    _change(scope, talk_id, DRAFT, version, {"agreed": text} | signed)
    audit.note(scope, "talk.offered", "partner_talk", talk_id)


def take_back(scope: Scope, talk_id: int, *, version: int) -> None:
    """Takes an offered talk back to mend it, while the partner has not signed. Raises NotFound, Stale."""
    one(scope, PartnerTalk, talk_id)
    back = {"state": DRAFT, "owner_signed_by": None, "owner_signed_at": None}
    _change(scope, talk_id, OFFERED, version, back)
    audit.note(scope, "talk.taken_back", "partner_talk", talk_id)


def confirm(scope: Scope, talk_id: int, *, word: str, version: int) -> None:
    """The partner signs in her own account, with a word of hers. Raises NotFound, BadTalk, Stale."""
    own(scope, talk_id)
    signed = {"state": SIGNED, "partner_signed_at": scope.now, "partner_word": _checked(word, "word")}
    _change(scope, talk_id, OFFERED, version, signed)
    audit.note(scope, "talk.signed", "partner_talk", talk_id)


def own(scope: Scope, talk_id: int) -> PartnerTalk:
    """A talk of the partner's own that she may see. Raises NotFound."""
    row = one(scope, PartnerTalk, talk_id)
    if row.partner_id != scope.actor.partner_id or row.state not in SHOWN:
        raise NotFound
    return row


def owns(scope: Scope) -> Sequence[PartnerTalk]:
    """The partner's own talks, the latest first."""
    here = (PartnerTalk.partner_id == scope.actor.partner_id, PartnerTalk.state.in_(SHOWN))
    stmt = mine(scope, PartnerTalk).where(*here)
    return scope.session.scalars(stmt.order_by(PartnerTalk.first.desc()).limit(36)).all()


def of_partner(scope: Scope, partner_id: int) -> tuple[PartnerTalk, ...]:
    """A partner's latest talks."""
    stmt = mine(scope, PartnerTalk).where(PartnerTalk.partner_id == partner_id)
    return tuple(scope.session.scalars(stmt.order_by(PartnerTalk.first.desc()).limit(6)))


def of_month(scope: Scope, first: date) -> Mapping[int, PartnerTalk]:
    """The talks about a month, by partner."""
    rows = scope.session.scalars(mine(scope, PartnerTalk).where(PartnerTalk.first == first))
    return {row.partner_id: row for row in rows}


def _checked(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise BadTalk(field=field, why="length")
    if resident_number(text):
        raise BadTalk(field=field, why="resident_number")
    return text


def _change(scope: Scope, talk_id: int, state: str, version: int, values: Mapping[str, Any]) -> None:
    here = (PartnerTalk.shop_id == scope.shop_id, PartnerTalk.id == talk_id)
    still = (PartnerTalk.version == version, PartnerTalk.state == state)
    stmt = update(PartnerTalk).where(*here, *still).values(version=version + 1, **values)
    if changed(scope, stmt) != 1:
        raise Stale
