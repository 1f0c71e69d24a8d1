"""Until when somebody may take work: each thing asked for allows it up to an instant (pure).

What is asked for only from an instant on keeps nobody from work before it: a shop that begins to ask does
not lock out who works there already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from partners.lifecycle import AHEAD, PILOT

FOREVER = datetime.max.replace(tzinfo=UTC)
SOON = timedelta(days=30)  # so long before its end somebody is reminded
UNREADY = "unready"  # how a card stands, for whoever gives work, while something is missing
NOT_READY = frozenset({UNREADY, *AHEAD}) - {PILOT}  # with a step to take before any work

AGREEMENT, CHECK, LEAVING = "agreement", "check", "leaving"
TRAINING, SAMPLE = "training", "sample"
#: Where somebody does what is missing, by its code: an address within the house.
MENDED = {
    AGREEMENT: "/my-agreement",
    CHECK: "/my-papers",
    LEAVING: "/my-leaving",
    TRAINING: "/my-training/{id}",
    SAMPLE: "/my-training/samples/{id}",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Something asked of a partner: from when on, and until when what is there is good (none: it is missing).

    `name` is what people call it, `id` the row that asks for it.
    """

    code: str
    id: int
    name: str
    asked_from: datetime
    good_until: datetime | None

    @property
    def until(self) -> datetime:
        """Until when it keeps nobody from work."""
        return self.asked_from if self.good_until is None else max(self.asked_from, self.good_until)

    @property
    def mended_at(self) -> str:
        """The address within the house at which somebody does it themselves."""
        return MENDED[self.code].format(id=self.id)


def mended_at(pieces: Sequence[Piece]) -> str:
    """Where to go on: to the one thing that is missing, or to the list of several."""
    if len(pieces) != 1:
        return MENDED[CHECK]
    return pieces[0].mended_at


def until(pieces: Iterable[Piece]) -> datetime | None:
    """Until when somebody may take work; none where nothing ever ends it."""
    least = min((piece.until for piece in pieces), default=FOREVER)
    return None if least == FOREVER else least


def missing(pieces: Iterable[Piece], *, at: datetime) -> tuple[Piece, ...]:
    """What keeps somebody from work at an instant."""
    return tuple(piece for piece in pieces if piece.until <= at)


def ending(pieces: Iterable[Piece], *, at: datetime) -> tuple[Piece, ...]:
    """What will keep somebody from work soon, the first to end first."""
    soon = (piece for piece in pieces if at < piece.until <= at + SOON)
    return tuple(sorted(soon, key=lambda piece: piece.until))


def ready(cleared_until: datetime | None, *, at: datetime) -> bool:
    """Whether a card that is cleared until then may take work."""
    return cleared_until is None or at < cleared_until
