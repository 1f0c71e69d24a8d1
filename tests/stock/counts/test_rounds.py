"""A weekly count: laid out by the plan, told blind by whoever has the goods, allowed where dear, and closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from base.errors import NotFound
from base.scope import Scope
from security import people
from security.models import Membership
from stock import counting, invariants, levels
from stock.counts import entering, gaps, life, reads, rounds
from stock.counts.models import CountLine
from stock.models import Count, Movement, Product
from tests.cast import MONDAY, ActingAs, Cast
from tests.stock import yard

PRICES = {"MUG": 12_000, "POT": 90_000, "TAPE": 800}


@pytest.fixture
def stocked(cast: Cast, acting_as: ActingAs) -> None:
    """Ten mugs, four pots and a hundred rolls of tape; six mugs and twenty rolls lie in Minji's home."""
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG": 16, "POT": 4, "TAPE": 120})
        ids = yard.products(scope, *PRICES)
        for sku, price in PRICES.items():
            row = Product.shop_id == scope.shop_id, Product.id == ids[sku]
            scope.session.execute(update(Product).where(*row).values(price=Decimal(price)))
        goods = {ids["MUG"]: 6, ids["TAPE"]: 20}
        yard.lend(scope, goods, cast.minji.actor)


def begun(acting_as: ActingAs, cast: Cast, **how: int) -> int:
    with acting_as(cast.haneul) as scope:
        return rounds.begin(scope, **how)


def told(scope: Scope, sku: str, units: int) -> str:
    """Whoever acts counts a product as their sheet asks for it; gives how the line stands then."""
    partner = scope.actor.partner_id or 0
    asked = {one.product.sku: one for _, lines in reads.asked(scope, partner_id=partner) for one in lines}
    line = asked[sku]
    return entering.tell(scope, line.id, units=units, begun=line.begun, seen=line.version).state


def test_a_week_of_counting(stocked: None, cast: Cast, acting_as: ActingAs) -> None:
    round_id = begun(acting_as, cast)
    with acting_as(cast.minji) as scope:
        assert [one.units for one in reads.own_goods(scope)] == [None, None]
        assert reads.asked_of(scope) == 2
        assert told(scope, "MUG", 6) == life.COUNTED
        assert told(scope, "TAPE", 18) == life.AGAIN
    with acting_as(cast.haneul) as scope:  # she packs one roll between her two counts
        tape = yard.products(scope, "TAPE")
        yard.bring(scope, {tape["TAPE"]: 1}, cast.minji.actor, "one-back")
    with acting_as(cast.minji) as scope:
        assert told(scope, "TAPE", 17) == life.COUNTED  # two missing, seen twice: 1,600 won
        assert [one.units for one in reads.own_goods(scope)] == [6, 17]
    with acting_as(cast.haneul) as scope:
        assert [told(scope, "MUG", 10), told(scope, "TAPE", 101)] == [life.COUNTED, life.COUNTED]
        assert [told(scope, "POT", 3), told(scope, "POT", 3)] == [life.AGAIN, life.WAITING]
        assert yard.balance(scope, "POT").on_hand == 4  # 90,000 won: nothing is booked before a yes
        (pot,) = [line for line in reads.lines(scope, round_id) if line.state == life.WAITING]
        assert (pot.said, pot.variance, pot.worth) == ((3, 3), -1, -90_000)
        assert rounds.differing(scope) == (1, MONDAY)
        assert entering.allow(scope, pot.id, cause="damaged").alone  # the shop has no other owner
        assert yard.balance(scope, "POT").on_hand == 3
        rounds.close(scope, round_id, summary="냄비 하나가 깨져 있었어요")
        seen = reads.round_(scope, round_id)
        assert (seen.tally.counted, seen.tally.differed, seen.tally.dropped) == (5, 2, 0)
        gap = gaps.total(scope, scope.now - timedelta(days=1))
        assert (gap.counts, gap.agreed, gap.missing, gap.surplus) == (5, 3, 3, 0)
        assert [(place.kind, one.missing) for place, one in gaps.by_place(scope, MONDAY)] == [
            ("warehouse", 1),
            ("home", 2),
        ]
        assert [(product.sku, one.units) for product, one in gaps.by_product(scope, MONDAY)] == [
            ("TAPE", 2),
            ("POT", 1),
        ]
        assert [one.units for _, one in gaps.weeks(scope)][-1] == 3
        assert invariants.findings(scope) == []
    with acting_as(cast.haneul, now=MONDAY + timedelta(days=1)) as scope:
        with pytest.raises(rounds.NothingDue):
            rounds.begin(scope)
    with acting_as(cast.haneul, now=MONDAY + timedelta(days=8)) as scope:  # what differed comes round again
        assert [one.why for one in rounds.due(scope).wanted] == ["differed", "differed"]


def test_nobody_counts_another_ones_goods_or_sees_the_book(
    stocked: None, cast: Cast, acting_as: ActingAs
) -> None:
    round_id = begun(acting_as, cast)
    with acting_as(cast.haneul) as scope:
        lines = {(line.product.sku, line.place.kind): line.id for line in reads.lines(scope, round_id)}
        assert {(line.variance, line.said, line.worth) for line in reads.lines(scope, round_id)} == {
            (0, (), None)
        }
        with pytest.raises(NotFound):  # a home is counted by whoever lives there
            entering.tell(scope, lines["MUG", "home"], units=6, begun=0, seen=1)
    for who, line in (
        (cast.sujin, ("MUG", "home")),
        (cast.minji, ("MUG", "warehouse")),
        (cast.stranger, ("POT", "warehouse")),
    ):
        with acting_as(who) as scope, pytest.raises(NotFound):
            entering.tell(scope, lines[line], units=6, begun=0, seen=1)


def test_a_number_is_taken_once_and_from_the_newest_page(
    stocked: None, cast: Cast, acting_as: ActingAs
) -> None:
    round_id = begun(acting_as, cast)
    with acting_as(cast.minji) as scope:
        ((_, lines),) = reads.asked(scope, partner_id=cast.minji.partner_id or 0)
        mug = next(one for one in lines if one.product.sku == "MUG")
        assert entering.tell(scope, mug.id, units=5, begun=mug.begun, seen=mug.version).state == life.AGAIN
        with pytest.raises(entering.ToldBefore):  # an older page
            entering.tell(scope, mug.id, units=5, begun=mug.begun, seen=mug.version)
        with pytest.raises(counting.BadCount):
            entering.tell(scope, mug.id, units=-1, begun=mug.begun, seen=mug.version + 1)
    with acting_as(cast.haneul) as scope:  # counted beside the round: what was begun before it tells nothing
        shelf = (mug.product.id, levels.location(scope, levels.HOME, partner_id=cast.minji.partner_id or 0))
        counting.count(scope, shelf=shelf, counted=4, begun=counting.begin(scope, shelf))
    with acting_as(cast.minji) as scope, pytest.raises(counting.CountOutdated):
        entering.tell(scope, mug.id, units=5, begun=mug.begun, seen=mug.version + 1)
    with acting_as(cast.minji) as scope:
        assert told(scope, "MUG", 4) == life.COUNTED
        with pytest.raises(entering.LineOver):
            entering.tell(scope, mug.id, units=4, begun=0, seen=9)
    with acting_as(cast.haneul) as scope:
        rounds.close(scope, round_id, summary="")
        with pytest.raises(rounds.RoundClosed):
            rounds.close(scope, round_id, summary="")
        assert (
            scope.session.scalar(select(func.count(CountLine.id)).where(CountLine.state == life.DROPPED)) == 4
        )
        assert scope.session.scalar(select(func.count(Count.id))) == 2
        rounds.begin(scope)  # what was left comes round again


def test_who_counted_does_not_say_yes_where_another_can(
    stocked: None, cast: Cast, acting_as: ActingAs
) -> None:
    round_id = begun(acting_as, cast, dear=0)
    with acting_as(cast.haneul) as scope:
        people.invite(scope, login="second@shop.kr", name="하나", role="owner")
        assert [told(scope, "POT", 3), told(scope, "POT", 3)] == [life.AGAIN, life.WAITING]
        (pot,) = [line for line in reads.lines(scope, round_id) if line.state == life.WAITING]
        with pytest.raises(entering.BadCause):
            entering.allow(scope, pot.id, cause="whatever")
        moved = scope.session.scalar(select(func.count(Movement.id)))
        assert entering.send_back(scope, pot.id).said == {"said": []}
        assert [told(scope, "POT", 5), told(scope, "POT", 6), told(scope, "POT", 7)][-1] == life.WAITING
        assert scope.session.scalar(select(func.count(Movement.id))) == moved
        second = Membership.shop_id == scope.shop_id, Membership.account_id != scope.actor.id
        scope.session.execute(
            update(Membership).where(*second, Membership.role == "owner").values(accepted_at=MONDAY)
        )
        with pytest.raises(entering.OwnCount):
            entering.allow(scope, pot.id, cause="unknown")
        scope.session.execute(
            update(Membership).where(*second, Membership.role == "owner").values(ended_at=MONDAY)
        )
        assert entering.allow(scope, pot.id, cause="unknown").variance == 3  # nobody else is left to ask
        with pytest.raises(entering.LineOver):
            entering.allow(scope, pot.id, cause="unknown")
        with pytest.raises(entering.BadCause):
            entering.explain(scope, pot.id, cause="")
        assert entering.explain(scope, pot.id, cause="not_booked_in").cause == "not_booked_in"


def test_one_round_at_a_time(stocked: None, cast: Cast, acting_as: ActingAs) -> None:
    begun(acting_as, cast)
    with acting_as(cast.haneul) as scope, pytest.raises(rounds.RoundOpen):
        rounds.begin(scope)
    with acting_as(cast.haneul) as scope, pytest.raises(rounds.BadRound):
        rounds.begin(scope, dear=-1)
