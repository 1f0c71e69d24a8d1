"""Papers and agreements that run out: told to whose they are, and to owners when it is near; once each."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from base.scope import Scope
from partners import clearing
from partners.checks import reminding
from partners.clearance import LEAVING
from partners.lifecycle import LEFT
from partners.models import Partner
from security import audit
from security.policy import OWNER
from talk import notices
from talk.models import Notice
from talk.notices import Told

MOST = 500  # partners of one turn, those whose papers end first
AHEAD = max(reminding.DAYS)


def remind(scope: Scope) -> int:
    """Tells of what runs out in thirty days, in seven, and today; gives how much was told. Periodic, daily.

    What was renewed, and what a nearer reminder says now, is taken away where it was not read.
    """
    due = {key: (partner_id, days) for partner_id, key, days in _due(scope)}
    notices.settle(scope, Notice.kind.in_(["paper", "papers"]), _reminder(), Notice.key.not_in(due))
    told = select(Notice.key).where(Notice.shop_id == scope.shop_id, Notice.key.in_(due))
    fresh = sorted(due.keys() - set(scope.session.scalars(told)))
    owners = notices.with_role(scope, OWNER) if fresh else []
    for key in fresh:
        partner_id, days = due[key]
        notices.give(scope, notices.readers_of(scope, [partner_id]), Told("paper", key))
        if days <= reminding.OWNER_FROM:
            notices.give(scope, owners, Told("papers", key))
        audit.note(scope, "paper.reminded", subject="partner", subject_id=partner_id, days=days)
    return len(fresh)


def _due(scope: Scope) -> Iterator[tuple[int, str, int]]:
    """Whose, under which key, and how many days before its end."""
    soon = scope.now + timedelta(days=AHEAD + 1)
    ending = select(Partner.id).where(
        Partner.shop_id == scope.shop_id, Partner.state != LEFT, Partner.cleared_until <= soon
    )
    ids = scope.session.scalars(ending.order_by(Partner.cleared_until, Partner.id).limit(MOST)).all()
    for partner_id, pieces in clearing.pieces(scope, ids).items() if ids else ():
        for piece in pieces:
            days = None if piece.code == LEAVING else reminding.stage(piece.until, at=scope.now)
            if days is not None:
                until = int(piece.until.timestamp())
                yield partner_id, f"paper-{partner_id}-{piece.code}-{piece.id}-{until}-{days}", days


def _reminder() -> ColumnElement[bool]:
    return Notice.key.startswith("paper-")
