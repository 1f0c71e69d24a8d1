"""How a partner stands with an edition: whether they read what it changes, and their clean pieces of work."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from base.db import Big
from base.errors import Refused
from base.once import once
from base.prepared import SHOP
from base.rows import changed, mine
from base.scope import Scope
from security import audit
from tasks.models import Practice, SopRevision, Task


class Unread(Refused):
    """The task's edition replaced another, and its holder has not said yet that they read what it changes."""

    code = "tasks.unread_edition"


def unread() -> ColumnElement[bool]:
    """Whether a task's holder has still to read its edition: a column for whoever reads the task anyway."""
    read = exists().where(
        Practice.partner_id == Task.holder_id,
        Practice.revision_id == Task.sop_revision_id,
        Practice.shop_id == Task.shop_id,
        Practice.read_at.is_not(None),
    )
    replacing = exists().where(
        SopRevision.id == Task.sop_revision_id, SopRevision.shop_id == Task.shop_id, SopRevision.number > 1
    )
    return and_(replacing, ~read).label("unread")


def clean_pieces() -> ScalarSelect[int]:
    """How many clean pieces the hand `hand` has under the edition `revision`: a column of another read."""
    return (
        select(Practice.clean)
        .where(
            Practice.shop_id == SHOP,
            Practice.partner_id == bindparam("hand", type_=Big),
            Practice.revision_id == bindparam("revision", type_=Big),
        )
        .scalar_subquery()
    )


def clean(scope: Scope, *, partner_id: int, revision_id: int) -> int:
    """How many clean pieces of work a partner has under an edition."""
    stmt = select(Practice.clean).where(*_of(scope, partner_id, revision_id))
    return scope.session.scalar(stmt) or 0


def read(scope: Scope, task: Task) -> None:
    """Keeps that the holder has read what the task's edition changes; said twice, it stands once."""
    partner_id = task.holder_id or 0
    _known(scope, partner_id, task.sop_revision_id)
    noted = (
        update(Practice)
        .where(*_of(scope, partner_id, task.sop_revision_id), Practice.read_at.is_(None))
        .values(read_at=scope.now)
    )
    if changed(scope, noted) == 1:
        edition = task.revision
        audit.note(scope, "sop.read", subject="sop", subject_id=edition.sop_id, number=edition.number)


def count_clean(scope: Scope, task: Task) -> None:
    """Counts a piece of work that was accepted as it was first handed in, with nothing found."""
    partner_id = task.holder_id or 0
    _known(scope, partner_id, task.sop_revision_id)
    counted = update(Practice).where(*_of(scope, partner_id, task.sop_revision_id))
    changed(scope, counted.values(clean=Practice.clean + 1))


@dataclass(frozen=True, slots=True)
class Readers:
    """How many partners have read an edition, and how many have worked by it."""

    read: int
    worked: int


def readers(scope: Scope, revision_id: int) -> Readers:
    """How many know an edition by now."""
    read, worked = scope.session.execute(
        select(func.count(Practice.read_at), func.count().filter(Practice.clean > 0)).where(
            Practice.shop_id == scope.shop_id, Practice.revision_id == revision_id
        )
    ).one()
    return Readers(read, worked)


def known_before(scope: Scope, revision: SopRevision) -> SopRevision | None:
    """The newest earlier edition of the procedure that the actor worked by or read, if any."""
    partner_id = scope.actor.partner_id
    worked = exists().where(
        Task.shop_id == scope.shop_id,
        Task.holder_id == partner_id,
        Task.sop_revision_id == SopRevision.id,
        Task.submitted_at.is_not(None),
    )
    practised = exists().where(
        Practice.shop_id == scope.shop_id,
        Practice.partner_id == partner_id,
        Practice.revision_id == SopRevision.id,
        or_(Practice.read_at.is_not(None), Practice.clean > 0),
    )
    return scope.session.scalar(
        mine(scope, SopRevision)
        .where(SopRevision.sop_id == revision.sop_id, SopRevision.number < revision.number)
        .where(or_(practised, worked))
        .order_by(SopRevision.number.desc())
        .limit(1)
    )


def _of(scope: Scope, partner_id: int, revision_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Practice.shop_id == scope.shop_id,
        Practice.partner_id == partner_id,
        Practice.revision_id == revision_id,
    )


def _known(scope: Scope, partner_id: int, revision_id: int) -> None:
    """Makes sure that there is a row to write on."""
    row = {"shop_id": scope.shop_id, "partner_id": partner_id, "revision_id": revision_id, "clean": 0}
    once(scope.session, Practice, row)
