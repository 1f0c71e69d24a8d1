"""Pictures of papers that show something on the list: sealed, for the owner and whose they are, nobody else.

Every picture is cleaned before it comes here (re-encoded, nothing but pixels left) and lies sealed under a
key of its own in the file store. An owner's look is counted and journalled; taking one away destroys its key.
"""

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select, update

from base import files
from base.errors import Invalid, NotFound, Refused
from base.images import Picture
from base.rows import changed, mine, one
from base.scope import Scope
from partners.checks.checklist import MEETING
from partners.checks.models import CheckItem, Document
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.news import PaperShown
from security import audit, privacy, vault
from security.vault import Spot

MOST = 5  # pictures of one thing that is asked for
LOOKED = "document.looked_at"
PER_HOUR = 60
NOTHING = ""


class NotCovered(Invalid):
    """Whoever sends a paper says that no 주민등록번호 is to be read on it. Facts: field."""

    code = "checks.not_covered"


class NoPaper(Invalid):
    """A picture is to be sent. Facts: field."""

    code = "checks.no_paper"


class ManyPapers(Refused):
    """So many pictures of one thing and no more. Facts: most."""

    code = "checks.many_papers"


def put(scope: Scope, partner_id: int, item_id: int, *, picture: Picture, covered: bool) -> int:
    """Keeps a cleaned picture of a paper for something on the list; gives its id.

    Raises NotFound (of others, who has left, what is not asked for any more, a meeting), NotCovered,
    ManyPapers.
    """
    card, item = one(scope, Partner, partner_id), one(scope, CheckItem, item_id)
    _theirs(scope, card.id)
    if card.state == LEFT or item.retired_at is not None or item.what == MEETING:
        raise NotFound
    if not covered:
        raise NotCovered(field=f"covered-{item.id}")
    if len([row for row in of(scope, card.id) if row.item_id == item.id]) >= MOST:
        raise ManyPapers(most=MOST)
    uid = secrets.token_hex(12)
    vault.new_key(scope, spot(uid).record)
    made = Document(
        shop_id=scope.shop_id,
        uid=uid,
        item_id=item.id,
        partner_id=card.id,
        file_key=files.put(scope.world.files, vault.seal_bytes(scope, at=spot(uid), data=picture.jpeg)),
        by=scope.actor.id,
        at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    facts = {"item": item.id, "document": made.id}
    audit.note(scope, "document.put", subject="partner", subject_id=card.id, **facts)
    if scope.actor.partner_id == card.id:
        scope.tell(PaperShown(made.id, card.id))
    return made.id


def of(scope: Scope, partner_id: int) -> Sequence[Document]:
    """The papers of a partner that are there, the latest first."""
    here = mine(scope, Document).where(Document.partner_id == partner_id, Document.gone_at.is_(None))
    return scope.session.scalars(here.order_by(Document.id.desc())).all()


def unseen(scope: Scope) -> dict[int, int]:
    """How many papers no owner has looked at, by whose they are."""
    new = (Document.shop_id == scope.shop_id, Document.looked_at.is_(None), Document.gone_at.is_(None))
    counted = select(Document.partner_id, func.count()).where(*new).group_by(Document.partner_id)
    return dict(scope.session.execute(counted).all())


def own(scope: Scope, document_id: int) -> bytes:
    """A paper of the actor's own, as a JPEG. Raises NotFound, Unreadable."""
    return _opened(scope, _there(scope, document_id))


def look(scope: Scope, document_id: int) -> tuple[Document, bytes]:
    """An owner looks at a paper; counted and journalled in the same transaction.

    Raises NotFound, RevealsSpent, Unreadable.
    """
    row = _there(scope, document_id)
    privacy.spend_reveal(scope, limit=PER_HOUR, act=LOOKED)
    audit.note(scope, LOOKED, subject="partner", subject_id=row.partner_id, document=row.id)
    data = _opened(scope, row)
    first = (*_here(scope, row), Document.looked_at.is_(None))
    changed(scope, update(Document).where(*first).values(looked_at=scope.now, looked_by=scope.actor.id))
    return row, data


def remove(scope: Scope, document_id: int) -> int:
    """Takes a paper away for good: its bytes and its key; gives whose it was. Raises NotFound."""
    row = _there(scope, document_id)
    _destroy(scope, [row])
    vault.throw_away(scope, [spot(row.uid).record])
    audit.note(scope, "document.removed", subject="partner", subject_id=row.partner_id, document=row.id)
    return row.partner_id


def destroy_of(scope: Scope, partner_id: int) -> Collection[str]:
    """Destroys every paper of somebody who is forgotten; gives the names of the keys to be thrown away."""
    rows = of(scope, partner_id)
    _destroy(scope, rows)
    return [spot(row.uid).record for row in rows]


def _destroy(scope: Scope, rows: Sequence[Document]) -> None:
    for row in rows:
        files.delete(scope.world.files, row.file_key)
        changed(
            scope,
            update(Document).where(*_here(scope, row)).values(file_key=NOTHING, gone_at=scope.now),
        )


def _there(scope: Scope, document_id: int) -> Document:
    row = one(scope, Document, document_id)
    _theirs(scope, row.partner_id)
    if row.gone_at is not None:
        raise NotFound
    return row


def _theirs(scope: Scope, partner_id: int) -> None:
    """Raises NotFound for a partner who is not the one; the doors of owners are theirs alone."""
    if scope.actor.partner_id is not None and scope.actor.partner_id != partner_id:
        raise NotFound


def _opened(scope: Scope, row: Document) -> bytes:
    return vault.open_bytes(scope, at=spot(row.uid), sealed=files.get(scope.world.files, row.file_key))


def _here(scope: Scope, row: Document) -> tuple[ColumnElement[bool], ...]:
    return (Document.shop_id == scope.shop_id, Document.id == row.id, Document.gone_at.is_(None))


def spot(uid: str) -> Spot:
    """Where a paper is sealed."""
    return Spot("documents", "file", f"document-{uid}")
