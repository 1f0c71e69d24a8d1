"""The demo's last hours: when the curtain falls, everybody is in the middle of something."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from base.rows import mine
from base.scope import THE_HOUSE, Scope
from base.workdays import add
from qa.appeals import filing, judging
from qa.models import Inspection
from qa.rehearsal import answers, checking, moves, packing, protesting, supplies, supplying, together
from qa.rehearsal.parcels import Parcel
from qa.rehearsal.slips import Slip
from qa.rehearsal.stage import Player, Stage, act, look
from qa.rehearsal.troupe import Troupe
from stock import claims, goods, orders, samples
from stock.channels import desk as channels
from stock.claims import Told
from stock.drafts import Draft, Goods, Line, Recipient
from stock.handovers import reads, receiving, sending
from stock.lifecycle import SHIPPED
from stock.models import Order, OrderLine
from stock.returns import desk
from stock.returns.models import Return
from stock.sets import recipes
from tasks import dispatch

LAST_FILE = 11  # orders that came in this morning
AT_HOME = (6, 4)  # units at a partner's home, of the goods of which most are free
PENS = "PEN-BRASS"
TEAM_ORDERS = 3
TYPED = 12_012  # units: the price slipped into the wrong field
GIFT = "SET-HOME"
HURRY_S = 40 * 60  # business seconds that are left for the order in a hurry
SHARP = "송장 번호가 사진에서 다 읽혀요."
SEEN = (Slip("bad_seal", "seal", "major"), Slip("photo_unclear", "packed_photo", "minor"))


def fall(stage: Stage, people: Troupe, *, now: datetime) -> None:
    """Plays the last hours up to now."""
    experienced, hasty, new = (_calm(who) for who in people.partners)
    supplies.bring_in(stage, people.owner, orders=LAST_FILE, hours=12)
    act(stage, people.owner.actor, partial(_special_orders, stage=stage, now=now), called="placed")
    act(stage, people.owner.actor, _gift, called="gift")
    _lent(stage, people.owner, experienced)
    act(stage, people.owner.actor, _came_back, called="came_back")
    act(stage, people.owner.actor, _sold_elsewhere, called="named")
    parcels = [_packed(stage, new) for _ in range(4)]
    _packed(stage, experienced)
    stage.now = now - timedelta(minutes=40)
    _sent_back(stage, people.reviewers[0], parcels[0])
    _appealed(stage, people, new, parcels[1])
    stage.now = now - timedelta(minutes=30)
    _overturned(stage, people, _appealed(stage, people, new, parcels[3]))
    stage.now = now - timedelta(minutes=21)
    act(stage, THE_HOUSE, dispatch.expire_due, called="rounds")
    _begun(stage, experienced, items=4)
    stage.now = now - timedelta(minutes=9)
    _begun(stage, hasty, items=1)
    together.stand(stage, people)
    together.team_up(stage, people)
    act(stage, people.owner.actor, _for_the_team, called="placed")
    stage.now = now
    bought = partial(supplying.today, on=now.astimezone(stage.calendar.zone).date())
    act(stage, people.owner.actor, bought, called="bought")


def _calm(who: Player) -> Player:
    """Somebody to whom nothing unforeseen happens now."""
    return replace(who, hand=replace(who.hand, slip=0, forgets=0, gives_back=0, vanishes=0))


def _special_orders(scope: Scope, *, stage: Stage, now: datetime) -> None:
    """One order that no stock can fill, one in a hurry for what lies ready, and one typed wrong."""
    (ready, *_) = _fullest(scope) or [PENS]
    pens, mugs = _order(scope, "D-1001", PENS, 95), _order(scope, "D-1002", ready, 2)
    orders.place(
        scope,
        [
            pens,
            replace(mugs, ship_by=add(stage.calendar, now, HURRY_S)),
            _order(scope, "D-1003", ready, TYPED),
        ],
    )


def _for_the_team(scope: Scope) -> None:
    """Some orders that came in after the team was made."""
    ready = _fullest(scope)[:TEAM_ORDERS]
    orders.place(
        scope, [_order(scope, f"D-20{place:02}", sku, 1) for place, sku in enumerate(ready, start=1)]
    )


def _order(scope: Scope, number: str, sku: str, units: int) -> Draft:
    who = Recipient("한아름", "010-0404-0817", "03901", "서울특별시 마포구 다리목로 12 두레주택 101호", "")
    names = {one.sku: one.name for one in samples.products()}
    line = Line(sku, names[sku], "", units, Decimal(12_000), 1)
    return Draft("generic", number, "", scope.now, None, who, (line,), ())


def _came_back(scope: Scope) -> None:
    """The last parcel that left comes back: it lies apart, and nobody has looked at it yet."""
    left = select(OrderLine.id, Order.placed_at).join(Order, Order.id == OrderLine.order_id)
    here = (Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id, Order.state == SHIPPED)
    line = scope.session.execute(
        left.where(*here, OrderLine.cancelled == 0).order_by(OrderLine.id.desc())
    ).first()
    if line is not None:
        made = claims.record(scope, Told(line.id, "return", "changed_mind", 1, scope.now))
        for back in scope.session.scalars(mine(scope, Return).where(Return.claim_id == made)):
            desk.arrive(scope, back.id, units=back.units, version=back.version)


def _sold_elsewhere(scope: Scope) -> None:
    """A marketplace has numbers of its own for some goods, and is told two fewer than are free."""
    codes = "\n".join(f"{10_240_000 + n}, {one.sku}" for n, one in enumerate(samples.products()[:8]))
    channels.name_products(scope, "smartstore", codes)
    channels.keep_back(scope, "smartstore", buffer=2, version=0)


def _gift(scope: Scope) -> None:
    """A set is sold besides: of two things of which most are free."""
    some = goods.known(scope, _fullest(scope)[:2])
    made, _ = goods.ensure(scope, [Goods(GIFT, "집들이 선물 세트", "")])
    if len(some) > 1:
        recipes.declare(scope, made[GIFT], dict.fromkeys(some.values(), 1))


def _lent(stage: Stage, owner: Player, who: Player) -> None:
    """Goods went to a partner's home, one fewer than was said; more are on their way to her."""
    first = act(stage, owner.actor, partial(_handed_over, who=who, key="curtain"), called="handed")
    act(stage, who.actor, partial(_received, handover_id=first), called="received")
    act(stage, owner.actor, partial(_handed_over, who=who, key="curtain-2"), called="handed")


def _handed_over(scope: Scope, *, who: Player, key: str) -> int:
    free, fullest = supplies.free(scope), _fullest(scope)
    ids = goods.known(scope, fullest)
    there = zip((ids[sku] for sku in fullest), AT_HOME, strict=False)
    units = {product: min(count, free[product]) for product, count in there}
    return (
        sending.hand_over(scope, key=key, goods=units, partner_id=who.actor.partner_id or 0) if units else 0
    )


def _received(scope: Scope, *, handover_id: int) -> None:
    """All of the first came, and one unit less of the second: counted twice."""
    for number, line in enumerate(reads.slip(scope, handover_id).lines if handover_id else ()):
        for _ in range(2 if number else 1):
            receiving.tell(scope, line.id, units=line.sent - min(number, 1), seen=line.version)


def _fullest(scope: Scope) -> list[str]:
    """The SKUs of which something is free, the most first."""
    free = {product: units for product, units in supplies.free(scope).items() if units > 0}
    skus = {id_: sku for sku, id_ in goods.known(scope, [one.sku for one in samples.products()]).items()}
    return [skus[id_] for id_ in sorted(free, key=lambda id_: (-free[id_], id_)) if id_ in skus]


def _packed(stage: Stage, who: Player) -> int:
    """One parcel from its claim to handing it in; its task."""
    parcel = _next(stage, who)
    _pass(stage, packing.pack(stage, who, parcel))
    return parcel.task_id


def _next(stage: Stage, who: Player) -> Parcel:
    parcel = moves.next_parcel(stage, who)
    if parcel is None:
        raise AssertionError("the last file brought work for everybody")
    return parcel


def _pass(stage: Stage, spans: Iterator[timedelta]) -> None:
    for span in spans:
        stage.now += span


def _sent_back(stage: Stage, who: Player, task_id: int) -> None:
    """A newcomer's work is always looked at; this one comes back with a mark on its photo."""
    waiting = look(stage, who.actor, partial(_inspection, task_id=task_id))
    case = look(stage, who.actor, partial(checking.case_of, inspection_id=waiting))
    checking.decide(stage, who, case, verdict="send_back", found=SEEN)


def _appealed(stage: Stage, people: Troupe, who: Player, task_id: int) -> int:
    """Another one came back, and whoever packed it does not think so; the appeal."""
    _sent_back(stage, people.reviewers[0], task_id)
    said = partial(filing.appeal, task_id=task_id, text=protesting.WORDS[True])
    return act(stage, who.actor, lambda scope: said(scope).id, called="appealed")


def _overturned(stage: Stage, people: Troupe, appeal_id: int) -> None:
    """Whoever looked a second time saw nothing wrong."""
    said = partial(judging.judge, appeal_id=appeal_id, verdict="accept", note=SHARP)
    act(stage, people.reviewers[-1].actor, said, called="appeal_accept")


def _inspection(scope: Scope, *, task_id: int) -> int:
    of_task = select(Inspection.id).where(Inspection.shop_id == scope.shop_id, Inspection.task_id == task_id)
    return scope.session.scalars(of_task).one()


def _begun(stage: Stage, who: Player, *, items: int) -> None:
    """A parcel that is in hand: looked at, and its first items done."""
    parcel = _next(stage, who)
    moves.look_at_label(stage, who, parcel)
    for item in answers.todo(parcel.items, failed=parcel.failed)[:items]:
        stage.now += timedelta(seconds=30)
        moves.do(stage, who, parcel, item, ())
