"""A calibration round: everybody judges the same past pieces, then they talk and write what counts."""

from datetime import datetime, timedelta
from functools import partial

from base.scope import Scope
from qa.rehearsal.agenda import Part
from qa.rehearsal.stage import Player, Stage, act, look
from qa.rehearsal.troupe import Troupe
from qa.reviewers import round_reads, rounds

TITLE = "포장 기준 맞추기"
PIECES = 5
PATIENCE = timedelta(hours=30)
REMARK = "흐린 사진은 송장 번호가 읽히는지로 나누면 어떨까요?"
OUTCOME = "송장 번호가 사진에서 읽히면 통과예요. 테이프가 손톱만큼이라도 뜨면 돌려보내요."


def part(stage: Stage, people: Troupe, *, at: datetime) -> Part:
    """One round in the middle of the play, as soon as there is enough to choose from."""
    yield at - stage.now
    owner = people.owner
    while len(pieces := look(stage, owner.actor, _pieces)) < PIECES:
        yield timedelta(hours=2)
    opened = act(stage, owner.actor, partial(_open, ids=pieces), called="round_opened")
    yield PATIENCE
    if look(stage, owner.actor, partial(_runs, round_id=opened)):
        act(stage, owner.actor, partial(rounds.close, round_id=opened), called="round_closed")
    _talk(stage, people.reviewers[0], owner, opened)


def _pieces(scope: Scope) -> list[int]:
    """What went back first: that is where people differ."""
    found = round_reads.candidates(scope)
    found.sort(key=lambda row: (row[0].verdict == "accept", row[0].id))
    return [inspection.id for inspection, _task in found[:PIECES]]


def _open(scope: Scope, *, ids: list[int]) -> int:
    return rounds.open_round(scope, title=TITLE, inspection_ids=ids).id


def _runs(scope: Scope, *, round_id: int) -> bool:
    return round_reads.readable(scope, round_id).closed_at is None


def _talk(stage: Stage, who: Player, owner: Player, round_id: int) -> None:
    act(stage, who.actor, partial(rounds.remark, round_id=round_id, text=REMARK), called="remarked")
    act(stage, owner.actor, partial(rounds.conclude, round_id=round_id, text=OUTCOME), called="concluded")
