"""The API of kinds: what there is, what waits and what it pays; and work opened by a program."""

from typing import Annotated, Literal

from pydantic import Field

from base.calls import Sent, Told, call, text
from base.scope import Scope
from partners.kinds import named
from partners.pay import pricing
from security.doors import needs
from tasks import own_kinds, queues
from tasks.api import api
from tasks.kinds import known


class KindWaiting(Told):
    """A kind whose work waits: how many pieces, counted to a thousand, and what one pays in won."""

    kind: str
    count: int
    won: int


class KindsWaiting(Told):
    """The kinds whose work waits, what is promised first at the head."""

    rows: list[KindWaiting]


class KindRow(Told):
    """A kind of work: what it is called in both languages, and how it stands; one task pays `won`, if any."""

    kind: str
    name: dict[str, str]
    own: bool
    state: Literal["open", "paused", "retired"]
    waiting: int
    won: int | None


class Kinds(Told):
    """The kinds of the shop, its owner's own last."""

    rows: list[KindRow]


class NewWork(Sent):
    """Work to be opened; about a product (by SKU) `count` people answer independently."""

    title: Annotated[str, text(100)] = ""
    note: Annotated[str, text(1000)] = ""
    sku: Annotated[str, text(100)] = ""
    count: Annotated[int, Field(ge=1, le=own_kinds.MOST_AT_ONCE)] = 1


class Opened(Told):
    """The tasks that were opened; fewer than wanted where some are under way already."""

    task_ids: list[int]


@api.get("/offers/kinds")
@needs("task.offers")
@call(KindsWaiting)
def kinds_waiting(scope: Scope) -> object:
    """Lists the kinds whose work waits, with what they pay."""
    return {"rows": queues.waiting(scope)}


@api.get("/kinds")
@needs("kind.manage")
@call(Kinds)
def list_kinds(scope: Scope) -> object:
    """Lists the kinds of work."""
    states, prices = queues.states(scope), pricing.prices_at(scope, scope.now)
    waiting = queues.counts(queues.waiting(scope))
    rows = [
        {
            "kind": kind,
            "name": {language: named(scope, kind, language) for language in ("ko", "en")},
            "own": kind not in known.coded(),
            "state": states.get(kind, "open"),
            "waiting": waiting.get(kind, 0),
            "won": prices.get(kind),
        }
        for kind in known.every(scope)
    ]
    return {"rows": rows}


@api.post("/kinds/<kind>/tasks")
@needs("kind.manage")
@call(Opened, body=NewWork, status=201)
def open_kind_work(scope: Scope, kind: str, body: NewWork) -> object:
    """Opens work of one of the owner's own kinds."""
    opened = own_kinds.open_by_hand(
        scope, kind, title=body.title, note=body.note, sku=body.sku, count=body.count
    )
    return {"task_ids": list(opened)}
