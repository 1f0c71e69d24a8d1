"""News of this room: shops that open, people who join and leave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopOpened:
    """A shop was opened: its rooms lay out what they need."""

    shop_id: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody took a role in the shop."""

    membership_id: int
    account_id: int
    role: str


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody's role in the shop ended."""

    membership_id: int
    account_id: int
    role: str
