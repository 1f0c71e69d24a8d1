"""What a draw was decided by, as it is kept beside it: so that anybody can decide it again (pure)."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from qa.sampling.draws import Past, Plan, decided


def told(plan: Plan, past: Past) -> dict[str, Any]:
    """A plan and a past, without what is as usual."""
    return {"plan": _unusual(plan), "past": _unusual(past)}


def read(facts: Mapping[str, Any]) -> tuple[Plan, Past] | None:
    """The plan and the past that were told; None of a draw from before facts were kept."""
    if not facts:
        return None
    return Plan(**facts["plan"]), Past(**facts["past"])


def again(facts: Mapping[str, Any]) -> tuple[str, int] | None:
    """The reason and the percentage that follow from what was told."""
    known = read(facts)
    return decided(*known) if known else None


def _unusual(value: Plan | Past) -> dict[str, Any]:
    said = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
    return {name: is_ for name, (is_, usual) in said.items() if usual is MISSING or is_ != usual}
