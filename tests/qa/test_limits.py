"""Limits, intervals, run rules, causes by rank and effects: held to cases counted another way or printed in papers."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import comb, exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.shares import Share
from qa.causes import action_life, control, effect, limits, pareto, prices
from qa.causes.control import Count
from qa.causes.limits import Tails

pytestmark = pytest.mark.quick
DAY = date(2026, 11, 1)


def exact_tail(hits: int, n: int, p: Fraction) -> Fraction:
    """The chance of so many or more, in fractions."""
    return sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(hits, n + 1)), Fraction(0))


@pytest.mark.parametrize(
    ("n", "p", "most"),
    [(5, 10, 3), (20, 10, 7), (30, 15, 7), (50, 20, 8), (100, 10, 20), (400, 50, 18)],
)  # fmt: skip
def test_upper_limits_of_a_share_counted_in_fractions(n: int, p: int, most: int) -> None:
    """The share is 1/p; above `most` the exact tail is rarer than three sigma, at it not yet."""
    share, rare = Fraction(1, p), limits.THREE_SIGMA
    assert limits.share_limits(n, 1 / p)[1] == most
    assert float(exact_tail(most + 1, n, share)) < rare <= float(exact_tail(most, n, share))


def test_a_tail_counted_in_fractions() -> None:
    for hits, n, p in ((0, 7, 3), (2, 20, 10), (9, 30, 5), (30, 30, 2)):
        found = limits.tails_of_share(hits, n, 1 / p)
        assert found.up == pytest.approx(float(exact_tail(hits, n, Fraction(1, p))), rel=1e-9)
        assert found.down == pytest.approx(1 - float(exact_tail(hits + 1, n, Fraction(1, p))), rel=1e-9)


@pytest.mark.parametrize(
    ("n", "p", "hits", "up", "down"),
    [(5, 0.0, 0, 1, 1), (5, 0.0, 1, 0, 1), (5, 1.0, 5, 1, 1), (5, 1.0, 4, 1, 0), (0, 0.5, 0, 1, 1)],
)
def test_what_is_sure_has_no_tails(n: int, p: float, hits: int, up: float, down: float) -> None:
    found = limits.tails_of_share(hits, n, p)
    assert (found.up, found.down) == (up, down)
    assert limits.share_limits(10, p) == ((10, 10) if p == 1 else (0, 0) if p == 0 else (1, 9))


def test_a_chart_of_big_days_costs_no_more_than_its_spread() -> None:
    """Terms that add nothing are left out: eighteen thousand pieces a day ask for hundreds of them, once a tail."""

    class Counted(float):
        asked = 0

        def __sub__(self, other: float) -> float:
            Counted.asked += 1
            return float(self) - other

    law = limits.binomial(18_000, 0.07)
    counting = replace(law, first=Counted(law.first))
    assert limits._up(counting, 1300) == pytest.approx(0.124544264, abs=1e-9)
    assert Counted.asked < 600
    assert limits._limits(counting, limits.THREE_SIGMA) == limits.share_limits(18_000, 0.07)
    assert Counted.asked < 1100  # a few hundred a side


@pytest.mark.parametrize(("mean", "low", "most"), [(0.2, 0, 2), (2.0, 0, 7), (9.0, 2, 19), (25.0, 11, 41)])
def test_limits_of_a_count_counted_term_by_term(mean: float, low: int, most: int) -> None:
    def up_to(k: int) -> float:
        return sum(exp(-mean) * mean**i / factorial(i) for i in range(k + 1))

    assert limits.count_limits(mean) == (low, most)
    assert up_to(most - 1) < 1 - limits.THREE_SIGMA <= up_to(most)
    assert up_to(low) >= limits.THREE_SIGMA
    assert low == 0 or up_to(low - 1) < limits.THREE_SIGMA


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (2, 0.2422, 7.225), (3, 0.6187, 8.767), (5, 1.623, 11.668),
     (10, 4.795, 18.390), (20, 12.217, 30.888), (100, 81.364, 121.627)],
)  # fmt: skip
def test_garwoods_printed_intervals(count: int, low: float, high: float) -> None:
    """As the tables of Garwood 1936 and every handbook since have them."""
    assert limits.garwood(count) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
     ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775),
     ((10, 10), (0, 20), 0.6791, 1.0), ((10, 10), (0, 10), 0.6075, 1.0)],
)  # fmt: skip
def test_newcombes_own_table(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    """Newcombe 1998, table II, method 10, contrasts (a) to (h)."""
    assert effect.newcombe(Share(*one), Share(*other)) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_difference_turned_round_is_its_own_mirror(n: int, m: int, data: st.DataObject) -> None:
    one, other = Share(data.draw(st.integers(0, n)), n), Share(data.draw(st.integers(0, m)), m)
    low, high = effect.newcombe(one, other)
    assert effect.newcombe(other, one) == pytest.approx((-high, -low))
    assert low <= one.value - other.value <= high


@pytest.mark.parametrize(
    ("before", "after", "days", "verdict"),
    [((30, 100), (5, 100), 3, "better"), ((5, 100), (30, 100), 3, "worse"), ((10, 100), (9, 100), 5, "too_early"),
     ((10, 100), (9, 100), 28, "none"), ((10, 100), (0, 19), 90, "too_early"), ((1, 19), (0, 100), 90, "too_early"),
     ((0, 0), (0, 0), 90, "too_early"), ((10, 100), (0, 25), 28, "none")],
)  # fmt: skip
def test_what_may_be_said_of_an_effect(
    before: tuple[int, int], after: tuple[int, int], days: int, verdict: str
) -> None:
    assert effect.effect(Share(*before), Share(*after), days=days).verdict == verdict


def days(*found: int, n: int = 20) -> list[Count]:
    return [Count(DAY + timedelta(days=at), n, hits) for at, hits in enumerate(found)]


USUAL = (1, 2, 0, 1, 2, 1, 1, 2, 1, 1)  # of twenty each: a share of 0.06


def test_a_chart_of_shares() -> None:
    found = control.chart(control.SHARE, days(*USUAL, 2, 7), watched=2)
    assert (found.centre, found.base) == (0.06, Count(DAY, 200, 12))
    assert [(point.found, point.broken) for point in found.points[-2:]] == [(2, ()), (7, ("beyond",))]
    assert (found.points[-1].low, found.points[-1].high) == (0, 5 / 20)  # 6 of 20 have a tail of 0.0009
    assert [point.day for point in found.alarms] == [DAY + timedelta(days=11)]


def test_the_limits_follow_the_size_of_the_day() -> None:
    """One bad of one is nothing unusual where six in a hundred are; one of one would be where one in a thousand is."""
    counts = [*days(*USUAL), Count(DAY + timedelta(days=10), 1, 1), Count(DAY + timedelta(days=11), 0, 0)]
    found = control.chart(control.SHARE, counts, watched=2)
    assert [(point.n, point.high, point.broken) for point in found.points[-1:]] == [(1, 1.0, ())]
    assert len(found.points) == 11  # a day without pieces has no point


def test_a_chart_of_counts() -> None:
    found = control.chart(control.RATE, days(*USUAL, 8), watched=1)
    assert (found.points[-1].high, found.points[-1].broken) == (6 / 20, ("beyond",))


@pytest.mark.parametrize(
    "counts", [days(*USUAL[:7], 9), days(0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 9), days(*USUAL, 9, n=4)]
)
def test_too_little_says_nothing(counts: list[Count]) -> None:
    found = control.chart(control.SHARE, counts, watched=1)
    assert (found.centre, found.alarms) == (None, ())


HIGH, ABOVE, BELOW, LOW = Tails(0.01, 0.99), Tails(0.3, 0.8), Tails(0.8, 0.3), Tails(1, 0.001)


@pytest.mark.parametrize(
    ("tails", "rules"),
    [([BELOW] * 9, ()), ([ABOVE] * 8, ()), ([ABOVE] * 9, ("nine_above",)), ([*[ABOVE] * 8, BELOW], ()),
     ([BELOW, *[ABOVE] * 8], ()), ([HIGH], ()), ([HIGH, HIGH], ("two_of_three",)), ([HIGH, BELOW, HIGH], ("two_of_three",)),
     ([HIGH, HIGH, BELOW], ()), ([HIGH, BELOW, BELOW, HIGH], ()), ([Tails(0.001, 1)], ("beyond",)), ([LOW], ("better",))],
)  # fmt: skip
def test_run_rules(tails: list[Tails], rules: tuple[str, ...]) -> None:
    assert control.broken(tails) == rules


def test_causes_by_rank() -> None:
    found = pareto.ranked({"c": 5, "a": 10, "b": 5, "none": 0})
    assert [(bar.key, bar.n, bar.running, bar.vital) for bar in found] == [
        ("a", 10, 0.5, True),
        ("b", 5, 0.75, True),
        ("c", 5, 1.0, True),
    ]
    assert [bar.vital for bar in pareto.ranked({"a": 80, "b": 15, "c": 5})] == [True, False, False]
    assert pareto.ranked({}) == ()


def test_what_quality_costs() -> None:
    work = prices.Work(first_s=5400, again_s=600, returned=3, claims=42_000)
    found = prices.cost(work, prices.Rates(hour=12_000, piece=1_500))
    assert (found.inspection, found.rework, found.escape, found.total) == (18_000, 6_500, 42_000, 66_500)


def test_the_life_of_an_action() -> None:
    assert {
        state: (action_life.steps_from(state, who="owner"), action_life.steps_from(state, who="house"))
        for state in action_life.STATES
    } == {
        "open": (["finish", "drop"], []),
        "done": (["reopen", "drop"], ["prove", "reopen"]),
        "proven": (["reopen"], []),
        "dropped": ([], []),
    }
