"""What a shop answers an applicant: looks, says no for a reason, or yes; and when words are destroyed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from base.errors import Invalid
from base.rows import Page, changed, mine, one, page
from base.scope import Scope
from partners import people as cards
from partners.checks import signals
from partners.joining import gate
from partners.joining.answers import Answers
from partners.joining.business_number import written
from partners.joining.models import Application, Poster
from partners.lifecycle import APPLIED, CHECKING, LEFT, LOOK, REFUSE
from security import audit, people, vault
from security.masks import HIDDEN, mask
from security.policy import REVIEWER

#: Why somebody is not taken: kind sentences, `joining.reason.<code>`; the applicant reads them.
REASONS = ("full", "other_work", "hours", "space", "papers", "unsure")
KEPT = timedelta(days=30)  # what a refused applicant said is kept so long, in case they ask why
WAITING = (APPLIED, CHECKING)


class NoReason(Invalid):
    """Whoever is refused is told one of the reasons. Facts: field."""

    code = "joining.no_reason"


class AlreadyHere(Invalid):
    """Somebody with this address is a partner of the shop already."""

    code = "joining.already_here"


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application as its reader may see it; `said` is none once it was destroyed."""

    application: Application
    said: Answers | None
    poster: str
    twins: int  # how many others came with the same address

    @property
    def signs(self) -> tuple[str, ...]:
        """What of it sounds like a false offer."""
        return signals.found(self.said.words) if self.said else ()

    @property
    def business_no(self) -> str:
        return written(self.said.business_no) if self.said and self.said.business_no else ""


def queue(scope: Scope, *, after: str = "") -> Page[Application]:
    """The applications that wait for an answer, the oldest first."""
    waits = mine(scope, Application).where(Application.state.in_(WAITING), Application.partner_id.is_(None))
    return page(scope, waits, by=(Application.id,), after=after, newest_first=False)


def past(scope: Scope) -> list[Application]:
    """The last applications that were answered."""
    done = mine(scope, Application).where((Application.state == LEFT) | Application.partner_id.is_not(None))
    return list(scope.session.scalars(done.order_by(Application.id.desc()).limit(20)))


def names(scope: Scope, rows: Sequence[Application]) -> Mapping[int, str]:
    """The names in some applications; those that cannot be read any more are left out."""
    vault.warm(scope, [f"application-{row.uid}" for row in rows if row.said != gate.GONE])
    found = {row.id: _seen(scope, row) for row in rows}
    return {id_: said.name for id_, said in found.items() if said is not None}


def applicant(scope: Scope, application_id: int) -> Applicant:
    """One application. Raises NotFound."""
    row = one(scope, Application, application_id)
    same = select(func.count()).where(
        Application.shop_id == scope.shop_id,
        Application.login_blind == row.login_blind,
        Application.id != row.id,
    )
    poster = one(scope, Poster, row.poster_id).name
    return Applicant(row, _seen(scope, row), poster, scope.session.scalar(same) or 0)


def _seen(scope: Scope, row: Application) -> Answers | None:
    """What an application says, as its reader may see it: reviewers check papers, they call nobody."""
    said = gate.said(scope, row)
    if said is None or scope.actor.role != REVIEWER:
        return said
    hidden: dict[str, Any] = {"login": HIDDEN, "words": HIDDEN if said.words else ""}
    return replace(said, name=mask("name", said.name), phone=mask("phone", said.phone), **hidden)


def look(scope: Scope, application_id: int) -> None:
    """Begins to check an application. Raises NotFound, NotFromHere."""
    row = one(scope, Application, application_id)
    gate.move(scope, row, LOOK, looked_at=scope.now, looked_by=scope.actor.id)


def refuse(scope: Scope, application_id: int, *, reason: str) -> None:
    """Says no for a reason that the applicant reads. Raises NotFound, NoReason, NotFromHere."""
    if reason not in REASONS:
        raise NoReason(field="reason")
    gate.move(scope, one(scope, Application, application_id), REFUSE, reason=reason, ended_how="refused")


def welcome(scope: Scope, application_id: int) -> int:
    """Opens a partner's card for an applicant who is checked; gives its id.

    Raises NotFound, NotFromHere, AlreadyHere.
    """
    row = one(scope, Application, application_id)
    said = gate.said(scope, row)
    if row.state != CHECKING or row.partner_id is not None or said is None:
        raise gate.NotFromHere(step="welcome", state=row.state)
    try:
        member, _ = people.invite(scope, login=said.login, name=said.name, role="partner")
    except people.AlreadyMember as error:
        raise AlreadyHere(field="login") from error
    if not gate.write(scope, row, partner_id=member.id):
        raise gate.NotFromHere(step="welcome", state=row.state)
    audit.note(scope, "application.welcomed", subject="application", subject_id=row.id, partner=member.id)
    cards.come_as(scope, member.id, kind=row.kind)
    return member.id


def sweep(scope: Scope) -> int:
    """Destroys what refused applicants said once nobody needs it any more; periodic. Gives how many."""
    old = (
        Application.shop_id == scope.shop_id,
        Application.state == LEFT,
        Application.ended_at <= scope.now - KEPT,
        Application.destroyed_at.is_(None),
    )
    gone = changed(scope, update(Application).where(*old).values(said=gate.GONE, destroyed_at=scope.now))
    if gone:
        audit.note(scope.as_house(), "applications.destroyed", count=gone)
    return gone
