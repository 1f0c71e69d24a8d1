"""What inspections, parcels and escapes add to the tallies of causes (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from qa.tallies.rules import (
    AGAIN,
    CODE,
    ESCAPED,
    FOUND,
    HOUR,
    ITEM,
    LOOK,
    OUT,
    PARTNER,
    QUALITY,
    REVIEWER,
    REVISION,
    SHOP,
    SKU,
    SOP,
    WHY,
    Facts,
    Judged,
    Line,
    OrderFacts,
    Sheet,
    local,
)

Dim = tuple[str, int]


def fold(lines: Iterable[Line], facts: Facts) -> Sheet:
    """What these lines add."""
    sheet = Sheet()
    for line in lines:
        if line.act == "inspection.judged":
            looked(sheet, facts.judged[line.subject_id], facts.zone)
        elif line.act == "order.shipped":
            gone(sheet, facts.orders[line.subject_id], facts.zone)
        elif line.act in {"escape.counted", "escape.struck"}:
            escaped(sheet, line, 1 if line.act == "escape.counted" else -1)
    return sheet


def looked(sheet: Sheet, seen: Judged, zone: ZoneInfo) -> None:
    """An inspection that ended: how long it took, and at first rounds what was found and when it was made."""
    day, again = local(seen.at, zone), seen.round > 1
    for dim in ((SHOP, 0), (PARTNER, seen.partner_id), (SOP, seen.sop_id)):
        sheet.add((day, LOOK, *dim), 1, again, seen.seconds)
        sheet.add((day, AGAIN, *dim), not seen.passed, again, seen.seconds if again else 0)
    if again:
        return
    sheet.add((day, QUALITY, REVISION, seen.revision_id), 1, seen.passed)
    if seen.handed_in is not None:
        sheet.add((day, QUALITY, HOUR, seen.handed_in.astimezone(zone).hour), 1, seen.passed)
    for dim, n in found_in(seen):
        sheet.add((day, FOUND, *dim), n, 1)


def found_in(seen: Judged) -> Iterator[tuple[Dim, int]]:
    """How much was found in a piece, by dimension; nothing for a piece in which nothing was."""
    if not seen.found:
        return
    n = len(seen.found)
    yield from (((SHOP, 0), n), ((PARTNER, seen.partner_id), n), ((SOP, seen.sop_id), n))
    yield from (((SKU, id_), n) for id_ in seen.products)
    for prefix, of in ((ITEM, 0), (CODE, 1)):
        counted = Counter(each[of] for each in seen.found)
        yield from (((prefix + key, seen.sop_id), times) for key, times in counted.items())


def gone(sheet: Sheet, order: OrderFacts, zone: ZoneInfo) -> None:
    """The lines of a parcel that left, and whose hands packed it."""
    if order.shipped_at is None or not order.lines:
        return
    hands = ((PARTNER, order.hand[0]), (SOP, order.hand[1])) if order.hand else ()
    for dim in ((SHOP, 0), *hands):
        sheet.add((local(order.shipped_at, zone), OUT, *dim), order.lines)


def escaped(sheet: Sheet, line: Line, sign: int) -> None:
    """An escape that was counted, or taken back; on the day its parcel left."""
    told = line.facts
    day = date.fromisoformat(told["on"])
    for dim in escape_dims(told["product"], told["why"], told["partner"], told["sop"], told["reviewer"]):
        sheet.add((day, ESCAPED, *dim), sign, sign * bool(told["seen"]), sign * told["won"])


def escape_dims(
    product_id: int, reason: str, partner_id: int | None, sop_id: int | None, reviewer_id: int | None
) -> tuple[Dim, ...]:
    """Where an escape counts: what is not known of it counts nowhere."""
    known = ((PARTNER, partner_id), (SOP, sop_id), (REVIEWER, reviewer_id))
    hands = tuple((dim, id_) for dim, id_ in known if id_ is not None)
    return (SHOP, 0), (SKU, product_id), (WHY + reason, 0), *hands
