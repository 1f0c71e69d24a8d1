"""The arithmetic of sets: how many can be made, what each part's share of the price is (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

CENTS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Units of a product in one set, and what one of them sells for by itself (None: not known)."""

    product_id: int
    units: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Units of a part in one set, at this part's share of the set's price."""

    product_id: int
    units: int
    price: Decimal


def makeable(free: Mapping[int, int], parts: Sequence[Part]) -> int:
    """How many sets the free units of the parts make: as many as the scarcest allows."""
    return min((max(0, free.get(part.product_id, 0)) // part.units for part in parts), default=0)


def shares(price: Decimal, parts: Sequence[Part]) -> tuple[Share, ...]:
    """Divides a set's price among its parts, to a hundredth, so that units times price add up to it exactly.

    Divided as the parts sell by themselves, or by units where one of those prices is not known. A rest that
    the units of a part do not share evenly makes some of them a hundredth dearer: that part has two shares.
    """
    told = [part.price for part in parts]
    weights = [
        Decimal(part.units) * (price_ if all(told) and price_ else Decimal(1))
        for part, price_ in zip(parts, told, strict=True)
    ]
    found: list[Share] = []
    for part, cents in zip(parts, _divided(int(price * CENTS), weights), strict=True):
        each, dearer = divmod(cents, part.units)
        for units, value in ((part.units - dearer, each), (dearer, each + 1)):
            if units:
                found.append(Share(part.product_id, units, Decimal(value) / CENTS))
    return tuple(found)


def _divided(cents: int, weights: Sequence[Decimal]) -> list[int]:
    """Whole cents by weight; what is left after rounding down goes to the first ones, a cent each."""
    total = sum(weights)
    found = [int(cents * weight / total) for weight in weights]
    for place in range(cents - sum(found)):
        found[place] += 1
    return found


def whole(per: Mapping[int, int], units: Mapping[int, int]) -> bool:
    """Whether units by line are whole sets, `per` being the units of each line in one set."""
    counts = {divmod(units.get(line, 0), each) for line, each in per.items()}
    return len(counts) == 1 and all(rest == 0 for _, rest in counts)
