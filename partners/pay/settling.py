"""A month's statement: what was earned and put right, what came along, what is held back and paid out (pure).

Nobody is ever paid less than nothing: what is below zero is carried into the next statement, where it is the
first thing to be taken off. `earned + adjusted + carried_in == gross + carried_out`, always.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partners.pay.withholding import Held, withhold


@dataclass(frozen=True, slots=True)
class Settled:
    """A statement in won: `gross` is what counts this time, `carried_out` what is below zero and waits."""

    earned: int
    adjusted: int
    carried_in: int
    carried_out: int
    kind: str
    held: Held

    @property
    def gross(self) -> int:
        return self.held.gross

    @property
    def net(self) -> int:
        return self.held.net


def settle(*, earned: int, adjusted: int, carried_in: int, kind: str, on: date) -> Settled:
    """The statement of a month that is closed on a day. Raises ValueError for a carry above zero."""
    if carried_in > 0 or earned < 0:
        raise ValueError(carried_in)
    total = earned + adjusted + carried_in
    held = withhold(max(0, total), kind=kind, on=on)
    return Settled(earned, adjusted, carried_in, min(0, total), kind, held)


def settle_months(
    months: Iterable[tuple[int, int]], *, kind: str, on: date
) -> tuple[tuple[Settled, ...], int]:
    """The statements of months one after the other, each (earned, adjusted), and what is still carried."""
    made: list[Settled] = []
    carried = 0
    for earned, adjusted in months:
        made.append(settle(earned=earned, adjusted=adjusted, carried_in=carried, kind=kind, on=on))
        carried = made[-1].carried_out
    return tuple(made), carried
