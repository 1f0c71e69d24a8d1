"""Customers: some of what left with something wrong comes back as a claim, and the owner settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from base.rows import mine
from base.scope import Scope
from qa.rehearsal.characters import happens
from qa.rehearsal.slips import Slip
from qa.rehearsal.stage import Player, Stage, act, look
from stock import claims
from stock.claim_life import GOODWILL, NOT_OURS, OPENED, OURS
from stock.claim_tables import Claim
from stock.claims import Told
from stock.models import Order, OrderLine
from stock.returns import desk
from stock.returns.life import ASKED, QUARANTINE
from stock.returns.models import Return
from tasks.lifecycle import ACCEPTED
from tasks.models import Task

NOTICES, ANYWAY = 0.7, 0.03  # chances that a slip is noticed at home, and that somebody claims for nothing
FELT = {
    "wrong_item": "wrong_item",
    "missing_item": "missing",
    "damaged": "broken",
    "bad_cushioning": "broken",
    "bad_seal": "broken",
}
WISHES = {"wrong_item": "exchange", "missing": "resend", "broken": "return", "changed_mind": "return"}
COSTS = (4_000, 6_000, 9_000, 14_000)
TRIED = 300


@dataclass(frozen=True, slots=True)
class Parcel:
    """What arrived at somebody's home: a line of it, and the work that it was."""

    line_id: int
    task_id: int
    round: int


@dataclass(frozen=True, slots=True)
class Waits:
    """A claim that the owner has not settled."""

    claim_id: int
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Coming:
    """Goods on their way back, or here and not looked at."""

    return_id: int
    units: int
    version: int
    here: bool
    broken: bool


def take_in(stage: Stage, who: Player) -> None:
    """What is on its way back has come; the owner looks at it next time, and sells again what is whole."""
    for waits in look(stage, who.actor, _coming):
        came = partial(desk.arrive, return_id=waits.return_id, units=waits.units, version=waits.version)
        looked = partial(
            desk.inspect,
            return_id=waits.return_id,
            good=0 if waits.broken else waits.units,
            mending=0,
            scrap=waits.units if waits.broken else 0,
            version=waits.version,
        )
        act(
            stage,
            who.actor,
            looked if waits.here else came,
            called="looked_at" if waits.here else "came_back",
        )


def settle(stage: Stage, who: Player) -> None:
    """The owner settles what came before: what was broken or wrong was ours, a changed mind was not."""
    for waits in look(stage, who.actor, _waiting):
        ours = waits.reason in WISHES and waits.reason != "changed_mind"
        outcome = OURS if ours else who.random.choice((NOT_OURS, GOODWILL))
        cost = 0 if outcome == NOT_OURS else who.random.choice(COSTS)
        said = partial(
            claims.settle, claim_id=waits.claim_id, outcome=outcome, cost=cost, version=waits.version
        )
        act(stage, who.actor, said, called=f"claim_{outcome}")


def claim(stage: Stage, who: Player) -> None:
    """Customers write about parcels that left since last time."""
    since, stage.claimed_to = stage.claimed_to, stage.now
    for parcel in look(stage, who.actor, partial(_arrived, since=since)):
        there = sorted({FELT[slip.code] for slip in _wrong(stage, parcel) if slip.code in FELT})
        noticed = next((reason for reason in there if happens(NOTICES, who.random)), "")
        reason = noticed or ("changed_mind" if happens(ANYWAY, who.random) else "")
        if reason:
            told = Told(parcel.line_id, WISHES[reason], reason, 1, stage.now)
            act(stage, who.actor, partial(claims.record, told=told), called="claimed_for")


def _wrong(stage: Stage, parcel: Parcel) -> Sequence[Slip]:
    return sorted(stage.wrong.get((parcel.task_id, parcel.round), ()), key=lambda slip: slip.code)


def _waiting(scope: Scope) -> list[Waits]:
    rows = scope.session.scalars(mine(scope, Claim).where(Claim.state == OPENED).order_by(Claim.id))
    return [Waits(row.id, row.reason, row.version) for row in rows]


def _coming(scope: Scope) -> list[Coming]:
    stmt = mine(scope, Return).where(Return.state.in_([ASKED, QUARANTINE])).order_by(Return.id)
    rows = scope.session.scalars(stmt.options(joinedload(Return.claim)))
    return [
        Coming(row.id, row.units, row.version, row.state == QUARANTINE, row.claim.reason == "broken")
        for row in rows
    ]


def _arrived(scope: Scope, *, since: datetime) -> list[Parcel]:
    """The first line of each parcel that left in between, with the work that was accepted for it."""
    stmt = (
        select(OrderLine.id, Task.id, Task.round, Order.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Task, Task.order_id == Order.id)
        .where(Order.shop_id == scope.shop_id, Order.shipped_at > since, Order.shipped_at <= scope.now)
        .where(
            Task.shop_id == scope.shop_id, Task.state == ACCEPTED, OrderLine.cancelled < OrderLine.quantity
        )
        .order_by(Order.id, OrderLine.id)
    )
    found: dict[int, Parcel] = {}
    for line_id, task_id, round_, order_id in scope.session.execute(stmt.limit(TRIED)):
        found.setdefault(order_id, Parcel(line_id, task_id, round_))
    return list(found.values())
