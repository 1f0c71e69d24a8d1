"""Sealed recipients: every one has its key, and those that are tried open."""

from collections.abc import Iterator

from sqlalchemy import func, select

from base.scope import Scope
from qa.doctor.found import Found, listed
from qa.doctor.sealed import sealed
from security.keystore import KeyStore, KeysUnavailable
from security.keytables import known
from security.vault import Unreadable
from stock import recipients
from stock.batches import batches
from stock.models import Order

TRIED = 25
AT_ONCE = 5000


def seals(scope: Scope) -> Iterator[Found]:
    """Rows whose key is missing (all are looked at), and seals that do not open (some are tried)."""
    keys: KeyStore = scope.world.keys
    try:
        keyless = list(_keyless(scope, keys))
    except KeysUnavailable as away:
        yield Found("keys_away", facts={"why": str(away.facts.get("why", ""))})
        return
    if keyless:
        yield Found("key_missing", facts={"n": len(keyless), "ids": listed(keyless)})
    shut = [order.id for order in _some(scope) if order.id not in set(keyless) and not _opens(scope, order)]
    if shut:
        yield Found("seal_shut", facts={"n": len(shut), "tried": TRIED, "ids": listed(shut)})
    yield from sealed(scope)


def _keyless(scope: Scope, keys: KeyStore) -> Iterator[int]:
    """The orders without a key, set against set: the two stand in different databases."""
    stmt = select(Order.uid, Order.id).where(Order.shop_id == scope.shop_id).order_by(Order.id)
    rows = [(uid, id_) for uid, id_ in scope.session.execute(stmt)]
    for some in batches(rows, AT_ONCE):
        with keys.reading() as store:
            there = known(store, scope.shop_id, [uid for uid, _ in some])
        yield from (id_ for uid, id_ in some if uid not in there)


def _some(scope: Scope) -> list[Order]:
    """The oldest and the newest, and others spread evenly between."""
    most = scope.session.scalar(select(func.max(Order.id)).where(Order.shop_id == scope.shop_id)) or 0
    wanted = {most * place // TRIED for place in range(1, TRIED + 1)}
    found: dict[int, Order] = {}
    for least in sorted(wanted):
        stmt = select(Order).where(Order.shop_id == scope.shop_id, Order.id >= least)
        for order in scope.session.scalars(stmt.order_by(Order.id).limit(1)):
            found[order.id] = order
    return list(found.values())


def _opens(scope: Scope, order: Order) -> bool:
    try:
        recipients.open_(scope, order)
    except Unreadable:
        return False
    return True
