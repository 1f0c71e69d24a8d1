"""What ends by itself when a partner leaves: the hours they offered, their days off, and their teams."""

from base.scope import Scope
from partners import teams
from partners.availability import saying
from security.news import MemberLeft
from security.policy import PARTNER


def on_left(scope: Scope, news: MemberLeft) -> None:
    """Nothing is said any more of when they would like to work, and they are in no team."""
    if news.role != PARTNER:
        return
    saying.forget(scope, news.membership_id)
    for team in teams.every(scope):
        if news.membership_id in team.members:
            teams.take_out(scope, team.id, partner_id=news.membership_id)
