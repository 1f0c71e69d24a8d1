"""What the doctor found: a code with its facts, and how bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["bad", "warning"]
Fact = int | str


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is not as it must be, in a shop or the house; the words are `doctor.found.<code>`."""

    code: str
    severity: Severity = "bad"
    shop: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at; the words of a good one are `doctor.well.<code>`."""

    code: str
    found: tuple[Found, ...]

    @property
    def well(self) -> bool:
        return not self.found


def listed(ids: tuple[int, ...] | list[int] | list[str]) -> str:
    """The first few of what is concerned, as one text."""
    return ", ".join(map(str, ids[:5]))
