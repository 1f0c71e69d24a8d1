"""The stage: a world, a shop in it, the clock of the play, and what has been played so far."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

from base.hours import Calendar
from base.scope import Actor, Scope, World, acting, persistently
from qa.drawing import SeedOf
from qa.rehearsal.characters import REVIEWER, Eye, Hand
from qa.rehearsal.slips import Slip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody of the play: who they are to a scope, how they work, and a chance of their own."""

    name: str
    actor: Actor
    hand: Hand
    random: Random
    eye: Eye = REVIEWER


@dataclass(slots=True)
class Stage:
    """Where the play stands: `now` is the play's clock, `seed_of` draws second looks.

    `read` is when each account last read what came back, `claimed_to` until when customers wrote. `wrong` is
    what nobody but the play knows: what the work of a task was wanting, by its round.
    """

    world: World
    shop_id: int
    calendar: Calendar
    seed: str
    now: datetime
    seed_of: SeedOf
    acts: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    read: dict[int, datetime] = field(default_factory=dict)
    began: datetime = field(init=False)
    claimed_to: datetime = field(init=False)
    wrong: dict[tuple[int, int], frozenset[Slip]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = self.claimed_to = self.now

    def chance(self, name: str) -> Random:
        """A chance of one's own: what one player rolls moves no other player's dice."""
        return Random(f"{self.seed}/{name}")  # noqa: S311 (a play must be repeatable, not secret)


def act(stage: Stage, actor: Actor, do: Callable[[Scope], T], *, called: str) -> T:
    """One act of the play: one transaction through a real desk, at the play's own instant."""

    def unit() -> T:
        with acting(stage.world, shop_id=stage.shop_id, actor=actor, now=stage.now) as scope:
            return do(scope)

    done = persistently(unit)
    stage.acts += 1
    stage.tally[called] += 1
    return done


def look(stage: Stage, actor: Actor, read: Callable[[Scope], T]) -> T:
    """A look at the shop as it is at the play's instant; nothing is written."""
    with acting(stage.world, shop_id=stage.shop_id, actor=actor, now=stage.now, reading=True) as scope:
        return read(scope)
