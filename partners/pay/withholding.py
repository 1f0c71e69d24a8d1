"""What is held back of a payment for the tax office: rules as data with dates (pure).

Business income of a person who sells her own work (인적용역 사업소득): 3 % income tax and a tenth of it as
local income tax, each cut down to ten won (소득세법 제129조, 지방세법 제103조의13, 국고금 관리법 제47조; that
it is ten won is the custom, not read in the law). Until the end of June 2024 an income tax below 1,000 won
was not held back at all (소득세법 제86조, amended from 2024-07-01).
Whether a person is such a one is not for a program to say: the owner says it, and a tax adviser knows better.
"""

from dataclasses import dataclass
from datetime import date

INDIVIDUAL, BUSINESS, EMPLOYEE = "individual", "business", "employee"
TAX_KINDS = (INDIVIDUAL, BUSINESS, EMPLOYEE)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is held back of what is paid from a day on; `least` is the income tax below which nothing is."""

    since: date
    percent: int
    local_percent: int  # of the income tax
    down_to: int  # won
    least: int = 0


RULES = (
    Rule(since=date(1970, 1, 1), percent=3, local_percent=10, down_to=10, least=1000),
    Rule(since=date(2024, 7, 1), percent=3, local_percent=10, down_to=10),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back of a gross sum, and what is left, in won."""

    gross: int
    income_tax: int
    local_tax: int

    @property
    def net(self) -> int:
        return self.gross - self.income_tax - self.local_tax


def rule_on(day: date) -> Rule:
    """The rule for what is paid on a day."""
    return max((rule for rule in RULES if rule.since <= day), key=lambda rule: rule.since)


def withhold(gross: int, *, kind: str, on: date) -> Held:
    """What is held back of a payment on a day: of individuals alone. Raises ValueError below zero.

    A business sends an invoice and pays its own taxes; an employee's wage is for the wage book, which Dari
    does not keep.
    """
    if gross < 0 or kind not in TAX_KINDS:
        raise ValueError(kind)
    if kind != INDIVIDUAL:
        return Held(gross, 0, 0)
    rule = rule_on(on)
    income_tax = _down(gross * rule.percent // 100, rule.down_to)
    if income_tax < rule.least:
        return Held(gross, 0, 0)
    return Held(gross, income_tax, _down(income_tax * rule.local_percent // 100, rule.down_to))


def _down(won: int, to: int) -> int:
    return won // to * to
