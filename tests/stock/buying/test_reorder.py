"""When to order and how much, held to every shared case, and to what must hold whatever the demand."""

import json
from datetime import date
from decimal import Decimal
from math import exp, lgamma, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.buying import chances, reorder
from stock.buying.reorder import Held, Lead, Need, Terms
from stock.demand import classes
from stock.value import ageing

pytestmark = pytest.mark.quick
CASES = json.loads((Path(__file__).parents[2] / "vectors" / "inventory_math.json").read_text())["cases"]


class Sums:
    """Plays a shared case on the rules: one function for each kind."""

    def z(self, *, service_level: float) -> dict[str, Any]:
        return {"z": chances.z(service_level)}

    def safety_stock_fixed_lead(
        self, *, mean_per_period: float, sd_per_period: float, lead_periods: float, service_level: float
    ) -> dict[str, Any]:
        told = self.safety_stock_variable_lead(
            mean_per_period=mean_per_period,
            sd_per_period=sd_per_period,
            lead_periods=lead_periods,
            sd_lead=0,
            service_level=service_level,
        )
        return told | {"reorder_point_units": reorder.whole(told["reorder_point"])}

    def safety_stock_variable_lead(
        self,
        *,
        mean_per_period: float,
        sd_per_period: float,
        lead_periods: float,
        sd_lead: float,
        service_level: float,
    ) -> dict[str, Any]:
        need, lead = Need(mean_per_period, sd_per_period), Lead(lead_periods, sd_lead)
        return {
            "safety_stock": reorder.safety(need, lead, service=service_level),
            "reorder_point": reorder.point(need, lead, service=service_level),
        }

    def order_up_to_periodic_review(
        self,
        *,
        mean_per_period: float,
        sd_per_period: float,
        lead_periods: float,
        review_periods: float,
        service_level: float,
    ) -> dict[str, Any]:
        need, lead = Need(mean_per_period, sd_per_period), Lead(lead_periods)
        return {"order_up_to": reorder.up_to(need, lead, review=review_periods, service=service_level)}

    def poisson_reorder_point(
        self, *, mean_per_period: float, lead_periods: float, service_level: float
    ) -> dict[str, Any]:
        return {"reorder_point": chances.poisson(mean_per_period * lead_periods, service_level)}

    def negbin_reorder_point(
        self, *, mean_lead_demand: float, var_lead_demand: float, service_level: float
    ) -> dict[str, Any]:
        n, p = chances.moments(mean_lead_demand, var_lead_demand)
        units = chances.negative_binomial(mean_lead_demand, var_lead_demand, service_level)
        return {"reorder_point": units, "n": n, "p": p}

    def eoq(
        self, *, fixed_cost: float, holding_cost_per_unit_period: float, demand_per_period: float
    ) -> dict[str, Any]:
        units, cost = reorder.economic(fixed_cost, holding_cost_per_unit_period, demand_per_period)
        return {"order_quantity": units, "cost_per_period": cost}

    def newsvendor_normal(
        self, *, holding_cost: float, stockout_cost: float, mean: float, sd: float
    ) -> dict[str, Any]:
        stock, cost = chances.newsvendor(holding_cost, stockout_cost, mean, sd)
        ratio = stockout_cost / (holding_cost + stockout_cost)
        return {"base_stock": stock, "cost": cost, "critical_ratio": ratio}

    def newsvendor_discrete(
        self, *, holding_cost: float, stockout_cost: float, pmf: dict[str, float]
    ) -> dict[str, Any]:
        told = {int(units): chance for units, chance in pmf.items()}
        stock, cost = chances.newsvendor_of(holding_cost, stockout_cost, told)
        return {"base_stock": stock, "cost": cost}

    def demand_class(self, *, series: str, values: list[float]) -> dict[str, Any]:
        found = classes.pattern(values)
        assert found is not None
        return {"adi": found.adi, "cv2": found.cv2, "class": found.name}

    def abc(self, *, items: list[dict[str, Any]], cut: tuple[float, float]) -> dict[str, Any]:
        found = classes.abc({one["sku"]: one["annual_value_krw"] for one in items}, cut)
        return {"items": [{"sku": sku, "class": name} for sku, name in found.items()]}

    def xyz(self, *, cv: float, cut: tuple[float, float]) -> dict[str, Any]:
        return {"class": classes.xyz(cv, cut)}

    def overstock(
        self, *, on_hand: int, daily_rate: float, target_cover_days: float, unit_cost_krw: int
    ) -> dict[str, Any]:
        found = ageing.overstock(on_hand, daily_rate, target_cover_days, Decimal(unit_cost_krw))
        return {
            "cover_days": found.cover,
            "overstock_units": found.units,
            "cash_tied_overstock_krw": float(found.cash),
            "cash_tied_total_krw": float(found.cash_total),
        }

    def aging_fifo_from_moves(
        self, *, as_of: str, receipts: list[tuple[str, int]], issued_total: int
    ) -> dict[str, Any]:
        dated = [(date.fromisoformat(day), units) for day, units in receipts]
        left = ageing.left(dated, issued_total)
        assert left == ageing.newest(dated, sum(units for _, units in dated) - issued_total)
        buckets = ageing.buckets(left, date.fromisoformat(as_of))
        return {"remaining": [[day.isoformat(), units] for day, units in left], "buckets": buckets}

    def reorder_decision(
        self, *, on_hand: int, on_order: int, reserved: int, reorder_point: int, lot: int, moq: int
    ) -> dict[str, Any]:
        held = Held(on_hand, on_order, reserved)
        return {
            "projected": held.projected,
            "order": reorder.decide(held, reorder_point, Terms(least=moq, pack=lot)),
        }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_shared_case(case: dict[str, Any]) -> None:
    told = getattr(Sums(), case["kind"])(**case["input"])
    expected = {name: value for name, value in case["expected"].items() if not name.startswith("erpnext")}
    assert told.keys() == expected.keys()
    for name, value in expected.items():
        assert told[name] == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value), name


def test_what_costs_nothing_to_order_is_ordered_as_needed() -> None:
    assert (reorder.economic(0, 0, 240), reorder.economic(3000, 500, 0)) == ((0.0, 0.0), (0.0, 0.0))


@pytest.mark.parametrize(
    ("worth", "classed"),
    [
        ({"a": 80, "b": 15, "c": 5}, {"a": "A", "b": "B", "c": "C"}),
        ({"a": 79, "b": 16, "c": 5}, {"a": "A", "b": "A", "c": "C"}),  # by what stands before it
        ({"only": 7}, {"only": "A"}),
        ({}, {}),
    ],
)
def test_abc(worth: dict[str, float], classed: dict[str, str]) -> None:
    assert classes.abc(worth) == classed


@pytest.mark.parametrize(
    ("held", "up_to", "terms", "units"),
    [
        (Held(10), 10, Terms(), 0),
        (Held(10, on_order=5), 12, Terms(), 0),  # what is on its way is not ordered again
        (Held(10, on_order=5, reserved=8), 12, Terms(), 5),
        (Held(0), 5, Terms(least=24, pack=6), 24),
        (Held(0), 25, Terms(least=24, pack=6), 30),
        (Held(0), 1, Terms(least=10, pack=12), 12),
    ],
)
def test_filling_up(held: Held, up_to: int, terms: Terms, units: int) -> None:
    assert reorder.fill(held, up_to, terms) == units


units = st.integers(0, 400)
terms = st.builds(Terms, least=st.integers(1, 60), pack=st.integers(1, 24))


@settings(max_examples=80)
@given(held=st.builds(Held, units, units, units), level=units, terms=terms)
def test_an_order_is_whole_packs_enough_and_not_one_pack_more(held: Held, level: int, terms: Terms) -> None:
    ordered = reorder.fill(held, level, terms)
    assert (ordered == 0) == (held.projected >= level)
    assert ordered % terms.pack == 0
    if ordered:
        assert held.projected + ordered >= level
        assert ordered >= terms.least
        fewer = ordered - terms.pack
        assert fewer < terms.least or held.projected + fewer < level


@settings(max_examples=80)
@given(held=st.builds(Held, units, units, units), point=units, terms=terms)
def test_after_a_decision_nothing_more_is_to_be_decided(held: Held, point: int, terms: Terms) -> None:
    ordered = reorder.decide(held, point, terms)
    after = Held(held.on_hand, held.on_order + ordered, held.reserved)
    assert reorder.decide(after, point, terms) == 0


@settings(max_examples=50)
@given(
    rate=st.floats(0.01, 40),
    sd=st.floats(0, 60),
    days=st.floats(1, 40),
    lead_sd=st.floats(0, 10),
    service=st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]),
)
def test_a_better_promise_never_holds_less(
    rate: float, sd: float, days: float, lead_sd: float, service: float
) -> None:
    need, lead = Need(rate, sd), Lead(days, lead_sd)
    held, more = (reorder.levels(need, lead, service=often) for often in (service, service + 0.005))
    assert held.up_to <= more.up_to
    assert held.point <= more.point
    longer = Lead(lead.days + 3, lead.sd)
    assert reorder.point(need, lead, service=service) <= reorder.point(need, longer, service=service)


@settings(max_examples=50)
@given(mu=st.floats(0.05, 300), more=st.floats(1.01, 20), service=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_demand_that_varies_more_needs_as_much_or_more_at_its_end(
    mu: float, more: float, service: float
) -> None:
    """A quantile keeps its promise, and one unit less does not: counted by the sum of chances itself."""
    found = chances.poisson(mu, service)
    assert _reached(mu, found) >= service - 1e-9
    assert found == 0 or _reached(mu, found - 1) < service
    assert chances.negative_binomial(mu, mu * more, 0.999) >= chances.poisson(mu, 0.5)


def _reached(mu: float, units: int) -> float:
    return sum(exp(one * log(mu) - mu - lgamma(one + 1)) for one in range(units + 1))


@pytest.mark.parametrize(("deviations", "short"), [(0.0, 0.398942), (1.0, 0.083315), (-1.0, 1.083315)])
def test_units_short(deviations: float, short: float) -> None:
    assert chances.loss(deviations) == pytest.approx(short, abs=1e-6)


@pytest.mark.parametrize(("units", "rate", "days"), [(30, 2.0, 15.0), (-4, 2.0, 0.0), (5, 0.0, None)])
def test_days_to_run_out(units: int, rate: float, days: float | None) -> None:
    assert reorder.lasts(units, rate) == days


@pytest.mark.parametrize(
    ("cover", "percent"), [(10.0, 0), (31.0, 5), (61.0, 15), (121.0, 30), (300.0, 50), (None, 50)]
)
def test_mark_down(cover: float | None, percent: int) -> None:
    assert ageing.mark_down(cover, 30) == percent
