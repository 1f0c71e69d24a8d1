"""Drawing: whether a submission is inspected, accepted at once or waits for its batch; decided once."""

from collections.abc import Callable

from base import prepared
from base.rows import one
from base.scope import Scope
from qa import accepting, inspecting
from qa.models import Draw, Inspection
from qa.sampling import batches, draws, facts, looking_back, seeds
from qa.sampling.draws import BATCH, Sample
from tasks.models import Task
from tasks.news import TaskSubmitted

SeedOf = Callable[[Scope, int], str]


def on_submitted(scope: Scope, news: TaskSubmitted, *, seed_of: SeedOf = seeds.kept) -> None:
    """Draws what was handed in: into the reviewers' queue, accepted at once, or to wait for its batch."""
    house = scope.as_house()
    task = one(house, Task, news.task_id)
    rehearsed = seed_of is not seeds.kept
    prepared.number_ahead(house, Inspection)
    drawn = draw(house, task, news, seed=seed_of(house, news.submission_id), rehearsed=rehearsed)
    if drawn is None:
        return
    if drawn.drawn:
        inspecting.inspect(
            house, task, submission_id=news.submission_id, round_=news.round, reason=drawn.reason
        )
    else:
        accepting.accept(house, task)


def draw(
    scope: Scope, task: Task, news: TaskSubmitted, *, seed: str, rehearsed: bool = False
) -> Sample | None:
    """Records whether a submission is inspected, why, and by which roll of which seed.

    None where its batch will decide: the batch is drawn from when it is full or its time has come.
    """
    plan, past, plan_id = looking_back.past(scope, task, news)
    sample = draws.sample(plan, past, seed=seed, submission_id=news.submission_id)
    if sample.reason == BATCH:
        batches.put_in(scope, task, news, plan=plan, plan_id=plan_id)
        return None
    row = {
        "submission_id": news.submission_id,
        "reason": sample.reason,
        "percent": sample.percent,
        "seed": seed,
        "roll": sample.roll,
        "drawn": sample.drawn,
        "facts": facts.told(plan, past) | ({"rehearsed": True} if rehearsed else {}),
        "at": scope.now,
    }
    prepared.put(scope, Draw, row)
    return sample
