"""A short shift of accidents on each engine, and a checker that finds what is planted (`./dari torture` is the long one)."""

from collections import Counter
from pathlib import Path

import pytest

from tests.engines import NoEngine
from tests.torture import checker, shift
from tests.torture.checker import Told
from tests.torture.history import OK, Act, History

pytestmark = pytest.mark.both  # what accidents leave

LEAST_FAULTS, LEAST_ACTS = 2, 5


@pytest.mark.slow
@pytest.mark.timeout(170)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_short_shift_loses_and_doubles_nothing(engine: str, tmp_path: Path) -> None:
    try:
        report = shift.run(engine, tmp_path, seed=11, seconds=2.5)
    except NoEngine as missing:
        pytest.skip(str(missing))
    wrong = report.verdict
    assert (wrong.lost, wrong.twice, wrong.stuck) == ([], [], [])
    acknowledged = sum(seen[OK] for seen in report.acts.values())
    assert (report.faults.total() >= LEAST_FAULTS, acknowledged >= LEAST_ACTS) == (True, True)


def line(act: str, task: int, actor: int = 1, fence: int = 1) -> Told:
    return Told(act, actor, task, f'{{"fence":{fence},"round":1}}')


def test_two_holders_of_a_task_are_found() -> None:
    told = [line("task.claimed", 1), line("task.claimed", 1, actor=2), line("task.claimed", 2)]
    assert list(checker.lives(told, {2: "claimed"})) == ["task 1: task.claimed while claimed"]


def test_a_row_that_is_elsewhere_than_its_journal_is_found() -> None:
    told = [line("task.claimed", 1), line("task.released", 1)]
    assert list(checker.lives(told, {1: "open", 3: "accepted"})) == ["task 3: journalled open, is accepted"]


def test_a_lost_claim_is_found() -> None:
    acts = [Act(1, "claim", OK, {"said": {"task_id": task}}) for task in (1, 2)]
    told = [line("task.claimed", 1), line("task.claimed", 2, actor=9)]
    assert list(checker.claims(acts, told)) == ["claim of task 2 by 1"]


def test_a_lost_submission_is_found() -> None:
    acts = [
        Act(1, "submit", OK, {"said": {"submission_id": number}, "task": number + 10, "fence": 1})
        for number in (1, 2, 3)
    ]
    rows = {1: (11, 1), 2: (12, 2)}  # the second is of another hold, the third is not there
    assert list(checker.submits(acts, rows)) == ["submission 2 of task 12", "submission 3 of task 13"]


def test_what_stands_twice_is_found() -> None:
    told = [line("task.submitted", 1), line("task.submitted", 1), line("inspection.judged", 4)]
    assert list(checker.doubled(checker.handed_in(told), "handing-in")) == ["handing-in (1, 1, 1): 2 times"]
    assert list(checker.doubled(checker.judged(told), "verdict")) == []


def test_goods_that_came_twice_or_never_are_found() -> None:
    acts = [Act(1, "receive", OK, {"units": units}) for units in (5, 7, 9)]
    books = Counter({5: 1, 9: 2})
    assert list(checker.deliveries(acts, books)) == ["delivery of 7 units"]
    assert list(checker.doubled_deliveries(acts, books)) == ["delivery of 9 units: 2"]


def test_other_verdicts_orders_and_cancellations_are_found() -> None:
    judged = [Act(3, "judge", OK, {"inspection": number, "verdict": "accept"}) for number in (1, 2)]
    assert list(checker.verdicts(judged, {1: ("accept", 3), 2: ("accept", 4)})) == [
        "verdict accept of inspection 2"
    ]
    brought = [Act(5, "import", OK, {"numbers": ["A", "B"]})]
    assert list(checker.orders(brought, Counter({"A": 1}))) == ["order B"]
    called_off = [Act(5, "cancel", OK, {"order": number}) for number in (1, 2)]
    assert list(checker.cancelled(called_off, {1: "cancelled", 2: "ready"})) == ["cancellation of order 2"]


def test_work_that_stays_in_a_vanished_hand_is_found() -> None:
    rows = [(1, "claimed", True), (2, "claimed", False), (3, "rework", True), (4, "accepted", True)]
    assert list(checker.stuck(rows)) == ["task 1 is still claimed", "task 3 is still rework"]


def test_a_history_counts_how_acts_ended() -> None:
    history = History()
    history.add(1, "claim", OK)
    history.add(1, "claim", "unknown")
    assert history.counted() == {"claim": {"ok": 1, "fail": 0, "unknown": 1}}
