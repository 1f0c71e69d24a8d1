"""Order files: once, whole or not at all, whatever happens meanwhile."""

import gzip
import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from base import errands, files
from base.models import Errand
from base.scope import World
from stock import imports, invariants, jobs, orders, samples
from stock.models import Cancellation, Correction, Fee, Import, Order, OrderLine, Product
from stock.profiles import PROFILES, Field, Mapping
from stock.steps import StepRefused
from stock.understanding import UnknownProfile
from tests.cast import MONDAY, ActingAs, Cast, Person
from tests.nursery import FORKS
from tests.stock import carrying
from tests.stock.yard import held, receive, state

SEOUL_MONDAY = datetime.fromisoformat("2026-11-23T08:00+09:00")
COUNTED = (Import, Order, OrderLine, Product, Cancellation, Correction, Fee)


class Clerk:
    """Sends files in for somebody and looks at what came of them."""

    def __init__(self, world: World, acting_as: ActingAs, person: Person) -> None:
        self.world, self.acting_as, self.person = world, acting_as, person

    def send(self, data: bytes, chosen: imports.Kind = None) -> int:
        with self.acting_as(self.person) as scope:
            return imports.receive(scope, kind=imports.ORDERS, data=data, name="orders.csv", chosen=chosen)

    def carry_out(self, import_id: int) -> dict[str, Any]:
        jobs.carry_out(self.world, shop_id=self.person.shop_id, import_id=import_id)
        return self.report(import_id)

    def report(self, import_id: int) -> dict[str, Any]:
        with self.acting_as(self.person, reading=True) as scope:
            row = scope.session.get_one(Import, import_id)
            return {"state": row.state, **row.report}

    def book(self) -> dict[str, int]:
        """How many rows of each kind there are."""
        with self.acting_as(self.person, reading=True) as scope:
            return {
                model.__tablename__: scope.session.scalar(select(func.count(model.id))) or 0
                for model in COUNTED
            }


@pytest.fixture
def clerk(world: World, acting_as: ActingAs, cast: Cast) -> Clerk:
    return Clerk(world, acting_as, cast.haneul)


def smartstore(orders: int, seed: int = 7, encoding: str = "cp949") -> bytes:
    return samples.order_file(
        samples.offers(), orders=orders, seed=seed, until=SEOUL_MONDAY, encoding=encoding
    )


@pytest.mark.parametrize("coat", ["cp949", "utf-8", "utf-8-sig", "gzip"])
def test_a_marketplaces_file_becomes_orders(clerk: Clerk, coat: str) -> None:
    data = smartstore(40, encoding="cp949" if coat == "gzip" else coat)
    report = clerk.carry_out(clerk.send(gzip.compress(data) if coat == "gzip" else data))
    assert (report["state"], report["channel"], report["problems"]) == ("done", "smartstore", [])
    assert report["orders"] == {"new": 40, "known": 0, "ready": 0, "short": 40, "cancelled": 0}
    assert clerk.book()["orders"] == 40
    assert clerk.book()["order_lines"] == report["lines"]


def test_the_same_file_again_is_the_import_it_already_was(clerk: Clerk) -> None:
    data = smartstore(20)
    first = clerk.send(data)
    assert clerk.send(data) == first  # still waiting
    report, book = clerk.carry_out(first), clerk.book()
    assert clerk.send(data) == first
    assert clerk.carry_out(first) == report
    assert clerk.book() == book


def test_the_same_orders_in_another_file_are_passed_over(clerk: Clerk) -> None:
    clerk.carry_out(clerk.send(smartstore(20)))
    book = clerk.book()
    report = clerk.carry_out(clerk.send(smartstore(20) + b"\r\n"))
    assert report["orders"] == {"new": 0, "known": 20, "ready": 0, "short": 0, "cancelled": 0}
    assert (report["lines"], report["fees"]["count"]) == (0, 0)
    assert clerk.book() == book | {"imports": 2}


@pytest.mark.both
def test_the_goods_at_hand_go_to_the_oldest_promises(clerk: Clerk, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {ware.sku: 1000 for ware in samples.products()})
    report = clerk.carry_out(clerk.send(smartstore(30)))
    assert (report["orders"]["ready"], report["orders"]["short"], report["products"]["new"]) == (30, 0, 0)
    with acting_as(cast.haneul, reading=True) as scope:
        assert invariants.findings(scope) == []


def test_one_bad_cell_and_nothing_is_imported(clerk: Clerk) -> None:
    lines = smartstore(20).decode("cp949").split("\r\n")
    cells = lines[7].split(",")
    broken = ",".join([*cells[:13], "셋", *cells[14:]])
    report = clerk.carry_out(clerk.send("\r\n".join([*lines[:7], broken, *lines[8:]]).encode()))
    assert (report["state"], report["refused"], report["wrong"]) == ("refused", "stock.bad_rows", 1)
    assert report["problems"] == [{"row": 8, "column": "수량", "value": "셋", "expected": "quantity"}]
    assert {name: count for name, count in clerk.book().items() if count} == {"imports": 1}
    mended = clerk.carry_out(clerk.send(smartstore(20)))
    assert (mended["state"], mended["orders"]["new"]) == ("done", 20)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7", "base.sheet_unknown"),
        (b"", "base.sheet_empty"),
        (b"a,b\r\n1,2\r\n", "stock.unknown_columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(clerk: Clerk, data: bytes, code: str) -> None:
    report = clerk.carry_out(clerk.send(data))
    assert (report["state"], report["refused"]) == ("refused", code)


def test_a_first_row_that_is_no_header_is_nobodys_to_read(clerk: Clerk, cast: Cast) -> None:
    id_ = clerk.send("A-1,김하나,010-2345-6789,서울 강남구 테헤란로 1\n".encode())
    clerk.carry_out(id_)
    with clerk.acting_as(cast.haneul, reading=True) as scope:
        row = scope.session.get_one(Import, id_)
        assert row.report == {"refused": "stock.unknown_columns", "facts": {}, "problems": []}


@pytest.mark.both
def test_columns_by_the_shops_own_names(clerk: Clerk, cast: Cast, acting_as: ActingAs) -> None:
    names = {
        Field.ORDER: "no", Field.PLACED: "when", Field.SKU: "what", Field.QUANTITY: "many", Field.PRICE: "each",
        Field.RECIPIENT: "who", Field.PHONE: "call", Field.ADDRESS: "where",
    }  # fmt: skip
    own = Mapping("generic", {field: (name,) for field, name in names.items()})
    data = "no;when;what;many;each;who;call;where\n1;2026-11-22 10:00;mug;2;9000;김하나;01023456789;서울 1\n"
    with acting_as(cast.haneul) as scope:
        imports.save_profile(scope, "우리 양식", own)
        imports.save_profile(scope, "우리 양식", own)
    with acting_as(cast.haneul, reading=True) as scope:
        chosen = imports.kind_of(scope, "우리 양식")
        assert (chosen, imports.kind_of(scope, "coupang"), imports.kind_of(scope, "")) == (
            own,
            PROFILES["coupang"],
            None,
        )
        with pytest.raises(UnknownProfile):
            imports.kind_of(scope, "남의 양식")
    report = clerk.carry_out(clerk.send(data.encode(), chosen))
    assert (report["state"], report["orders"]["new"], report["units"]) == ("done", 1, 2)


HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def retail(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows) + "\n").encode()


@pytest.mark.both
def test_cancellations_find_their_orders_and_fees_are_no_goods(
    clerk: Clerk, cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"20001": 5, "20002": 1})
    report = clerk.carry_out(
        clerk.send(
            retail(
                "500001,20001,Mug,6,2026-11-02 10:00:00,2.55,17850,UK",
                "500001,POST,Postage,1,2026-11-02 10:00:00,18.00,17850,UK",
                "500002,20002,Cup,1,2026-11-02 11:00:00,1.25,17850,UK",
                "500003,20002,Cup,1,2026-11-02 12:00:00,1.25,13047,UK",
                "C500004,20001,Mug,-2,2026-11-03 10:00:00,2.55,17850,UK",
                "C500005,20002,Cup,-1,2026-11-03 10:00:00,1.25,13047,UK",
                "C500006,20001,Mug,-1,2026-11-03 10:00:00,2.55,99999,UK",
                "500007,20001,found,1,2026-11-03 10:00:00,0,,UK",
                "500008,20002,broken,-5,2026-11-03 10:00:00,0,,UK",
            )
        )
    )
    assert report["orders"] == {"new": 3, "known": 0, "ready": 1, "short": 1, "cancelled": 1}
    assert report["cancellations"]["matched_units"] == 3
    assert report["cancellations"]["unmatched"] == [
        {"row": 8, "number": "C500006", "sku": "20001", "quantity": 1, "reason": "no_order"}
    ]
    assert report["corrections"] == {
        "count": 2,
        "units": -4,
        "applied_units": 0,
        "short": [{"row": 10, "sku": "20002", "quantity": -5, "applied": -1}],
    }
    assert report["fees"] == {"count": 1, "units": 1, "amount": "18.00"}
    with acting_as(cast.haneul) as scope:
        states = dict(scope.session.execute(select(Order.number, Order.state)).all())
        assert states == {"500001": "ready", "500002": "short", "500003": "cancelled"}
        assert (held(scope, "20001"), held(scope, "20002")) == ((6, 4), (0, 0))
        assert invariants.findings(scope) == []


@pytest.mark.both
def test_a_later_file_cancels_what_an_earlier_one_ordered(
    clerk: Clerk, cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"20001": 9})
    sold = [
        "500001,20001,Mug,3,2026-11-02 10:00:00,2.55,17850,UK",
        "500002,20001,Mug,3,2026-11-02 11:00:00,2.55,13047,UK",
        "500003,20001,Mug,3,2026-11-02 12:00:00,2.55,12583,UK",
    ]
    back = [
        "C500011,20001,Mug,-1,2026-11-05 10:00:00,2.55,17850,UK",
        "C500012,20001,Mug,-3,2026-11-05 10:00:00,2.55,13047,UK",
        "C500013,20001,Mug,-2,2026-11-05 10:00:00,2.55,12583,UK",
    ]
    clerk.carry_out(clerk.send(retail(*sold)))
    with acting_as(cast.haneul) as scope:
        part, whole, shipped = scope.session.scalars(select(Order.id).order_by(Order.id))
        orders.ship(scope, shipped)
    report = clerk.carry_out(clerk.send(retail(*sold, *back)))
    assert (report["orders"]["new"], report["orders"]["known"]) == (0, 3)
    taken = report["cancellations"]
    assert (taken["matched"], taken["after_shipping"], taken["orders_cancelled"]) == (3, 1, 1)
    again = clerk.carry_out(clerk.send(retail(*back)))
    assert (again["cancellations"]["known"], again["cancellations"]["matched"]) == (3, 0)
    with acting_as(cast.haneul) as scope:
        assert [state(scope, id_) for id_ in (part, whole, shipped)] == ["ready", "cancelled", "shipped"]
        assert held(scope, "20001") == (6, 2)
        assert invariants.findings(scope) == []
        with pytest.raises(StepRefused):
            orders.cancel(scope, shipped, why="asked")


@pytest.mark.both
def test_an_upload_is_sealed_and_gone_when_it_has_been_carried_out(
    clerk: Clerk, world: World, cast: Cast
) -> None:
    id_ = clerk.send(smartstore(5))
    with clerk.acting_as(cast.haneul, reading=True) as scope:
        key = scope.session.get_one(Import, id_).file_key
        assert scope.session.scalars(select(Errand.arguments)).all() == [{"import_id": id_}]
    kept = files.get(world.files, key)
    assert (b"010-0" in kept, "수취인".encode("cp949") in kept) == (False, False)
    clerk.carry_out(id_)
    assert files.exists(world.files, key) is False
    with clerk.acting_as(cast.haneul, reading=True) as scope:
        assert scope.session.get_one(Import, id_).file_key == ""


def test_the_workers_carry_out_what_was_received(clerk: Clerk, world: World) -> None:
    id_ = clerk.send(smartstore(5))
    assert errands.drain(replace(world, jobs={imports.JOB: jobs.IMPORT}), now=MONDAY) == 1
    assert (clerk.report(id_)["state"], clerk.book()["orders"]) == ("done", 5)


def test_another_shops_import_is_not_there(clerk: Clerk, world: World, cast: Cast) -> None:
    id_ = clerk.send(smartstore(5))
    with pytest.raises(imports.ImportEnded):
        with clerk.acting_as(cast.stranger) as scope:
            imports.advance(scope, id_, rows=1, progress=1)
    assert clerk.report(id_) == {"state": "waiting"}


@pytest.mark.both
def test_killed_at_any_moment_it_is_nothing_or_everything(clerk: Clerk, world: World, cast: Cast) -> None:
    chance = random.Random(20261123)
    id_ = clerk.send(smartstore(400))
    nothing = clerk.book()
    seen = set()
    for stage in ("understanding", "placing", "sealing", "placing", "placing", "placing"):
        _carry_out_and_kill(world, cast.shop_id, id_, stage, after=chance.uniform(0, 0.1))
        now = clerk.book()
        seen.add(now["orders"])
        assert now in (nothing, now | {"orders": 400, "imports": 1})
        if now["orders"]:
            break
    report = clerk.carry_out(id_)
    assert (report["state"], report["orders"]["new"], clerk.book()["orders"]) == ("done", 400, 400)
    assert 0 in seen
    with clerk.acting_as(cast.haneul, reading=True) as scope:
        assert invariants.findings(scope) == []


def _carry_out_and_kill(world: World, shop_id: int, import_id: int, stage: str, *, after: float) -> None:
    settings = world.settings
    environ = {
        "DARI_ENV": "test",
        "DARI_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
    }
    heard, told = FORKS.Pipe(duplex=False)
    hand = FORKS.Process(target=carrying.carry_out, args=(shop_id, import_id, environ, told))
    hand.start()
    told.close()
    with suppress(EOFError):
        while heard.recv() != stage:
            continue
    hand.join(after)
    hand.kill()
    hand.join()
    heard.close()
