"""Receipts: a form or call that carries its client's own id is done once, however often it arrives."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, cast, delete, func, select

from base import prepared
from base.clock import SETTING
from base.db import Big
from base.errors import Invalid, Refused
from base.models import Receipt
from base.prepared import SHOP
from base.saying import line
from base.scope import Scope

KEPT = timedelta(days=7)
SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadClientId(Invalid):
    """A client id is 8 to 64 letters, digits, - and _."""

    code = "base.bad_client_id"


class ClientIdReused(Refused):
    """The same id was sent with another request."""

    code = "base.client_id_reused"
    status = 422


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first sending was answered."""

    status: int
    location: str
    kind: str
    body: bytes


def find(scope: Scope, *, client_id: str, request: str) -> Answered | None:
    """The first answer to this id, if there was one. Raises BadClientId, ClientIdReused.

    Twins stand in a row here until the first has settled (SQLite's writers do so anyway).
    """
    if not SHAPE.fullmatch(client_id):
        raise BadClientId
    row = _found(scope, client_id)
    if row is None:
        return None
    if row.request != request:
        raise ClientIdReused
    return Answered(row.status, row.location, row.kind, row.body)


def _found(scope: Scope, client_id: str) -> Any:
    looked_for, row = scope.session.info.get(BESIDE, ("", None))
    if looked_for == client_id:
        return row if row.request else None
    if scope.session.info.get(IN_A_ROW) == client_id:
        return line(scope.session).ask(ARRIVED, {"sent": client_id}).first()
    asked = {"actor": scope.actor.id, "sent": client_id}
    if scope.world.engines.dialect == "postgresql":
        prepared.run(scope, _IN_A_ROW, asked)
    return prepared.run(scope, _FOUND, asked).first()


def name_of(
    shop: ColumnElement[int], actor: ColumnElement[int], client_id: ColumnElement[str]
) -> ColumnElement[str]:
    """What twins have in common; nothing where there is no shop, actor or client id."""
    return cast(shop, Text) + "/" + cast(actor, Text) + "/" + client_id


def row_of(name: ColumnElement[str]) -> ColumnElement[None]:
    """A column that stands transactions of PostgreSQL with the same name in a row; without a name, none."""
    return func.pg_advisory_xact_lock(func.hashtextextended(name, 0))


def telling(actor_id: ColumnElement[int]) -> ColumnElement[str]:
    """A column that tells PostgreSQL who comes, so that `ARRIVED` can be asked in the same breath."""
    return func.set_config(_ACTOR, cast(actor_id, Text), True)


IN_A_ROW = "in a row"  # in a session's notes: the client id by which its transaction stands in a row already
_ACTOR = "dari.actor"
_IN_A_ROW = select(row_of(name_of(SHOP, bindparam("actor", type_=Big), bindparam("sent", type_=Text))))
COLUMNS = (Receipt.request, Receipt.status, Receipt.location, Receipt.kind, Receipt.body)
BESIDE = "beside"  # in a session's notes: a client id, and a row read with these columns
_KEPT = select(*COLUMNS)
_FOUND = _KEPT.where(
    Receipt.shop_id == SHOP,
    Receipt.actor_id == bindparam("actor"),
    Receipt.client_id == bindparam("sent"),
)
#: The same on PostgreSQL about the shop and the actor that it has been told: a statement after that which
#: stands twins in a row, so it sees what the first has kept.
ARRIVED = _KEPT.where(
    Receipt.shop_id == cast(func.current_setting(SETTING), Big),
    Receipt.actor_id == cast(func.current_setting(_ACTOR), Big),
    Receipt.client_id == bindparam("sent"),
)


def keep(scope: Scope, *, client_id: str, request: str, answered: Answered) -> None:
    """Keeps the answer in the same transaction as its effect; a racing twin fails on the unique id."""
    receipt = {
        "actor_id": scope.actor.id,
        "client_id": client_id,
        "request": request,
        "status": answered.status,
        "location": answered.location,
        "kind": answered.kind,
        "body": answered.body,
        "at": scope.now,
    }
    prepared.put(scope, Receipt, receipt)


def sweep(scope: Scope) -> None:
    """Forgets receipts that no client will send again."""
    old = select(Receipt.id).where(Receipt.at < scope.now - KEPT).limit(5000)
    scope.session.execute(delete(Receipt).where(Receipt.id.in_(old)))
