"""What a thread shows to whoever may read it: what was said and how the work was judged, as it came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from base.rows import mine
from base.scope import Scope
from partners import queries as partners
from qa import marking
from qa.marking import Spot
from qa.models import Defect, Inspection
from qa.reviewers import looking, offered
from qa.reviewers.models import Look
from security import people
from security.policy import OWNER, PARTNER, REVIEWER
from talk import choices, threads, words
from talk.models import Message, ReadUpTo
from talk.words import Piece
from tasks.lifecycle import INSPECTION, after
from tasks.models import Photo, Submission, Task

NEVER = datetime.max.replace(tzinfo=UTC)
SHOWN = 100  # messages of a thread, the latest
Box = tuple[int, int, int, int]  # left, top, width, height in hundredths, as pages draw them


@dataclass(frozen=True, slots=True)
class Side:
    """A partner's part of a thread: its code, which one of them it is, and the name for who may know it."""

    code: str
    number: int
    name: str
    has_it: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said, or a verdict. `role` is whose; `name` is empty to those who may not know it.

    `text` is None where a seal does not open any more.
    """

    id: int
    at: datetime
    kind: str  # message, accept, send_back, reject
    role: str
    name: str
    own: bool
    new: bool
    side: Side | None
    text: str | None
    pieces: tuple[Piece, ...]
    marks: Mapping[int, Sequence[Box]]
    round: int


@dataclass(frozen=True, slots=True)
class Thread:
    """A task's thread as one reader sees it; `unread` is new to them, `last` is the latest message."""

    task: Task
    state: str
    lines: tuple[Line, ...]
    sides: tuple[Side, ...]
    to: Side | None
    photos: tuple[Photo, ...]
    unread: int
    last: int
    more: bool


def thread(scope: Scope, task_id: int, *, to: str = "") -> Thread:
    """The thread of a task. Raises NotFound. `to` is the code of the side the reader would speak to."""
    task = threads.task_of(scope, task_id)
    sides = _sides(scope, task)
    stmt = mine(scope, Message).where(*threads.readable(scope, task.id)).order_by(Message.id.desc())
    found = list(scope.session.scalars(stmt.limit(SHOWN + 1)))
    messages = found[:SHOWN][::-1]
    lines = [*_said(scope, task, messages, sides), *_judged(scope, task, sides)]
    blind = offered.blind(scope, task.id) if scope.actor.role == REVIEWER else None
    if blind is not None:
        lines = [*(line for line in lines if line.at <= blind.at), *_looked(blind.look)]
    chosen = next((side for side in sides.values() if side.code == to), None)
    facing = chosen or next((side for side in sides.values() if side.has_it), None)
    partner_id = next((id_ for id_, side in sides.items() if side == facing), None)
    return Thread(
        task=task,
        state=after(INSPECTION, blind.look.verdict) or INSPECTION if blind else task.state,
        lines=tuple(sorted(lines, key=lambda line: (line.at, line.kind == "message", line.id))),
        sides=tuple(sides.values()) if scope.actor.role != PARTNER else (),
        to=facing,
        photos=tuple(threads.photos(scope, task, partner_id)),
        unread=sum(line.new for line in lines),
        last=messages[-1].id if messages else 0,
        more=len(found) > SHOWN,
    )


def _sides(scope: Scope, task: Task) -> dict[int, Side]:
    """The sides by partner; a partner sees herself alone."""
    if scope.actor.role == PARTNER:
        own = scope.actor.partner_id or 0
        return {own: Side(threads.code_of(scope, task.id, own), 1, "", has_it=True)}
    names = partners.names(scope) if scope.actor.role == OWNER else {}
    return {
        partner_id: Side(code, number, names.get(partner_id, ""), has_it=partner_id == task.holder_id)
        for number, (code, partner_id) in enumerate(threads.sides(scope, task).items(), start=1)
    }


def _said(scope: Scope, task: Task, messages: Sequence[Message], sides: Mapping[int, Side]) -> Iterator[Line]:
    texts = threads.opened(scope, task, messages)
    names = people.names(scope) if scope.actor.role != PARTNER and messages else {}
    known = list(threads.handles(scope))
    me, up_to = choices.me(scope), _up_to(scope, task)
    for message in messages:
        side, text = sides.get(message.side_id or 0), texts[message.id]
        own = (message.author_id, message.role) == (me.account_id, me.role)
        hidden = PARTNER in {message.role, scope.actor.role}
        yield Line(
            id=message.id,
            at=message.at,
            kind="message",
            role=message.role,
            name=(side.name if side and message.role == PARTNER else "")
            if hidden
            else names.get(message.author_id, ""),
            own=own,
            new=not own and message.id > up_to,
            side=side,
            text=text,
            pieces=tuple(words.pieces(text or "", known)),
            marks=_boxes(Spot(*each) for each in message.marks["spots"]),
            round=0,
        )


def _judged(scope: Scope, task: Task, sides: Mapping[int, Side]) -> Iterator[Line]:
    """How the work was judged, with the reviewer's words and marks: what most talk is about."""
    asked = (
        select(Inspection, Submission.partner_id)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(
            Inspection.shop_id == scope.shop_id,
            Inspection.task_id == task.id,
            Inspection.state == "judged",
        )
        .options(selectinload(Inspection.defects))
    )
    for inspection, partner_id in scope.session.execute(asked):
        if scope.actor.role == PARTNER and partner_id != scope.actor.partner_id:
            continue
        yield _verdict(inspection, inspection.defects, side=sides.get(partner_id))


def _looked(look: Look) -> Iterator[Line]:
    """To who looked a second time, their own verdict stands where the first one's would."""
    if look.verdict:
        yield _verdict(look, looking.defects_of(look), side=None)


def _verdict(of: Inspection | Look, defects: Sequence[Defect], *, side: Side | None) -> Line:
    return Line(
        id=of.id,
        at=of.judged_at or of.drawn_at or NEVER,
        kind=of.verdict,
        role="reviewer",
        name="",
        own=False,
        new=False,
        side=side,
        text=of.note,
        pieces=(Piece(of.note),) if of.note else (),
        marks=_boxes(_marked(defects)),
        round=of.round,
    )


def _marked(defects: Sequence[Defect]) -> Iterator[Spot]:
    for seen in defects:
        if seen.photo_id is not None and seen.x is not None and seen.y is not None:
            yield Spot(seen.photo_id, seen.x, seen.y, seen.w or 0, seen.h or 0)


def _boxes(spots: Iterator[Spot]) -> dict[int, list[Box]]:
    found: dict[int, list[Box]] = {}
    for spot in spots:
        found.setdefault(spot.photo_id, []).append(marking.box(spot))
    return found


def _up_to(scope: Scope, task: Task) -> int:
    me = choices.me(scope)
    here = (ReadUpTo.task_id == task.id, ReadUpTo.account_id == me.account_id, ReadUpTo.role == me.role)
    asked = select(ReadUpTo.message_id).where(ReadUpTo.shop_id == scope.shop_id, *here)
    return scope.session.scalar(asked) or 0
