"""News of this room: how partners stand, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """What the inspected work of a partner says changed its band; the task's verdict was the cause."""

    change_id: int
    partner_id: int
    task_id: int
