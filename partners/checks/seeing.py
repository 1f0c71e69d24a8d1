"""What somebody saw of an applicant or a partner: written down with the day, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from base import i18n, personal
from base.errors import Invalid, NotFound
from base.rows import mine, one
from base.scope import Scope
from partners import clearing, people
from partners.checks import checklist, listing
from partners.checks.checklist import BAD, GOOD, Line, Look
from partners.checks.models import Check, CheckItem
from partners.joining import applying
from partners.joining.answers import NotOffered, ResidentNumber, Unanswered
from partners.joining.models import Application
from partners.lifecycle import CHECKING
from partners.models import Partner
from security import audit
from security.models import Account

LONGEST = 300


class OwnApplication(Invalid):
    """Nobody looks at or decides about their own application."""

    code = "checks.own_application"
    status = 403


class PersonalNote(Invalid):
    """What was seen is noted without telephone numbers and addresses. Facts: field."""

    code = "checks.personal_note"


class BadDay(Invalid):
    """A look lies in the past or today, and its last day after it. Facts: field."""

    code = "checks.bad_day"


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody writes down of an item."""

    item_id: int
    outcome: str
    saw: str
    day: date
    last_day: date | None = None


def note_of_application(scope: Scope, application_id: int, seen: Seen) -> None:
    """Writes down what was seen of an applicant who is being checked.

    Raises NotFound, OwnApplication, NotOffered, Unanswered, ResidentNumber, PersonalNote, BadDay.
    """
    row = one(scope, Application, application_id)
    if row.state != CHECKING or row.partner_id is not None:
        raise NotFound
    not_own(scope, row)
    _note(scope, seen, application_id=row.id, partner_id=None)


def note_of_partner(scope: Scope, partner_id: int, seen: Seen) -> None:
    """Writes down what was seen of a partner; what they may do is told anew. Raises as the other."""
    card = one(scope, Partner, partner_id)
    if card.id == scope.actor.partner_id:
        raise OwnApplication
    _note(scope, seen, application_id=None, partner_id=card.id)
    clearing.settle(scope, card.id)
    people.lead_on(scope, card.id)


def of_application(scope: Scope, application: Application) -> tuple[Line, ...]:
    """How everything stands that is asked of an applicant."""
    rows = mine(scope, Check).where(Check.application_id == application.id).order_by(Check.id)
    return _lines(scope, [clearing.look(row) for row in scope.session.scalars(rows)], application.kind)


def of_partner(scope: Scope, card: Partner) -> tuple[Line, ...]:
    """How everything stands that is asked of a partner."""
    return _lines(scope, clearing.looks(scope, [card.id]).get(card.id, ()), card.kind)


def _lines(scope: Scope, looked: Sequence[Look], kind: str) -> tuple[Line, ...]:
    return checklist.lines(listing.items(scope), looked, kind=kind, today=today(scope))


def today(scope: Scope) -> date:
    """The day it is in the shop."""
    return scope.now.astimezone(i18n.SEOUL).date()


def not_own(scope: Scope, application: Application) -> None:
    """Raises OwnApplication where the applicant gave the address of who acts."""
    login = scope.session.scalar(select(Account.login).where(Account.id == scope.actor.id)) or ""
    if applying.blind(scope, login) == application.login_blind:
        raise OwnApplication


def _note(scope: Scope, seen: Seen, *, application_id: int | None, partner_id: int | None) -> None:
    item = one(scope, CheckItem, seen.item_id)
    saw, last = _checked(scope, seen), seen.last_day if item.lasts else None
    if item.lasts and seen.outcome == GOOD and (last is None or last < seen.day):
        raise BadDay(field="last_day")
    made = Check(
        shop_id=scope.shop_id,
        item_id=item.id,
        application_id=application_id,
        partner_id=partner_id,
        outcome=seen.outcome,
        saw=saw,
        day=seen.day,
        last_day=last,
        by=scope.actor.id,
        at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    whose = {"application": application_id} if application_id else {"partner": partner_id or 0}
    audit.note(scope, "check.noted", subject="check_item", subject_id=item.id, outcome=seen.outcome, **whose)


def _checked(scope: Scope, seen: Seen) -> str:
    saw = " ".join(seen.saw.split())
    if seen.outcome not in {GOOD, BAD}:
        raise NotOffered(field="outcome")
    if personal.resident_number(saw):
        raise ResidentNumber(field="saw")
    if personal.phone_number(saw) or personal.address(saw):
        raise PersonalNote(field="saw")
    if not 1 <= len(saw) <= LONGEST:
        raise Unanswered(field="saw", most=LONGEST)
    if seen.day > today(scope):
        raise BadDay(field="day")
    return saw
