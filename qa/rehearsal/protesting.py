"""What a made-up partner does about verdicts: appeals where she was right, and rarely where she was not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import selectinload

from base.rows import mine
from base.scope import Scope
from qa.appeals import filing
from qa.appeals.filing import NothingToAppeal, TooLate
from qa.appeals.gate import AppealedAlready
from qa.models import Inspection
from qa.rehearsal.characters import happens, takes
from qa.rehearsal.stage import Player, Stage, act, look
from qa.scoring import ACCEPT
from tasks.models import Submission

WRITING_S = 180
WORDS = {
    True: "사진을 다시 봐 주세요. 표시된 곳이 그대로 잘 되어 있어요.",
    False: "이 정도는 괜찮다고 생각했어요. 한 번 더 봐 주세요.",
}


def protest(stage: Stage, who: Player) -> Iterator[timedelta]:
    """Reads what came back since last time, and appeals against what she does not find right."""
    since = stage.read.get(who.actor.id, stage.began)
    stage.read[who.actor.id] = stage.now
    for inspection in look(stage, who.actor, partial(_came_back, since=since)):
        there = {slip.code for slip in stage.wrong.get((inspection.task_id, inspection.round), ())}
        right = not there & {defect.code for defect in inspection.defects}
        if right or happens(who.hand.protests, who.random):
            yield timedelta(seconds=takes(WRITING_S, who.random))
            _appeal(stage, who, inspection.task_id, WORDS[right])


def _came_back(scope: Scope, *, since: datetime) -> list[Inspection]:
    """Verdicts against the actor's own work since an instant, as they came."""
    own = Submission.partner_id == scope.actor.partner_id
    stmt = (
        mine(scope, Inspection)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(own, Inspection.judged_at > since, Inspection.verdict != ACCEPT)
        .options(selectinload(Inspection.defects))
    )
    return list(scope.session.scalars(stmt.order_by(Inspection.judged_at, Inspection.id)))


def _appeal(stage: Stage, who: Player, task_id: int, text: str) -> None:
    try:
        act(stage, who.actor, partial(filing.appeal, task_id=task_id, text=text), called="appealed")
    except (NothingToAppeal, TooLate, AppealedAlready):
        stage.tally["too_late"] += 1
