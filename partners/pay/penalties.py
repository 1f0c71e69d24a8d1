"""What a penalty may come to: a share of the month for each breach, capped, off unless agreed (pure).

A preview for a person to decide: nothing is ever taken off by itself. Waits that the shop owes are nobody's
breach, and a penalty set beforehand is forbidden for employees (근로기준법 제20조).
"""

from base.errors import Refused
from partners.pay.withholding import EMPLOYEE

OWED_BY_THE_SHOP = ("owner_delay", "reviewer_delay", "waived", "disputed")


class PenaltyNotAllowed(Refused):
    """A penalty set beforehand is forbidden for an employee."""

    code = "pay.penalty_not_allowed"


def preview(
    gross: int, *, breaches: int, rate_percent: int, cap_percent: int, caused_by: str = "", kind: str = ""
) -> int:
    """The most a penalty may take off a month's gross, in won, rounded in the partner's favour.

    A cap of 0 is off. Raises PenaltyNotAllowed.
    """
    if kind == EMPLOYEE:
        raise PenaltyNotAllowed
    if caused_by in OWED_BY_THE_SHOP or cap_percent == 0:
        return 0
    return min(gross * rate_percent * breaches // 100, gross * cap_percent // 100)
