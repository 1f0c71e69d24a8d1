"""The journal: who did what to which row, written last in the transaction and chained."""

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from base import prepared
from base.errors import Refused
from base.prepared import SHOP
from base.scope import LAST_WORD, Scope, lost_a_race
from security import chain
from security.alarms import alarm
from security.chain import Line
from security.keystore import KeyStore, KeysUnavailable, NoKey
from security.models import AuditEntry, AuditHead

Fact = int | str | bool | None

CODE = re.compile(r"[A-Za-z0-9_.:/+\-]{0,64}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DIGITS = re.compile(r"(?<![A-Za-z0-9])\+?\d(?:[\d.\-/]*\d)?(?![A-Za-z0-9])")
LONGEST_NUMBER = 6  # digits in a text; phones, postcodes with house numbers and card numbers have more
LARGEST = 10**12


class PersonalInJournal(Exception):
    """A fact is not an id, a number or a code; it must not enter a journal that is never erased."""


class JournalAway(Refused):
    """The journal takes no line, so what it would have told is not done and not shown."""

    code = "security.journal_away"
    status = 503


def note(scope: Scope, act: str, subject: str = "", subject_id: int = 0, **facts: Fact) -> None:
    """Queues a journal line, written when the scope settles. Raises PersonalInJournal naming the fact."""
    for name, value in facts.items():
        if not is_plain(value):
            raise PersonalInJournal(f"{act}: {name}")
    queued = Line(
        shop_id=scope.shop_id,
        seq=0,
        at=scope.now,
        actor_id=scope.actor.id,
        role=scope.actor.role,
        act=act,
        subject=subject,
        subject_id=subject_id,
        ip=scope.ip,
        facts=chain.canonical(facts),
    )
    _journal(scope).lines.append(queued)


def is_plain(value: object) -> bool:
    """Whether a fact is an id, a number or a code: not free text, no phone, no long number, no address."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < LARGEST
    if not isinstance(value, str) or not CODE.fullmatch(value):
        return False
    return bool(DATE.fullmatch(value)) or all(_short(run) for run in DIGITS.findall(value))


def _short(run: str) -> bool:
    return sum(sign.isdigit() for sign in run) <= LONGEST_NUMBER


def queued(scope: Scope, act: str) -> int:
    """How many lines of an act this transaction is going to write for its actor."""
    return sum(line.act == act and line.actor_id == scope.actor.id for line in _journal(scope).lines)


@dataclass(slots=True, eq=False)
class Journal:
    """The lines of one transaction; called once, at its very end. Raises JournalAway."""

    scope: Scope
    lines: list[Line] = field(default_factory=list)
    written: bool = False

    def __call__(self) -> None:
        self.written = True
        lines = sorted(self.lines, key=attrgetter("shop_id"))  # locks are always taken in this order
        try:
            for shop_id, of_shop in groupby(lines, key=attrgetter("shop_id")):
                _write(self.scope.inside(shop_id), list(of_shop))
        except DBAPIError as error:
            self._failed(error)
            raise
        self.scope.session.info[LAST_WORD] = self._failed  # its last line may be said with the commit alone

    def _failed(self, error: DBAPIError) -> None:
        """Raises JournalAway where the journal is what failed."""
        if lost_a_race(error) or not _is_ours(error):
            return
        alarm("journal.away", shop=self.scope.shop_id)
        raise JournalAway(after_s=5) from error


def _is_ours(error: DBAPIError) -> bool:
    """Whether the journal failed, and not what was written before and is only answered now."""
    return any(
        table in (error.statement or "") for table in (AuditEntry.__tablename__, AuditHead.__tablename__)
    )


def _journal(scope: Scope) -> Journal:
    """The transaction's journal, found among what closes it."""
    for closer in scope.closing:
        if isinstance(closer, Journal) and not closer.written:
            return closer
    made = Journal(scope)
    scope.closing.append(made)
    return made


def _write(scope: Scope, lines: list[Line]) -> None:
    key = _key(scope)
    seq, link = hold_head(scope)
    rows = []
    for seq, queued_line in enumerate(lines, start=seq + 1):  # noqa: B020 (goes on from the head)
        line = replace(queued_line, seq=seq)
        mac = chain.chained(key, link, line)
        link = chain.onward(key, line, mac)
        rows.append(_row(line, mac))
    prepared.put(scope, AuditEntry, *rows)
    prepared.tell(scope, _ONWARD, {"last": seq, "link": link})


def _row(line: Line, mac: bytes) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__slots__} | {"mac": mac}


def _key(scope: Scope) -> bytes | None:
    """The journal's key; without it the line is written unkeyed and `dari audit verify` says so."""
    keys: KeyStore = scope.world.keys
    try:
        return keys.derived(scope.shop_id, "journal")
    except (KeysUnavailable, NoKey) as error:
        alarm("journal.unsealed", shop=scope.shop_id, why=str(error.facts.get("why", "")))
        return None


def hold_head(scope: Scope) -> tuple[int, bytes]:
    """Locks the end of the shop's chain until this transaction ends: writers stand in a row."""
    row = prepared.run(scope, _HEAD).first()
    if row is None:
        dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
        first = dialect.insert(AuditHead).values(shop_id=scope.shop_id, seq=0, mac=chain.START)
        scope.session.execute(first.on_conflict_do_nothing())
        row = prepared.run(scope, _HEAD).one()
    return row.seq, row.mac


_HEAD = select(AuditHead.seq, AuditHead.mac).where(AuditHead.shop_id == SHOP).with_for_update()
_ONWARD = (
    update(AuditHead.__table__)  # type: ignore[arg-type]
    .where(AuditHead.shop_id == SHOP)
    .values(seq=bindparam("last"), mac=bindparam("link"))
)
