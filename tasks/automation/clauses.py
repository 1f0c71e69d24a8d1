"""What an automation says: when this happens and these conditions hold, open that work (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.numbers import decimal_of

NUMBER, TEXT, YES = "number", "text", "yes"
_PRODUCT = {
    "sku": TEXT,
    "name": TEXT,
    "option": TEXT,
    "price": NUMBER,
    "weight_g": NUMBER,
    "fragile": YES,
    "pictures": NUMBER,
    "described": YES,  # whether the supplier's text is there
}
_ORDER = {"channel": TEXT, "total": NUMBER, "units": NUMBER, "lines": NUMBER, "fragile": YES}
_CLAIM: Mapping[str, str] = {"reason": TEXT, "wish": TEXT, "units": NUMBER, "channel": TEXT} | {
    name: _PRODUCT[name] for name in ("sku", "name", "price", "fragile")
}
#: What may happen, and what is known of it then, with its sort.
HAPPENINGS: Mapping[str, Mapping[str, str]] = {
    "product.added": _PRODUCT,
    "product.changed": _PRODUCT,
    "order.ready": _ORDER,
    "claim.made": _CLAIM,
    "return.arrived": _CLAIM,
    "task.accepted": {"kind": TEXT, "target": TEXT} | _PRODUCT,
}
COMPARISONS: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("at_least", "at_most", "is"),
    TEXT: ("has", "has_not", "is", "is_not"),
    YES: ("is",),
}
MOST_CONDITIONS, MOST_SLOTS, MOST_DAYS = 6, 9, 60
LONGEST = 120

Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact compared with a value; text is compared without regard to case."""

    fact: str
    comparison: str
    value: str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Work:
    """The work to open: its kind, for what of the subject, by how many, due in how many days."""

    kind: str
    target: str = ""
    slots: int = 1
    days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """When, if, then."""

    happening: str
    conditions: tuple[Condition, ...]
    work: Work


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read: the field, and why as a code; the words are `automation.fault.<why>`."""

    field: str
    why: str


def parse(doc: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Clause | None, tuple[Fault, ...]]:
    """The clause of {"happening", "conditions": [{fact, comparison, value}], "work": {…}}, or its faults."""
    happening = str(doc.get("happening"))
    if happening not in HAPPENINGS:
        return None, (Fault("happening", "unknown"),)
    faults: list[Fault] = []
    told = doc.get("conditions", [])
    if len(told) > MOST_CONDITIONS:
        faults.append(Fault("conditions", "too_many"))
    conditions = [_condition(n, one, HAPPENINGS[happening], faults) for n, one in enumerate(told)]
    work = _work(doc.get("work", {}), kinds, faults)
    if faults:
        return None, tuple(faults)
    return Clause(happening, tuple(one for one in conditions if one), work), ()


def written(clause: Clause) -> dict[str, Any]:
    """The clause as it is kept; `parse` gives it back."""
    conditions = [
        {"fact": one.fact, "comparison": one.comparison, "value": _plain(one.value)}
        for one in clause.conditions
    ]
    work = clause.work
    about = {
        "kind": work.kind,
        "target": work.target,
        "slots": work.slots,
        "days": work.days,
        "note": work.note,
    }
    return {"happening": clause.happening, "conditions": conditions, "work": about}


def failing(clause: Clause, known: Known) -> Condition | None:
    """The first condition that does not hold, None when all do; what is not known holds nothing."""
    return next((one for one in clause.conditions if not _holds(one, known.get(one.fact))), None)


def _holds(condition: Condition, known: Any) -> bool:
    return known is not None and HOLD[condition.comparison](_folded(known), _folded(condition.value))


HOLD: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda known, value: known >= value,
    "at_most": lambda known, value: known <= value,
    "is": lambda known, value: known == value,
    "is_not": lambda known, value: known != value,
    "has": lambda known, value: value in known,
    "has_not": lambda known, value: value not in known,
}


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _plain(value: str | bool | Decimal) -> str | bool:
    return str(value) if isinstance(value, Decimal) else value


def _condition(
    n: int, told: Mapping[str, Any], facts: Mapping[str, str], faults: list[Fault]
) -> Condition | None:
    fact, comparison = told.get("fact", ""), told.get("comparison", "")
    if fact not in facts or comparison not in COMPARISONS[facts[fact]]:
        faults.append(Fault(f"condition-{n}", "does_not_fit"))
        return None
    value = _value(facts[fact], told.get("value"))
    if value is None:
        faults.append(Fault(f"condition-{n}", f"not_a_{facts[fact]}"))
        return None
    return Condition(fact, comparison, value)


def _value(sort: str, told: Any) -> str | bool | Decimal | None:
    if sort == NUMBER:
        return decimal_of(told)
    if sort == YES:
        return {"yes": True, "no": False, True: True, False: False}.get(told)
    text = told.strip() if isinstance(told, str) else ""
    return text if 0 < len(text) <= LONGEST else None


def _work(told: Mapping[str, Any], kinds: Sequence[str], faults: list[Fault]) -> Work:
    kind, target, note = (str(told.get(name) or "").strip() for name in ("kind", "target", "note"))
    if kind not in kinds:
        faults.append(Fault("kind", "no_kind"))
    faults += [
        Fault(name, "too_long") for name, text in (("target", target), ("note", note)) if len(text) > LONGEST
    ]
    slots, days = _whole(told.get("slots", 1), 1, MOST_SLOTS), _whole(told.get("days"), 1, MOST_DAYS)
    if slots is None:
        faults.append(Fault("slots", "out_of_range"))
    if days is None and told.get("days") not in (None, ""):
        faults.append(Fault("days", "out_of_range"))
    return Work(kind, target, slots or 1, days, note)


def _whole(told: Any, low: int, high: int) -> int | None:
    number = decimal_of(told)
    fits = number is not None and number == int(number) and low <= number <= high
    return int(number) if number is not None and fits else None
