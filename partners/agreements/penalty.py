"""What an agreed penalty for lateness would come to: its arithmetic, for a person to decide (pure).

`min(gross x rate % x breaches, gross x cap %)`, down to the whole won. Nothing is taken by itself. For an
employee there is none: 근로기준법 제20조 forbids penalties that are set beforehand.
"""

from dataclasses import dataclass

EMPLOYEE = "employee"
OURS = frozenset({"owner", "reviewer", "owner_delay", "reviewer_delay"})  # who kept the partner waiting


class NotAllowed(Exception):
    """No penalty may be set beforehand for an employee."""

    code = "penalty_not_allowed"


@dataclass(frozen=True, slots=True)
class Preview:
    """The arithmetic of a month: won for one breach, for all, the most there may be, and what comes of it."""

    gross: int
    breaches: int
    rate_pct: int
    cap_pct: int
    for_all: int
    most: int
    won: int

    @property
    def capped(self) -> bool:
        return self.for_all > self.most


def preview(gross: int, breaches: int, *, rate_pct: int, cap_pct: int, worker: str) -> Preview:
    """What a month would come to. Raises NotAllowed for an employee."""
    if worker == EMPLOYEE:
        raise NotAllowed
    for_all, most = gross * rate_pct * breaches // 100, gross * cap_pct // 100
    return Preview(gross, breaches, rate_pct, cap_pct, for_all, most, min(for_all, most))


def counts(caused_by: str, *, waived: bool) -> bool:
    """Whether a breach counts: not what somebody else's wait caused, and not what was waived."""
    return not waived and caused_by not in OURS
