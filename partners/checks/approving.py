"""The last yes to an applicant: two people's, one of them an owner's, once everything was looked at."""

from dataclasses import dataclass

from sqlalchemy import select

from base.errors import Refused
from base.once import once
from base.rows import mine, one
from base.scope import Scope
from partners.checks import checklist, four_eyes, seeing
from partners.checks.four_eyes import Yes
from partners.checks.models import Approval
from partners.joining import deciding
from partners.joining.gate import NotFromHere
from partners.joining.models import Application
from partners.lifecycle import CHECKING
from security import audit
from security.models import Membership
from security.policy import OWNER, REVIEWER


class NotAllSeen(Refused):
    """Something on the list was not looked at, or was not good; nobody says yes before. Facts: n."""

    code = "checks.not_all_seen"


class SaidAlready(Refused):
    """This person has said yes already; the other yes is somebody else's."""

    code = "checks.said_already"


class NobodyElse(Refused):
    """Nobody else may say yes here: whoever decides alone says so."""

    code = "checks.nobody_else"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who has said yes to an application, what is missing, and whether the reader may say it."""

    yeses: tuple[Yes, ...]
    stands: str
    mine: bool
    only_me: bool


def decision(scope: Scope, application: Application) -> Decision:
    """How the last yes to an application stands, for who looks."""
    yeses, people = _yeses(scope, application.id), able(scope)
    mine_ = any(yes.account_id == scope.actor.id for yes in yeses)
    return Decision(yeses, four_eyes.stands(yeses, able=people), mine_, people == {scope.actor.id})


def able(scope: Scope) -> set[int]:
    """The accounts that may say yes: owners and reviewers who have come in."""
    here = (Membership.shop_id == scope.shop_id, Membership.role.in_([OWNER, REVIEWER]))
    living = (Membership.ended_at.is_(None), Membership.accepted_at.is_not(None))
    return set(scope.session.scalars(select(Membership.account_id).where(*here, *living)))


def say_yes(scope: Scope, application_id: int, *, alone: bool = False) -> str:
    """Says yes; with the last one the applicant is welcome. Gives how it stands then.

    `alone` is the word of the only person who may decide. Raises NotFound, NotFromHere, OwnApplication,
    NotAllSeen, SaidAlready, NobodyElse, AlreadyHere.
    """
    row = one(scope, Application, application_id)
    if row.state != CHECKING or row.partner_id is not None:
        raise NotFromHere(step="yes", state=row.state)
    seeing.not_own(scope, row)
    missing = checklist.open_(seeing.of_application(scope, row))
    if missing:
        raise NotAllSeen(n=len(missing))
    only_me = able(scope) == {scope.actor.id}
    if only_me and not alone:
        raise NobodyElse
    said = {"role": scope.actor.role, "alone": only_me and alone, "at": scope.now, "shop_id": scope.shop_id}
    if once(scope.session, Approval, said | {"application_id": row.id, "account_id": scope.actor.id}) is None:
        raise SaidAlready
    facts = {"alone": only_me, "application": row.id}
    audit.note(scope, "application.approved", subject="application", subject_id=row.id, **facts)
    stands = four_eyes.stands(_yeses(scope, row.id), able=able(scope))
    if stands == four_eyes.DONE:
        deciding.welcome(scope, row.id)
    return stands


def _yeses(scope: Scope, application_id: int) -> tuple[Yes, ...]:
    rows = mine(scope, Approval).where(Approval.application_id == application_id).order_by(Approval.id)
    return tuple(Yes(row.account_id, row.role, row.alone) for row in scope.session.scalars(rows))
