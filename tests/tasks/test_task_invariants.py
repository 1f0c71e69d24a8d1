"""The room's invariants: each of them notices what it is there for."""

import pytest
from sqlalchemy import text

from base.scope import undo
from tasks import invariants
from tests.tasks.bench import Bench

pytestmark = pytest.mark.both  # statements over whole tables

# fmt: off
BROKEN = {  # what somebody with a database shell might do -> what is found
    "UPDATE tasks SET won = NULL WHERE id = :claimed": "held_by_nobody",
    "UPDATE tasks SET lease_until = due_at WHERE id = :open": "open_but_held",
    "UPDATE partners SET capacity = 0": "over_capacity",
    "DELETE FROM submissions WHERE task_id = :inspected": "not_handed_in",
    "UPDATE tasks SET state = 'submitted' WHERE id = :inspected": "left_standing",
    "UPDATE tasks SET ended_at = NULL WHERE id = :accepted": "ended_without_time",
    "DELETE FROM stage_clocks WHERE task_id = :open": "clock_missing",
    "UPDATE stage_clocks SET stage = 'review', round = 9 WHERE task_id = :open": "clock_missing",
    "UPDATE stage_clocks SET ended_at = NULL, verdict = '' WHERE task_id = :accepted AND stage = 'do'":
        "clock_left_running",
    "INSERT INTO clock_pauses (shop_id, clock_id, reason, owed_by, from_at)"
    " SELECT shop_id, id, 'x', 'owner', began_at FROM stage_clocks WHERE task_id = :open": "pause_of_nothing",
    "UPDATE tasks SET replaces_id = :accepted WHERE id = :open": "replaced_wrongly",
    "UPDATE sop_revisions SET published_at = NULL": "unpublished_procedure",
    "UPDATE answers SET task_id = :open WHERE task_id = :inspected": "answers_on_open",
    "UPDATE answers SET shop_id = shop_id + 1 WHERE task_id = :inspected": "foreign_shop",
    "UPDATE queues SET front = '2199-01-01 00:00:00.000000'": "front_too_late",
}
# fmt: on


def test_every_invariant_is_tried() -> None:
    assert set(BROKEN.values()) == set(invariants.ASKED)


def test_each_notices_what_it_is_there_for(bench: Bench) -> None:
    open_, claimed, inspected, accepted = bench.tasks(4)
    bench.claim("minji", claimed)
    for task_id in (inspected, accepted):
        bench.hand_in("minji", task_id)
    bench.judge(accepted, "accept")
    ids = {"open": open_, "claimed": claimed, "inspected": inspected, "accepted": accepted}
    assert bench.findings() == []
    broken = dict(BROKEN)
    if bench.world.engines.dialect == "postgresql":
        del broken[
            "UPDATE answers SET shop_id = shop_id + 1 WHERE task_id = :inspected"
        ]  # its own rules forbid it
    for statement, code in broken.items():
        with bench.acting_as("haneul") as scope:
            scope.session.execute(
                text(statement), {name: ids[name] for name in ids if f":{name}" in statement}
            )
            found = [finding.code for finding in invariants.findings(scope)]
            undo(scope)
        assert (statement, f"tasks.{code}" in found) == (statement, True)
