"""How the demo's partners stand together: their team, the hours they offer, and who is off."""

from datetime import timedelta
from functools import partial

from base import calendars
from base.hours import WEEKDAYS
from base.scope import Scope
from partners import teams
from partners.availability import saying, week
from qa.rehearsal.stage import Player, Stage, act
from qa.rehearsal.troupe import Troupe
from tasks import demands, sops
from tasks.opening import PACKING

MORNINGS = [("10:00", "12:30")]
EVENINGS = [("10:30", "12:00"), ("20:00", "22:00")]
OFF_IN, OFF_FOR = timedelta(days=3), timedelta(days=1)


def stand(stage: Stage, people: Troupe) -> None:
    """The experienced one offers mornings and evenings, the hasty one mornings, the new one nothing."""
    experienced, hasty, _new = people.partners
    _offers(stage, experienced, EVENINGS)
    _offers(stage, hasty, MORNINGS)
    act(stage, hasty.actor, _days_off, called="days_off")


def _offers(stage: Stage, who: Player, hours: list[tuple[str, str]]) -> None:
    said = week.read_form(dict.fromkeys(WEEKDAYS[:5], hours))
    act(stage, who.actor, partial(saying.offer, week=said), called="hours_offered")


def _days_off(scope: Scope) -> None:
    first = calendars.today(scope) + OFF_IN
    saying.take_off(scope, first, first + OFF_FOR)


def team_up(stage: Stage, people: Troupe) -> None:
    """All of them are a team that the experienced one leads; what is packed is the team's from now on."""
    act(stage, people.owner.actor, partial(_team, people=people), called="team_made")


def _team(scope: Scope, *, people: Troupe) -> None:
    made = teams.make(scope, name="포장 1팀", focus="주문 포장")
    for who in people.partners:
        teams.put_in(scope, made, partner_id=who.actor.partner_id or 0)
    teams.lead(scope, made, partner_id=people.partners[0].actor.partner_id or 0)
    demands.ask(scope, sops.published(scope, PACKING).sop_id, skill_ids=[], team_id=made)
