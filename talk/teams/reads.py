"""A team's page as one reader sees it: who is in it, its board, what was announced, what was said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from base.scope import Scope
from partners import queries as partners
from partners.models import Team
from security import people
from security.policy import OWNER
from talk import choices
from talk.models import Announcement, Notice, ReadReceipt
from talk.teams import saying
from tasks import team_board
from tasks.team_board import Board

SHOWN = 50  # messages, the latest
PINNED = 10  # announcements that stand


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team."""

    id: int
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said; `text` is None where a seal does not open any more."""

    id: int
    at: datetime
    role: str
    name: str
    own: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement, and how many of those it is for have confirmed it."""

    it: Announcement
    confirmed: int
    asked: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The whole page; `unread` says that something was said since the reader last looked."""

    team: Team
    members: tuple[Member, ...]
    board: Board
    told: tuple[Told, ...]
    lines: tuple[Line, ...]
    more: bool
    unread: bool
    may_tell: bool


def page(scope: Scope, team_id: int) -> Seen:
    """A team's page. Raises NotFound for whoever is neither in it nor the owner."""
    team = saying.team_of(scope, team_id)
    inside, names = saying.members(scope, team.id), partners.names(scope)
    lines, more = _lines(scope, team.id)
    return Seen(
        team=team,
        members=tuple(Member(id_, names.get(id_, ""), id_ == team.lead_id) for id_ in inside),
        board=team_board.board(scope, team.id, members=inside, names=names),
        told=_told(scope, team.id),
        lines=lines,
        more=more,
        unread=_unread(scope, team.id),
        may_tell=scope.actor.role == OWNER or scope.actor.partner_id == team.lead_id,
    )


def _lines(scope: Scope, team_id: int) -> tuple[tuple[Line, ...], bool]:
    found = saying.said_in(scope, team_id, most=SHOWN + 1)
    messages = found[-SHOWN:]
    texts = saying.opened(scope, team_id, messages)
    names = people.names(scope)
    me = (scope.actor.id, scope.actor.role)
    return tuple(
        Line(
            one.id,
            one.at,
            one.role,
            names.get(one.author_id, ""),
            (one.author_id, one.role) == me,
            texts[one.id],
        )
        for one in messages
    ), len(found) > SHOWN


def _told(scope: Scope, team_id: int) -> tuple[Told, ...]:
    stand = saying.announced(scope, team_id, most=PINNED)
    counts = {
        id_: (confirmed, asked)
        for id_, confirmed, asked in scope.session.execute(
            select(ReadReceipt.announcement_id, func.count(ReadReceipt.confirmed_at), func.count())
            .where(
                ReadReceipt.shop_id == scope.shop_id,
                ReadReceipt.announcement_id.in_([one.id for one in stand]),
            )
            .group_by(ReadReceipt.announcement_id)
        )
    }
    return tuple(Told(one, *counts.get(one.id, (0, 0))) for one in stand)


def _unread(scope: Scope, team_id: int) -> bool:
    me = choices.me(scope)
    waits = (Notice.team_id == team_id, Notice.read_at.is_(None))
    own = (Notice.account_id == me.account_id, Notice.role == me.role)
    return (
        scope.session.scalar(select(Notice.id).where(Notice.shop_id == scope.shop_id, *own, *waits).limit(1))
        is not None
    )
