"""What is looked at every hour: days that are more than chance, and what came of what was done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.scope import Scope
from qa.causes import actions, alarms
from qa.causes.action_life import DONE
from qa.causes.models import CorrectiveAction


def keep(scope: Scope) -> None:
    """Looks at the charts, and lets the figures judge the actions that were carried out. Periodic."""
    alarms.watch(scope)
    actions.review(scope)


def wanted(session: Session, shop_id: int) -> bool:
    """Whether there is anything to look at: pieces judged lately, or an action that waits for its effect."""
    here = (CorrectiveAction.shop_id == shop_id, CorrectiveAction.state == DONE)
    waits = session.scalar(select(CorrectiveAction.id).where(*here).limit(1)) is not None
    return alarms.wanted(session, shop_id) or waits
