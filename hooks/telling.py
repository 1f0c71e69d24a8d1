"""News of every room as events of the outside: which news becomes which event, as ids and codes alone."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from base import prepared
from base.prepared import SHOP
from base.scope import Scope, remembered
from hooks import deliveries
from hooks.endpoints import NAME
from hooks.models import Webhook
from qa.news import TaskAccepted
from stock.news import (
    FreeStockChanged,
    ImportFinished,
    OrdersCancelled,
    OrdersPlaced,
    OrdersReady,
    OrdersShipped,
    OrdersShort,
)
from tasks.news import TaskRejected

MOST_IDS = 500  # of one message: a large import is told in several

Facts = Mapping[str, object]


def _orders(news: Any) -> Iterator[Facts]:
    ids = list(news.order_ids)
    return ({"order_ids": ids[at : at + MOST_IDS]} for at in range(0, len(ids), MOST_IDS))


def _products(news: FreeStockChanged) -> Iterator[Facts]:
    ids = list(news.product_ids)
    return ({"product_ids": ids[at : at + MOST_IDS]} for at in range(0, len(ids), MOST_IDS))


def _task(news: Any) -> Iterator[Facts]:
    yield {"task_id": news.task_id}


def _import(news: ImportFinished) -> Iterator[Facts]:
    yield {"import_id": news.import_id, "state": news.state}


#: The event of each news, and what of it is told.
TOLD: Mapping[type, tuple[str, Callable[[Any], Iterator[Facts]]]] = {
    OrdersPlaced: ("order.placed", _orders),
    OrdersReady: ("order.ready", _orders),
    OrdersShort: ("order.short", _orders),
    OrdersShipped: ("order.shipped", _orders),
    OrdersCancelled: ("order.cancelled", _orders),
    TaskAccepted: ("task.accepted", _task),
    TaskRejected: ("task.rejected", _task),
    FreeStockChanged: ("stock.changed", _products),
    ImportFinished: ("import.ended", _import),
}


def tell(scope: Scope, news: object) -> None:
    """Promises every webhook that asked for it a message of this news."""
    event, facts = TOLD[type(news)]
    hooks = [hook for hook in _listening(scope) if event in hook.events.split()]
    for told in facts(news) if hooks else ():
        for hook in hooks:
            deliveries.promise(scope, hook, event, told)


def _listening(scope: Scope) -> list[Webhook]:
    def listening() -> list[Webhook]:
        return [prepared.found(scope, Webhook, row) for row in prepared.run(scope, _LISTENING)]

    return remembered(scope, NAME, listening)


_LISTENING = (
    select(Webhook.__table__)
    .where(Webhook.shop_id == SHOP, Webhook.removed_at.is_(None), Webhook.disabled_at.is_(None))
    .order_by(Webhook.id)
)
