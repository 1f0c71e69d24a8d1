"""What a shop looks at: the owner adds to the list and takes from it; a list to begin with."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from base.errors import Invalid
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearing, people
from partners.checks.checklist import ANY, BUSINESS, KINDS, MEETING, STATUS, WHOM, Item
from partners.checks.models import CheckItem
from partners.joining.answers import NotOffered, Unanswered
from security import audit

LONGEST = 60
GRACE = timedelta(days=14)  # in which who works here already may bring what is newly asked for
#: What to begin with; the words are `checks.begin.<code>`.
BEGINNING = (("status", STATUS, BUSINESS, True), ("meeting", MEETING, ANY, False))


class TooManyItems(Invalid):
    """A list holds so many things and no more. Facts: field, most."""

    code = "checks.too_many_items"


MOST = 20


def rows(scope: Scope) -> Sequence[CheckItem]:
    """The items that are asked for now, in their order."""
    asked = mine(scope, CheckItem).where(CheckItem.retired_at.is_(None)).order_by(CheckItem.id)
    return scope.session.scalars(asked).all()


def items(scope: Scope) -> tuple[Item, ...]:
    """The same as the rule knows them."""
    return tuple(item(row) for row in rows(scope))


def item(row: CheckItem) -> Item:
    """A row as the rule knows it."""
    return Item(row.id, row.what, row.name, row.whom, row.lasts)


def add(scope: Scope, *, name: str, what: str, whom: str, lasts: bool) -> int:
    """Asks for something more: of applicants at once, of who works here after two weeks; gives its id.

    Raises Unanswered, NotOffered, TooManyItems.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST:
        raise Unanswered(field="name", most=LONGEST)
    if what not in KINDS or whom not in WHOM:
        raise NotOffered(field="whom" if what in KINDS else "what")
    if len(rows(scope)) >= MOST:
        raise TooManyItems(field="name", most=MOST)
    made = CheckItem(
        shop_id=scope.shop_id,
        what=what,
        name=name,
        whom=whom,
        lasts=lasts,
        holds_from=_from(scope.now),
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "check_item.added", subject="check_item", subject_id=made.id)
    clearing.settle_all(scope)
    return made.id


def _from(now: datetime) -> datetime:
    return now + GRACE


def retire(scope: Scope, item_id: int) -> None:
    """Asks for it no more; what was seen of it stays. Raises NotFound."""
    row = one(scope, CheckItem, item_id)
    stands = (CheckItem.shop_id == scope.shop_id, CheckItem.id == row.id, CheckItem.retired_at.is_(None))
    if changed(scope, update(CheckItem).where(*stands).values(retired_at=scope.now)):
        audit.note(scope, "check_item.retired", subject="check_item", subject_id=row.id)
        clearing.settle_all(scope)
        people.lead_all_on(scope)
