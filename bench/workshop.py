"""What hands work on: a short procedure, goods on the shelf, and orders that became packing tasks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from base.scope import Scope
from stock import goods, handling, orders
from stock.drafts import Draft, Goods, Line, Recipient
from tasks import sops
from tasks.models import SopRevision
from tasks.opening import PACKING

SKUS = tuple(f"BENCH-{number:02}" for number in range(24))  # so that parcels seldom want the same shelf
PLENTY = 10**7
RECIPIENT = Recipient(
    "김다리", "010-0123-4567", "03999", "서울특별시 마포구 물빛로 12", "문 앞에 놓아 주세요"
)
ITEMS: tuple[Mapping[str, Any], ...] = (
    {"key": "picked", "type": "check", "label": {"ko": "모두 꺼냈어요", "en": "All laid out"}},
    {
        "key": "condition",
        "type": "choice",
        "label": {"ko": "상품 상태", "en": "Condition"},
        "choices": [
            {"value": "fine", "label": {"ko": "이상 없어요", "en": "All fine"}},
            {"value": "dented", "label": {"ko": "눌렸어요", "en": "Dented"}},
        ],
    },
)
#: A form that answers everything the short procedure asks, on a task held for the first time.
ANSWERS = {
    "answer-picked": "1",
    "version-picked": "0",
    "answer-condition": "fine",
    "version-condition": "0",
    "fence": "1",
}


def short_procedure(scope: Scope) -> SopRevision:
    """Publishes a procedure of two quick items: what is measured is the house, not the pictures."""
    made = sops.create(scope, kind=PACKING, title="두 가지만")
    saved = sops.save(
        scope, made.id, items=[{"help": {}, "severity": "minor", **i} for i in ITEMS], version=1
    )
    return sops.publish(scope, made.id, version=saved.version)


def stocked(scope: Scope) -> None:
    """Brings in more of every product than anybody will pack."""
    ids, _new = goods.ensure(scope, [Goods(sku, "상자", "") for sku in SKUS])
    handling.receive(scope, key="bench", goods=dict.fromkeys(sorted(ids.values()), PLENTY))


def parcels(scope: Scope, count: int, *, first: int = 0) -> None:
    """Places orders of one unit each; every one is filled and becomes a packing task."""
    orders.place(scope, [_order(scope, number) for number in range(first, first + count)])


def promise(scope: Scope) -> datetime:
    """The earliest promise among orders placed now."""
    return scope.now + timedelta(days=2)


def _order(scope: Scope, number: int) -> Draft:
    line = Line(SKUS[number % len(SKUS)], "상자", "", 1, Decimal(9000), 1)
    ship_by = promise(scope) + timedelta(seconds=number % 3600)
    return Draft("generic", f"B{number:07}", "", scope.now, ship_by, RECIPIENT, (line,), ())
