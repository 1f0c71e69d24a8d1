"""Saying something to a team, and telling it something: by whoever is in it, its lead, and the owner."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from base.errors import NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from partners.models import Team, TeamMember
from partners.news import TeamJoined
from security import audit, throttle, vault
from security.policy import OWNER, PARTNER
from security.vault import Spot, Unreadable
from talk import announcing, notices, saying
from talk.models import Announcement
from talk.notices import Told
from talk.saying import Said
from talk.teams.models import TeamMessage


class NotTheLead(Refused):
    """Only the owner and whoever leads the team announce something to it."""

    code = "talk.not_the_lead"
    status = 403


def team_of(scope: Scope, team_id: int) -> Team:
    """The team, for the owner and whoever is in it. Raises NotFound for anybody else."""
    team = one(scope, Team, team_id)
    if scope.actor.role != OWNER and scope.actor.partner_id not in members(scope, team.id):
        raise NotFound
    return team


def members(scope: Scope, team_id: int) -> tuple[int, ...]:
    """The partners in a team, in the order in which they came."""
    rows = mine(scope, TeamMember).where(TeamMember.team_id == team_id).order_by(TeamMember.id)
    return tuple(row.partner_id for row in scope.session.scalars(rows))


def write(scope: Scope, team_id: int, said: Said) -> TeamMessage:
    """Says something in the team's thread, and tells the others.

    Raises NotFound, NothingSaid, ResidentNumber, LooksPersonal, SoundsFalse, TooManyTries.
    """
    team = team_of(scope, team_id)
    text = saying.checked(said)
    throttle.count(scope, f"talk-{scope.shop_id}-{scope.actor.id}", limit=saying.PACE)
    uid = secrets.token_hex(12)
    vault.new_key(scope, _record(team.id))
    message = TeamMessage(
        shop_id=scope.shop_id,
        uid=uid,
        team_id=team.id,
        author_id=scope.actor.id,
        role=scope.actor.role,
        body=vault.seal(scope, at=_spot(team.id, uid), text=text),
        at=scope.now,
    )
    scope.session.add(message)
    scope.session.flush()
    audit.note(scope, "team.message_written", subject="team", subject_id=team.id, message=message.id)
    readers = [*notices.readers_of(scope, members(scope, team.id)), *notices.with_role(scope, OWNER)]
    notices.give(scope, readers, Told("message", f"team-{team.id}-{message.id}", team_id=team.id))
    return message


def seen(scope: Scope, team_id: int) -> None:
    """The actor has read the team's thread. Raises NotFound."""
    notices.read_of_team(scope, team_of(scope, team_id).id)


def tell(scope: Scope, team_id: int, *, title: str, text: str, sure: bool = False) -> Announcement:
    """Announces something to a team: pinned for each in it until they confirm it, and for who joins later.

    Raises NotFound, NotTheLead, and as `announcing.publish`.
    """
    team = team_of(scope, team_id)
    if scope.actor.role == PARTNER and scope.actor.partner_id != team.lead_id:
        raise NotTheLead
    made = announcing.publish(
        scope, title=title, text=text, partner_ids=members(scope, team.id), sure=sure, team_id=team.id
    )
    if scope.actor.role == PARTNER:
        announcing.confirm(scope, made.id)  # whoever wrote it has read it
    return made


def on_team_joined(scope: Scope, news: TeamJoined) -> None:
    """Whoever joins a team is told what it was told and still holds."""
    stand = (Announcement.team_id == news.team_id, Announcement.ended_at.is_(None))
    for announcement in scope.session.scalars(mine(scope, Announcement).where(*stand)).all():
        announcing.ask(scope, announcement.id, news.partner_id)


def announced(scope: Scope, team_id: int, *, most: int) -> list[Announcement]:
    """What the team was told and still holds, the latest first."""
    stand = (Announcement.team_id == team_id, Announcement.ended_at.is_(None))
    rows = mine(scope, Announcement).where(*stand).order_by(Announcement.id.desc())
    return list(scope.session.scalars(rows.limit(most)))


def said_in(scope: Scope, team_id: int, *, most: int) -> list[TeamMessage]:
    """The latest messages of a team, the latest last."""
    rows = mine(scope, TeamMessage).where(TeamMessage.team_id == team_id).order_by(TeamMessage.id.desc())
    return list(scope.session.scalars(rows.limit(most)))[::-1]


def opened(scope: Scope, team_id: int, messages: Sequence[TeamMessage]) -> dict[int, str | None]:
    """The texts of messages by their ids; None where a seal does not open any more."""
    return {message.id: _opened(scope, _spot(team_id, message.uid), message.body) for message in messages}


def _opened(scope: Scope, at: Spot, sealed: bytes) -> str | None:
    try:
        return vault.open_(scope, at=at, sealed=sealed)
    except Unreadable:
        return None


def own_teams(scope: Scope) -> list[Team]:
    """The teams the actor is in."""
    of_mine = select(TeamMember.team_id).where(
        TeamMember.shop_id == scope.shop_id, TeamMember.partner_id == scope.actor.partner_id
    )
    return list(scope.session.scalars(mine(scope, Team).where(Team.id.in_(of_mine)).order_by(Team.id)))


def _record(team_id: int) -> str:
    return f"team-{team_id}"


def _spot(team_id: int, uid: str) -> Spot:
    return Spot("team_messages", f"body:{uid}", _record(team_id))
