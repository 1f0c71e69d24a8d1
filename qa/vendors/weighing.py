"""How much each criterion of the scorecard counts: set by the owner, to 100."""

from collections.abc import Mapping

from sqlalchemy import update

from base.errors import Invalid
from base.once import once
from base.rows import changed, mine
from base.scope import Scope
from qa.vendors import scorecard
from qa.vendors.models import ScorecardWeights
from security import audit


class BadWeights(Invalid):
    """Weights are whole numbers that come to 100. Facts: field, total."""

    code = "vendors.bad_weights"


def weights(scope: Scope) -> Mapping[str, int]:
    """The shop's weights, the house's where the owner has set none."""
    row = scope.session.scalar(mine(scope, ScorecardWeights))
    return row.weights if row else scorecard.WEIGHTS


def weigh(scope: Scope, wanted: Mapping[str, int]) -> None:
    """Sets the weights; scores follow when the figures are next rolled up. Raises BadWeights."""
    if not scorecard.adds_up(wanted):
        raise BadWeights(field="weights", total=sum(wanted.values()))
    told = {"weights": dict(wanted), "set_by": scope.actor.id, "set_at": scope.now}
    if once(scope.session, ScorecardWeights, {"shop_id": scope.shop_id} | told) is None:
        here = ScorecardWeights.shop_id == scope.shop_id
        changed(scope, update(ScorecardWeights).where(here).values(told))
    said: dict[str, int | str | bool | None] = {name: wanted[name] for name in scorecard.CRITERIA}
    audit.note(scope, "scorecard.weighed", "", 0, **said)
