"""What the demo's people learn: a module that one passed and one missed, a draft, and a sample to try."""

from datetime import timedelta
from functools import partial

from base.i18n import t
from base.scope import Scope
from partners.training import learning, shelf, writing
from partners.training.quiz import Picked
from qa.rehearsal.stage import Stage, act
from qa.rehearsal.troupe import Troupe
from qa.samples import making
from qa.samples.making import Wanted
from tasks import sops
from tasks.opening import PACKING

#: What is right of the sample: everything was laid out, a box is dented, and not all is taped.
RIGHT = {"picking": "1", "condition": "box_dented", "seal": "0"}
BY = timedelta(days=7)  # until when those who work here already learn it


def taught(stage: Stage, people: Troupe) -> None:
    """The owner publishes a module; the experienced pass it, the hasty have one try behind them."""
    module_id = act(stage, people.owner.actor, _published, called="taught")
    experienced, hasty, *_ = people.partners
    act(stage, hasty.actor, partial(_learned, module_id=module_id, hasty=1), called="learned")
    act(stage, experienced.actor, partial(_learned, module_id=module_id, hasty=0), called="learned")
    act(stage, people.owner.actor, _sampled, called="taught")


def _published(scope: Scope) -> int:
    locale = scope.actor.locale
    module_id = writing.make(scope, shelf.book("packing", locale))
    writing.publish(scope, module_id, asks_again=False, holds_from=scope.now + BY)
    writing.make(scope, shelf.book("privacy", locale))
    return module_id


def _learned(scope: Scope, *, module_id: int, hasty: int) -> None:
    """Reads all of it and answers: the hasty picks the first of everything."""
    own = learning.own_of(scope, module_id)
    learning.tick(scope, module_id, own.edition.id, parts=range(len(own.content.parts)))
    picked: Picked = [frozenset({0}) if hasty else question.right for question in own.content.questions]
    learning.hand_in(scope, module_id, own.edition.id, picked=picked)


def _sampled(scope: Scope) -> None:
    """A sample of the procedure that the shop began with."""

    def said(name: str) -> str:
        return t(scope.actor.locale, f"rehearsal.sample.{name}")

    why = {key: said(key) for key in RIGHT}
    making.make(
        scope, sops.published(scope, PACKING).sop_id, Wanted(said("title"), said("story"), RIGHT, why)
    )
