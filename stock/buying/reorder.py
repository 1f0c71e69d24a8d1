"""When to order and how much: safety stock, reorder point, order-up-to, minimum and pack (pure).

Days are days of demand; a rate is units a day. Formulas: Silver, Pyke and Thomas, 4th ed., ch. 6-7.
"""

from dataclasses import dataclass
from math import ceil, sqrt

from stock.buying import chances
from stock.demand.forecast import ALPHA, Series, expected, is_enough, mean, spread

SLACK = 1e-9  # a hair above a whole unit is rounding, not demand
FEW = 100.0  # units in the time to be covered, below which counts are told apart one by one
SERVICE = 0.97  # how often the stock should last until the next goods, where the owner says nothing
WEEK = 7  # days from one look to the next
DOUBT = ALPHA / (2 - ALPHA)  # variance of a smoothed rate, in variances of a day
LENT = 20.0  # demands' worth of trust in how the shop's other products vary


@dataclass(frozen=True, slots=True)
class Need:
    """Demand a day as the rules see it: its rate and the standard deviation of a day."""

    rate: float
    sd: float


@dataclass(frozen=True, slots=True)
class Lead:
    """Days from an order to the goods, and how much they vary."""

    days: float
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The least a supplier sells of a product, and by how many; 1 and 1 for no such terms."""

    least: int = 1
    pack: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """Units here, on their way, and promised to orders."""

    on_hand: int
    on_order: int = 0
    reserved: int = 0

    @property
    def projected(self) -> int:
        return self.on_hand + self.on_order - self.reserved


@dataclass(frozen=True, slots=True)
class Levels:
    """What stock is steered by: the part kept for worse days, when to order, and up to where."""

    safety: float
    point: int
    up_to: int


def need(days: Series, usual: float | None = None) -> Need | None:
    """What the days so far say; None below three demands: then only the owner knows.

    A handful of demands says little of how much they vary, so the variance is drawn towards `usual`, the
    shop's own (see `restlessness`): the fewer the demands, the more. With None the days stand alone.
    """
    if not is_enough(days):
        return None
    rate, own = expected(days), spread(days) ** 2
    if usual is None:
        return Need(rate, sqrt(own))
    sizes = [day for day in days if day > 0]
    lent = usual * rate * mean(sizes)
    return Need(rate, sqrt((len(sizes) * own + LENT * lent) / (len(sizes) + LENT)))


def restlessness(days: Series) -> float | None:
    """How a product's demand varies, freed of its rate and of its usual size; None where too little is known.

    The variance of a day by rate and mean size: 1 where demands of one size come by pure chance.
    """
    sizes = [day for day in days if day > 0]
    return spread(days) ** 2 / mean(days) / mean(sizes) if is_enough(days) else None


def safety(need: Need, lead: Lead, *, review: float = 0.0, service: float) -> float:
    """Units for worse days: z·√((L+R)·sd² + rate²·sd_L²)."""
    wide = (lead.days + review) * need.sd**2 + need.rate**2 * lead.sd**2
    return chances.z(service) * sqrt(wide)


def point(need: Need, lead: Lead, *, service: float) -> float:
    """The stock at which to order when it is looked at all the time: rate·L and the safety stock."""
    return need.rate * lead.days + safety(need, lead, service=service)


def up_to(need: Need, lead: Lead, *, review: float, service: float) -> float:
    """The stock to order up to when it is looked at every `review` days: rate·(L+R) and the safety stock."""
    return need.rate * (lead.days + review) + safety(need, lead, review=review, service=service)


def levels(need: Need, lead: Lead, *, review: float = WEEK, service: float = SERVICE) -> Levels:
    """Point and order-up-to in whole units, the rate itself not being sure (`DOUBT`).

    Where fewer than `FEW` units are asked for in the time to be covered, their chances are counted one by one
    (negative binomial of the same mean and variance): demand in lumps is not a bell.
    """
    best = _enough(need, lead, lead.days + review, service)
    safety = max(0.0, best - need.rate * (lead.days + review))
    return Levels(safety, _enough(need, lead, lead.days, service), best)


def _enough(need: Need, lead: Lead, span: float, service: float) -> int:
    mu = need.rate * span
    var = span * need.sd**2 * (1 + span * DOUBT) + (need.rate * lead.sd) ** 2
    if var > mu > 0 and mu < FEW:
        return chances.negative_binomial(mu, var, service)
    return whole(mu + chances.z(service) * sqrt(var))


def whole(units: float) -> int:
    """Rounded up to a unit, and never below none."""
    return max(0, ceil(units - SLACK))


def decide(held: Held, point: int, terms: Terms) -> int:
    """Units to order: none above the point (0 = off), else the least amount, and packs until it is passed."""
    if point <= 0 or held.projected > point:
        return 0
    units = max(terms.pack, terms.least)
    short = point - (held.projected + units)
    return units + (short // terms.pack + 1) * terms.pack if short >= 0 else units


def fill(held: Held, up_to: int, terms: Terms) -> int:
    """Units to order up to a level, in whole packs and not below the least amount; none where it is there."""
    missing = up_to - held.projected
    if missing <= 0:
        return 0
    return -(-max(missing, terms.least) // terms.pack) * terms.pack


def economic(fixed: float, holding: float, demand: float) -> tuple[float, float]:
    """The economic order and its cost: √(2·K·D/h), √(2·K·D·h); (0, 0) where ordering costs nothing."""
    if fixed == 0 or demand == 0:
        return 0.0, 0.0
    return sqrt(2 * fixed * demand / holding), sqrt(2 * fixed * demand * holding)


def lasts(units: int, rate: float) -> float | None:
    """Days until these units are gone; None where nobody asks for them."""
    return max(0, units) / rate if rate > 0 else None
