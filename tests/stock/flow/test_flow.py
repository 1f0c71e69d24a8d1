"""The monthly flow as the owner reads it: kept with the value, by place, reconciled, on a page and in a workbook."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from base import sheets
from base.scope import Scope
from stock import levels, moves, orders, rolling
from stock.flow import reads
from stock.flow.models import FlowMonth, FlowSum
from stock.flow.reads import Flow
from stock.flow.telling import Held
from stock.models import Level
from stock.value import costing, keeping
from stock.value.models import Worth
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock.yard import draft, place, products, receive

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
OLD = MONDAY - timedelta(days=40)


def bought(scope: Scope, sku: str, units: int, won: int) -> None:
    key = f"bought:{sku}:{scope.now.isoformat()}"
    keeping.price(scope, key=key, paid={products(scope, sku)[sku]: units * costing.parts(won)})
    receive(scope, {sku: units}, key)


def home_of(scope: Scope, cast: Cast) -> int:
    return levels.location(scope, levels.HOME, partner_id=cast.minji.partner_id or 0)


def said(flow: Flow) -> dict[str, tuple[int, int]]:
    """Units and won by what happened; what did not is left out."""
    told = {"opening": flow.opening, **flow.sums, "closing": flow.closing}
    return {name: (one.units, costing.said(one.parts)) for name, one in told.items() if one != Held()}


@pytest.mark.both
def test_a_month_adds_up_everywhere_and_is_the_ledger(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul, now=OLD) as scope:
        bought(scope, "MUG", 10, 1000)
        bought(scope, "CUP", 5, 500)
        rolling.keep(scope)
    with acting_as(cast.haneul) as scope:
        bought(scope, "MUG", 10, 2000)
        rolling.keep(scope)
        mug = products(scope, "MUG")["MUG"]
        first = place(scope, draft("1", {"MUG": 4})).orders[0]
        orders.ship(scope, first)
        shelf, home = (levels.location(scope, levels.WAREHOUSE), home_of(scope, cast))
        moves.carry(scope, key="home", goods={mug: 6}, source=shelf, target=home, reason="hand_over")
        rolling.keep(scope)
        whole = sum(reads.places(scope, NOVEMBER).values(), Flow())
        assert said(whole) == {
            "opening": (15, 12_500),
            "received": (10, 20_000),
            "issued": (-4, -6_000),
            "moved_in": (6, 9_000),
            "moved_out": (-6, -9_000),
            "closing": (21, 26_500),
        }
        assert said(sum(reads.places(scope, OCTOBER).values(), Flow()))["closing"] == (15, 12_500)
        cup, mugs = reads.goods(scope, NOVEMBER).rows
        assert (cup.product.sku, said(cup.all)) == ("CUP", {"opening": (5, 2_500), "closing": (5, 2_500)})
        assert [said(mugs.places[at])["closing"] for at in (shelf, home)] == [(10, 15_000), (6, 9_000)]
        assert said(mugs.all)["closing"] == (16, 24_000)
        assert [(month, said(flow)["closing"]) for month, flow in reads.of_product(scope, mug)] == [
            (NOVEMBER, (16, 24_000)),
            (OCTOBER, (10, 10_000)),
        ]
        # the ledger says the same: units at every place, and the worth of everything
        by_place = dict(
            scope.session.execute(
                select(Level.location_id, func.sum(Level.on_hand)).group_by(Level.location_id)
            ).all()
        )
        now = {at: flow.closing.units for at, flow in reads.places(scope, NOVEMBER).items()}
        assert now == {at: units for at, units in by_place.items() if units}
        assert whole.closing.parts == scope.session.scalar(select(func.sum(Worth.parts)))
        kept = [row.closing_parts for row in scope.session.scalars(select(FlowMonth).order_by(FlowMonth.id))]
        assert rolling.differences(scope) == []
        rolling.rebuild(scope)
        scope.session.expire_all()
        anew = select(FlowMonth).order_by(FlowMonth.id)
        assert sorted(row.closing_parts for row in scope.session.scalars(anew)) == sorted(kept)
        scope.session.execute(FlowMonth.__table__.update().values(issued=FlowMonth.issued - 1))
        cup = products(scope, "CUP")["CUP"]
        months = [f"flow.2026-{month}.{at}" for month, at in (("10", shelf), ("11", shelf), ("11", home))]
        wrong = [f"value.{id_}" for id_ in sorted((cup, mug))]
        assert rolling.sampled(scope) == [*wrong, *months]
        rolling.rebuild(scope)
        scope.session.execute(FlowSum.__table__.update().values(issued=FlowSum.issued - 1))
        assert rolling.differences(scope) == [*months, f"flow.place.{shelf}", f"flow.place.{home}"]
        rolling.rebuild(scope)
        assert rolling.sampled(scope) == []


def test_the_owner_reads_prints_and_takes_it_out(
    cast: Cast, acting_as: ActingAs, signed_in: SignedIn
) -> None:
    with acting_as(cast.haneul) as scope:
        bought(scope, "MUG", 3, 1001)
        bought(scope, "=CUP", 2, 10)
        receive(scope, {"MUG": 1})  # nobody said what it cost
        rolling.keep(scope)
        mug = products(scope, "MUG")["MUG"]
        home = home_of(scope, cast)
    with signed_in(cast.haneul) as client:
        page = client.get("/stock/flow").text
        assert "0개(0원)로 시작해 6개가 들어오고 0개가 나가서, 지금 6개(4,024원)가 남아 있어요." in page
        assert client.get("/stock/flow?q=MUG").text.count(f"/stock/flow/products/{mug}") == 1
        assert client.get(f"/stock/flow?place={home}").status_code == 200
        for wrong in ("month=2026-13", "month=2027-01", "place=999999"):
            assert client.get(f"/stock/flow?{wrong}").status_code == 404
        assert client.get("/stock/flow/paper?month=2026-11").status_code == 200
        assert "2026-11" in client.get(f"/stock/flow/products/{mug}").text
        assert client.get(f"/stock/movements?product_id={mug}&month=2026-11").text.count("<time") >= 2
        assert client.get(f"/stock/movements?product_id={mug}&month=2026-13").status_code == 404
        taken = client.get("/stock/flow/file?month=2026-11")
        assert taken.headers["Content-Disposition"] == 'attachment; filename="dari-flow-2026-11.xlsx"'
    rows = {cells[0]: cells for _, cells in sheets.read(taken.data, "flow.xlsx").rows}
    assert {sku: (cells[11], cells[20]) for sku, cells in rows.items()} == {
        "=CUP": ("2", "20"),
        "MUG": ("4", "4004"),
    }
    with signed_in(cast.minji) as client:
        assert client.get("/stock/flow").status_code == 403
