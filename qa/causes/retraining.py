"""Learning again because of a corrective action: what is given to whom, and who has passed since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from base.rows import mine
from base.scope import Scope
from partners import queries
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import assigning, demands
from partners.training.assigning import Cause, NotTaught
from partners.training.models import BY_ACTION, Assignment
from qa.causes import action_life as life
from qa.causes.models import CorrectiveAction
from qa.tallies.rules import PARTNER

BY_TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Training:
    """What an action gave to learn: modules and people to choose from, whom it is about, what was given."""

    modules: Mapping[int, str]
    partners: Mapping[int, str]
    about: int | None
    given: Sequence[Assignment]
    met: Mapping[int, datetime]


def of(scope: Scope, row: CorrectiveAction) -> Training | None:
    """The training of an action; none of one that is something else."""
    if row.way != BY_TRAINING:
        return None
    names, here = queries.names(scope), mine(scope, Partner).where(Partner.state != LEFT).order_by(Partner.id)
    given = assigning.given_by(scope, BY_ACTION, row.id)
    return Training(
        modules={one.module.id: one.title for one in demands.taught(scope)},
        partners={card.id: names[card.id] for card in scope.session.scalars(here)},
        about=row.dim_id if row.dim == PARTNER else None,
        given=given,
        met=assigning.met(scope, given),
    )


def assign(
    scope: Scope, row: CorrectiveAction, module_id: int, partner_ids: Collection[int], *, holds_from: datetime
) -> int:
    """Gives a module to learn again by an instant; gives to how many. Raises NotFound, NotTaught, BadDay."""
    if row.way != BY_TRAINING or row.state not in life.LIVE or module_id < 1:
        raise NotTaught(field="module")
    cause = Cause(BY_ACTION, row.id)
    return assigning.assign(scope, module_id, partner_ids, holds_from=holds_from, cause=cause)
