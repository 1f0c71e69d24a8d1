"""The part of whoever looks a second time: at appeals, and, beside the reviewers, at second looks."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from base.rows import mine
from base.scope import Scope
from qa import holding
from qa.appeals import judging, reads
from qa.appeals.gate import AppealOver
from qa.judgement import ReasonMissing
from qa.rehearsal import checking
from qa.rehearsal.agenda import Part
from qa.rehearsal.characters import takes
from qa.rehearsal.checking import Case
from qa.rehearsal.stage import Player, Stage, act, look
from qa.reviewers.models import Look

EVERY_S = 2400


@dataclass(frozen=True, slots=True)
class Asked:
    """An appeal as it lies before whoever judges it."""

    appeal_id: int
    case: Case


def part(stage: Stage, who: Player) -> Part:
    """Now and then an appeal, and a piece that was drawn for a second look."""
    while True:
        yield timedelta(seconds=takes(EVERY_S, who.random))
        asked = look(stage, who.actor, _appealed)
        if asked is not None:
            yield timedelta(seconds=takes(who.eye.look_s, who.random))
            judge(stage, who, asked)
        case = look(stage, who.actor, _looked)
        if case is not None:
            checking.open_(stage, who, case)
            yield timedelta(seconds=takes(who.eye.look_s, who.random))
            checking.judge(stage, who, case)


def _appealed(scope: Scope) -> Asked | None:
    rows = reads.queue(scope, size=1).rows
    return Asked(rows[0].id, checking.of_desk(reads.second(scope, rows[0].id).desk)) if rows else None


def _looked(scope: Scope) -> Case | None:
    waits = mine(scope, Look).where(*holding.looks_for_me(scope)).order_by(Look.due_at, Look.number)
    found = scope.session.scalar(waits.limit(1))
    return checking.case_of(scope, found.number) if found is not None and found.number else None


def judge(stage: Stage, who: Player, asked: Asked) -> None:
    """One appeal through the real desk."""
    verdict, found = checking.opinion(stage, who, asked.case)
    defects = [checking.marked(slip, asked.case.photos, who.random) for slip in found]
    said = partial(judging.judge, appeal_id=asked.appeal_id, verdict=verdict, defects=defects)
    try:
        act(stage, who.actor, said, called=f"appeal_{verdict}")
    except (AppealOver, ReasonMissing):
        stage.tally["appeal_over"] += 1
