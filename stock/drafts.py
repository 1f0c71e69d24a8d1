"""What an order file says once it is understood: orders, cancellations, corrections, fees, what was wrong.

Values only. What is personal never shows in a repr.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be used: where it stands, what was read (masked if personal), what was expected."""

    row: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the parcel; everything here is sealed when it is stored."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    postcode: str = field(repr=False)
    address: str = field(repr=False)
    memo: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """Units of one product in an order; `row` is where the file says so."""

    sku: str
    name: str
    option: str
    quantity: int
    unit_price: Decimal
    row: int


@dataclass(frozen=True, slots=True)
class Fee:
    """Money that is not goods: postage, discount, commission; `key` is the same in every copy of the file."""

    key: str
    number: str
    code: str
    name: str
    quantity: int
    unit_price: Decimal
    at: datetime
    row: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as a file tells it, not yet placed; `customer` is the channel's own name for the buyer."""

    channel: str
    number: str
    customer: str = field(repr=False)
    placed_at: datetime
    ship_by: datetime | None
    recipient: Recipient
    lines: tuple[Line, ...]
    fees: tuple[Fee, ...]


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Units (a positive number) that a customer took back; `key` is the same in every copy of the file."""

    key: str
    number: str
    customer: str = field(repr=False)
    sku: str
    quantity: int
    at: datetime
    row: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A signed change of stock and the file's reason for it; `key` is the same in every copy of the file."""

    key: str
    number: str
    sku: str
    quantity: int
    reason: str
    at: datetime
    row: int


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as the file names it most often."""

    sku: str
    name: str
    option: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything a file says. `fees` are those on no order of the file; an order carries its own.

    `merged` names the SKUs that were spelled in several letter cases, with the spellings; `skipped` the rows
    left out because the marketplace says that they were cancelled or sent back.
    """

    channel: str
    rows: int
    orders: tuple[Draft, ...]
    cancellations: tuple[Cancellation, ...]
    corrections: tuple[Correction, ...]
    fees: tuple[Fee, ...]
    goods: tuple[Goods, ...]
    merged: dict[str, tuple[str, ...]]
    skipped: tuple[int, ...]
    problems: tuple[Problem, ...]


def all_fees(intake: Intake) -> Iterator[Fee]:
    """Every fee of the file, on an order or not."""
    for order in intake.orders:
        yield from order.fees
    yield from intake.fees


@dataclass(frozen=True, slots=True)
class Units:
    """Units per code: ordered, cancelled (negative), corrected (signed), charged as fees (signed)."""

    ordered: Counter[str]
    cancelled: Counter[str]
    corrected: Counter[str]
    fees: Counter[str]

    def total(self) -> dict[str, int]:
        """The sum per code, which equals the file's own."""
        sums: Counter[str] = Counter()
        for part in (self.ordered, self.cancelled, self.corrected, self.fees):
            sums.update(part)
        return dict(sums)


def units(intake: Intake) -> Units:
    """What a file says in units, so that it can be held against the file itself."""
    counted = Units(Counter(), Counter(), Counter(), Counter())
    for order in intake.orders:
        for line in order.lines:
            counted.ordered[line.sku] += line.quantity
    for cancellation in intake.cancellations:
        counted.cancelled[cancellation.sku] -= cancellation.quantity
    for correction in intake.corrections:
        counted.corrected[correction.sku] += correction.quantity
    for fee in all_fees(intake):
        counted.fees[fee.code] += fee.quantity
    return counted
