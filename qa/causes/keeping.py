"""What is looked at every hour: days that are more than chance, and what came of what was done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.scope import Scope
from qa.causes import actions, alarms
from qa.causes.action_life import DONE, OPEN
from qa.causes.models import CorrectiveAction


def keep(scope: Scope) -> None:
    """Looks at the charts, lets the figures judge what was carried out, and reminds of the rest. Periodic."""
    alarms.watch(scope)
    actions.review(scope)
    actions.remind(scope)


def wanted(session: Session, shop_id: int) -> bool:
    """Whether there is anything to look at: pieces judged lately, or an action that has not ended."""
    here = (CorrectiveAction.shop_id == shop_id, CorrectiveAction.state.in_([OPEN, DONE]))
    waits = session.scalar(select(CorrectiveAction.id).where(*here).limit(1)) is not None
    return alarms.wanted(session, shop_id) or waits
