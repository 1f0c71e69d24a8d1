"""Chances of demand: the quantiles by which stock is held for the worse days (pure).

`service` is a chance between 0 and 1 exclusive. Sources: Silver, Pyke and Thomas, Inventory and Production
Management in Supply Chains, 4th ed., ch. 6 and 9; newsvendor after Arrow, Harris and Marschak 1951.
"""

from collections.abc import Callable, Mapping
from math import exp, lgamma, log
from statistics import NormalDist

_NORMAL = NormalDist()


def z(service: float) -> float:
    """How many standard deviations keep the promise so often."""
    return _NORMAL.inv_cdf(service)


def loss(deviations: float) -> float:
    """Units expected short, in standard deviations, when stock stands so many above the mean."""
    return _NORMAL.pdf(deviations) - deviations * (1 - _NORMAL.cdf(deviations))


def poisson(mu: float, service: float) -> int:
    """The fewest units that are enough so often, where demand comes singly at the mean `mu`."""
    if mu <= 0:
        return 0
    return _fewest(lambda units: units * log(mu) - mu - lgamma(units + 1), service)


def negative_binomial(mu: float, var: float, service: float) -> int:
    """The fewest units that are enough so often, where demand varies more. Raises ValueError as `moments`."""
    n, p = moments(mu, var)
    at_none = n * log(p) - lgamma(n)
    return _fewest(
        lambda units: at_none + lgamma(units + n) - lgamma(units + 1) + units * log(1 - p), service
    )


def moments(mu: float, var: float) -> tuple[float, float]:
    """n and p of the negative binomial with this mean and variance: p = mu/var, n = mu·p/(1-p).

    Raises ValueError unless var > mu > 0.
    """
    if not var > mu > 0:
        raise ValueError("var: not above the mean")
    p = mu / var
    return mu * p / (1 - p), p


def newsvendor(over: float, under: float, mean: float, sd: float) -> tuple[float, float]:
    """The best stock for one season of normal demand, and what it costs; by unit left over, by unit short."""
    deviations = z(under / (over + under))
    return mean + sd * deviations, (over + under) * sd * _NORMAL.pdf(deviations)


def newsvendor_of(over: float, under: float, chances: Mapping[int, float]) -> tuple[int, float]:
    """The same where every demand has its chance: the least stock whose chance reaches the ratio."""
    ratio, reached, best = under / (over + under), 0.0, max(chances)
    for units in sorted(chances):
        reached += chances[units]
        if reached >= ratio - 1e-9:
            best = units
            break
    costs = ((over * max(0, best - units) + under * max(0, units - best), units) for units in chances)
    return best, sum(cost * chances[units] for cost, units in costs)


def _fewest(log_chance: Callable[[int], float], service: float) -> int:
    """The least count whose chances, summed from none on, reach `service`; 10⁻¹² is let off for rounding."""
    units, reached = 0, exp(log_chance(0))
    while reached < service - 1e-12:
        units += 1
        chance = exp(log_chance(units))
        if reached > 0.5 and chance == 0.0:
            break  # the tail is below what a float tells apart
        reached += chance
    return units
