"""What the owner knows: days are freed of it, and what comes is raised or lowered by it."""

from datetime import date, timedelta

import pytest

from stock.demand.notes import Asked, Note, ahead, factor, usual

pytestmark = pytest.mark.quick
DAY = date(2026, 11, 23)
SALE = Note(DAY + timedelta(days=1), DAY + timedelta(days=2), 200)
SHUT = Note(DAY + timedelta(days=2), DAY + timedelta(days=2), 0)


def days(*units: int) -> dict[date, int]:
    return {DAY + timedelta(days=number): count for number, count in enumerate(units) if count}


@pytest.mark.parametrize(
    ("notes", "out", "found"),
    [
        ([], [], [3, 8, 0, 4]),
        ([SALE], [], [3, 4, 0, 4]),
        ([SALE, SHUT], [], [3, 4, 4]),  # nobody could ask on that day: it says nothing
        ([], [2], [3, 8, 4]),  # nothing was there and nobody asked
        ([], [3], [3, 8, 0, 4]),  # nothing was there, but somebody did ask
    ],
)
def test_usual_days(notes: list[Note], out: list[int], found: list[float]) -> None:
    empty = {DAY + timedelta(days=number) for number in out}
    assert usual(Asked(days(3, 8, 0, 4), notes, empty), first=DAY, last=DAY + timedelta(days=3)) == found


def test_the_days_ahead() -> None:
    assert ahead([], DAY, 14) == 1.0
    assert ahead([SALE], DAY, 4) == (2 + 2 + 1 + 1) / 4
    assert ahead([SALE, SHUT], DAY, 2) == (2 + 0) / 2
    assert factor([SALE, SALE], DAY + timedelta(days=1)) == 4.0


def test_the_season_is_one_more_thing_that_is_known_unless_the_owner_says_otherwise() -> None:
    winter = {11: 2.0, 12: 1.0}
    assert usual(Asked(days(6, 8), [SALE], season=winter), first=DAY, last=DAY + timedelta(days=1)) == [3, 2]
    assert ahead([], date(2026, 11, 28), 4, winter) == (2 + 2 + 1 + 1) / 4
    cold = Note(DAY, DAY, 150, "season")
    assert factor([cold], DAY, winter) == 1.5
