"""The beta distribution's quantiles, which exact intervals of shares are made of."""

from math import exp, lgamma, log, log1p

TINY = 1e-300  # instead of a denominator of nothing
CLOSE = 1e-16
MOST_TERMS = 10_000
HALVINGS = 200


def quantile(p: float, a: float, b: float) -> float:
    """The x below which a beta(a, b) value lies with probability p, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if below(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b).

    Source: Abramowitz and Stegun 26.5.8 (continued fraction), turned round where it converges faster.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, by Lentz's method."""
    c, d = 1.0, 1 / _some(1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, MOST_TERMS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _some(1 + step * d)
            c = _some(1 + step / c)
            h *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return h


def _some(value: float) -> float:
    return value if abs(value) > TINY else TINY
