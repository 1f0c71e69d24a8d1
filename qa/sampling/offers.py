"""Plans to choose from: what each costs and catches with the hands of this shop, before it is in force."""

from dataclasses import dataclass, replace

from base.scope import Scope
from qa.sampling import curves, months, plans
from qa.sampling.curves import Expected, Point
from qa.sampling.draws import BATCH, METHODS, Plan
from qa.sampling.models import SamplingPlan
from qa.sampling.months import Month
from qa.sampling.plans import LEAST, PARCELS, WHOLE_SHOP, Chosen
from security.shops import rules


@dataclass(frozen=True, slots=True)
class Offer:
    """One way of inspecting, with its numbers: what it would cost and catch, its curve, and the point where
    this work is. `month_reviews`: how many of the last month's pieces it would have inspected.
    """

    chosen: Chosen
    plan: Plan
    expected: Expected
    points: list[Point]
    here: float
    month_reviews: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything a chooser shows: the plan in force, the month behind, and the ways to choose from."""

    kind: str
    in_force: Plan
    row: SamplingPlan | None
    month: Month
    now: Expected
    offers: list[Offer]


def choice(scope: Scope, kind: str, asked: dict[str, Chosen]) -> Choice:
    """The chooser of a kind; `asked` are plans as somebody has typed them, by their way."""
    month, row = months.month(scope, kind), plans.row(scope, kind)
    in_force = plans.in_force(scope, kind)
    offers = [_offer(scope, asked.get(way) or start(in_force, way), month) for way in ways(kind)]
    now = curves.expected(in_force, month.hands, level=month.level)
    return Choice(kind, in_force, row, month, now, offers)


def ways(kind: str) -> list[str]:
    """The ways of inspecting that a kind may have: parcels wait for nobody."""
    return [way for way in METHODS if way != BATCH or kind not in (PARCELS, WHOLE_SHOP)]


def start(in_force: Plan, way: str) -> Chosen:
    """What a way starts from: its own numbers where it is in force, else the house's."""
    percent = in_force.percent if in_force.method == way else LEAST[way]
    first = Chosen(way, percent, over_won=in_force.over_won)
    if in_force.method != way:
        return first
    kept = {name: getattr(in_force, name) for name in ("clean_n", "aql", "size", "hours")}
    return replace(first, **kept)


def _offer(scope: Scope, chosen: Chosen, month: Month) -> Offer:
    plan = plans.of(rules(scope), chosen)
    expected = curves.expected(plan, month.hands, level=month.level)
    share = curves.reviewed(plan, month.wrong, level=month.level)
    return Offer(
        chosen,
        plan,
        expected,
        curves.curve(plan, level=month.level),
        here=100 * share * curves.SEES,
        month_reviews=round(month.pieces * expected.reviews / 100),
    )
