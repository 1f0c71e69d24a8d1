"""A reviewer's own second looks, counted among their inspections: a record apart would tell them."""

from datetime import datetime

from sqlalchemy import select

from base.scope import Scope
from qa.reviewers.models import Look

LOOKS = 500  # the latest ones, for the median


def seconds(scope: Scope, begin: datetime) -> list[int]:
    """How long each of the latest took."""
    own = (Look.shop_id == scope.shop_id, Look.reviewer_id == scope.actor.id)
    latest = (
        select(Look.look_s)
        .where(*own, Look.judged_at >= begin, Look.look_s.is_not(None))
        .order_by(Look.judged_at.desc())
        .limit(LOOKS)
    )
    return [look for look in scope.session.scalars(latest) if look is not None]
