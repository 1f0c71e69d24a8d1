"""Scores: what the defects of a piece of work take from a hundred points, and the verdict they suggest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCEPT, SEND_BACK, REJECT = "accept", "send_back", "reject"
VERDICTS = (ACCEPT, SEND_BACK, REJECT)
CRITICAL, MAJOR, MINOR = "critical", "major", "minor"
SEVERITIES = (CRITICAL, MAJOR, MINOR)
POINTS = {CRITICAL: 40, MAJOR: 15, MINOR: 5}  # for what the rubric does not weigh itself
FULL, PASS = 100, 90
OTHER = "other"  # the code of a defect that no criterion names


@dataclass(frozen=True, slots=True)
class Example:
    """What a defect looks like: in words by language, and the key of a picture, empty where there is none."""

    text: Mapping[str, str]
    picture: str = ""

    def said(self, locale: str) -> str:
        """The words in a language."""
        return self.text.get(locale) or self.text.get("ko", "")


NONE = Example({})


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a reviewer looks for: the item it is seen at, how bad it is and how many points it takes."""

    code: str
    item: str
    severity: str
    weight: int
    label: Mapping[str, str]
    example: Example = NONE

    def named(self, locale: str) -> str:
        """The label in a language."""
        return self.label.get(locale) or self.label.get("ko", self.code)


@dataclass(frozen=True, slots=True)
class Rubric:
    """What work of a kind is judged by; work passes from this many points on."""

    criteria: tuple[Criterion, ...]
    passing: int = PASS

    def criterion(self, code: str) -> Criterion | None:
        """The criterion of this code."""
        return next((one for one in self.criteria if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Score:
    """Points from 0 to 100, and whether the work passes: a critical defect fails it alone."""

    points: int
    critical: bool
    passes: bool


def parse(doc: Mapping[str, Any]) -> Rubric:
    """A rubric from {"criteria": [...], "pass": 90}; weight and severity default to minor's."""
    criteria = tuple(_criterion(entry) for entry in doc.get("criteria", ()))
    return Rubric(criteria, int(doc.get("pass", PASS)))


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    severity = entry.get("severity", MINOR)
    return Criterion(
        code=entry["code"],
        item=entry.get("item", ""),
        severity=severity,
        weight=int(entry.get("weight", POINTS[severity])),
        label=entry.get("label", {}),
        example=_example(entry.get("example", {})),
    )


def _example(entry: Mapping[str, Any]) -> Example:
    text = {language: said for language, said in entry.items() if language != "picture"}
    return Example(text, str(entry.get("picture", "")))


def score(rubric: Rubric, defects: Iterable[tuple[str, str]]) -> Score:
    """The score of (code, severity) pairs; the same thing seen twice counts once, at its worst."""
    lost: dict[str, int] = {}
    critical = False
    for code, severity in defects:
        critical = critical or severity == CRITICAL
        lost[code] = max(lost.get(code, 0), points(rubric, code, severity))
    left = max(0, FULL - sum(lost.values()))
    return Score(left, critical, passes=left >= rubric.passing and not critical)


def points(rubric: Rubric, code: str, severity: str) -> int:
    """What one defect takes: the criterion's weight, or the severity's own where it was seen otherwise."""
    criterion = rubric.criterion(code)
    if criterion is not None and criterion.severity == severity:
        return criterion.weight
    return POINTS[severity]


def suggest(scored: Score, *, last_round: bool) -> str:
    """The verdict a score suggests; what fails goes back to the same hand until its rounds are used up."""
    if scored.passes:
        return ACCEPT
    return REJECT if last_round else SEND_BACK
