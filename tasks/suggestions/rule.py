"""When a suggestion is worth showing: by how often the hands that saw it kept it (pure).

One that is surely kept by fewer than a quarter rests: it takes room and reading, and may lead astray. What
rests is still shown with every tenth piece of work, so that it can come back when the shop's work changes.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from base.shares import Share

SURE_AT = 20  # shown so often before anything follows
RARELY = 0.25  # the share below which it rests, when even the upper end of its interval lies there
TRIED_EVERY = 10  # pieces of work


@dataclass(frozen=True, slots=True)
class Outcome:
    """A suggestion that was shown: for which field, from where, and whether it stood at the hand-in."""

    field: str
    source: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """How often the suggestions of a field from one source were kept, of the latest that were shown."""

    field: str
    source: str
    kept: Share

    @property
    def rests(self) -> bool:
        """Whether it is surely kept too rarely."""
        return self.kept.n >= SURE_AT and self.kept.high < RARELY


def is_shown(place: tuple[str, str], resting: AbstractSet[tuple[str, str]], task_id: int) -> bool:
    """Whether a suggestion for a field from a source is shown with this task."""
    return place not in resting or task_id % TRIED_EVERY == 0
