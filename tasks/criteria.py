"""What reviewers look for: how a criterion may be written, and how two rubrics differ (pure)."""

from collections.abc import Collection, Mapping
from typing import Any

from base.errors import Invalid
from tasks.comparing import Change
from tasks.items import LANGUAGES, SEVERITIES

Entry = Mapping[str, Any]
Doc = Mapping[str, Any]

MOST, LONGEST_LABEL, LONGEST_EXAMPLE, MOST_POINTS = 30, 60, 300, 100
PASSING = 90  # of a hundred points, where a rubric says nothing else
OWN = "own_"  # codes of the shop's own criteria; the kind's keep their names, so that figures can be compared


class BadCriterion(Invalid):
    """A criterion, or the points from which work passes, cannot be kept. Facts: field, why (a code)."""

    code = "tasks.bad_criterion"


def check(entry: Entry, *, items: Collection[str]) -> None:
    """Raises BadCriterion unless it has words in both languages, a severity, points and a known item."""
    for language in LANGUAGES:
        label = entry["label"].get(language, "")
        if not 0 < len(label) <= LONGEST_LABEL:
            raise BadCriterion(field=f"label_{language}", why="words")
        if len(entry.get("example", {}).get(language, "")) > LONGEST_EXAMPLE:
            raise BadCriterion(field=f"example_{language}", why="example")
    if entry["severity"] not in SEVERITIES:
        raise BadCriterion(field="severity", why="severity")
    if not 1 <= entry["weight"] <= MOST_POINTS:
        raise BadCriterion(field="weight", why="points")
    if entry["item"] and entry["item"] not in items:
        raise BadCriterion(field="item", why="item")


def put(doc: Doc, entry: Entry) -> dict[str, Any]:
    """The rubric with this criterion, in the place of the one with its code. Raises BadCriterion."""
    criteria = [dict(one) for one in doc["criteria"]]
    places = [place for place, one in enumerate(criteria) if one["code"] == entry["code"]]
    if not places and len(criteria) == MOST:
        raise BadCriterion(field="label_ko", why="too_many")
    if places:
        criteria[places[0]] = dict(entry)
    else:
        criteria.append(dict(entry))
    return {**doc, "criteria": criteria}


def without(doc: Doc, code: str) -> dict[str, Any]:
    """The rubric without a criterion. Raises BadCriterion for the last one."""
    left = [dict(one) for one in doc["criteria"] if one["code"] != code]
    if not left:
        raise BadCriterion(field="label_ko", why="last")
    return {**doc, "criteria": left}


def passing_from(doc: Doc, points: int) -> dict[str, Any]:
    """The rubric with other points to pass from. Raises BadCriterion."""
    if not 1 <= points <= MOST_POINTS:
        raise BadCriterion(field="passing", why="points")
    return {**doc, "pass": points}


def passing(doc: Doc) -> int:
    """The points from which work passes."""
    return int(doc.get("pass", PASSING))


def free_code(docs: Collection[Doc]) -> str:
    """A code that no edition ever used, so that a figure never mixes two meanings."""
    used = {one["code"] for doc in docs for one in doc["criteria"]}
    return next(code for n in range(1, len(used) + 2) if (code := f"{OWN}{n}") not in used)


def changes(old: Doc, new: Doc) -> tuple[Change, ...]:
    """What a rubric changes against another: criteria removed, added, changed, and the points to pass."""
    before = {one["code"]: one for one in old["criteria"]}
    after = {one["code"]: one for one in new["criteria"]}
    found = [Change("removed", code, one["label"]) for code, one in before.items() if code not in after]
    for code, one in after.items():
        if code not in before:
            found.append(Change("added", code, one["label"]))
            continue
        found += [
            Change("changed", code, one["label"], field, before[code].get(field), one.get(field))
            for field in ("label", "severity", "weight", "item", "example")
            if before[code].get(field) != one.get(field)
        ]
    if passing(old) != passing(new):
        found.append(Change("changed", "", {}, "passing", passing(old), passing(new)))
    return tuple(found)
