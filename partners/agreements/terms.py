"""The terms of an agreement, its text and what changed between two editions (pure)."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from base.errors import Invalid
from base.personal import resident_number
from partners.clearance import FOREVER

WORK, PRICE, DATA, CHANNEL, FREEDOM = "work", "price", "data", "channel", "freedom"
PENALTY, NEVER, TERM, OWN = "penalty", "never", "term", "own"
CLAUSES = (WORK, PRICE, DATA, CHANNEL, FREEDOM, PENALTY, NEVER, TERM, OWN)
#: Where the owner may add words of their own.
WORDED = (WORK, PRICE, DATA, CHANNEL, OWN)
LONGEST, MOST_HOURS, MOST_MONTHS, MOST_RATE, MOST_CAP = 1000, 400, 36, 10, 20


class BadTerm(Invalid):
    """A number lies outside what may be agreed. Facts: field, low, high."""

    code = "agreements.bad_term"


class TooLong(Invalid):
    """Words of one's own are longer than there is room for. Facts: field, most."""

    code = "agreements.too_long"


class ResidentNumber(Invalid):
    """A text holds what looks like a 주민등록번호. Facts: field."""

    code = "joining.resident_number"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: business hours by kind (else the shop's own), a penalty in percent, months, words."""

    hours: Mapping[str, int] = field(default_factory=dict)
    rate_pct: int = 0
    cap_pct: int = 0
    months: int = 0  # 0 is until somebody leaves
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def fines(self) -> bool:
        """Whether a penalty is agreed at all."""
        return self.rate_pct > 0 and self.cap_pct > 0


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as it is read."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause that two editions say differently; an empty text where one has none."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition: from when on it holds for a partner."""

    id: int
    holds_from: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature under an edition, and when it runs out (none: never)."""

    edition_id: int
    ends_at: datetime | None


def checked(terms: Terms) -> Terms:
    """The terms as they are kept. Raises BadTerm, TooLong, ResidentNumber."""
    for kind, hours in terms.hours.items():
        _within(f"hours-{kind}", hours, MOST_HOURS, low=1)
    for name, most in (("rate_pct", MOST_RATE), ("cap_pct", MOST_CAP), ("months", MOST_MONTHS)):
        _within(name, getattr(terms, name), most)
    words = {code: unicodedata.normalize("NFC", text).strip() for code, text in terms.words.items()}
    for code, text in words.items():
        if resident_number(text):
            raise ResidentNumber(field=f"words-{code}")
        if len(text) > LONGEST:
            raise TooLong(field=f"words-{code}", most=LONGEST)
    kept = {code: text for code, text in words.items() if text and code in WORDED}
    return Terms(dict(terms.hours), terms.rate_pct, terms.cap_pct, terms.months, kept)


def _within(name: str, number: int, high: int, *, low: int = 0) -> None:
    if not low <= number <= high:
        raise BadTerm(field=name, low=low, high=high)


def kept(terms: Terms) -> dict[str, Any]:
    """The terms as they stand in a row."""
    return asdict(terms)


def told(doc: Mapping[str, Any]) -> Terms:
    """The terms of a row."""
    return Terms(**doc)


def seconds(terms: Terms) -> dict[str, int]:
    """The business seconds agreed for each kind, for the clocks."""
    return {kind: 3600 * hours for kind, hours in terms.hours.items()}


def canonical(head: str, clauses: Sequence[Clause]) -> str:
    """The whole agreement as one text: what is signed, and what its digest is of."""
    parts = [head, *(f"{number}. {one.title}\n{one.text}" for number, one in enumerate(clauses, start=1))]
    return unicodedata.normalize("NFC", "\n\n".join(parts)).replace("\r\n", "\n") + "\n"


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def compared(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[Changed, ...]:
    """The clauses that two editions say differently, in the order of the later one."""
    old, new = ({one.code: one for one in clauses} for clauses in (before, after))
    codes = [*new, *(code for code in old if code not in new)]
    return tuple(
        Changed((new.get(code) or old[code]).title, _text(old.get(code)), _text(new.get(code)))
        for code in codes
        if _text(old.get(code)) != _text(new.get(code))
    )


def _text(clause: Clause | None) -> str:
    return clause.text if clause else ""


def good_until(editions: Sequence[Edition], signed: Sequence[Signed]) -> datetime:
    """Until when signatures cover what is asked, from the first edition on; FOREVER where nothing ends it.

    Each edition holds until the next does; a signature under it or a later one covers it. Where nothing
    covers the first, that is when it begins to be asked for.
    """
    place = {edition.id: number for number, edition in enumerate(editions)}
    ends = [edition.holds_from for edition in editions[1:]] + [FOREVER]
    for number, (edition, end) in enumerate(zip(editions, ends, strict=True)):
        covers = [one.ends_at or FOREVER for one in signed if place.get(one.edition_id, -1) >= number]
        until = max(covers, default=edition.holds_from)
        if until < end:
            return max(until, edition.holds_from)
    return FOREVER


def in_order(editions: Sequence[Edition]) -> bool:
    """Whether each edition holds no earlier than the one before it."""
    return all(one.holds_from <= other.holds_from for one, other in pairwise(editions))
