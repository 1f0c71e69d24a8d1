"""Saying something on a task: what may be said, to which side, pointing where; and who is told of it."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from base import personal
from base.errors import Invalid, Refused
from base.scope import Scope
from partners.checks import warning
from qa import marking
from qa.marking import Spot
from qa.models import Inspection
from security import audit, throttle
from security.models import Membership
from security.policy import OWNER, PARTNER, REVIEWER
from talk import notices, threads, words
from talk.choices import Reader
from talk.models import Message
from talk.notices import Told
from tasks.models import Task

PACE = 30  # messages of one person in five minutes


class NothingSaid(Invalid):
    """A message says something, and not too much. Facts: longest."""

    code = "talk.nothing_said"


class ResidentNumber(Invalid):
    """The message holds what looks like a 주민등록번호; Dari takes none."""

    code = "talk.resident_number"


class LooksPersonal(Invalid):
    """The message holds what looks like a customer's phone or address; it is sent if its writer is sure."""

    code = "talk.looks_personal"


class NotThisPhoto(Invalid):
    """A mark lies on a photo of this side of the task, and there are few. Facts: most."""

    code = "talk.not_this_photo"


class NobodyThere(Refused):
    """This side takes no part in this task."""

    code = "talk.nobody_there"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wants to say: in words, where on a photo, to which side, and sure that it may be said."""

    text: str
    marks: str = ""  # "photo:x,y,width,height …" in hundredths, as they are drawn
    to: str = ""  # the code of a side; empty: whoever has it now
    sure: bool = False


def write(scope: Scope, task_id: int, said: Said) -> Message:
    """Says something on a task and tells those whom it concerns.

    Raises NotFound, NothingSaid, ResidentNumber, LooksPersonal, SoundsFalse, NotThisPhoto, NobodyThere,
    TooManyTries.
    """
    task = threads.task_of(scope, task_id)
    text = checked(said)
    throttle.count(scope, f"talk-{scope.shop_id}-{scope.actor.id}", limit=PACE)
    side = side_of(scope, task, said.to)
    spots = _spots(scope, task, side, said.marks)
    uid = secrets.token_hex(12)
    message = Message(
        shop_id=scope.shop_id,
        uid=uid,
        task_id=task.id,
        side_id=side,
        author_id=scope.actor.id,
        role=scope.actor.role,
        body=threads.seal(scope, task, uid=uid, text=text),
        marks={"spots": [[spot.photo_id, spot.x, spot.y, spot.w, spot.h] for spot in spots]},
        at=scope.now,
    )
    scope.session.add(message)
    scope.session.flush()
    audit.note(scope, "message.written", "task", task.id, message=message.id)
    _tell(scope, message, words.called(text, threads.handles(scope)))
    threads.note_read(scope, task.id, message.id)
    return message


def checked(said: Said) -> str:
    """What is said, made plain. Raises NothingSaid, ResidentNumber, LooksPersonal, SoundsFalse."""
    text = words.plain(said.text)
    if not text or len(text) > words.LONGEST or text.count("\n") >= words.MOST_LINES:
        raise NothingSaid(field="text", longest=words.LONGEST)
    if personal.resident_number(text):
        raise ResidentNumber(field="text")
    if not said.sure and (personal.phone_number(text) or personal.address(text)):
        raise LooksPersonal(field="text")
    warning.ask(text, sure=said.sure, field="text")
    return text


def side_of(scope: Scope, task: Task, to: str) -> int | None:
    """Whose conversation a message belongs to. Raises NobodyThere."""
    if scope.actor.role == PARTNER:
        return scope.actor.partner_id
    if not to:
        return task.holder_id
    found = threads.sides(scope, task).get(to)
    if found is None:
        raise NobodyThere
    return found


def _spots(scope: Scope, task: Task, side: int | None, marks: str) -> Sequence[Spot]:
    """The marks of a message. Raises NotThisPhoto."""
    spots = marking.read(marks)
    if spots is None or len(spots) > words.MOST_MARKS:
        raise NotThisPhoto(field="marks", most=words.MOST_MARKS)
    theirs = {photo.id for photo in threads.photos(scope, task, side)} if spots else set()
    if not {spot.photo_id for spot in spots} <= theirs:
        raise NotThisPhoto(field="marks", most=words.MOST_MARKS)
    return spots


def _tell(scope: Scope, message: Message, called: Collection[str]) -> None:
    """Whom it concerns: who is called, the partner of the side, or whoever answers for the shop."""
    mentioned = set(_mentioned(scope, message, called))
    task_id = message.task_id
    notices.give(scope, mentioned, Told("mention", f"mention-{message.id}", task_id))
    concerned = set(_answering(scope, message) if message.role == PARTNER else _side(scope, message))
    if message.role == PARTNER and not concerned | mentioned:
        concerned = set(notices.with_role(scope, OWNER))
    notices.give(scope, concerned - mentioned, Told("message", f"message-{message.id}", task_id))


def _mentioned(scope: Scope, message: Message, called: Collection[str]) -> Iterator[Reader]:
    for who in called:
        if who == PARTNER:
            yield from _side(scope, message)
        elif who == REVIEWER:
            reviewers = notices.with_role(scope, REVIEWER)
            yield from set(reviewers) & set(_answering(scope, message)) or reviewers
        elif who == OWNER:
            yield from notices.with_role(scope, OWNER)
        else:
            account_id, _, role = who.partition(":")
            yield Reader(int(account_id), role)


def _side(scope: Scope, message: Message) -> list[Reader]:
    return notices.readers_of(scope, [message.side_id]) if message.side_id else []


def _answering(scope: Scope, message: Message) -> Iterator[Reader]:
    """The shop's people who have taken part: who wrote on this side of the task, or judged it."""
    wrote = select(Message.author_id, Message.role).where(
        Message.shop_id == scope.shop_id,
        Message.task_id == message.task_id,
        Message.role != PARTNER,
        or_(Message.side_id.is_(None), Message.side_id == message.side_id),
    )
    yield from (Reader(*row) for row in scope.session.execute(wrote.distinct()))
    judged = select(Inspection.reviewer_id).where(
        Inspection.shop_id == scope.shop_id, Inspection.task_id == message.task_id
    )
    staff = select(Membership.account_id, Membership.role).where(
        Membership.shop_id == scope.shop_id,
        Membership.role.in_([OWNER, REVIEWER]),
        Membership.account_id.in_(judged.where(Inspection.reviewer_id.is_not(None))),
    )
    ordered = staff.order_by(Membership.role)  # who has both roles is told as a reviewer
    last = {account_id: Reader(account_id, role) for account_id, role in scope.session.execute(ordered)}
    yield from last.values()
