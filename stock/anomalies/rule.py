"""What is odd about an order line, against what the shop sold before (pure).

Measured on a wholesaler's four months (`dari anomalies replay`): orders that were meant go to six times what
one line in a thousand reaches in the shop, and to a hundred times the product's own largest; hardly one
does both. An entry of five digits stands beyond both: so a line is odd when it does.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

UNITS, NOTHING, TWIN = "units", "nothing", "twin"  # far too many, for nothing, a SKU that doubles
WHY = (UNITS, NOTHING, TWIN)

RECENT = 10_000  # lines that tell how large orders of this shop are
FEW = 50  # fewer lines than these tell nothing of a shop
THIRD = 3  # the largest line that is believed, be there ever so few
LEAST, UNKNOWN = 100, 5_000  # units never odd below; and in a shop of which nothing is known yet
SHOP_TIMES, PRODUCT_TIMES = 6, 10
KNOWN = 5  # lines from which on a product's own largest is believed
PAID = 3  # lines with a price, none without, after which a line for nothing is odd
MOST_OF_TWIN = 5  # orders of one file for a new SKU: as many are meant
#: A reason that would stop more of a file than this is the file's own way, and stops nothing.
MOST_HELD, MOST_SHARE = 20, 20

IN_A_ROW = 4  # counts of a partner's home

FILLING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Past:
    """What was sold of a product before: lines, the largest in units, lines with a price and without one."""

    lines: int = 0
    top: int = 0
    paid: int = 0
    free: int = 0

    def and_one(self, units: int, price: Decimal) -> "Past":
        """The same after one more line."""
        paid = price > 0
        return Past(self.lines + 1, max(self.top, units), self.paid + paid, self.free + (not paid))


@dataclass(frozen=True, slots=True)
class Odd:
    """Why a line of an order is odd; `facts` are what the sentence says: numbers, and a SKU."""

    sku: str
    why: str
    facts: Mapping[str, int | str]


def limit(largest: Sequence[int], lines: int) -> int:
    """Units beyond which an order of this shop is looked at, by the largest of so many lines, largest first.

    Six times what one line in a thousand reaches.
    """
    return UNKNOWN if lines < FEW else max(LEAST, SHOP_TIMES * largest[place(lines) - 1])


def place(lines: int) -> int:
    """Which line, the largest first, one in a thousand reaches; two errors never hide each other."""
    return max(THIRD, lines // 1000)


def too_many(units: int, *, beyond: int, past: Past) -> bool:
    """Whether so many units stand beyond the shop's limit and beyond the product's own past."""
    return units > beyond and (past.lines < KNOWN or units > PRODUCT_TIMES * past.top)


def for_nothing(price: Decimal, past: Past) -> bool:
    """Whether a line has no price although the product was always sold for one; gifts were free before."""
    return price == 0 and past.paid >= PAID and not past.free


def fold(sku: str) -> str:
    """A SKU without what people write differently: letter case, widths, blanks, hyphens, dots."""
    return FILLING.sub("", unicodedata.normalize("NFKC", sku)).casefold()


def twins(new: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The new SKUs that differ from a known one only in how they are written, with the known one."""
    there: dict[str, str] = {}
    for sku in sorted(known):
        there.setdefault(fold(sku), sku)
    found = {sku: there.get(fold(sku), sku) for sku in new if fold(sku)}
    return {sku: other for sku, other in found.items() if other != sku}


def in_moderation(orders: int, held: int) -> bool:
    """Whether a reason stops few enough of so many orders to be about them and not about the file."""
    return held <= max(MOST_HELD, orders // MOST_SHARE)


def growing(missing: Sequence[int]) -> bool:
    """Whether the units that counts found missing, the oldest count first, only grew in the last four.

    Four different numbers rise by chance alone once in twenty-four.
    """
    last = missing[-IN_A_ROW:]
    return len(last) == IN_A_ROW and all(before < after for before, after in pairwise(last))
