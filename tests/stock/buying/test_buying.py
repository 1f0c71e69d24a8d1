"""From what was asked for to goods on the shelf: proposed with a reason, ordered, come in parts, learned from."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select, update

from base.errors import NotFound, Stale
from base.scope import Scope
from stock import rolling
from stock.buying import looking, noting, purchasing, reads, suppliers
from stock.buying.models import Outlook, Purchase
from stock.buying.noting import BadNote, CostKnown
from stock.buying.noting import Told as Noted
from stock.buying.purchasing import BadUnits, Came, NoSupplier
from stock.buying.suppliers import BadSupplier, BadTerms, Told
from stock.ledger import Balance
from stock.levels import QUARANTINE
from stock.value import costing
from stock.value import reads as money
from stock.value.models import Worth
from stock.value.saying import rough
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock.yard import balance, draft, place, products, receive

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that sells two mugs a day for five weeks, and holds eleven; a hat was asked for once."""

    acting_as: ActingAs
    cast: Cast
    ids: dict[str, int]

    @contextmanager
    def owner(self, days: float = 0) -> Iterator[Scope]:
        with self.acting_as(self.cast.haneul, now=MONDAY + timedelta(days=days)) as scope:
            yield scope


@pytest.fixture
def shop(cast: Cast, acting_as: ActingAs) -> Shop:
    with acting_as(cast.haneul, now=MONDAY - timedelta(days=35)) as scope:
        ids = products(scope, "MUG", "HAT")
        receive(scope, {"MUG": 81, "HAT": 3})
    with acting_as(cast.haneul) as scope:
        sold = [draft(f"{day}", {"MUG": 2}, placed_at=MONDAY - timedelta(days=day)) for day in range(1, 36)]
        place(scope, *sold, draft("hat", {"HAT": 1}, placed_at=MONDAY - timedelta(days=2)))
        rolling.keep(scope)
    return Shop(acting_as, cast, ids)


def look(scope: Scope, product_id: int) -> Outlook:
    found = reads.look(scope, product_id)
    assert found is not None
    return found


def test_what_runs_out_is_proposed_ordered_once_and_learned_from(shop: Shop) -> None:
    mug, hat = shop.ids["MUG"], shop.ids["HAT"]
    with shop.owner() as scope:
        (one,) = reads.proposals(scope).rows
        assert (one.product.sku, one.supply, one.look.rate_milli, one.look.free) == ("MUG", None, 2000, 11)
        assert (one.look.lasts, one.reason, look(scope, hat).demands) == (5, "late", 1)
        assert one.weeks == [11, 22, 8, 0, 0, 0, 0, 0, 0]  # twenty-five come in a week, two go a day
        with pytest.raises(NoSupplier):
            purchasing.order(scope, {mug: 10})
        maker = suppliers.add(scope, name="도자기 공방", lead_days=4)
        suppliers.set_terms(scope, mug, Told(maker, least=24, pack=12, price=Decimal(3100)))
        (one,) = reads.proposals(scope).rows
        assert one.look.propose == 24  # fifteen would do for eleven days and a worse one: two boxes of twelve
        (made,) = purchasing.order(scope, {mug: 36})  # she takes three
        assert reads.proposals(scope).rows == []  # what is on its way is not proposed again
        assert look(scope, mug).on_order == 36
        with pytest.raises(BadUnits):
            purchasing.order(scope, {mug: 0})
    with shop.owner(days=8) as scope:
        row = scope.session.get_one(Purchase, made)
        (line,) = purchasing.lines_of(scope, made)
        assert (row.state, row.expected, line.parts) == ("ordered", TODAY + timedelta(days=4), 31_000_000)
        came = {line.id: Came(good=20, damaged=4)}
        purchasing.receive(scope, made, came, key="first", version=1)
        purchasing.receive(scope, made, came, key="first", version=1)  # the same form again
        with pytest.raises(Stale):
            purchasing.receive(scope, made, came, key="second", version=1)
        assert (line.good, line.damaged, line.coming) == (20, 4, 12)
        assert balance(scope, "MUG", kind=QUARANTINE) == Balance(4, 0)
        assert balance(scope, "MUG").on_hand == 101
        rolling.keep(scope)
        worth = scope.session.scalars(select(Worth).where(Worth.product_id == mug)).one()
        assert (worth.units, costing.said(worth.parts)) == (105, 24 * 3100)
    with shop.owner(days=9) as scope:
        purchasing.step(scope, made, "close", version=2)  # the last twelve will not come
        row = scope.session.get_one(Purchase, made)
        assert (row.state, row.took, look(scope, mug).on_order) == ("received", 8, 0)
        (known,) = reads.known(scope)
        assert (known.deliveries, known.damaged.hits, known.damaged.n) == (1, 4, 24)
        assert round(known.lead.days, 2) == 5.33  # four told, twice; eight seen, once
        with pytest.raises(Stale):
            purchasing.step(scope, made, "cancel", version=3)


def test_what_the_owner_knows_changes_what_is_proposed(shop: Shop) -> None:
    mug, hat = shop.ids["MUG"], shop.ids["HAT"]
    with shop.owner() as scope:
        before = look(scope, mug).propose
        sale = Noted("promotion", 300, TODAY + timedelta(days=1), TODAY + timedelta(days=14), "연말 행사")
        kept = noting.note(scope, mug, sale)
        assert (look(scope, mug).noted, look(scope, mug).rate_milli) == (300, 6000)
        assert look(scope, mug).propose > 2 * before
        noting.withdraw(scope, kept)
        assert look(scope, mug).propose == before
        for wrong in (
            Noted("rumour", 100, TODAY, TODAY, "x"),
            Noted("other", 1001, TODAY, TODAY, "x"),
            Noted("other", 100, TODAY, TODAY - timedelta(days=1), "x"),
            Noted("other", 100, TODAY, TODAY, ""),
            Noted("other", 100, TODAY, TODAY, "주민번호 900101-1234567"),
        ):
            with pytest.raises(BadNote):
                noting.note(scope, mug, wrong)
        place(scope, draft("big", {"MUG": 40}))  # waits: eleven are free
        rolling.keep(scope)
        assert (look(scope, mug).free, look(scope, mug).propose) == (-29, before + 40)
        noting.tell_cost(scope, hat, Decimal(4000))
        worth = scope.session.scalars(select(Worth).where(Worth.product_id == hat)).one()
        assert costing.said(worth.parts) == 3 * 4000
        assert rolling.differences(scope) == []
        with pytest.raises(CostKnown):
            noting.tell_cost(scope, hat, Decimal(5000))


def test_suppliers_and_terms_are_refused_where_they_are_none(shop: Shop) -> None:
    with shop.owner() as scope:
        maker = suppliers.add(scope, name="공방", lead_days=4)
        for name, days in (("공방", 3), ("", 3), ("새 공방", 0), ("900101-1234567", 3)):
            with pytest.raises(BadSupplier):
                suppliers.add(scope, name=name, lead_days=days)
        suppliers.change(scope, maker, name="큰 공방", lead_days=6)
        assert [(row.name, row.lead_days) for row in suppliers.listed(scope)] == [("큰 공방", 6)]
        for told in (
            Told(maker, 0, 1, Decimal(1)),
            Told(maker, 1, 1, Decimal(-1)),
            Told(maker + 99, 1, 1, Decimal(1)),
        ):
            with pytest.raises(BadTerms):
                suppliers.set_terms(scope, shop.ids["MUG"], told)
        with pytest.raises(NotFound):
            purchasing.step(scope, 99, "close", version=1)


def test_the_pages_from_proposal_to_shelf(shop: Shop, signed_in: SignedIn) -> None:
    mug, browser = shop.ids["MUG"], signed_in(shop.cast.haneul)
    csrf = {"csrf": browser.csrf}  # type: ignore[attr-defined]

    def post(path: str, **fields: object) -> str:
        answer = browser.post(
            path, data=csrf | {name.replace("__", "-"): f"{value}" for name, value in fields.items()}
        )
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.location

    first = browser.get("/buying").get_data(as_text=True)
    assert "지금 1개 상품을 주문하면 좋아요." in first
    assert "5일이면 떨어지는데 오기까지 7일 걸려요. 하루에 2.0개씩 나가요." in first
    assert "아직 판단할 자료가 부족해요." in browser.get(f"/buying/products/{shop.ids['HAT']}").get_data(
        as_text=True
    )
    assert post("/buying/suppliers", name="공방", lead_days=4) == "/buying/suppliers"
    with shop.owner() as scope:
        (maker,) = suppliers.listed(scope)
    at = f"/buying/products/{mug}"
    assert post(f"{at}/terms", supplier=maker.id, least=24, pack=12, price="3,100") == at
    refused = browser.post(f"{at}/terms", data=csrf | {"supplier": f"{maker.id}", "least": "0", "price": "1"})
    assert (refused.status_code, "1개가 넘는 수량을 숫자로" in refused.get_data(as_text=True)) == (422, True)
    assert (
        post(f"{at}/notes", kind="feedback", percent=100, first=TODAY, last=TODAY, words="다들 좋대요") == at
    )
    made = post("/buying/order", pick=mug, **{f"units__{mug}": 36})
    page = browser.get(made).get_data(as_text=True)
    assert "공방에 주문한 것" in page
    with shop.owner() as scope:
        (line,) = purchasing.lines_of(scope, int(made.rsplit("/", 1)[1]))
    post(f"{made}/receive", version=1, **{f"good__{line.id}": 36, f"damaged__{line.id}": 0})
    assert "받았어요" in browser.get(made).get_data(as_text=True)
    lists = [f"/buying/money/{what}" for what in money.LISTS]
    ours = [
        "/buying",
        "/buying/purchases",
        "/buying/suppliers",
        f"/buying/suppliers/{maker.id}",
        "/buying/money",
    ]
    for path in (*ours, *lists, at):
        assert browser.get(path).status_code == 200
    assert [signed_in(shop.cast.minji).get(path).status_code for path in ours] == [403] * len(ours)
    assert browser.get("/buying/money/nothing").status_code == 404
    assert signed_in(shop.cast.stranger).get(made).status_code == 404
    assert signed_in(shop.cast.stranger).post(f"{made}/close", data=csrf).status_code in {400, 403, 404}


def test_pages_read_as_little_in_a_large_shop(shop: Shop) -> None:
    """The same statements for three products as for three hundred, and each list by its own index."""
    with shop.owner() as scope:
        _statements(scope)  # the calendar is read once
        asked = [_statements(scope)]
        more = products(scope, *(f"P{number:03}" for number in range(300)))
        looking.refresh(scope, more.values())
        days = {
            "free": 1,
            "rate_milli": 900,
            "propose": 9,
            "asleep": 7,
            "over_parts": 7,
            "missed_won": 7,
            "mean_parts": 7,
            "room": 7,
            "abc": "A",
            "xyz": "X",
        }
        scope.session.execute(update(Outlook).values(**days, parts=9).where(Outlook.shop_id == scope.shop_id))
        asked.append(_statements(scope))
        assert [len(said) for said in asked] == [len(asked[0])] * 2
        plans = {
            name for said in asked[1] for name in _indexes(scope, said) if name.startswith("ix_outlooks")
        }
        lists = ("proposed", "parts", "asleep", "over", "missed", "returns", "room", "class")
        assert plans == {f"ix_outlooks_{name}" for name in lists}


def _statements(scope: Scope) -> list[str]:
    """What the pages say to the database, whole."""
    said = list[str]()

    def hear(_c: object, cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    bind = scope.session.connection()
    event.listen(bind, "before_cursor_execute", hear)
    reads.proposals(scope)
    money.money(scope)
    for what in money.LISTS:
        money.ranked(scope, what)
    money.of_class(scope, "AX")
    event.remove(bind, "before_cursor_execute", hear)
    return said


def _indexes(scope: Scope, statement: str) -> list[str]:
    """The indexes by which SQLite looks for a statement's rows."""
    count = statement.count("?")
    plan = scope.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * count)
    return re.findall(r"USING (?:COVERING )?INDEX (\w+)", " ".join(row[3] for row in plan))


@pytest.mark.parametrize(
    ("amount", "said"),
    [(9_400, "9,400원"), (3_124_000, "312만원"), (100_000_000, "1억원"), (123_456_789, "1억 2,346만원")],
)
def test_amounts_as_a_person_says_them(amount: int, said: str) -> None:
    assert (rough(amount, "ko"), rough(3_124_000, "en")) == (said, "₩3,124,000")
