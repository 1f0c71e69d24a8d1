"""What pages show of procedures: the shelf, the editions of one, and how much work is pinned to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from base.errors import NotFound
from base.rows import mine
from base.scope import Scope
from tasks.editions import DRAFT, PUBLISHED, SCHEDULED
from tasks.live import NOT_ENDED
from tasks.models import Sop, SopRevision, Task

MANY = 1000  # more is told as "1,000+"


@dataclass(frozen=True, slots=True)
class Edition:
    """A revision without its items; `tasks` counts the work under way that is pinned to it, to MANY."""

    id: int
    number: int
    state: str
    made_by: int
    made_at: datetime
    published_at: datetime | None
    effective_at: datetime | None
    version: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure with its editions, the newest first; `leads` when new work of its kind is done under it."""

    id: int
    kind: str
    title: str
    editions: tuple[Edition, ...]
    leads: bool

    @property
    def published(self) -> Edition | None:
        """The edition in use."""
        return self._in(PUBLISHED)

    @property
    def draft(self) -> Edition | None:
        """The edition being written."""
        return self._in(DRAFT)

    @property
    def coming(self) -> Edition | None:
        """The edition that is published and waits for its day."""
        return self._in(SCHEDULED)

    @property
    def tasks(self) -> int:
        """Work under way on any of its editions, to MANY."""
        return min(MANY, sum(edition.tasks for edition in self.editions))

    def _in(self, state: str) -> Edition | None:
        return next((edition for edition in self.editions if edition.state == state), None)


def shelf(scope: Scope) -> tuple[Procedure, ...]:
    """Every procedure by kind: those in use first, the one that leads its kind before all."""
    sops = scope.session.scalars(mine(scope, Sop).order_by(Sop.kind, Sop.id)).all()
    editions = _editions(scope, [sop.id for sop in sops])
    leaders = _leaders(sops, editions)
    found = [Procedure(s.id, s.kind, s.title, tuple(editions[s.id]), s.id in leaders) for s in sops]
    return tuple(
        sorted(found, key=lambda one: (one.kind, not one.leads, one.published is None, one.draft is None))
    )


def procedure(scope: Scope, sop_id: int) -> Procedure:
    """One procedure. Raises NotFound."""
    for found in shelf(scope):
        if found.id == sop_id:
            return found
    raise NotFound


def edition(scope: Scope, sop_id: int, number: int) -> SopRevision:
    """An edition with its items, by its number. Raises NotFound."""
    revision = scope.session.scalar(
        mine(scope, SopRevision).where(SopRevision.sop_id == sop_id, SopRevision.number == number)
    )
    if revision is None:
        raise NotFound
    return revision


def draft(scope: Scope, sop_id: int) -> SopRevision | None:
    """The draft of a procedure, if there is one."""
    return scope.session.scalar(
        mine(scope, SopRevision).where(SopRevision.sop_id == sop_id, SopRevision.state == DRAFT)
    )


def used_keys(scope: Scope, sop_id: int) -> set[str]:
    """The keys of the items of every edition: a new item takes none of them."""
    docs = scope.session.scalars(
        select(SopRevision.items).where(SopRevision.shop_id == scope.shop_id, SopRevision.sop_id == sop_id)
    )
    return {entry["key"] for doc in docs for entry in doc["items"]}


def staying(scope: Scope, kind: str) -> int:
    """How much work of a kind is under way, to MANY: it stays with the edition it was opened under."""
    editions = select(SopRevision.id).join(Sop, Sop.id == SopRevision.sop_id)
    of_kind = editions.where(SopRevision.shop_id == scope.shop_id, Sop.kind == kind)
    live = select(Task.id).where(Task.shop_id == scope.shop_id, NOT_ENDED)
    some = live.where(Task.sop_revision_id.in_(of_kind)).limit(MANY).subquery()
    return scope.session.scalar(select(func.count()).select_from(some)) or 0


def _editions(scope: Scope, sop_ids: list[int]) -> dict[int, list[Edition]]:
    pinned, one = _pinned(scope, sop_ids), SopRevision
    rows = scope.session.execute(
        select(
            *(one.sop_id, one.id, one.number, one.state, one.made_by, one.made_at),
            *(one.published_at, one.effective_at, one.version),
        )
        .where(one.shop_id == scope.shop_id, one.sop_id.in_(sop_ids))
        .order_by(one.number.desc())
    )
    found = defaultdict(list)
    for row in rows:
        found[row.sop_id].append(Edition(*row[1:], tasks=pinned.get(row.id, 0)))
    return found


def _pinned(scope: Scope, sop_ids: list[int]) -> dict[int, int]:
    """Work under way on each edition, counted to MANY: an index lays it out by edition."""
    of_it = select(Task.id).where(Task.shop_id == scope.shop_id, Task.sop_revision_id == SopRevision.id)
    some = of_it.where(NOT_ENDED).correlate(SopRevision).limit(MANY).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    here = (SopRevision.shop_id == scope.shop_id, SopRevision.sop_id.in_(sop_ids))
    rows = scope.session.execute(select(SopRevision.id, counted).where(*here))
    return {revision_id: count for revision_id, count in rows}  # noqa: C416 (rows are not pairs to the type checker)


def _leaders(sops: Iterable[Sop], editions: dict[int, list[Edition]]) -> set[int]:
    """The procedures new work is done under: of each kind the one in force last (tasks.issuing)."""
    leaders: dict[str, tuple[datetime, int, int]] = {}
    for sop in sops:
        for one in editions[sop.id]:
            if one.state == PUBLISHED and one.effective_at:
                mark = (one.effective_at, one.id, sop.id)
                leaders[sop.kind] = max(leaders.get(sop.kind, mark), mark)
    return {sop_id for _at, _id, sop_id in leaders.values()}
