"""The gate of notices: given once, counted together, mailed if nobody looks, and read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update

from base import outbox
from base.errors import NotFound
from base.i18n import SEOUL
from base.once import once
from base.rows import Page, mine, one, page
from base.scope import Scope
from security.models import Membership
from talk import choices, quiet
from talk.choices import Reader
from talk.models import Notice
from talk.quiet import Choice

JOB = "talk.mail"
MOST_COUNTED = 100
UNSEEN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice tells: of which kind, under which key, about a task, an announcement or a team."""

    kind: str
    key: str
    task_id: int | None = None
    announcement_id: int | None = None
    team_id: int | None = None


def give(scope: Scope, readers: Collection[Reader], told: Told) -> None:
    """Tells these people of something, each once for its key; never the one who did it.

    A message of a task or a team whose last one is still unread is counted and mailed with that.
    """
    wanted = sorted(set(_living(scope, readers)) - {choices.me(scope)})
    if told.kind in quiet.BUNDLED and wanted:
        wanted = sorted(set(wanted) - _counted(scope, wanted, told))
    if not wanted:
        return
    chosen = choices.of(scope, wanted) if scope.world.settings.mail_url else {}
    for reader in wanted:
        _give(scope, reader, told, chosen.get(reader))


def _living(scope: Scope, readers: Collection[Reader]) -> Iterable[Reader]:
    """Those whose role here has not ended."""
    if not readers:
        return ()
    people = tuple_(Membership.account_id, Membership.role)
    asked = select(Membership.account_id, Membership.role).where(
        Membership.shop_id == scope.shop_id,
        Membership.ended_at.is_(None),
        people.in_([(one_.account_id, one_.role) for one_ in readers]),
    )
    return (Reader(*row) for row in scope.session.execute(asked))


def _counted(scope: Scope, readers: Sequence[Reader], told: Told) -> set[Reader]:
    """Counts it in the notices of the same kind and task that stand unread; gives whose they are."""
    stands = update(Notice).where(
        Notice.shop_id == scope.shop_id,
        _of(readers),
        Notice.read_at.is_(None),
        Notice.kind == told.kind,
        Notice.task_id == told.task_id,
        Notice.team_id == told.team_id,
    )
    more = stands.values(count=Notice.count + 1, at=scope.now).returning(Notice.account_id, Notice.role)
    return {Reader(*row) for row in scope.session.execute(more, execution_options=UNSEEN)}


def _give(scope: Scope, reader: Reader, told: Told, choice: Choice | None) -> None:
    due = quiet.mail_at(scope.now, told.kind, choice, SEOUL) if choice else None
    pending = _pending(scope, reader, due) if due else None
    whose = {"account_id": reader.account_id, "role": reader.role}
    what: dict[str, object] = {"kind": told.kind, "key": told.key, "task_id": told.task_id}
    what |= {"announcement_id": told.announcement_id, "count": 1, "at": scope.now, "mail_at": pending or due}
    what |= {"team_id": told.team_id}
    made = once(scope.session, Notice, {"shop_id": scope.shop_id, **whose, **what})
    if made is not None and due is not None and pending is None:
        account_id, role = reader.account_id, reader.role
        outbox.put(scope, JOB, key=f"mail-{made}", due=due, first=made, account_id=account_id, role=role)


def _pending(scope: Scope, reader: Reader, due: datetime) -> datetime | None:
    """When a mail goes to this person anyway, before this one would."""
    first = select(func.min(Notice.mail_at)).where(
        Notice.shop_id == scope.shop_id,
        _of([reader]),
        Notice.read_at.is_(None),
        Notice.digest.is_(None),
        Notice.mail_at > scope.now,
        Notice.mail_at <= due,
    )
    found: datetime | None = scope.session.scalar(first)
    return found


def read(scope: Scope, notice_id: int) -> Notice:
    """Marks one of the actor's notices read, unless it stands until it is confirmed. Raises NotFound."""
    notice = one(scope, Notice, notice_id)
    if Reader(notice.account_id, notice.role) != choices.me(scope):
        raise NotFound
    if notice.kind != "announcement":
        _read(scope, Notice.id == notice.id)
    return notice


def read_all(scope: Scope) -> None:
    """Marks all of the actor's notices read, but for announcements, which wait to be confirmed."""
    _read(scope, Notice.kind != "announcement")


def read_of_task(scope: Scope, task_id: int) -> None:
    """The actor has seen what was said on a task."""
    _read(scope, Notice.task_id == task_id, Notice.kind.in_(["message", "mention", "remark"]))


def read_of_team(scope: Scope, team_id: int) -> None:
    """The actor has seen what was said in a team."""
    _read(scope, Notice.team_id == team_id)


def read_announcement(scope: Scope, announcement_id: int) -> None:
    """The actor has confirmed an announcement."""
    _read(scope, Notice.announcement_id == announcement_id)


def _read(scope: Scope, *which: ColumnElement[bool]) -> None:
    mine_ = (Notice.shop_id == scope.shop_id, _of([choices.me(scope)]), Notice.read_at.is_(None))
    scope.session.execute(
        update(Notice).where(*mine_, *which).values(read_at=scope.now), execution_options=UNSEEN
    )


def settle(scope: Scope, *which: ColumnElement[bool]) -> None:
    """Takes notices away, from everybody, whose matter is over."""
    over = update(Notice).where(Notice.shop_id == scope.shop_id, Notice.read_at.is_(None), *which)
    scope.session.execute(over.values(read_at=scope.now), execution_options=UNSEEN)


def every(scope: Scope, *, after: str = "", size: int = 30) -> Page[Notice]:
    """The actor's notices, the latest first."""
    stmt = mine(scope, Notice).where(_of([choices.me(scope)]))
    return page(scope, stmt, by=(Notice.at, Notice.id), after=after, size=size)


def unread(scope: Scope) -> int:
    """How many of the actor's notices are unread, to MOST_COUNTED and no further."""
    return len(scope.session.execute(_unread(scope)).all())


def _unread(scope: Scope) -> Select[int]:
    mine_ = (Notice.shop_id == scope.shop_id, _of([choices.me(scope)]), Notice.read_at.is_(None))
    return select(Notice.id).where(*mine_).limit(MOST_COUNTED)


def readers_of(scope: Scope, partner_ids: Collection[int]) -> list[Reader]:
    """Partners as readers."""
    asked = select(Membership.account_id).where(
        Membership.shop_id == scope.shop_id, Membership.id.in_(list(partner_ids))
    )
    return [Reader(account_id, "partner") for account_id in scope.session.scalars(asked)]


def with_role(scope: Scope, role: str) -> list[Reader]:
    """Everybody who has a role here."""
    living = (Membership.shop_id == scope.shop_id, Membership.role == role, Membership.ended_at.is_(None))
    return [Reader(id_, role) for id_ in scope.session.scalars(select(Membership.account_id).where(*living))]


def _of(readers: Sequence[Reader]) -> ColumnElement[bool]:
    if len(readers) == 1:
        return (Notice.account_id == readers[0].account_id) & (Notice.role == readers[0].role)
    return tuple_(Notice.account_id, Notice.role).in_([(one_.account_id, one_.role) for one_ in readers])
