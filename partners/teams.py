"""Teams: partners who have work of their own, who leads them and what they are for. The gate of teams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from base.errors import Invalid
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from partners.models import Partner, Team, TeamMember
from partners.news import TeamJoined
from partners.skills import LONGEST, BadName, checked
from security import audit

LONGEST_FOCUS = 200


class NotAMember(Invalid):
    """Who leads a team is in it. Facts: field."""

    code = "partners.not_a_member"


@dataclass(frozen=True, slots=True)
class TeamShown:
    """A team with the ids of its members; nobody may lead it."""

    id: int
    name: str
    focus: str
    lead_id: int | None
    members: tuple[int, ...]


def make(scope: Scope, *, name: str, focus: str = "") -> int:
    """Makes a team without members; gives its id. Raises BadName."""
    row = {"shop_id": scope.shop_id, "name": checked(name), "focus": focus.strip()[:LONGEST_FOCUS]}
    team_id = once(scope.session, Team, row | {"made_by": scope.actor.id, "made_at": scope.now})
    if team_id is None:
        raise BadName(field="name", most=LONGEST)
    audit.note(scope, "team.made", subject="team", subject_id=team_id)
    return team_id


def put_in(scope: Scope, team_id: int, *, partner_id: int) -> None:
    """Takes a partner into a team; they may be in several. Raises NotFound."""
    team, partner = one(scope, Team, team_id), one(scope, Partner, partner_id)
    row = {"shop_id": scope.shop_id, "team_id": team.id, "partner_id": partner.id, "since": scope.now}
    if once(scope.session, TeamMember, row) is not None:
        audit.note(scope, "team.joined", subject="team", subject_id=team.id, partner=partner.id)
        scope.tell(TeamJoined(team.id, partner.id))


def take_out(scope: Scope, team_id: int, *, partner_id: int) -> None:
    """A partner leaves a team, and leads it no longer; work in hand stays. Raises NotFound."""
    team, partner = one(scope, Team, team_id), one(scope, Partner, partner_id)
    led = (Team.shop_id == scope.shop_id, Team.id == team.id, Team.lead_id == partner.id)
    changed(scope, update(Team).where(*led).values(lead_id=None))
    this = (TeamMember.team_id == team.id, TeamMember.partner_id == partner.id)
    if changed(scope, delete(TeamMember).where(TeamMember.shop_id == scope.shop_id, *this)):
        audit.note(scope, "team.left", subject="team", subject_id=team.id, partner=partner.id)


def lead(scope: Scope, team_id: int, *, partner_id: int) -> None:
    """Says who of its members leads a team. Raises NotFound, NotAMember."""
    team, partner = one(scope, Team, team_id), one(scope, Partner, partner_id)
    member = mine(scope, TeamMember).where(TeamMember.team_id == team.id, TeamMember.partner_id == partner.id)
    if scope.session.scalar(member) is None:
        raise NotAMember(field="partner_id")
    this = (Team.shop_id == scope.shop_id, Team.id == team.id)
    changed(scope, update(Team).where(*this).values(lead_id=partner.id))
    audit.note(scope, "team.lead_set", subject="team", subject_id=team.id, partner=partner.id)


def every(scope: Scope) -> tuple[TeamShown, ...]:
    """The shop's teams with who is in them."""
    members = members_of(scope)
    teams = scope.session.scalars(mine(scope, Team).order_by(Team.id))
    return tuple(
        TeamShown(team.id, team.name, team.focus, team.lead_id, tuple(members.get(team.id, ())))
        for team in teams
    )


def members_of(scope: Scope) -> Mapping[int, Sequence[int]]:
    """The partners in each team."""
    found: dict[int, list[int]] = {}
    for row in scope.session.scalars(mine(scope, TeamMember).order_by(TeamMember.id)):
        found.setdefault(row.team_id, []).append(row.partner_id)
    return found


def names(scope: Scope) -> dict[int, str]:
    """The names of the shop's teams by id."""
    rows = select(Team.id, Team.name).where(Team.shop_id == scope.shop_id).order_by(Team.id)
    return dict(scope.session.execute(rows).all())
