"""Signing an agreement: a partner's own name under exactly the text they were shown."""

import calendar
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from base import i18n
from base.errors import Invalid, NotFound, Refused
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearance, clearing, people
from partners.agreements import terms as rule
from partners.agreements import writing
from partners.agreements.models import Agreement, Signature
from partners.joining.answers import Unanswered
from partners.lifecycle import LEFT
from partners.models import Partner
from security import audit

LONGEST_NAME = 40


class OtherText(Refused):
    """The text that was shown is not the one that stands now."""

    code = "agreements.other_text"


class SignedAlready(Refused):
    """It is signed, and the signature is good for a while yet."""

    code = "agreements.signed_already"


class NotRead(Invalid):
    """Nobody signs what they have not said that they read. Facts: field."""

    code = "agreements.not_read"


@dataclass(frozen=True, slots=True)
class Own:
    """The edition a partner is to sign or has signed, and their last signature under it."""

    edition: Agreement
    signature: Signature | None
    to_sign: bool


def own(scope: Scope) -> Own | None:
    """The newest edition for the actor; none where the shop has published none."""
    editions = writing.published(scope)
    if not editions:
        return None
    newest = editions[-1]
    signed = last_signature(scope, newest.id, scope.actor.partner_id or 0)
    return Own(newest, signed, _to_sign(scope, signed))


def last_signature(scope: Scope, agreement_id: int, partner_id: int) -> Signature | None:
    """The last signature of a partner under an edition."""
    asked = mine(scope, Signature).where(
        Signature.agreement_id == agreement_id, Signature.partner_id == partner_id
    )
    return scope.session.scalar(asked.order_by(Signature.id.desc()).limit(1))


def agreed(scope: Scope, partner_id: int, *, before: datetime | None = None) -> rule.Terms | None:
    """The terms of what a partner last signed, or had before an instant; none without a signature."""
    last = (
        mine(scope, Agreement)
        .join(Signature, Signature.agreement_id == Agreement.id)
        .where(Signature.partner_id == partner_id, *() if before is None else (Signature.at < before,))
        .order_by(Signature.id.desc())
        .limit(1)
    )
    row = scope.session.scalar(last)
    return rule.told(row.terms) if row is not None else None


@dataclass(frozen=True, slots=True)
class Signed:
    """The last signature of a partner: under which edition, when, and until when it is good."""

    number: int
    at: datetime
    ends_at: datetime | None


def last_of(scope: Scope, partner_id: int) -> Signed | None:
    """What a partner signed last, whatever the edition; none where nothing."""
    asked = (
        select(Agreement.number, Signature.at, Signature.ends_at)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .where(Signature.shop_id == scope.shop_id, Agreement.shop_id == scope.shop_id)
        .where(Signature.partner_id == partner_id)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    row = scope.session.execute(asked).first()
    return Signed(*row) if row else None


def _to_sign(scope: Scope, signed: Signature | None) -> bool:
    """Whether a signature is wanted: there is none, or it ends soon."""
    return signed is None or (signed.ends_at is not None and signed.ends_at <= scope.now + clearance.SOON)


def sign(scope: Scope, agreement_id: int, *, name: str, sha256: str, read: bool) -> None:
    """The actor signs the newest edition; their card goes on as far as nothing more is asked.

    Raises NotFound for any but the newest, NotRead, Unanswered, OtherText, SignedAlready.
    """
    found, card = own(scope), one(scope, Partner, scope.actor.partner_id or 0)
    if found is None or found.edition.id != agreement_id or card.state == LEFT:
        raise NotFound
    if not hmac.compare_digest(sha256.encode(), found.edition.sha256.encode()):
        raise OtherText
    if not found.to_sign:
        raise SignedAlready
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Unanswered(field="name", most=LONGEST_NAME)
    if not read:
        raise NotRead(field="read")
    _write(scope, found.edition, card, name)
    clearing.settle(scope, card.id)
    people.lead_on(scope, card.id)


def _write(scope: Scope, edition: Agreement, card: Partner, name: str) -> None:
    terms = rule.told(edition.terms)
    made = Signature(
        shop_id=scope.shop_id,
        agreement_id=edition.id,
        partner_id=card.id,
        name=name,
        sha256=edition.sha256,
        at=scope.now,
        ends_at=_after(scope.now, terms.months) if terms.months else None,
    )
    scope.session.add(made)
    scope.session.flush()
    this = (Partner.shop_id == scope.shop_id, Partner.id == card.id)
    changed(scope, update(Partner).where(*this).values(agreed={"do_s": rule.seconds(terms)}))
    facts: dict[str, int | str] = {"number": edition.number, "sha256": edition.sha256, "signature": made.id}
    audit.note(scope, "agreement.signed", subject="partner", subject_id=card.id, **facts)


def _after(at: datetime, months: int) -> datetime:
    """The same time of the same day so many months later, or of the last day of a shorter month."""
    local = at.astimezone(i18n.SEOUL)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(at.tzinfo)
