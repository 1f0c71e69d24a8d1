"""The life of a task: its table, and the gate that holds everybody to it."""

import pytest
from sqlalchemy import update

from tasks import lifecycle, steps
from tasks.lifecycle import ENDED, HELD, STATES, STEPS, after, steps_from
from tasks.models import Task
from tests.tasks.bench import Bench

pytestmark = pytest.mark.both  # guarded statements


def test_every_state_but_the_last_ones_leads_on_and_is_reached() -> None:
    assert {start for start, _, _, _ in STEPS} == (set(STATES) - set(ENDED)) | {
        "rejected"
    }  # whose verdict may fall
    assert {end for _, _, end, _ in STEPS} == set(STATES)


def test_a_step_from_a_state_leads_to_one_place() -> None:
    assert len(lifecycle.TO) == len(STEPS) == 18


def test_a_missing_row_is_no_step() -> None:
    pairs = [(state, step) for state in STATES for step in {row[1] for row in STEPS}]
    allowed = {(start, step): end for start, step, end, _ in STEPS}
    assert {pair: after(*pair) for pair in pairs} == {pair: allowed.get(pair) for pair in pairs}


@pytest.mark.parametrize(
    ("state", "who", "buttons"),
    [
        ("open", "partner", ["claim"]),
        ("claimed", "partner", ["release", "submit"]),
        ("rework", "partner", ["submit", "release"]),
        ("inspection", "reviewer", ["accept", "send_back", "reject"]),
        ("inspection", "partner", []),
        ("open", "owner", ["assign", "cancel"]),
        ("claimed", "owner", ["cancel"]),
        ("accepted", "owner", []),
    ],
)
def test_the_buttons_come_from_the_table(state: str, who: str, buttons: list[str]) -> None:
    assert steps_from(state, who=who) == buttons


def test_the_diagram_shows_every_row() -> None:
    drawn = lifecycle.diagram().split("\n")
    assert drawn[:3] == ["stateDiagram-v2", "    [*] --> open", "    open --> claimed: claim (partner)"]
    assert len(drawn) == 2 + len(STEPS) + len(ENDED)


def test_held_are_the_states_a_partner_hands_in_from() -> None:
    assert set(HELD) == {start for start, step, _, _ in STEPS if step == "submit"}


# --- the gate ----------------------------------------------------------------------------------------------


def test_a_step_the_table_does_not_know_is_refused(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("house") as scope:
        task = scope.session.get_one(Task, task_id)
        with pytest.raises(steps.NoSuchStep) as refused:
            steps.take(scope, task, "accept")
        assert refused.value.facts == {"state": "open", "step": "accept"}
    assert bench.state(task_id) == "open"


def test_two_who_saw_the_same_state_do_not_both_move_it(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    with bench.acting_as("boram") as scope:
        task = scope.session.get_one(Task, task_id)
        scope.session.execute(
            update(Task)
            .where(Task.id == task_id)
            .values(state="accepted", ended_at=scope.now)
            .execution_options(synchronize_session=False)
        )
        with pytest.raises(steps.Gone):
            steps.take(scope, task, "reject")
        assert task.state == "inspection"  # what was seen stays what was seen


def test_a_step_of_an_older_hold_does_not_move_the_task(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope, pytest.raises(steps.Gone):
        steps.take(scope, scope.session.get_one(Task, task_id), "release", fence=0)


def test_a_partner_does_not_judge(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    for name, step in (("minji", "accept"), ("minji", "reject"), ("sujin", "send_back")):
        with bench.acting_as(name) as scope, pytest.raises(steps.NotYourStep):
            steps.take(scope, scope.session.get_one(Task, task_id), step)


def test_a_whole_life_leaves_nothing_wrong(bench: Bench) -> None:
    sent_back, rejected, accepted, released, cancelled = bench.tasks(5)
    for task_id in (sent_back, rejected, accepted):
        bench.hand_in("minji", task_id)
    bench.send_back(sent_back, "seal")
    bench.judge(rejected, "reject")
    bench.judge(accepted, "accept")
    bench.claim("sujin", released)
    with bench.acting_as("haneul") as scope:
        steps.take(scope, scope.session.get_one(Task, cancelled), "cancel")
    states = [bench.state(task_id) for task_id in (sent_back, rejected, accepted, released, cancelled)]
    assert states == ["rework", "rejected", "accepted", "claimed", "cancelled"]
    assert bench.findings() == []
