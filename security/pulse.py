"""The pulse: a word that changes when the shop does, so that an open page knows when to look again.

Everything that pages show is journalled in the transaction that does it, so the journal's head is the shop's
counter of changes: one row, read by its key, and nothing is written for it. What goes out is a code of it
under the house's secret, another one for every person, role and shop: it can be compared with the last one
and nothing else, and does not tell how much was done.

Every open page asks for it every few seconds: it stands outside the ordinary door, says two statements and
makes no object. It keeps no session alive.
"""

import hmac

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, bindparam, func, select

from base.clock import telling, utcnow
from base.scope import World
from security import sessions
from security.doors import SignInFirst, cookie_name, outside
from security.models import Account, AuditHead, Membership, Session
from security.pages import pages
from security.visitors import STANDS

LENGTH = 16

_WHO = (
    select(Membership.shop_id, Membership.role, Account.id)
    .select_from(Session)
    .join(Account, Account.id == Session.account_id)
    .join(Membership, (Membership.id == Session.membership_id) & sessions.living())
    .where(*STANDS)
)
#: On PostgreSQL the same statement tells the database whose rows this transaction may touch.
_WHO_TOLD = _WHO.add_columns(telling(func.coalesce(Membership.shop_id, 0)))
_HEAD = select(AuditHead.seq).where(AuditHead.shop_id == bindparam("shop"))


@pages.get("/pulse")
@outside("shop.pulse")
def pulse(house: World) -> ResponseReturnValue:
    """The shop's pulse as this person feels it. Raises SignInFirst."""
    with house.engines.read.connect() as connection:
        who = _who(connection, request.cookies.get(cookie_name(), ""))
        if who is None:
            raise SignInFirst
        seq = connection.scalar(_HEAD, {"shop": who.shop_id}) or 0
    return Response(_beat(house, f"{who.shop_id}|{who.role}|{who.id}|{seq}"), mimetype="text/plain")


def _who(connection: Connection, token: str) -> Row[tuple[int, str, int]] | None:
    now = utcnow()
    asked = {"token": sessions.digest(token), "now": now, "seen": now - sessions.IDLE}
    told = _WHO_TOLD if connection.dialect.name == "postgresql" else _WHO
    return connection.execute(told, asked).first()


def _beat(house: World, felt: str) -> str:
    return hmac.digest(house.settings.secret_key.encode(), f"pulse|{felt}".encode(), "sha256").hex()[:LENGTH]
