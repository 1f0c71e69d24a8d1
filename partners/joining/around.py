"""What this room puts around a page below it: the shop's card, before somebody who was invited comes in."""

from typing import Any

from flask import request
from sqlalchemy import select

from base.scope import Scope
from partners.joining import cards
from security import links
from security.models import Membership
from security.policy import PARTNER


def around(scope: Scope) -> dict[str, Any]:
    """The card of the shop that invites, on the page of an invitation to be its partner."""
    if request.endpoint != "security.join_page":
        return {}
    link, _ = links.look(scope, str((request.view_args or {})["token"]), purpose="invite")
    invited = select(Membership).where(Membership.id == link.membership_id, Membership.role == PARTNER)
    member = scope.session.scalar(invited)
    card = cards.shown(scope.inside(member.shop_id)) if member is not None else None
    return {"shop_card": card, "never": cards.NEVER}
