"""Any order of acts, against a small model of what a task's life allows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from base.errors import Refused
from base.scope import Scope
from tasks import dispatch, marks, steps, work
from tasks.models import Submission, Task
from tests.tasks.bench import Bench, finish, picture

pytestmark = pytest.mark.both  # guarded statements

WORKERS, CAPACITY, WORK = ("minji", "sujin"), 3, 5
LEASE, REWORK_LEASE = timedelta(hours=1), timedelta(days=1)
#: Lives on each engine: the rules are the same on both, only the statements that keep them can differ.
LIVES = {"sqlite": 12, "postgresql": 4}
RULES = settings(
    stateful_step_count=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # thirty acts are read faster than they are shrunk
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Model:
    """What we believe of one task."""

    state: str = "open"
    holder: str = ""
    lease: datetime | None = None
    round: int = 1
    left_by: str = ""
    place: int = 0  # in the order of promises


class Life(RuleBasedStateMachine):
    """Partners, a reviewer, an owner and the clock, in any order."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        with self.bench.acting_as("haneul") as scope:  # what an earlier run has left is out of the way
            for task in scope.session.scalars(select(Task).where(Task.state.in_(["open", "claimed"]))):
                steps.take(scope, task, "cancel")
        with self.bench.acting_as("house") as scope:
            for task in scope.session.scalars(select(Task).where(Task.state.in_(["inspection", "rework"]))):
                steps.take(scope, task, "reject" if task.state == "inspection" else "expire")
        self.ids = self.bench.tasks(WORK)
        self.models = [Model(place=place) for place in range(WORK)]

    # --- what people do ------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(WORKERS))
    def claim_next(self, who: str) -> None:
        free = [n for n, one in enumerate(self.models) if one.state == "open" and one.left_by != who]
        free.sort(key=lambda n: self.models[n].place)
        given = free[0] if free and self.held(who) < CAPACITY else None
        self.expect(given is not None, self.acting(who, dispatch.claim_next))
        if given is not None:
            self.give(given, who)

    @rule(who=st.sampled_from(WORKERS), n=st.integers(0, WORK - 1))
    def claim(self, who: str, n: int) -> None:
        one = self.models[n]
        if one.holder == who and one.state in {"claimed", "rework"}:
            return
        allowed = one.state == "open" and self.held(who) < CAPACITY
        self.expect(allowed, self.acting(who, lambda scope: dispatch.claim(scope, self.ids[n])))
        if allowed:
            self.give(n, who)

    @rule(who=st.sampled_from(WORKERS), n=st.integers(0, WORK - 1))
    def release(self, who: str, n: int) -> None:
        one = self.models[n]
        allowed = one.state in {"claimed", "rework"} and one.holder == who
        self.expect(
            allowed, self.acting(who, lambda scope: dispatch.release(scope, self.ids[n], reason="no_time"))
        )
        if allowed and one.state == "rework":
            self.opened_anew(n)
        elif allowed:
            one.state, one.holder, one.lease, one.left_by = "open", "", None, who

    @rule(who=st.sampled_from(WORKERS), n=st.integers(0, WORK - 1))
    def hand_in(self, who: str, n: int) -> None:
        one = self.models[n]
        working = one.state in {"claimed", "rework"} and one.holder == who
        allowed = working and one.lease is not None and one.lease > self.bench.now
        self.expect(allowed, self.acting(who, lambda scope: self.do(scope, n)))
        if allowed:
            one.state, one.lease = "inspection", None

    @rule(n=st.integers(0, WORK - 1), verdict=st.sampled_from(["accept", "send_back", "reject"]))
    def judge(self, n: int, verdict: str) -> None:
        one = self.models[n]
        allowed = one.state == "inspection"
        self.expect(allowed, self.acting("boram", lambda scope: self.judged(scope, n, verdict)))
        if allowed and verdict == "send_back":
            one.state, one.round, one.lease = "rework", one.round + 1, self.bench.now + REWORK_LEASE
        elif allowed:
            one.state = verdict + "ed"

    @rule(n=st.integers(0, WORK - 1))
    def cancel(self, n: int) -> None:
        one = self.models[n]
        allowed = one.state in {"open", "claimed"}
        self.expect(allowed, self.acting("haneul", lambda scope: dispatch.cancel(scope, self.ids[n])))
        if allowed:
            one.state, one.lease = "cancelled", None

    @rule(minutes=st.sampled_from([5, 40, 61, 1441]))
    def time_passes(self, minutes: int) -> None:
        self.bench.later(minutes=minutes)

    @rule()
    def leases_end(self) -> None:
        self.acting("house", dispatch.expire_due)
        for n, one in enumerate(list(self.models)):
            if one.lease is None or one.lease > self.bench.now:
                continue
            if one.state == "claimed":
                one.state, one.left_by, one.holder, one.lease = "open", one.holder, "", None
            else:
                self.opened_anew(n)

    # --- what must hold ------------------------------------------------------------------------------------

    @invariant()
    def the_tasks_are_as_we_believe(self) -> None:
        with self.bench.acting_as("house", reading=True) as scope:
            rows = {task.id: task for task in scope.session.scalars(select(Task))}
            seen = [(rows[id_].state, rows[id_].round) for id_ in self.ids]
        assert seen == [(one.state, one.round) for one in self.models]

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.bench.findings() == []

    # --- helpers -------------------------------------------------------------------------------------------

    def opened_anew(self, n: int) -> None:
        """Rework that was let go has ended; another task stands in its place."""
        one = self.models[n]
        one.state, one.lease = "rejected", None
        with self.bench.acting_as("house", reading=True) as scope:
            self.ids.append(scope.session.scalars(select(Task.id).filter_by(replaces_id=self.ids[n])).one())
        self.models.append(Model(place=one.place, left_by=one.holder))

    def held(self, who: str) -> int:
        return sum(one.holder == who and one.state in {"claimed", "rework"} for one in self.models)

    def give(self, n: int, who: str) -> None:
        self.models[n].state, self.models[n].holder = "claimed", who
        self.models[n].lease = self.bench.now + LEASE

    def expect(self, allowed: bool, done: bool) -> None:
        assert done == allowed

    def acting(self, who: str, act: Callable[[Scope], object]) -> bool:
        try:
            with self.bench.acting_as(who) as scope:
                act(scope)
        except Refused:
            return False
        return True

    def do(self, scope: Scope, n: int) -> None:
        task = work.held(scope, self.ids[n])
        again = scope.session.scalar(select(Submission.id).where(Submission.task_id == task.id))
        if again is None:
            finish(scope, task)
        else:
            work.attach(scope, task.id, item="packed_photo", picture=picture(f"round{task.round}"))
        work.submit(scope, task.id, fence=task.fence)
        if task.state == "submitted":  # mended work goes straight back to the reviewer
            steps.take(scope.as_house(), task, "sample")

    def judged(self, scope: Scope, n: int, verdict: str) -> None:
        task = scope.session.get_one(Task, self.ids[n])
        if verdict == "send_back":
            marks.send_back(scope, task, marks=[marks.Mark("packed_photo", "photo_unclear", "minor")])
        else:
            steps.take(scope, task, verdict)


@pytest.mark.timeout(300)
def test_any_order_of_acts(bench: Bench) -> None:
    Life.bench = bench
    lives = LIVES[bench.world.engines.dialect]
    run_state_machine_as_test(Life, settings=settings(RULES, max_examples=lives))
