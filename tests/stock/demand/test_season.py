"""The time of the year: flat below a whole year, growth taken out, one product drawn towards the shop."""

from datetime import date

import pytest

from stock.demand import season

pytestmark = pytest.mark.quick
WINTER = [20.0 if month in {12, 1} else 10.0 for month in range(1, 13)]  # a day; 11.67 in the middle


def months(first: date, rates: list[float]) -> dict[date, int]:
    """Units by month at so many a day."""
    found, at = dict[date, int](), first
    for rate in rates:
        found[at] = round(rate * season._days(at))
        at = season._after(at)
    return found


def said(year: season.Season) -> list[float]:
    return [round(times, 2) for _, times in sorted(year.items())]


@pytest.mark.parametrize(
    ("first", "rates", "found"),
    [
        (date(2025, 1, 1), WINTER, []),  # the first month may not be whole: eleven are
        (date(2024, 12, 1), [20, *WINTER], [1.71, *[0.86] * 10, 1.71]),
        (date(2024, 12, 1), [20, *[1.0] * 11, 99.0], [0.5] * 11 + [2.0]),  # no less and no more than that
        (date(2024, 12, 1), [0.0] * 13, [1.0] * 12),
        (date(2023, 12, 1), [100 * 2 ** (n / 12) for n in range(25)], [1.0] * 12),  # growth is no season
    ],
)
def test_the_shops_year(first: date, rates: list[float], found: list[float]) -> None:
    assert said(season.of_shop(months(first, rates), date(2026, 1, 5))) == found


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        ([1.0] * 12, 1.0),  # no year to compare with
        ([1.0] * 12 + [1.5] * 12, 1.5),
        ([1.0] * 6 + [0.0] * 6 + [9.0] * 12, 3.0),  # no faster than is believed
        ([0.0] * 12 + [9.0] * 12, 1.0),
    ],
)
def test_growth(rates: list[float], found: float) -> None:
    assert season.growth(rates) == found


@pytest.mark.parametrize(
    ("units", "found"),
    [
        ({}, [0.91] * 11 + [2.0]),  # nothing known of it: as the shop
        ({12: 200}, [0.7] * 11 + [2.0]),  # half its own
        ({month: 30 * season._days(date(2025, month, 1)) for month in range(1, 13)}, [1.0] * 11 + [1.02]),
    ],
)
def test_one_product_is_drawn_towards_the_shop(units: dict[int, int], found: list[float]) -> None:
    shop = {month: 2.0 if month == 12 else 10 / 11 for month in range(1, 13)}
    assert said(season.of_product(units, shop)) == found
    assert season.of_product(units, {}) == {}
