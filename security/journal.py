"""Reading the journal: its pages, and whether it is still what was written."""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from base.errors import Refused
from base.rows import Page, page
from base.scope import Scope
from security import audit, chain
from security.chain import Line, Verdict
from security.keystore import KeyStore
from security.models import AuditEntry, AuditHead

AT_ONCE = 2000


class NothingToAccept(Refused):
    """The chain has no unkeyed lines to vouch for, or something worse is wrong with it; `why` says."""

    code = "security.nothing_to_accept"


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal line as a page shows it."""

    seq: int
    at: datetime
    actor_id: int
    role: str
    act: str
    subject: str
    subject_id: int
    ip: str
    facts: dict[str, Any]


def lines(
    scope: Scope,
    *,
    act: str = "",
    actor_id: int = 0,
    subject: str = "",
    subject_id: int = 0,
    after: str = "",
    size: int = 50,
) -> Page[Entry]:
    """The shop's journal, newest first; each filter counts where it is given. Raises BadCursor."""
    wanted = {"act": act, "actor_id": actor_id, "subject": subject, "subject_id": subject_id}
    stmt = select(AuditEntry).where(AuditEntry.shop_id == scope.shop_id)
    for name, value in wanted.items():
        stmt = stmt.where(getattr(AuditEntry, name) == value) if value else stmt
    found = page(scope, stmt, by=(AuditEntry.seq,), after=after, size=size)
    return Page(rows=[_entry(row) for row in found.rows], next=found.next)


def of_many(scope: Scope, *, subject: str, subject_ids: Sequence[int]) -> list[Entry]:
    """What is journalled of several rows of a sort, oldest first."""
    here = (AuditEntry.shop_id == scope.shop_id, AuditEntry.subject == subject)
    stmt = select(AuditEntry).where(*here, AuditEntry.subject_id.in_(subject_ids)).order_by(AuditEntry.seq)
    return [_entry(row) for row in scope.session.scalars(stmt)]


def _entry(row: AuditEntry) -> Entry:
    shown = {name: getattr(row, name) for name in Entry.__slots__ if name != "facts"}
    return Entry(**shown, facts=json.loads(row.facts))


def verify(scope: Scope) -> Verdict:
    """Follows the shop's chain from its first line to its head. Raises KeysUnavailable, NoKey."""
    keys: KeyStore = scope.world.keys
    key = keys.derived(scope.shop_id, "journal")
    newest, head_seq, head_mac = scope.session.execute(_ends(scope)).one()
    with closing(_chained(scope, head_seq or 0)) as told:
        verdict = chain.walk(key, told, head_seq=head_seq or 0, head_mac=head_mac or chain.START)
    if verdict.held and (newest or 0) > verdict.lines:
        return Verdict(verdict.lines, verdict.lines + 1, "beyond")
    return verdict


def accept(scope: Scope) -> int:
    """Vouches, under the key, for lines that were written while the keys were away; returns the last of them.

    Raises NothingToAccept, KeysUnavailable.
    """
    verdict = verify(scope)
    if verdict.why != "unsealed":
        raise NothingToAccept(why=verdict.why)
    audit.note(scope, chain.ACCEPTED, through=verdict.lines)
    return verdict.lines


def _ends(scope: Scope) -> Select[Any]:
    """The newest line and the head in one statement: a writer between two would look like a forger."""
    newest = select(func.max(AuditEntry.seq)).where(AuditEntry.shop_id == scope.shop_id)
    head = AuditHead.shop_id == scope.shop_id
    seq, mac = select(AuditHead.seq).where(head), select(AuditHead.mac).where(head)
    return select(newest.scalar_subquery(), seq.scalar_subquery(), mac.scalar_subquery())


def _chained(scope: Scope, through: int) -> Generator[tuple[Line, bytes], None, None]:
    columns = [getattr(AuditEntry, name) for name in Line.__slots__]
    stmt = (
        select(*columns, AuditEntry.mac)
        .where(AuditEntry.shop_id == scope.shop_id, AuditEntry.seq <= through)
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=AT_ONCE)
    )
    with scope.session.execute(stmt) as rows:
        for *told, mac in rows:
            yield Line(*told), mac
