"""The accepted work of a kind as a table: what it was about, when it passed, and what was answered."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from base import calendars
from base.errors import Refused
from base.i18n import t
from base.rows import mine
from base.scope import Scope
from stock.models import Product
from tasks import checklist
from tasks.lifecycle import ACCEPTED
from tasks.models import SopRevision, Submission, Task
from tasks.results import rule

MOST = 5000  # pieces of one file, the latest
FIXED = ("number", "title", "sku", "product", "accepted")


class NothingAccepted(Refused):
    """No work of this kind has been accepted yet."""

    code = "tasks.nothing_accepted"


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and rows of cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def any_accepted(scope: Scope, kind: str) -> bool:
    """Whether there is anything to take out."""
    return scope.session.scalar(_accepted(scope, kind, Task.id).limit(1)) is not None


def table(scope: Scope, kind: str) -> Table:
    """The latest accepted work of a kind, in the reader's language. Raises NothingAccepted."""
    told = (Task.id, Task.title, Task.ended_at, Task.sop_revision_id, Submission.answers, Submission.photos)
    work = scope.session.execute(_accepted(scope, kind, *told, Product.sku, Product.name).limit(MOST)).all()
    if not work:
        raise NothingAccepted
    ids = {piece.sop_revision_id for piece in work}
    revisions = scope.session.scalars(
        mine(scope, SopRevision).where(SopRevision.id.in_(ids)).order_by(SopRevision.id.desc())
    )
    editions = {revision.id: checklist.parse(revision.items) for revision in revisions}
    wanted, locale = rule.columns(editions.values()), scope.actor.locale
    asked = {id_: {item.key: item for item in items} for id_, items in editions.items()}
    zone = calendars.current(scope).zone
    rows = (
        (
            *(piece.id, piece.title, piece.sku or "", piece.name or ""),
            f"{piece.ended_at.astimezone(zone):%Y-%m-%d %H:%M}",
            *rule.row(asked[piece.sop_revision_id], wanted, piece.answers, piece.photos, locale),
        )
        for piece in work
    )
    header = (*(t(locale, f"kinds_page.result.{name}") for name in FIXED), *(i.named(locale) for i in wanted))
    return Table(header, tuple(rows))


def _accepted(scope: Scope, kind: str, *columns: Any) -> Any:
    """Accepted work with what was handed in last, the latest first."""
    last = and_(
        Submission.shop_id == scope.shop_id, Submission.task_id == Task.id, Submission.round == Task.round
    )
    return (
        select(*columns)
        .select_from(Task)
        .join(Submission, last)
        .join(Product, and_(Product.shop_id == scope.shop_id, Product.id == Task.product_id), isouter=True)
        .where(Task.shop_id == scope.shop_id, Task.state == ACCEPTED, Task.kind == kind)
        .order_by(Task.opened_at.desc(), Task.id.desc())
    )
