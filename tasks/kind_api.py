"""The API of kinds: what waits and what it pays."""

from base.calls import Told, call
from base.scope import Scope
from security.doors import needs
from tasks import queues
from tasks.api import api


class KindWaiting(Told):
    """A kind whose work waits: how many pieces, counted to a thousand, and what one pays in won."""

    kind: str
    count: int
    won: int


class KindsWaiting(Told):
    """The kinds whose work waits, what is promised first at the head."""

    rows: list[KindWaiting]


@api.get("/offers/kinds")
@needs("task.offers")
@call(KindsWaiting)
def kinds_waiting(scope: Scope) -> object:
    """Lists the kinds whose work waits, with what they pay."""
    return {"rows": queues.waiting(scope)}
