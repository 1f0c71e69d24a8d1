"""A shop's week and its special days as people type them: opening, closing, and the rests between; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Windows = list[list[str]]

TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"
SPAN = re.compile(rf"({TIME})\s*[-~–]\s*({TIME})")
DATED = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(.*)")
LONGEST_NAME = 60


class BadDay(ValueError):
    """What was typed for a day makes no opening hours; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Day:
    """One weekday as it is typed; a closed day is blank, rests stand as 12:00-13:00, 15:00-15:30."""

    opens: str = ""
    closes: str = ""
    rests: str = ""


def windows(day: Day) -> Windows:
    """When the day is open: from opening to closing, the rests cut out. Raises BadDay."""
    if not (day.opens or day.closes or day.rests):
        return []
    opens, closes = _time(day.opens), _time(day.closes)
    if opens >= closes:
        raise BadDay("order")
    edges = [opens, *(edge for rest in sorted(_spans(day.rests)) for edge in rest), closes]
    if any(after <= before for before, after in pairwise(edges)):
        raise BadDay("rest")
    return [list(window) for window in zip(edges[::2], edges[1::2], strict=True)]


def typed(of: Sequence[Sequence[str]]) -> Day:
    """The day as the form shows its windows."""
    if not of:
        return Day()
    ordered = sorted(map(tuple, of))
    rests = [f"{before[1]}-{after[0]}" for before, after in pairwise(ordered) if before[1] < after[0]]
    return Day(ordered[0][0], ordered[-1][1], ", ".join(rests))


def days(text: str) -> dict[date, str]:
    """Lines of a date and its name. Raises BadDay."""
    return {day: name[:LONGEST_NAME] for day, name in _dated(text)}


def shifts(text: str) -> dict[date, Windows]:
    """Lines of a date and its own opening hours. Raises BadDay."""
    return {day: [list(span) for span in _opened(said)] for day, said in _dated(text)}


def day_lines(of: Mapping[date, str]) -> str:
    """Named days as the form shows them."""
    return "\n".join(f"{day.isoformat()} {name}".strip() for day, name in of.items())


def shift_lines(of: Mapping[date, Sequence[Sequence[str]]]) -> str:
    """Days with their own hours as the form shows them."""
    spans = {day: ", ".join("-".join(window) for window in told) for day, told in of.items()}
    return "\n".join(f"{day.isoformat()} {told}" for day, told in spans.items())


def _dated(text: str) -> Iterable[tuple[date, str]]:
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = DATED.fullmatch(line)
        if found is None:
            raise BadDay("date")
        try:
            yield date.fromisoformat(found[1]), found[2].strip()
        except ValueError as error:
            raise BadDay("date") from error


def _opened(text: str) -> list[tuple[str, str]]:
    spans = sorted(_spans(text))
    if not spans or any(closes <= opens for opens, closes in spans):
        raise BadDay("order")
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise BadDay("rest")
    return spans


def _spans(text: str) -> list[tuple[str, str]]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [SPAN.fullmatch(part) for part in parts]
    if None in found:
        raise BadDay("time")
    return [(_time(span[1]), _time(span[2])) for span in found if span]


def _time(text: str) -> str:
    if not re.fullmatch(TIME, text):
        raise BadDay("time")
    return text.zfill(5)
