"""The API of talk: threads, notices, announcements, through the same desks as the pages."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from base.calls import After, Listed, RowId, Sent, Told, call, text
from base.openapi import PREFIX
from base.scope import Scope
from security.doors import needs
from talk import announcing, conversation, notices, saying, threads, words
from talk.conversation import Line, Thread
from talk.saying import Said

api = Blueprint("talk_api", __name__, url_prefix=PREFIX)

Role = Literal["owner", "reviewer", "partner"]
Kind = Literal[
    "message",
    "mention",
    "sent_back",
    "rejected",
    "remark",
    "lease",
    "announcement",
    "appeal",
    "appealed",
    "unreviewed",
    "standing",
    "alarm",
    "action_due",
    "offered",
    "assigned",
    "round_ended",
    "training",
    "paper",
    "papers",
    "leaving",
    "going",
]
Percent = Annotated[int, Field(ge=0, le=100)]


class Mark(Sent):
    """A box on a photo: left, top, width and height in hundredths of its sides."""

    photo_id: RowId
    x: Percent
    y: Percent
    w: Percent
    h: Percent


class Saying(Sent):
    """A message; `sure` where what looks like a customer's data is none. `to` is the code of a side."""

    text: Annotated[str, text(words.LONGEST, shortest=1)]
    marks: Annotated[list[Mark], Field(max_length=words.MOST_MARKS)] = Field(default_factory=list)
    to: Annotated[str, text(40)] = ""
    sure: bool = False


class Marked(Told):
    """What a message points at."""

    photo_id: int
    x: int
    y: int
    w: int
    h: int


class SaidLine(Told):
    """A message or a verdict; `text` is null where it cannot be read any more."""

    id: int
    kind: Literal["message", "accept", "send_back", "reject"]
    role: Role
    name: str
    side: str
    own: bool
    new: bool
    at: datetime
    text: str | None
    marks: list[Marked]


class ThreadShown(Told):
    """The thread of a task as its reader may see it; `sides` are the codes of its partners."""

    task_id: int
    unread: int
    last: int
    sides: list[str]
    lines: list[SaidLine]


class Made(Told):
    """What was made."""

    id: int


class Seen(Sent):
    """The latest message that was read."""

    up_to: RowId


class NoticeRow(Told):
    """That something needs this person: of which kind, about what, how often since it was last read."""

    id: int
    kind: Kind
    task_id: int | None
    announcement_id: int | None
    team_id: int | None
    count: int
    at: datetime
    read_at: datetime | None


class Notices(Listed[NoticeRow]):
    """A page of notices, the latest first."""


class AnnouncementRow(Told):
    """An announcement, and how many of those whom it is for have confirmed it."""

    id: int
    title: str
    text: str
    audience: Literal["all", "some"]
    made_at: datetime
    ended_at: datetime | None
    confirmed: int
    asked: int


class Announcements(Listed[AnnouncementRow]):
    """A page of announcements, the latest first."""


class Announcing(Sent):
    """What partners are told; without `partners` all of them are. `sure` where it only sounds like a false
    offer.
    """

    title: Annotated[str, text(announcing.LONGEST_TITLE, shortest=1)]
    text: Annotated[str, text(announcing.LONGEST_TEXT, shortest=1)]
    partners: Annotated[list[RowId], Field(max_length=500)] | None = None
    sure: bool = False


@api.get("/tasks/<int:task_id>/thread")
@needs("thread.talk")
@call(ThreadShown)
def show_thread(scope: Scope, task_id: int) -> object:
    """Shows what was said on a task."""
    return _shown(conversation.thread(scope, task_id))


@api.post("/tasks/<int:task_id>/thread")
@needs("thread.talk")
@call(Made, body=Saying, status=201)
def say(scope: Scope, task_id: int, body: Saying) -> object:
    """Says something on a task."""
    marks = " ".join(f"{mark.photo_id}:{mark.x},{mark.y},{mark.w},{mark.h}" for mark in body.marks)
    return saying.write(scope, task_id, Said(text=body.text, marks=marks, to=body.to, sure=body.sure))


@api.post("/tasks/<int:task_id>/thread/seen")
@needs("thread.talk")
@call(body=Seen)
def see(scope: Scope, task_id: int, body: Seen) -> None:
    """Notes up to which message a thread was read."""
    threads.see(scope, task_id, up_to=body.up_to)


@api.get("/notices")
@needs("notice.own")
@call(Notices, query=After)
def list_notices(scope: Scope, query: After) -> object:
    """Lists one's notices."""
    return notices.every(scope, after=query.after, size=query.size)


@api.post("/notices/<int:notice_id>/read")
@needs("notice.own")
@call()
def read_notice(scope: Scope, notice_id: int) -> None:
    """Marks a notice read; an announcement is confirmed instead."""
    notices.read(scope, notice_id)


@api.get("/announcements")
@needs("announcement.see")
@call(Announcements, query=After)
def list_announcements(scope: Scope, query: After) -> object:
    """Lists the shop's announcements; a partner's own, while they stand."""
    found = announcing.every(scope, after=query.after, size=query.size)
    return {"rows": [_announced(row) for row in found.rows], "next": found.next}


@api.post("/announcements")
@needs("announcement.make")
@call(Made, body=Announcing, status=201)
def announce(scope: Scope, body: Announcing) -> object:
    """Tells partners something, pinned until they confirm it."""
    return announcing.publish(
        scope, title=body.title, text=body.text, partner_ids=body.partners, sure=body.sure
    )


@api.post("/announcements/<int:announcement_id>/confirmation")
@needs("announcement.read")
@call()
def confirm(scope: Scope, announcement_id: int) -> None:
    """Confirms that an announcement was read."""
    announcing.confirm(scope, announcement_id)


def _shown(thread: Thread) -> ThreadShown:
    return ThreadShown(
        task_id=thread.task.id,
        unread=thread.unread,
        last=thread.last,
        sides=[side.code for side in thread.sides],
        lines=[_line(line) for line in thread.lines],
    )


def _line(line: Line) -> SaidLine:
    marks = [
        Marked(photo_id=photo_id, x=x, y=y, w=w, h=h)
        for photo_id, boxes in line.marks.items()
        for x, y, w, h in boxes
    ]
    alike = {name: getattr(line, name) for name in ("id", "kind", "role", "name", "own", "new", "at", "text")}
    return SaidLine(**alike, side=line.side.code if line.side else "", marks=marks)


def _announced(row: announcing.Standing) -> AnnouncementRow:
    it = row.announcement
    own = {name: getattr(it, name) for name in ("id", "title", "text", "audience", "made_at", "ended_at")}
    return AnnouncementRow(**own, confirmed=row.confirmed, asked=row.asked)
