"""What goods are worth: moving average and first in, first out, exact to a ten-thousandth of a won (pure).

Values are counted in whole parts of a won (`PARTS`), so that sums are exact on every engine. Nothing here is
ever changed: a wrong line is taken back by its reverse, at the very value it was booked with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

PARTS = 10_000  # parts of a won


class Unvalued(ValueError):
    """More goods would leave than are there; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Units of a product and what they are worth together, in parts of a won."""

    units: int = 0
    parts: int = 0

    @property
    def average(self) -> Decimal:
        """Won a unit; 0 where nothing is here."""
        return won(self.parts) / self.units if self.units else Decimal(0)


def parts(amount: Decimal | int | str) -> int:
    """An amount of won in parts."""
    return int((Decimal(amount) * PARTS).to_integral_value(ROUND_HALF_EVEN))


def won(parts: int) -> Decimal:
    """Parts as won, exact."""
    return Decimal(parts) / PARTS


def said(parts: int) -> int:
    """Parts as whole won, the way a person says it."""
    return int(won(parts).to_integral_value(ROUND_HALF_UP))


def came(worth: Worth, units: int, parts: int) -> Worth:
    """Goods came in, worth so many parts together."""
    if units <= 0 or parts < 0:
        raise ValueError("units, parts: not goods")
    return Worth(worth.units + units, worth.parts + parts)


def went(worth: Worth, units: int) -> tuple[Worth, int]:
    """Goods left at the average; the last unit takes all that is left, so nothing is worth exactly nothing.

    Raises Unvalued when there are not so many.
    """
    if not 0 < units <= worth.units:
        raise Unvalued("units")
    taken = share(worth.parts, units, worth.units)
    return Worth(worth.units - units, worth.parts - taken), taken


def share(whole: int, of: int, among: int) -> int:
    """The part of a whole number that falls to `of` among so many, rounded to the nearest, half to even."""
    taken, rest = divmod(whole * of, among)
    return taken + (2 * rest > among or (2 * rest == among and taken % 2 == 1))


def reversed_(worth: Worth, units: int, parts: int) -> Worth:
    """A booked line taken back whole: `units` and `parts` as they were booked, with their signs.

    Raises Unvalued where what is left could not be: fewer than no units, less than no value, or value without
    units. Then the goods of that line are gone already, and what is to be corrected is their going.
    """
    left = Worth(worth.units - units, worth.parts - parts)
    if left.units < 0 or left.parts < 0 or (left.units == 0 and left.parts != 0):
        raise Unvalued("reversed")
    return left


Layer = tuple[int, Decimal]


def first_out(layers: Sequence[Layer], units: int) -> tuple[list[Layer], Decimal]:
    """The layers left when so many leave from the oldest on, and what left was worth. Raises Unvalued."""
    left, value = list(layers), Decimal(0)
    while units > 0:
        if not left:
            raise Unvalued("units")
        have, price = left.pop(0)
        taken = min(have, units)
        value, units = value + taken * price, units - taken
        if have > taken:
            left.insert(0, (have - taken, price))
    return left, value


def laid(layers: Sequence[Layer], units: int, price: Decimal) -> list[Layer]:
    """The layers with newer goods on top; of one price with the layer below, they lie in it."""
    if layers and layers[-1][1] == price:
        return [*layers[:-1], (layers[-1][0] + units, price)]
    return [*layers, (units, price)]
