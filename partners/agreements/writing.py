"""Writing an agreement: a draft the owner changes, and its publication, signed by the shop."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused
from base.rows import changed, mine
from base.scope import Scope
from partners import clearing
from partners.agreements import terms as rule
from partners.agreements import wording
from partners.agreements.models import Agreement
from partners.agreements.terms import Clause, Terms
from partners.checks import warning
from partners.joining import cards
from partners.joining.answers import Unanswered
from partners.joining.posters import CardFirst
from security import audit

LONGEST_NAME = 40


class NoDraft(Refused):
    """There is no draft to publish."""

    code = "agreements.no_draft"


class TooEarly(Invalid):
    """An edition holds from now on or later, and not before the one it follows. Facts: field."""

    code = "agreements.too_early"


def draft(scope: Scope) -> Agreement | None:
    """The draft, where there is one."""
    return scope.session.scalar(mine(scope, Agreement).where(Agreement.published_at.is_(None)))


def published(scope: Scope) -> Sequence[Agreement]:
    """The published editions, the first first."""
    stands = mine(scope, Agreement).where(Agreement.published_at.is_not(None)).order_by(Agreement.number)
    return scope.session.scalars(stands).all()


def holds_penalty(scope: Scope) -> bool:
    """Whether any edition that somebody may have signed holds a penalty."""
    return any(rule.told(row.terms).fines for row in published(scope))


def save(scope: Scope, terms: Terms, *, sure: bool = False) -> None:
    """Keeps the terms of the draft, and begins one where there is none.

    Raises BadTerm, TooLong, ResidentNumber, SoundsFalse.
    """
    kept = rule.checked(terms)
    for code, text in kept.words.items():
        warning.ask(text, sure=sure, field=f"words-{code}")
    row = draft(scope)
    if row is not None:
        this = (Agreement.shop_id == scope.shop_id, Agreement.id == row.id, Agreement.published_at.is_(None))
        changed(scope, update(Agreement).where(*this).values(terms=rule.kept(kept)))
        return
    last = scope.session.scalar(select(func.max(Agreement.number)).where(Agreement.shop_id == scope.shop_id))
    made = Agreement(
        shop_id=scope.shop_id,
        number=(last or 0) + 1,
        terms=rule.kept(kept),
        clauses={"clauses": []},
        locale=scope.actor.locale,
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "agreement.drafted", subject="agreement", subject_id=made.id, number=made.number)


def publish(scope: Scope, *, signer: str, holds_from: datetime) -> int:
    """Publishes the draft with the shop's signature; gives its id.

    Who works here is asked to sign it by the day it holds from; who comes later signs at once.
    Raises NoDraft, CardFirst, Unanswered, TooEarly.
    """
    row, card, signer = draft(scope), cards.shown(scope), " ".join(signer.split())
    if row is None:
        raise NoDraft
    if card is None:
        raise CardFirst
    if not 1 <= len(signer) <= LONGEST_NAME:
        raise Unanswered(field="signer", most=LONGEST_NAME)
    before = [one.holds_from for one in published(scope) if one.holds_from]
    if holds_from < max([scope.now, *before]):
        raise TooEarly(field="holds_from")
    said = wording.clauses(scope, rule.told(row.terms), locale=row.locale)
    body = rule.canonical(wording.head(card, number=row.number, locale=row.locale), said)
    frozen = {
        "clauses": {"clauses": [asdict(one) for one in said]},
        "body": body,
        "sha256": rule.digest(body),
        "holds_from": holds_from,
        "signer": signer,
        "published_by": scope.actor.id,
        "published_at": scope.now,
    }
    this = (Agreement.shop_id == scope.shop_id, Agreement.id == row.id, Agreement.published_at.is_(None))
    if changed(scope, update(Agreement).where(*this).values(**frozen)) != 1:
        raise NoDraft
    facts: dict[str, int | str] = {"number": row.number, "sha256": rule.digest(body)}
    audit.note(scope, "agreement.published", subject="agreement", subject_id=row.id, **facts)
    clearing.settle_all(scope)
    return row.id


def clauses_of(scope: Scope, row: Agreement) -> tuple[Clause, ...]:
    """The clauses of an edition: as published, or of the draft as they would be."""
    if row.published_at is None:
        return wording.clauses(scope, rule.told(row.terms), locale=row.locale)
    return tuple(Clause(**one) for one in row.clauses["clauses"])


def before(scope: Scope, row: Agreement) -> Agreement:
    """The published edition before this one. Raises NotFound where it is the first."""
    found = [one for one in published(scope) if one.number < row.number]
    if not found:
        raise NotFound
    return found[-1]
