"""What deliveries teach, and the weeks ahead."""

import pytest

from stock.buying import learning
from stock.buying.reorder import Held, Lead, Levels, Need, Terms

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("told", "took", "lead"),
    [
        (8, [], Lead(8.0, 2.0)),
        (8, [14], Lead(10.0, 2.5)),  # what they say counts like two deliveries
        (4, [10, 10, 10], Lead(7.6, 0.0)),  # from three on, the deliveries say how they vary
        (6, [5, 6, 7], Lead(6.0, 1.0)),
    ],
)
def test_days_to_the_goods(told: int, took: list[int], lead: Lead) -> None:
    assert learning.lead(told, took) == lead


@pytest.mark.parametrize(("arrivals", "days"), [([], None), ([(5, 10)], 5), ([(4, 30), (12, 10)], 6)])
def test_days_a_purchase_took(arrivals: list[tuple[int, int]], days: int | None) -> None:
    assert learning.took(arrivals) == days


@pytest.mark.parametrize(
    ("held", "units"),
    [
        (Held(25), 0),  # eleven in a week, and still above the point
        (Held(24), 16),
        (Held(10, on_order=20), 0),
        (Held(-30, on_order=20), 50),  # orders wait for thirty
    ],
)
def test_ordered_before_the_next_look_would_be_too_late(held: Held, units: int) -> None:
    assert learning.proposed(held, Need(1.5, 1.0), Levels(5.0, 13, 40), Terms()) == units


@pytest.mark.parametrize(
    ("free", "coming", "weeks"),
    [
        (20, {}, [20, 13, 6, 0]),
        (0, {7: 30}, [0, 29, 22, 15]),
        (-10, {7: 30}, [0, 19, 12, 5]),  # ten of them are owed already
        (-40, {7: 30}, [0, 0, 0, 0]),
    ],
)
def test_weeks_ahead(free: int, coming: dict[int, int], weeks: list[int]) -> None:
    assert learning.weeks_ahead(free, 1.0, coming, weeks=3) == weeks
