"""What is counted this week: what is worth most or was wrong lately comes round oftener (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

#: Days from one count to the next, by class of worth (ABC).
EVERY = {"A": 28, "B": 84, "C": 182}
SOON = 7  # days to the next count of what was wrong the last time
NEVER, DIFFERED, DUE = "never", "differed", "due"  # why something is counted
MOST, MOST_AT_HOME = 30, 10  # lines of a week in the warehouse, and in one partner's home


@dataclass(frozen=True, slots=True)
class Shelved:
    """A product at one place: worth of its units in won, its last count, and whether that one differed."""

    product_id: int
    place_id: int
    worth: int
    counted: date | None
    differed: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product that is to be counted at a place, its class, and why: never, differed or due."""

    product_id: int
    place_id: int
    grade: str
    why: str


@dataclass(frozen=True, slots=True)
class Week:
    """What is counted this week, and how many more were due that have to wait."""

    wanted: tuple[Wanted, ...]
    waiting: int


def plan(shelved: Iterable[Shelved], grades: Mapping[int, str], most: Mapping[int, int], today: date) -> Week:
    """The week's counts, no more than `most` of a place: what differed, then by class and how overdue.

    Of two that are equally overdue the one that is worth more comes first. A product never counted is due.
    """
    due = sorted(
        (_rank(one, grades[one.product_id], today), one) for one in shelved if _why(one, grades, today)
    )
    room, wanted = dict(most), list[Wanted]()
    for _, one in due:
        if room.get(one.place_id, 0) > 0:
            room[one.place_id] -= 1
            grade = grades[one.product_id]
            wanted.append(Wanted(one.product_id, one.place_id, grade, _why(one, grades, today)))
    return Week(tuple(wanted), len(due) - len(wanted))


def _why(one: Shelved, grades: Mapping[int, str], today: date) -> str:
    """Why it is due, "" where it is not yet."""
    if one.counted is None:
        return NEVER
    age = (today - one.counted).days
    if one.differed and age >= SOON:
        return DIFFERED
    return DUE if age >= EVERY[grades[one.product_id]] else ""


def _rank(one: Shelved, grade: str, today: date) -> tuple[bool, str, float, int, int, int]:
    overdue = (today - one.counted).days / EVERY[grade] if one.counted else 1.0
    return (not one.differed, grade, -overdue, -one.worth, one.product_id, one.place_id)
