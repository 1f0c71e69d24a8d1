"""How the demo's partners stand together: the hours they offer, and who is off."""

from datetime import timedelta
from functools import partial

from base import calendars
from base.hours import WEEKDAYS
from base.scope import Scope
from partners.availability import saying, week
from qa.rehearsal.stage import Player, Stage, act
from qa.rehearsal.troupe import Troupe

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
