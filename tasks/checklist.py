"""A checklist: the items that apply to a task, and whether what was answered is right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from base.personal import hyphenated_resident_number, resident_number
from tasks import conditions
from tasks.comparing import Change, diff
from tasks.documents import parse
from tasks.items import BadItem, Item
from tasks.numbers import decimal_of
from tasks.own import unfit
from tasks.scanning import Good, compare

__all__ = [
    "BadItem",
    "Change",
    "Facts",
    "Good",
    "Item",
    "Missing",
    "Problem",
    "blank",
    "check",
    "diff",
    "expected",
    "missing",
    "parse",
    "usually",
    "visible",
]

MOST_CODES, LONGEST_CODE = 2000, 80


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a task beforehand: values by name, and the goods that belong into the parcel."""

    values: Mapping[str, bool | int | str] = field(default_factory=dict)
    goods: tuple[Good, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer: a code with its facts; the words are `tasks.problem.<code>`.

    A code with a dot in it, as a kind's own field has, is the key of its words.
    One that cannot stand is refused at once; others are kept, and hold up handing in unless they only warn.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    stands: bool = True
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still to be done at an item before the work can be handed in."""

    item: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Answers = Mapping[str, Any]


def visible(items: Sequence[Item], answers: Answers, facts: Facts) -> tuple[Item, ...]:
    """The items that apply: a condition on an item that is not asked itself is not met."""
    shown: dict[str, Item] = {}
    for item in items:
        if _applies(item, shown, answers, facts):
            shown[item.key] = item
    return tuple(shown.values())


def _applies(item: Item, shown: Mapping[str, Item], answers: Answers, facts: Facts) -> bool:
    if item.when is None:
        return True
    asked = {name: answers.get(name) for name in item.when.names("item") if name in shown}
    return conditions.met(item.when, asked, facts.values)


def check(item: Item, value: Any, facts: Facts) -> Problem | None:
    """What is wrong with an answer that was given, None when it is right."""
    return CHECKS[item.type](item, value, facts)


def missing(
    items: Sequence[Item], answers: Answers, photos: Mapping[str, int], facts: Facts
) -> tuple[Missing, ...]:
    """What stands between the work and handing it in, in the items' order; `photos` counts them by item."""
    found = (_missing(item, answers, photos, facts) for item in visible(items, answers, facts))
    return tuple(one for one in found if one is not None)


def looks_at_facts(item: Item) -> bool:
    """Whether what is known of the task decides if this item is asked, or what its answer should be."""
    measured = item.target is not None and bool(item.target.fact)
    asked = item.when is not None and bool(item.when.names("fact"))
    return item.type in {"scan", "own"} or measured or asked


def blank(value: Any) -> bool:
    """Whether an answer says nothing: not given, unticked, or emptied."""
    return value is None or value is False or value in ("", [], {})


def expected(item: Item, facts: Facts) -> Decimal | None:
    """What a number should be about, as far as it is known of this task."""
    if item.target is None or not item.target.fact:
        return item.target.value if item.target else None
    return decimal_of(facts.values.get(item.target.fact))


def usually(item: Item, facts: Facts) -> tuple[Decimal | None, Decimal] | None:
    """Between what a number should lie; without a lower end where nothing that may be written is below it."""
    wanted = expected(item, facts)
    if item.target is None or wanted is None:
        return None
    low, high = wanted - item.target.tolerance, wanted + item.target.tolerance
    return (None if item.low is not None and low <= item.low else low), high


def _missing(item: Item, answers: Answers, photos: Mapping[str, int], facts: Facts) -> Missing | None:
    if item.type == "photo":
        have = photos.get(item.key, 0)
        short = item.required and have < item.least
        return Missing(item.key, "photos", {"have": have, "least": item.least}) if short else None
    value = answers.get(item.key)
    if blank(value):
        return Missing(item.key, "unanswered") if item.required else None
    problem = check(item, value, facts)
    return Missing(item.key, problem.code, problem.facts) if problem and not problem.warns else None


def _check_check(_item: Item, value: Any, _facts: Facts) -> Problem | None:
    return None if isinstance(value, bool) else _unfit("not_a_tick")


def _check_number(item: Item, value: Any, facts: Facts) -> Problem | None:
    number = decimal_of(value)
    if number is None:
        return _unfit("not_a_number")
    if item.low is not None and number < item.low:
        return Problem("too_small", {"least": _plain(item.low), "unit": item.unit})
    if item.high is not None and number > item.high:
        return Problem("too_large", {"most": _plain(item.high), "unit": item.unit})
    return _off_target(item, number, facts)


def _off_target(item: Item, number: Decimal, facts: Facts) -> Problem | None:
    usual = usually(item, facts)
    if item.target is None or usual is None:
        return None
    low, high = usual
    if number <= high and (low is None or low <= number):
        return None
    told = {"high": _plain(high), "unit": item.unit}
    if low is None:
        return Problem("over_target", told, warns=not item.target.firm)
    return Problem("off_target", {"low": _plain(low)} | told, warns=not item.target.firm)


def _check_choice(item: Item, value: Any, _facts: Facts) -> Problem | None:
    known = any(value == choice.value for choice in item.choices)
    return None if known else _unfit("not_a_choice")


def _check_text(item: Item, value: Any, _facts: Facts) -> Problem | None:
    if not isinstance(value, str):
        return _unfit("not_a_text")
    if len(value) > item.longest:
        return _unfit("too_long", most=item.longest)
    return _unfit("resident_number") if resident_number(value) else None


def _check_scan(_item: Item, value: Any, facts: Facts) -> Problem | None:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        return _unfit("not_codes")
    if len(value) > MOST_CODES or any(len(code) > LONGEST_CODE for code in value):
        return _unfit("too_many_codes", most=MOST_CODES)
    if any(hyphenated_resident_number(code) for code in value):
        return _unfit("resident_number")
    found = compare(value, facts.goods)
    if found.right:
        return None
    return Problem("scan", {"missing": found.missing, "extra": found.extra, "wrong": found.wrong})


def _check_photo(_item: Item, _value: Any, _facts: Facts) -> Problem | None:
    return _unfit("not_a_photo")  # photos are attached, never answered


def _check_own(item: Item, value: Any, facts: Facts) -> Problem | None:
    if refused := unfit(value):
        return _unfit(refused[0], **refused[1])
    found: Problem | None = item.own.check(item, value, facts) if item.own else None
    return found


def _unfit(code: str, **facts: Any) -> Problem:
    return Problem(code, facts, stands=False)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


CHECKS: Mapping[str, Callable[[Item, Any, Facts], Problem | None]] = {
    "check": _check_check,
    "number": _check_number,
    "choice": _check_choice,
    "text": _check_text,
    "scan": _check_scan,
    "photo": _check_photo,
    "own": _check_own,
}
