"""The life of a return as a table, and how its units may be sorted."""

import pytest

from stock.returns import life
from tasks.kinds.returning import sorting

pytestmark = pytest.mark.quick


def test_the_rows_are_the_only_moves() -> None:
    assert {state: life.steps_from(state) for state in life.STATES} == {
        "asked": ["arrive", "withdraw"],
        "quarantine": ["sort", "set_aside"],
        "repair": ["mend"],
        "closed": [],
        "withdrawn": ["revive"],
    }
    assert [life.end(*move) for move in (("asked", "arrive"), ("asked", "sort"), ("closed", "arrive"))] == [
        "quarantine", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("good", "mending", "scrap", "why"),
    [(3, 0, 0, ""), (1, 1, 1, ""), (4, 0, 0, "sum"), (1, 1, 0, "sum"), (4, -1, 0, "units")],
)
def test_every_unit_becomes_something(good: int, mending: int, scrap: int, why: str) -> None:
    assert life.wrong({"good": good, "mending": mending, "scrap": scrap}, 3) == why
    assert life.sorted_by(mending) == ("set_aside" if mending else "sort")


@pytest.mark.parametrize(("shipped", "returned", "room"), [(2, 0, 2), (2, 1, 1), (2, 2, 0), (1, 2, 0)])
def test_no_more_comes_back_than_left(shipped: int, returned: int, room: int) -> None:
    assert life.room(shipped, returned) == room


def test_a_sheet_in_numbers() -> None:
    assert [sorting.units(raw) for raw in ("3", " 1,200 ", "", "셋", "-1")] == [3, 1200, None, "셋", "-1"]
    assert sorting.fates({"own-good": 2, "own-scrap": "셋"}) == {"good": 2, "mending": 0, "scrap": 0}
    assert [sorting.return_of(target) for target in ("return:7", "claim:7", "return:x", "")] == [
        7, None, None, None,
    ]  # fmt: skip
    assert sorting.target_of(7) == "return:7"
