"""The thread on a task: who may read it, whose conversations it holds, and having read it.

A task has one conversation for each partner who holds or held it (its *side*), and what was said before
anybody held it is for whoever comes to. So a partner reads her own and nobody else's; reviewers and the owner
read all of them, reviewers without names.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select, update

from base.errors import NotFound
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from security import vault
from security.models import Membership
from security.policy import OWNER, PARTNER, REVIEWER
from security.vault import Spot, Unreadable
from stock.models import Order
from talk import choices, notices, words
from talk.models import Message, ReadUpTo
from tasks import holding
from tasks.models import Photo, Submission, Task


def task_of(scope: Scope, task_id: int) -> Task:
    """The task whose thread the actor may read. Raises NotFound for any other."""
    task = one(scope, Task, task_id)
    if scope.actor.role in {OWNER, REVIEWER} or _took_part(scope, task):
        return task
    raise NotFound


def _took_part(scope: Scope, task: Task) -> bool:
    """Whether this partner holds or held it; who was ever spoken to on it did."""
    if holding.ever_held(scope, task):
        return True
    said = exists().where(
        Message.shop_id == scope.shop_id,
        Message.task_id == task.id,
        Message.side_id == scope.actor.partner_id,
    )
    return bool(scope.session.scalar(select(said)))


def readable(scope: Scope, task_id: int) -> tuple[ColumnElement[bool], ...]:
    """The messages of a task that the actor may read, if they may read its thread."""
    here = (Message.shop_id == scope.shop_id, Message.task_id == task_id)
    if scope.actor.role != PARTNER:
        return here
    return (*here, or_(Message.side_id.is_(None), Message.side_id == scope.actor.partner_id))


def sides(scope: Scope, task: Task) -> dict[str, int]:
    """The partners of a task by their codes: those first who spoke first. A code tells no name."""
    spoke = select(Message.side_id).where(Message.shop_id == scope.shop_id, Message.task_id == task.id)
    handed_in = select(Submission.partner_id).where(
        Submission.shop_id == scope.shop_id, Submission.task_id == task.id
    )
    known = [
        *scope.session.scalars(spoke.where(Message.side_id.is_not(None)).order_by(Message.id)),
        *scope.session.scalars(handed_in.order_by(Submission.id)),
        task.left_by_id,
        task.holder_id,
    ]
    return {code_of(scope, task.id, partner): partner for partner in dict.fromkeys(known) if partner}


def code_of(scope: Scope, task_id: int, partner_id: int) -> str:
    """By what a side is named to those who may not know whose it is; another one on every task."""
    return vault.blind(scope, field="talk.side", value=f"{task_id}:{partner_id}").hex()[:12]


def photos(scope: Scope, task: Task, side: int | None) -> list[Photo]:
    """The photos of a side, in the order they were taken: those that its partner may see as well."""
    if side is None:
        return []
    whose = select(Membership.account_id).where(Membership.shop_id == scope.shop_id, Membership.id == side)
    asked = mine(scope, Photo).where(
        Photo.task_id == task.id, Photo.removed_at.is_(None), Photo.by.in_(whose.scalar_subquery())
    )
    return list(scope.session.scalars(asked.order_by(Photo.id)))


def handles(scope: Scope) -> dict[str, str]:
    """By what those who may read a thread are called: roles, and among the shop's people their names.

    What stands behind is a role, or `account:role` of one person. Of two with one name neither is called.
    """
    if scope.actor.role == PARTNER:
        return dict(words.CALLED)
    staff = mine(scope, Membership).where(
        Membership.role.in_([OWNER, REVIEWER]), Membership.ended_at.is_(None)
    )
    named: dict[str, set[str]] = {}
    for member in scope.session.scalars(staff):
        named.setdefault(member.account.name.casefold(), set()).add(f"{member.account_id}:{member.role}")
    return {name: min(found) for name, found in named.items() if len(found) == 1} | words.CALLED


def see(scope: Scope, task_id: int, *, up_to: int) -> None:
    """The actor has read a thread up to a message. Raises NotFound."""
    task = task_of(scope, task_id)
    last = select(func.max(Message.id)).where(*readable(scope, task.id), Message.id <= up_to)
    if (found := scope.session.scalar(last)) is not None:
        note_read(scope, task.id, found)
    notices.read_of_task(scope, task.id)


def note_read(scope: Scope, task_id: int, message_id: int) -> None:
    """Writes how far the actor has read; nobody reads backwards."""
    reader = choices.me(scope)
    who = {"task_id": task_id, "account_id": reader.account_id, "role": reader.role}
    if once(scope.session, ReadUpTo, {"shop_id": scope.shop_id, **who, "message_id": message_id}) is None:
        here = [getattr(ReadUpTo, name) == value for name, value in who.items()]
        further = (ReadUpTo.shop_id == scope.shop_id, *here, ReadUpTo.message_id < message_id)
        changed(scope, update(ReadUpTo).where(*further).values(message_id=message_id))


def unread(scope: Scope, task_id: int) -> int:
    """How many messages of a thread the actor has not read; their own are none."""
    reader = choices.me(scope)
    up_to = select(ReadUpTo.message_id).where(
        ReadUpTo.shop_id == scope.shop_id,
        ReadUpTo.task_id == task_id,
        ReadUpTo.account_id == reader.account_id,
        ReadUpTo.role == reader.role,
    )
    own = (Message.author_id == reader.account_id) & (Message.role == reader.role)
    new = select(func.count()).where(
        *readable(scope, task_id), ~own, Message.id > func.coalesce(up_to.scalar_subquery(), 0)
    )
    return scope.session.scalar(new) or 0


def seal(scope: Scope, task: Task, *, uid: str, text: str) -> bytes:
    """A message's text, sealed under the key of the order the task is of: it goes when the order's data goes.

    Raises NoKey, KeysUnavailable.
    """
    record = _record(scope, task)
    if task.order_id is None:
        vault.new_key(scope, record)
    return vault.seal(scope, at=_spot(record, uid), text=text)


def opened(scope: Scope, task: Task, messages: Sequence[Message]) -> dict[int, str | None]:
    """The texts of messages by their ids; None where a seal does not open any more."""
    record = _record(scope, task) if messages else ""
    return {message.id: _opened(scope, _spot(record, message.uid), message.body) for message in messages}


def _opened(scope: Scope, at: Spot, sealed: bytes) -> str | None:
    try:
        return vault.open_(scope, at=at, sealed=sealed)
    except Unreadable:
        return None


def _record(scope: Scope, task: Task) -> str:
    """Whose key seals the task's messages: its order's, else one of the task's own."""
    if task.order_id is None:
        return f"thread-{task.id}"
    uid = select(Order.uid).where(Order.shop_id == scope.shop_id, Order.id == task.order_id)
    return scope.session.scalars(uid).one()


def _spot(record: str, uid: str) -> Spot:
    """Bound to its own row as well as to the order: two messages of one order do not change places."""
    return Spot("messages", f"body:{uid}", record)
