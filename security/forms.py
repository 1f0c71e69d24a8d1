"""The owner's form of this room: the rules of the shop, spans in minutes."""

import re
from dataclasses import replace
from typing import cast

from wtforms import StringField
from wtforms.validators import InputRequired, NumberRange, Regexp

from base.forms import Asked, WholeNumber
from security.shops import CUTOFF, EYES, LIMITS, Rules

SEEN_BY = re.compile(rf"({'|'.join(EYES)})\Z")
HOURS = frozenset({"appeal_s", "appeal_judge_s", "auto_accept_s"})
#: Set where what they are about is: the pilot, on the page of training.
ELSEWHERE = frozenset({"pilot_goal", "pilot_held"})
NUMBERS = tuple(name for name in LIMITS if name not in ELSEWHERE)
MINUTES = frozenset({"lease_s", "rework_lease_s", "claim_s", "do_s", "review_s", "rework_s"})


def _number(name: str, unit: str) -> WholeNumber:
    low, high = (limit // _share(name) for limit in LIMITS[name])
    return WholeNumber(
        f"security.settings.{name}", [InputRequired(), NumberRange(low, high)], description=unit
    )


def _share(name: str) -> int:
    """How many of the rule's units one of the form's is."""
    return 3600 if name in HOURS else 60 if name in MINUTES else 1


class RulesForm(Asked):
    """Every rule an owner may set; a field's description is its unit."""

    newcomer_n = _number("newcomer_n", "count")
    revision_n = _number("revision_n", "count")
    sample_percent = _number("sample_percent", "percent")
    at_risk_percent = _number("at_risk_percent", "percent")
    trust_percent = _number("trust_percent", "percent")
    max_rounds = _number("max_rounds", "times")
    ship_days = _number("ship_days", "days")
    reveal_limit = _number("reveal_limit", "count")
    second_percent = _number("second_percent", "percent")
    gold_percent = _number("gold_percent", "percent")
    lease_s = _number("lease_s", "minutes")
    rework_lease_s = _number("rework_lease_s", "minutes")
    claim_s = _number("claim_s", "minutes")
    do_s = _number("do_s", "minutes")
    review_s = _number("review_s", "minutes")
    rework_s = _number("rework_s", "minutes")
    appeal_s = _number("appeal_s", "hours")
    appeal_judge_s = _number("appeal_judge_s", "hours")
    auto_accept_s = _number("auto_accept_s", "hours")
    rework_eyes = StringField("security.settings.rework_eyes", [Regexp(SEEN_BY)])
    cutoff = StringField("security.settings.cutoff", [InputRequired(), Regexp(CUTOFF)])


def asked(rules: Rules) -> dict[str, object]:
    """The rules as the form shows them."""
    return {name: getattr(rules, name) // _share(name) for name in NUMBERS} | {
        "cutoff": rules.cutoff,
        "rework_eyes": rules.rework_eyes,
    }


def answered(form: RulesForm, *, before: Rules) -> Rules:
    """The rules that a valid form decides; what is set elsewhere stays."""
    numbers = {name: cast("int", form[name].data) * _share(name) for name in NUMBERS}
    return replace(before, **numbers, cutoff=str(form.cutoff.data), rework_eyes=str(form.rework_eyes.data))
