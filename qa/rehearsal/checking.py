"""The part of a reviewer: looks at what waits, what will be late first, and says what is wrong with it.

Second looks and pieces with a known verdict lie among the others; nobody in the play knows which they are.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from base.errors import Stale
from base.scope import Scope
from qa import holding, queries, review, waiting
from qa.holding import HeldByOther, JudgedMeanwhile
from qa.judgement import OrderCancelled
from qa.marking import Seen
from qa.queries import Desk
from qa.rehearsal import slips
from qa.rehearsal.agenda import Part
from qa.rehearsal.characters import takes
from qa.rehearsal.slips import Slip, Verdict
from qa.rehearsal.stage import Player, Stage, act, look

IDLE_S = 1800
NOTES = {
    "wrong_item": "주문과 다른 상품이 보여요.",
    "missing_item": "목록보다 하나 모자라 보여요. 다시 세어 주세요.",
    "label_wrong": "송장이 비뚤어져서 바코드가 접혔어요.",
    "damaged": "모서리가 눌렸어요. 다른 것으로 바꿔 주세요.",
    "bad_cushioning": "옆면 완충재가 비어 있어요.",
    "bad_seal": "옆면 테이프가 떠 있어요.",
    "photo_unclear": "사진이 흐려서 확인이 어려워요.",
    "weight_off": "무게가 예상과 많이 달라요.",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What lies before the reviewer: the submission, what its rubric knows, its photos by item."""

    inspection_id: int
    version: int
    task_id: int
    round: int
    can: tuple[Slip, ...]
    photos: dict[str, int]
    may_send_back: bool


def part(stage: Stage, who: Player) -> Part:
    """A reviewer's days: one decision after the other, a pause when nothing waits."""
    while True:
        case = look(stage, who.actor, first)
        if case is None:
            yield timedelta(seconds=takes(IDLE_S, who.random))
            continue
        open_(stage, who, case)
        yield timedelta(seconds=takes(who.eye.look_s, who.random))
        judge(stage, who, case)


def open_(stage: Stage, who: Player, case: Case) -> None:
    """Takes it onto the desk, so that it is known how long it was looked at."""
    with suppress(HeldByOther, JudgedMeanwhile):
        act(stage, who.actor, partial(holding.hold, inspection_id=case.inspection_id), called="opened")


def first(scope: Scope) -> Case | None:
    """The submission that must be judged first."""
    rows = waiting.queue(scope, size=1).rows
    return case_of(scope, rows[0].id) if rows else None


def case_of(scope: Scope, inspection_id: int) -> Case:
    """What the reviewer needs to know of one submission."""
    return of_desk(queries.desk(scope, inspection_id))


def of_desk(desk: Desk) -> Case:
    """The same of a desk that lies open."""
    criteria = [
        {"code": one.code, "item": one.item, "severity": one.severity} for one in desk.rubric.criteria
    ]
    return Case(
        inspection_id=desk.at_hand.id,
        version=desk.at_hand.version,
        task_id=desk.at_hand.task_id,
        round=desk.at_hand.round,
        can=tuple(slips.possible(criteria, {answered.item.key for answered in desk.items})),
        photos={item.key: photo for photo, item in desk.photos},
        may_send_back=not desk.last_round and not desk.order_cancelled,
    )


def judge(stage: Stage, who: Player, case: Case) -> None:
    """Sees what there is to see, and decides."""
    verdict, found = opinion(stage, who, case)
    decide(stage, who, case, verdict=verdict, found=found)


def opinion(stage: Stage, who: Player, case: Case) -> tuple[Verdict, list[Slip]]:
    """What somebody makes of it, with the eyes of their own."""
    there = stage.wrong.get((case.task_id, case.round), frozenset())
    found = slips.seen(who.eye, there, case.can, who.random)
    return slips.judged(who.eye, found, may_send_back=case.may_send_back, random=who.random), found


def decide(stage: Stage, who: Player, case: Case, *, verdict: Verdict, found: Sequence[Slip]) -> None:
    """One verdict with its defects through the real desk."""
    defects = [marked(slip, case.photos, who.random) for slip in found]

    def settle(scope: Scope) -> None:
        review.judge(
            scope,
            case.inspection_id,
            version=case.version,
            verdict=verdict,
            defects=defects,
            seed_of=stage.seed_of,
        )

    try:
        act(stage, who.actor, settle, called=f"judged_{verdict}")
    except Stale:
        stage.tally["judged_by_another"] += 1
        return
    except OrderCancelled:  # while it was looked at: the next look sees that it cannot go back
        stage.tally["cancelled_meanwhile"] += 1
        return
    stage.tally["defects"] += len(defects)


def marked(slip: Slip, photos: dict[str, int], random: Random) -> Seen:
    """A defect with its words, and its place on the photo where its item has one."""
    note = NOTES.get(slip.code, "")
    photo = photos.get(slip.item)
    if photo is None:
        return Seen(slip.code, note=note)
    x, y, w, h = (random.randint(*bounds) for bounds in ((250, 750), (250, 750), (120, 320), (120, 320)))
    return Seen(slip.code, note=note, photo_id=photo, x=x, y=y, w=w, h=h)
