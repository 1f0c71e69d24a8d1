"""What work is asked for before it is opened (pure)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to be done: about which product, for what of it, by how many people independently.

    Without a title the product's name is taken; without `due_at` the shop's rule for the kind says when.
    """

    product_id: int | None = None
    target: str = ""
    slots: int = 1
    title: str = ""
    note: str = ""
    due_at: datetime | None = None
