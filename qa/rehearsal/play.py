"""Playing: everybody does their part at the play's own time, one act after the other."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from base import calendars
from base.errors import Invalid
from base.scope import THE_HOUSE, Reaction, Scope, World, acting
from base.workdays import opens_next
from qa import drawing
from qa.appeals import judging
from qa.rehearsal import checking, draws, owning, packing, second_eyes
from qa.rehearsal.agenda import Agenda, Part
from qa.rehearsal.script import Script, Summary
from qa.rehearsal.stage import Stage, act, look
from qa.rehearsal.standings import standings
from qa.rehearsal.troupe import Troupe, troupe
from qa.reviewers import planning
from security import audit
from security.models import AuditEntry
from tasks import dispatch

ROUNDS = timedelta(minutes=20)  # between two looks at leases that have ended

Watch = Callable[[datetime], None]


def unwatched(_at: datetime) -> None:
    """Nobody watches."""


class StartsTooEarly(Invalid):
    """The play would begin before the shop's latest act; time does not run backwards there. Fact: latest."""

    code = "qa.starts_too_early"


def play(world: World, shop_id: int, script: Script, *, watch: Watch = unwatched) -> Summary:
    """Plays the script in a shop. Raises StartsTooEarly."""
    began = time.monotonic()
    stage = set_up(world, shop_id, script)
    people = announced(stage, script)
    begins, ends = stage.now, stage.now + timedelta(days=script.days)
    run(stage, parts(stage, people, script), until=ends, watch=watch)
    stands = look(stage, THE_HOUSE, standings)
    seconds = time.monotonic() - began
    return Summary(begins, ends, stage.acts, seconds, dict(sorted(stage.tally.items())), stands)


def set_up(world: World, shop_id: int, script: Script) -> Stage:
    """The stage at its first instant: the shop's latest act, or the script's own. Raises StartsTooEarly."""
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        calendar, latest = calendars.current(scope), _latest(scope)
    if script.begins is not None and latest is not None and script.begins < latest:
        raise StartsTooEarly(field="begins", latest=latest.isoformat())
    begins = script.begins or latest or scope.now
    rehearsed = replace(world, reactions=seeded(world.reactions, f"{script.seed}"))
    return Stage(rehearsed, shop_id, calendar, f"{script.seed}", begins, draws.looks(f"{script.seed}"))


def _latest(scope: Scope) -> datetime | None:
    """The latest act in the shop's journal."""
    return scope.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.shop_id == scope.shop_id))


def seeded(reactions: Mapping[type, tuple[Reaction, ...]], seed: str) -> dict[type, tuple[Reaction, ...]]:
    """The house's reactions, with draws that the play's seed decides, so that a play can be repeated."""
    drawn = partial(drawing.on_submitted, seed_of=draws.seeds(seed))
    return {
        news: tuple(drawn if heard is drawing.on_submitted else heard for heard in listeners)
        for news, listeners in reactions.items()
    }


def announced(stage: Stage, script: Script) -> Troupe:
    """Everybody who plays, and a line in the journal that says that it is a play."""

    def gather(scope: Scope) -> Troupe:
        audit.note(scope, "rehearsal.began", days=script.days, partners=script.partners)
        return troupe(stage, scope, script)

    return act(stage, THE_HOUSE, gather, called="gathered")


def parts(stage: Stage, people: Troupe, script: Script) -> list[Part]:
    """Everybody's part; the clock first, so that leases end before anybody acts at the same instant."""
    return [
        clockwork(stage),
        owning.part(stage, people.owner, orders_a_day=script.orders),
        *(packing.part(stage, who) for who in people.partners),
        *(checking.part(stage, who) for who in people.reviewers),
        *(
            second_eyes.part(stage, replace(who, random=stage.chance(f"second/{place}")))
            for place, who in enumerate((*people.reviewers, people.owner))
        ),
    ]


def clockwork(stage: Stage) -> Part:
    """What the house does by itself, at its turns."""
    while True:
        stage.tally["expired"] += act(stage, THE_HOUSE, dispatch.expire_due, called="rounds")
        stage.tally["looks_came"] += act(stage, THE_HOUSE, planning.issue_due, called="rounds")
        stage.tally["appeals_lapsed"] += act(stage, THE_HOUSE, judging.lapse_due, called="rounds")
        yield ROUNDS


def run(stage: Stage, parts_: Sequence[Part], *, until: datetime, watch: Watch = unwatched) -> None:
    """Calls everybody at their turn until an instant; who is not finished then stands still."""
    agenda = Agenda(partial(opens_next, stage.calendar))
    for part in parts_:
        agenda.put(part, stage.now)
    for at, part in agenda.turns(until):
        stage.now = at
        watch(at)
        span = next(part, None)
        if span is not None:
            agenda.put(part, at + span)
    stage.now = until
