"""The arithmetic of stock: what is here, what of it is promised, and what may not happen to either."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

K = TypeVar("K")  # a product, or a product at a place


class Impossible(ValueError):
    """The book does not allow it and nothing has changed; `code` says why, `on` the moment it would break."""

    def __init__(self, code: str, on: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.on = on


@dataclass(frozen=True, slots=True)
class Balance:
    """Units of one product at one place: physically here, and promised out of these."""

    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        """What may still be promised; negative only after a count found fewer than promised."""
        return self.on_hand - self.reserved

    def moved(self, on_hand: int = 0, reserved: int = 0) -> "Balance":
        """The balance after a change, whatever it comes to."""
        return Balance(self.on_hand + on_hand, self.reserved + reserved)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count does to a balance: the variance it books and whether more is promised than is here."""

    balance: Balance
    book: int
    variance: int

    @property
    def over_reserved(self) -> bool:
        return self.balance.available < 0


@dataclass(frozen=True, slots=True)
class Want:
    """What one order asks for: units per product, the lines of one product already summed."""

    order_id: int
    goods: Mapping[int, int]


@dataclass(slots=True)
class Filling:
    """Which orders can be filled whole, what that takes of each product, and what the others miss."""

    filled: list[int] = field(default_factory=list)
    taken: Counter[int] = field(default_factory=Counter)
    missing: dict[int, dict[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: when it happened and by how many units."""

    at: datetime
    quantity: int


def receive(balance: Balance, quantity: int) -> Balance:
    """Goods came in."""
    return balance.moved(on_hand=_some(quantity))


def release(balance: Balance, quantity: int) -> Balance:
    """A promise is taken back. Raises Impossible nothing_to_release: twice never goes below zero."""
    if balance.reserved < _some(quantity):
        raise Impossible("nothing_to_release")
    return balance.moved(reserved=-quantity)


def issue(balance: Balance, quantity: int) -> Balance:
    """Free goods leave. Raises Impossible insufficient_stock."""
    if balance.available < _some(quantity):
        raise Impossible("insufficient_stock")
    return balance.moved(on_hand=-quantity)


def consume(balance: Balance, quantity: int) -> Balance:
    """Promised goods leave, and their promise with them. Raises Impossible insufficient_stock."""
    if min(balance.on_hand, balance.reserved) < _some(quantity):
        raise Impossible("insufficient_stock")
    return balance.moved(on_hand=-quantity, reserved=-quantity)


def count(balance: Balance, counted: int, *, book: int, begun: int, last_count: int) -> Counted:
    """A count against the book at its start: goods moved since then stay moved, too few are never clipped.

    `begun` and `last_count` are marks in the ledger: where this count began, the last line a count wrote.
    Raises Impossible stale when another count changed the book meanwhile, or when what moved and what was
    counted cannot both be true.
    """
    if counted < 0:
        raise ValueError("counted: negative")
    variance = counted - book
    if last_count > begun or balance.on_hand + variance < 0:
        raise Impossible("stale")
    return Counted(balance.moved(on_hand=variance), book, variance)


def demand(lines: Iterable[tuple[K, int]]) -> dict[K, int]:
    """Units per product over lines of (product, units): two lines of one product are one demand."""
    total: dict[K, int] = {}
    for product, quantity in lines:
        total[product] = total.get(product, 0) + quantity
    return total


def fill(free: Mapping[int, int], wants: Iterable[Want]) -> Filling:
    """Gives free goods to whole orders in the order they stand; one that lacks anything takes nothing.

    An order behind a short one may be filled before it: goods never lie idle for an order that cannot leave.
    """
    filling = Filling()
    for want in wants:
        left = {product: free.get(product, 0) - filling.taken[product] for product in want.goods}
        missing = {
            product: units - left[product] for product, units in want.goods.items() if units > left[product]
        }
        if missing:
            filling.missing[want.order_id] = missing
        else:
            filling.filled.append(want.order_id)
            filling.taken.update(want.goods)
    return filling


def as_far_as_there(available: int, quantity: int) -> int:
    """How much of a signed correction can be booked: all of what came, no more than is free of what went."""
    return max(quantity, -max(0, available))


def backdated(entries: Sequence[Entry], counts: Sequence[datetime], new: Entry) -> list[Entry]:
    """What must be booked for an entry dated in the past: itself, and its reverse at the next count after it.

    A count is an absolute checkpoint: what happened before it was in what was counted. Raises Impossible
    would_go_negative with the moment, when any balance from then on would be below zero.
    """
    counted = min((at for at in counts if at >= new.at), default=None)
    booked = [new] if counted is None else [new, replace(new, at=counted, quantity=-new.quantity)]
    balance = 0
    for entry in sorted([*entries, *booked], key=lambda entry: entry.at):
        balance += entry.quantity
        if balance < 0 and entry.at >= new.at:
            raise Impossible("would_go_negative", on=entry.at)
    return booked


def _some(quantity: int) -> int:
    if quantity <= 0:
        raise ValueError("quantity: not above zero")
    return quantity
