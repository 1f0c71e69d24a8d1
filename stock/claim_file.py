"""Claim files: one row is one claim on a line of an order, as marketplaces list returns; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import partial
from typing import Any

from base.personal import MOST_SHOWN, resident_number, shape
from base.sheet import Cells, Numbered, Sheet, headed
from stock import normalise
from stock.drafts import Problem
from stock.moments import moment
from stock.normalise import Unreadable
from stock.profiles import key

SEARCHED = 10  # rows in which the header may stand


class Column(StrEnum):
    """What a column of a claim file can stand for."""

    ORDER = "order"
    SKU = "sku"
    WISH = "wish"
    REASON = "reason"
    UNITS = "units"
    AT = "claimed_at"
    WORDS = "words"
    NUMBER = "number"


NAMES: Mapping[Column, tuple[str, ...]] = {
    Column.ORDER: ("주문번호", "order number", "order no", "order id"),
    Column.SKU: ("상품코드", "판매자 상품코드", "옵션관리코드", "업체상품코드", "SKU", "item code"),
    Column.WISH: ("클레임구분", "클레임 유형", "구분", "처리유형", "claim type", "type"),
    Column.REASON: ("클레임사유", "반품사유", "교환사유", "반품/교환 사유", "사유", "reason"),
    Column.UNITS: ("수량", "클레임수량", "반품수량", "quantity", "qty"),
    Column.AT: ("접수일", "클레임 요청일", "반품접수일", "요청일", "접수일시", "claimed at", "date"),
    Column.WORDS: ("상세사유", "클레임 상세사유", "고객 메시지", "내용", "details", "comment"),
    Column.NUMBER: ("클레임번호", "접수번호", "반품번호", "claim number", "claim id"),
}
REQUIRED = (Column.ORDER, Column.WISH, Column.REASON, Column.AT)
#: Words that a cell holds, and what it then means; the first that fits.
WISH_WORDS = (
    ("return", ("반품", "return")),
    ("exchange", ("교환", "exchange")),
    ("resend", ("재배송", "추가배송", "재발송", "resend")),
    ("refund", ("환불", "refund")),
    ("answer", ("문의", "불만", "상담", "question", "complaint")),
)
REASON_WORDS = (
    ("wrong_item", ("오배송", "잘못배송", "다른상품", "wrongitem", "wrongproduct")),
    ("missing", ("누락", "구성품", "수량부족", "덜왔", "missing")),
    ("broken", ("파손", "불량", "훼손", "깨", "하자", "damaged", "broken", "defect")),
    ("not_as_described", ("상이", "상세정보", "설명", "다름", "notasdescribed")),
    ("late", ("지연", "늦", "late", "delay")),
    ("changed_mind", ("변심", "사이즈", "색상", "필요없", "changedmind", "changeofmind", "nolonger")),
)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as a file tells it; `sku` is empty where the file does not say which line is meant."""

    row: int
    order: str
    sku: str
    wish: str
    reason: str
    units: int | None
    claimed_at: datetime
    words: str = field(repr=False)
    number: str


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """Everything a claim file says."""

    rows: int
    claims: tuple[ClaimRow, ...]
    problems: tuple[Problem, ...]
    names: Mapping[Column, str] = field(default_factory=dict)


def standardise(sheet: Sheet, zone: tzinfo) -> ClaimFile:
    """The claims of a table; whoever calls refuses it for one problem."""
    headers = [sheet.header, *(cells for _, cells in sheet.rows[: SEARCHED - 1])]
    fitting = (at for at, header in enumerate(headers) if not _missing(_found(header)))
    sheet = headed(sheet, next(fitting, 0))
    places = _found(sheet.header)
    problems = [
        Problem(sheet.header_row, NAMES[column][0], "", "column_missing") for column in _missing(places)
    ]
    read = _readers(zone)
    told = [_claim(row, places, read, problems) for row in sheet.rows] if not problems else []
    names = {column: name for column, (_, name) in places.items()}
    return ClaimFile(len(sheet.rows), tuple(one for one in told if one), tuple(problems), names)


def wish(raw: str) -> str:
    """What is asked for, by the words of a cell. Raises Unreadable(claim_wish)."""
    found = _meant(raw, WISH_WORDS)
    if not found:
        raise Unreadable("claim_wish")
    return found


def reason(raw: str) -> str:
    """Why, by the words of a cell; what fits none of them is `other`. Raises Unreadable(filled)."""
    normalise.filled(raw)
    return _meant(raw, REASON_WORDS) or "other"


def _meant(raw: str, words: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    said = key(normalise.text(raw))
    return next((code for code, named in words if any(word in said for word in named)), "")


Places = Mapping[Column, tuple[int, str]]


def _found(header: Cells) -> dict[Column, tuple[int, str]]:
    at = {key(name): (position, name) for position, name in reversed(list(enumerate(header)))}
    found = {column: [at[key(name)] for name in names if key(name) in at] for column, names in NAMES.items()}
    return {column: places[0] for column, places in found.items() if places}


def _missing(places: Places) -> list[Column]:
    return [column for column in REQUIRED if column not in places]


def _words(raw: str) -> str:
    said = normalise.up_to_1000(raw)
    if resident_number(said):
        raise Unreadable("no_resident_number")
    return said


def _readers(zone: tzinfo) -> Mapping[Column, Callable[[str], Any]]:
    return {
        Column.ORDER: normalise.number,
        Column.SKU: normalise.sku,
        Column.WISH: wish,
        Column.REASON: reason,
        Column.UNITS: normalise.quantity,
        Column.AT: partial(moment, zone=zone),
        Column.WORDS: _words,
        Column.NUMBER: normalise.up_to_64,
    }


def _claim(
    row: Numbered, places: Places, read: Mapping[Column, Callable[[str], Any]], problems: list[Problem]
) -> ClaimRow | None:
    """What a row says, or nothing where it has problems; what the customer wrote is never shown."""
    number, cells = row
    said: dict[str, Any] = {"sku": "", "units": None, "words": "", "number": ""}
    before = len(problems)
    for column, (at, name) in places.items():
        raw = cells[at] if at < len(cells) else ""
        if not raw.strip() and column not in REQUIRED:
            continue
        try:
            said[column.value] = read[column](raw)
        except Unreadable as bad:
            shown = shape(raw) if column == Column.WORDS else normalise.text(raw)[:MOST_SHOWN]
            problems.append(Problem(number, name, shown, bad.expected))
    return ClaimRow(row=number, **said) if len(problems) == before else None
