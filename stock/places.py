"""Locations: the warehouse and quarantine of a shop, the home of each partner, and the way to it."""

from base.once import once
from base.scope import Scope
from security import audit
from security.news import MemberJoined, ShopOpened
from stock import levels
from stock.levels import HOME, QUARANTINE, TRANSIT, WAREHOUSE
from stock.models import Location


def furnish(scope: Scope, news: ShopOpened) -> None:
    """Gives a new shop its warehouse and its quarantine."""
    for kind in (WAREHOUSE, QUARANTINE):
        _open(scope, news.shop_id, kind=kind, partner_id=0)


def open_home(scope: Scope, news: MemberJoined) -> None:
    """Makes a partner's home a location when the partner joins; coming back finds it as it was left."""
    if news.role == "partner" and _open(scope, scope.shop_id, kind=HOME, partner_id=news.membership_id):
        audit.note(scope, "location.opened", subject="membership", subject_id=news.membership_id)


def way(scope: Scope, partner_id: int) -> int:
    """Where goods are between the warehouse and a home: made when the first are sent."""
    made = _open(scope, scope.shop_id, kind=TRANSIT, partner_id=partner_id)
    return made if made is not None else levels.location(scope, TRANSIT, partner_id=partner_id)


def _open(scope: Scope, shop_id: int, *, kind: str, partner_id: int) -> int | None:
    values = {"shop_id": shop_id, "kind": kind, "name": "", "partner_id": partner_id}
    return once(scope.session, Location, values)
