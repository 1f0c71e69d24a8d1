"""Understanding an order file: rows under a mapping become orders, or problems with their row numbers."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from base.sheet import Sheet
from stock import moments, normalise, retail
from stock.drafts import Draft, Fee, Intake, Line, Problem, Recipient
from stock.profiles import Field, Mapping
from stock.reading import (
    Row,
    cell,
    columns,
    complain,
    goods,
    in_order,
    is_sound,
    merged,
    optional,
    required,
    row,
    said,
)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = Decimal(0)
NO_PHONE = normalise.Phone("", "")
OFF = re.compile("취소|반품|환불|교환|cancel|refund|return", re.IGNORECASE)
ON_AGAIN = re.compile("철회|거부")
SAME = {
    Field.RECIPIENT: "name",
    Field.PHONE: "phone",
    Field.POSTCODE: "postcode",
    Field.ADDRESS: "address",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a marketplace's file: a line of an order with everything the row says of the order."""

    row: Row = field(repr=False)
    number: str
    line_id: str
    customer: str = field(repr=False)
    placed_at: datetime
    ship_by: datetime | None
    recipient: Recipient
    line: Line
    spelling: str
    delivery: Decimal


def standardise(sheet: Sheet, mapping: Mapping, *, zone: tzinfo) -> Intake:
    """Everything a file says under a mapping, times read in `zone`; the caller decides what problems mean.

    The sheet stands under its header (`columns.locate`) and the mapping fits it (`columns.resolve`).
    """
    if mapping.profile == retail.PROFILE:
        return retail.standardise(sheet, mapping, zone=zone)
    places, problems = columns(sheet, mapping), list[Problem]()
    if not sheet.rows:
        problems.append(Problem(sheet.header_row + 1, "", "", "rows"))
    rows = [row(one, places, problems) for one in sheet.rows]
    live = [of for of in rows if not is_off(said(of, Field.STATE))]
    entries = [entry for of in live if (entry := _entry(of, zone))]
    _refuse_repeats(entries)
    orders = tuple(_order(mapping.profile, same) for same in _grouped(entries).values())
    return Intake(
        channel=mapping.profile,
        rows=len(rows),
        orders=orders,
        cancellations=(),
        corrections=(),
        fees=(),
        goods=goods((entry.line.sku, entry.line.name, entry.line.option) for entry in entries),
        merged=merged((entry.line.sku, entry.spelling) for entry in entries),
        skipped=tuple(of.number for of in rows if is_off(said(of, Field.STATE))),
        problems=in_order(problems, sheet.header),
    )


def is_off(state: str) -> bool:
    """Whether a marketplace's word for an order's state means that nothing is to be packed."""
    return OFF.search(state) is not None and ON_AGAIN.search(state) is None


def _entry(of: Row, zone: tzinfo) -> Entry | None:
    """What a row says, or nothing where it has problems."""
    if not is_sound(of):
        return None
    before = len(of.problems)
    entry = Entry(
        row=of,
        number=required(of, Field.ORDER, normalise.number, ""),
        line_id=_line_id(of),
        customer=optional(of, Field.CUSTOMER, normalise.customer, ""),
        placed_at=required(of, Field.PLACED, lambda raw: moments.moment(raw, zone), NEVER),
        ship_by=optional(of, Field.SHIP_BY, lambda raw: moments.deadline(raw, zone), None),
        recipient=_recipient(of),
        line=_line(of),
        spelling=optional(of, Field.SKU, normalise.spelling, ""),
        delivery=optional(of, Field.DELIVERY, normalise.money, NOTHING),
    )
    return entry if len(of.problems) == before else None


def _line_id(of: Row) -> str:
    """The line's own number: marketplaces that have one write it on every row."""
    read = required if Field.LINE in of.columns.places else optional
    return read(of, Field.LINE, normalise.number, "")


def _recipient(of: Row) -> Recipient:
    address = required(of, Field.ADDRESS, normalise.up_to_300, "")
    detail = optional(of, Field.DETAIL, normalise.up_to_300, "")
    return Recipient(
        name=required(of, Field.RECIPIENT, normalise.up_to_64, ""),
        phone=required(of, Field.PHONE, normalise.phone, NO_PHONE).shown,
        postcode=optional(of, Field.POSTCODE, normalise.postcode, ""),
        address=address if address.endswith(detail) else f"{address} {detail}",
        memo=optional(of, Field.MEMO, normalise.up_to_1000, ""),
    )


def _line(of: Row) -> Line:
    price = required(of, Field.PRICE, _price, NOTHING) + optional(of, Field.EXTRA, normalise.money, NOTHING)
    return Line(
        sku=required(of, Field.SKU, normalise.sku, ""),
        name=optional(of, Field.NAME, normalise.up_to_300, ""),
        option=optional(of, Field.OPTION, normalise.up_to_300, ""),
        quantity=required(of, Field.QUANTITY, normalise.quantity, 1),
        unit_price=price,
        row=of.number,
    )


def _price(raw: str) -> Decimal:
    price = normalise.money(raw)
    if price < 0:
        raise normalise.Unreadable("price")
    return price


def _refuse_repeats(entries: Iterable[Entry]) -> None:
    """Notes a problem at every row whose line number stood in an earlier row."""
    seen: set[str] = set()
    for entry in entries:
        if entry.line_id and entry.line_id in seen:
            complain(entry.row, Field.LINE, "line_once")
        seen.add(entry.line_id)


def _grouped(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.number].append(entry)
    return groups


def _order(channel: str, entries: list[Entry]) -> Draft:
    """One order from its rows, which must agree on the recipient; different memos are all kept."""
    first = entries[0]
    for entry in entries[1:]:
        _refuse_stranger(first, entry)
    deadlines = [entry.ship_by for entry in entries if entry.ship_by]
    memos = dict.fromkeys(entry.recipient.memo for entry in entries if entry.recipient.memo)
    return Draft(
        channel=channel,
        number=first.number,
        customer=first.customer,
        placed_at=min(entry.placed_at for entry in entries),
        ship_by=min(deadlines, default=None),
        recipient=replace(first.recipient, memo=" / ".join(memos)),
        lines=tuple(entry.line for entry in entries),
        fees=_delivery(entries),
    )


def _refuse_stranger(first: Entry, entry: Entry) -> None:
    for of, attribute in SAME.items():
        if getattr(first.recipient, attribute) != getattr(entry.recipient, attribute):
            complain(entry.row, of, "recipient_same")


def _delivery(entries: list[Entry]) -> tuple[Fee, ...]:
    """The delivery fee of an order, which marketplaces write on one of its rows or on all of them."""
    dearest = max(entries, key=lambda entry: entry.delivery)
    if not dearest.delivery:
        return ()
    name = cell(dearest.row, Field.DELIVERY)[1]
    at, number = dearest.placed_at, dearest.number
    return (
        Fee(f"{number}/DELIVERY/1", number, "DELIVERY", name, 1, dearest.delivery, at, dearest.row.number),
    )
