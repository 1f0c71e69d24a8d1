"""The main road: an order becomes packed, checked, shipped and paid, and the board tells of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import partners.invariants
import qa.invariants
import tasks.invariants
from qa import records
from qa.board import measures, outlook
from qa.marking import Seen
from security.models import AuditEntry
from stock.models import Movement, Reservation
from tasks.models import StageClock
from tests.qa.road import Road

pytestmark = pytest.mark.both  # the whole road once

ACTS = [
    "stock.received",
    "orders.promised",
    "tasks.opened",
    "orders.placed",
    "task.claimed",
    "task.submitted",
    "task.drawn",
    "inspection.opened",
    "task.sent_back",
    "inspection.judged",
    "task.submitted",
    "inspection.opened",
    "task.accepted",
    "pay.accrued",
    "order.shipped",
    "inspection.judged",
]


def test_an_order_goes_the_whole_road(road: Road) -> None:
    minji, boram, haneul = road.cast.minji, road.cast.boram, road.cast.haneul

    # Haneul's shelf holds five mugs; at nine on Monday an order of two comes in and is promised for Tuesday's closing.
    road.receive(5)
    order_id = road.order()
    order = road.order_row(order_id)
    assert (order.state, order.ship_by, order.verdict) == ("ready", road.now + timedelta(hours=33), "")
    assert road.mugs() == (5, 2)
    task_id = road.task_of(order_id)
    assert (road.task(task_id).state, road.task(task_id).due_at) == ("open", order.ship_by)

    # Minji takes it half an hour later, at today's price, packs it and hands it in.
    road.later(minutes=30)
    road.hand_in(minji, task_id)
    first = road.inspection(task_id)
    assert (road.task(task_id).state, road.task(task_id).won, first.reason) == ("inspection", 700, "newcomer")

    # Boram finds the photo blurred and sends it back, with a mark on it.
    road.later(minutes=20)
    photo = road.photo(task_id)
    road.judge(
        first, "send_back", Seen("photo_unclear", note="흐려요", photo_id=photo, x=500, y=500, w=200, h=100)
    )
    assert (road.task(task_id).state, road.task(task_id).holder_id) == ("rework", minji.partner_id)
    assert (road.mugs(), road.pay(), road.order_row(order_id).state) == ((5, 2), [], "ready")

    # Minji takes the photo again and hands the parcel in a second time; it is looked at whatever the draw.
    road.later(minutes=40)
    road.mend(minji, task_id)
    second = road.inspection(task_id)
    assert (second.round, second.reason, second.id > first.id) == (2, "rework", True)

    # Boram accepts: in one transaction the parcel leaves, the promise is kept for good, and Minji is paid once.
    road.later(minutes=10)
    road.judge(second, "accept")
    order = road.order_row(order_id)
    assert (order.state, order.shipped_at, order.verdict, order.late_s) == ("shipped", road.now, "met", 0)
    assert (road.task(task_id).state, road.mugs()) == ("accepted", (3, 0))
    assert road.pay() == [(task_id, minji.partner_id, 700)]
    with road.acting_as(haneul, reading=True) as scope:
        issued = scope.session.scalars(select(Movement.quantity).where(Movement.order_id == order_id)).all()
        promised = scope.session.scalars(select(Reservation.state)).all()
        clocks = scope.session.scalars(select(StageClock).order_by(StageClock.id)).all()
        journal = scope.session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.shop_id == scope.shop_id, AuditEntry.act.in_(ACTS))
            .order_by(AuditEntry.seq)
        ).all()
    assert (issued, promised) == ([-2], ["consumed"])
    assert [(clock.stage, clock.round, clock.verdict, clock.elapsed_s) for clock in clocks] == [
        ("claim", 1, "met", 1800),
        ("do", 1, "met", 0),
        ("review", 1, "met", 1200),
        ("rework", 2, "met", 2400),
        ("review", 2, "met", 600),
    ]
    assert journal == ACTS

    # The board tells of it.
    road.later(minutes=1)
    road.counted()
    with road.acting_as(haneul, reading=True) as scope:
        seen = outlook.outlook(scope)
        tiles = measures.tiles(scope, seen.horizon)
        (worker,) = records.workers(scope)
        live = {name: n for name, n in measures.counts(scope).items() if name.startswith("flow.")}
    assert (seen.verdict.code, seen.rows) == ("nothing", ())
    assert (tiles.quality.now.hits, tiles.quality.now.n) == (0, 1)
    assert (tiles.stock.units, tiles.cost.now, tiles.cost.each) == (3, 700, 700)
    assert (worker.name, worker.accepted, worker.won, worker.first_pass.n) == ("Minji", 1, 700, 1)
    assert sum(live.values()) == 0
    with road.acting_as(boram, reading=True) as scope:
        record = records.own(scope)
    assert (record.judged, record.accepted, record.sent_back, record.seconds) == (2, 1, 1, 900)

    # And every invariant holds.
    with road.acting_as(haneul, reading=True) as scope:
        for room in (partners.invariants, tasks.invariants, qa.invariants):
            assert room.findings(scope) == ()
