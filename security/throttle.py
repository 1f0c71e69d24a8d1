"""Limits on trying: counted in the database, so that all processes share them."""

from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite

from base.errors import Refused
from base.scope import Scope
from security.models import Throttle

WINDOW = timedelta(minutes=5)
PER_ACCOUNT, PER_IP, EVERYBODY = 10, 30, 1000


class TooManyTries(Refused):
    """Wait a little; `after_s` says how long."""

    code = "security.too_many_tries"
    status = 429


def count(scope: Scope, key: str, *, limit: int, window: timedelta = WINDOW) -> None:
    """Counts one try. Raises TooManyTries when more than `limit` fell into the window.

    One statement inserts, adds or starts a new window, so no two processes read the same number.
    """
    insert = postgresql.insert if scope.world.engines.dialect == "postgresql" else sqlite.insert
    fresh = Throttle.window > scope.now - window
    row = scope.session.execute(
        insert(Throttle)
        .values(key=key, window=scope.now, tries=1)
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "tries": case((fresh, Throttle.tries + 1), else_=1),
                "window": case((fresh, Throttle.window), else_=scope.now),
            },
        )
        .returning(Throttle.tries, Throttle.window)
    ).one()
    if row.tries > limit:
        raise TooManyTries(after_s=max(1, int((row.window + window - scope.now).total_seconds())))


def neighbourhood(ip: str) -> str:
    """What one sender can call their own: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, IPv4Address):
        return ip
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def forgive(scope: Scope, key: str) -> None:
    """Forgets the tries of a key: the right password was given."""
    scope.session.execute(delete(Throttle).where(Throttle.key == key))
