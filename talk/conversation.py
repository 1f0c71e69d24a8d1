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
from qa import veil as veiling
from qa.marking import Spot
from qa.models import Defect, Inspection
from qa.reviewers import looking
from qa.reviewers.models import Look
from qa.veil import Veil
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
class Judged:
    """An inspection of the task, and whose work it was of."""

    inspection: Inspection
    partner_id: int


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
    first: tuple[str, int] | None  # what an owner judges before reading on: on which desk, by which number


def thread(scope: Scope, task_id: int, *, to: str = "") -> Thread:
    """The thread of a task. Raises NotFound. `to` is the code of the side the reader would speak to."""
    task = threads.task_of(scope, task_id)
    sides = _sides(scope, task)
    stmt = mine(scope, Message).where(*threads.readable(scope, task.id)).order_by(Message.id.desc())
    found = list(scope.session.scalars(stmt.limit(SHOWN + 1)))
    messages = found[:SHOWN][::-1]
    veil = veiling.over(scope, task.id)
    judged = _judged(scope, task)
    said, told = list(_said(scope, task, messages, sides)), [*_told(scope, judged, veil)]
    if veil is not None:
        said = [line for line in said if line.at <= veil.since] + list(_looked(veil.look))
    lines = [*said, *_verdicts(told, sides)]
    chosen = next((side for side in sides.values() if side.code == to), None)
    facing = chosen or next((side for side in sides.values() if side.has_it), None)
    partner_id = next((id_ for id_, side in sides.items() if side == facing), None)
    return Thread(
        task=task,
        state=_state(task, judged, told, veil),
        lines=tuple(sorted(lines, key=lambda line: (line.at, line.kind == "message", line.id))),
        sides=tuple(sides.values()) if scope.actor.role != PARTNER else (),
        to=facing,
        photos=tuple(threads.photos(scope, task, partner_id)),
        unread=sum(line.new for line in lines),
        last=messages[-1].id if messages else 0,
        more=len(found) > SHOWN,
        first=veil.leads if veil and scope.actor.role == OWNER else None,
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


def _judged(scope: Scope, task: Task) -> list[Judged]:
    """How the work was judged, with the reviewer's words and marks: what most talk is about."""
    asked = (
        select(Inspection, Submission.partner_id)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.task_id == task.id)
        .options(selectinload(Inspection.defects))
        .order_by(Inspection.round)
    )
    if scope.actor.role == PARTNER:
        asked = asked.where(Submission.partner_id == scope.actor.partner_id)
    return [Judged(*row) for row in scope.session.execute(asked)]


def _told(scope: Scope, judged: Sequence[Judged], veil: Veil | None) -> Iterator[Judged]:
    """What the reader reads of how it was judged."""
    for each in judged:
        veiled = veil is not None and each.inspection.round >= veil.round
        if each.inspection.state == "judged" and not veiled and _tells(scope, each.inspection, judged):
            yield each


def _tells(scope: Scope, of: Inspection, judged: Sequence[Judged]) -> bool:
    """A reviewer reads their own verdicts, and what was told of work that came back to them."""
    mine_ = [it for it in (each.inspection for each in judged) if it.reviewer_id == scope.actor.id]
    waits = [each.inspection for each in judged if each.inspection.state == "waiting"]
    return scope.actor.role != REVIEWER or of in mine_ or any(it.round > of.round for it in [*mine_, *waits])


def _state(task: Task, judged: Sequence[Judged], told: Sequence[Judged], veil: Veil | None) -> str:
    """How the task stands, as far as the reader knows how it was judged."""
    if veil is not None and veil.look is not None:
        return after(INSPECTION, veil.look.verdict) or INSPECTION
    hidden = [each for each in judged[-1:] if each.inspection.state == "judged" and each not in told]
    return INSPECTION if veil or hidden else task.state


def _verdicts(told: Sequence[Judged], sides: Mapping[int, Side]) -> Iterator[Line]:
    for each in told:
        yield _verdict(each.inspection, each.inspection.defects, side=sides.get(each.partner_id))


def _looked(look: Look | None) -> Iterator[Line]:
    """To who looked a second time, their own verdict stands where the first one's would."""
    if look is not None and look.verdict:
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
