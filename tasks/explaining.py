"""Why a partner is given this work, or none: the trace of the choice, with what bars them from any."""

from dataclasses import dataclass
from datetime import datetime

from base import calendars
from base.i18n import exact, t
from base.scope import Scope
from partners import kinds, skills, teams
from partners.models import Partner
from tasks import steps, surveying
from tasks.choosing import STANDS, Choice, Seen
from tasks.matching import Reason, Worker, bars
from tasks.surveying import Survey


@dataclass(frozen=True, slots=True)
class Explained:
    """How a partner stands before dispatch now: what bars them from all work, and the choice by queue."""

    seen: Survey
    held: int
    taken: int
    bars: tuple[Reason, ...]
    choice: Choice

    @property
    def first(self) -> Seen | None:
        """The queue they are given from now; none where nothing is given."""
        return None if self.bars else self.choice.first


def explain(scope: Scope, partner_id: int) -> Explained:
    """Asks the rule that claims ask, without taking anything. Raises NotFound."""
    seen = surveying.of(scope, partner_id)
    held = steps.held_by(scope, partner_id)
    taken = steps.taken_by(scope, partner_id, since=calendars.midnight(scope))
    worker = Worker(seen.id, seen.state, held, seen.capacity, taken, seen.day_limit)
    return Explained(seen, held, taken, bars(worker), surveying.chosen(scope, seen))


def words(scope: Scope, trace: tuple[Seen, ...], locale: str) -> tuple[str, ...]:
    """The trace as it is said to people."""
    known = Known(skills.names(scope), teams.names(scope))
    return tuple(say(scope, seen, known, locale) for seen in trace)


def first_words(scope: Scope, choice: Choice, locale: str) -> str:
    """Why the queue that is given from is the one; empty where nothing is given."""
    return "" if choice.first is None else words(scope, (choice.first,), locale)[0]


@dataclass(frozen=True, slots=True)
class Known:
    """The names of the shop's skills and teams."""

    skills: dict[int, str]
    teams: dict[int, str]


def say(scope: Scope, seen: Seen, known: Known, locale: str) -> str:
    """One queue and what was decided about it, in words."""
    return t(
        locale,
        f"dispatch.chosen.{seen.code}",
        kind=kinds.named(scope, seen.kind, locale),
        due=_at(scope, seen.due_at, locale),
        until=_at(scope, seen.until, locale),
        n=seen.n,
        skills=", ".join(known.skills.get(id_, "") for id_ in seen.missing),
        team=known.teams.get(seen.team_id or 0, ""),
    )


def _at(scope: Scope, at: datetime | None, locale: str) -> str:
    return exact(at, locale, now=scope.now, zone=calendars.current(scope).zone) if at else ""


def in_line_since(scope: Scope, card: Partner) -> datetime | None:
    """Since when a partner stands in line; none where they do not, or have taken work since."""
    since = card.waiting_since
    if since is None or since < scope.now - STANDS or steps.taken_by(scope, card.id, since=since):
        return None
    return since
