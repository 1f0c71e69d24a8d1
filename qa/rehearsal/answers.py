"""What somebody who packed a parcel answers to an item (pure)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from qa.rehearsal.characters import Hand
from tasks.checklist import Facts, Good, Item

LONGEST_S = 1500  # somebody who scans for longer saves in between, as the page does by itself
OFF_G = (600, 1500)  # a weight that shows that something is missing or too many, in the item's own unit


def of(item: Item, facts: Facts, *, slips: Collection[str], random: Random) -> Any:
    """The answer to an item that is no photo; `slips` are the codes of what went wrong in the parcel."""
    if item.type == "check":
        return True
    if item.type == "scan":
        return [_scanned(good) for good in facts.goods]
    if item.type == "choice":
        return item.choices[0].value
    if item.type == "number":
        return _number(item, facts, off="weight_off" in slips, random=random)
    return "" if not item.required else "네"


def _scanned(good: Good) -> str:
    """A code as it is read or typed; many of the same as CODE*12."""
    code = good.barcode or good.sku
    return code if good.quantity == 1 else f"{code}*{good.quantity}"


def _number(item: Item, facts: Facts, *, off: bool, random: Random) -> str:
    """Close to what it should be, within its bounds; well beside it when something is wrong."""
    low, high = item.low or Decimal(0), item.high or Decimal(10**6)
    aim = _aim(item, facts) or Decimal(800)
    beside = random.randint(*OFF_G) if off else random.randint(20, 90)
    return str(min(max(low, aim + beside), high))


def _aim(item: Item, facts: Facts) -> Decimal | None:
    if item.target is None:
        return None
    known = facts.values.get(item.target.fact)
    return Decimal(known) if isinstance(known, int) and not isinstance(known, bool) else item.target.value


def seconds(item: Item, facts: Facts, hand: Hand) -> int:
    """How long an item usually takes: picking and scanning grow with the lines of the order."""
    if item.type == "photo":
        return hand.photo_s
    lines = hand.line_s * len(facts.goods) if item.type == "scan" else 0
    return hand.item_s + min(lines, LONGEST_S)


def todo(items: Sequence[Item], *, failed: Collection[str]) -> list[Item]:
    """What is to be done: in rework what was marked, else everything that is asked and must be answered."""
    if failed:
        return [item for item in items if item.key in failed]
    return [item for item in items if item.required]
