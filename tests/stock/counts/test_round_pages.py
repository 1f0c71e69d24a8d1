"""The pages of a weekly count: a round through the browser's forms, what is refused, and who has no business there."""

import re

import pytest
from sqlalchemy import select

from stock.counts.models import CountLine
from stock.models import Product
from tests.cast import ActingAs, Cast, SignedIn
from tests.stock import yard
from tests.stock.test_pages import gone, page, post, words

JSON = {"Accept": "application/json"}


@pytest.fixture
def home(cast: Cast, acting_as: ActingAs) -> None:
    """Seven cups on the shelf and five in Minji's home."""
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"CUP": 12})
        cup = yard.products(scope, "CUP")["CUP"]
        yard.lend(scope, {cup: 5}, cast.minji.actor)


def line_of(acting_as: ActingAs, cast: Cast, *, partner_id: int) -> CountLine:
    with acting_as(cast.haneul, reading=True) as scope:
        return scope.session.scalars(select(CountLine).where(CountLine.partner_id == partner_id)).one()


def test_a_round_in_the_browser(home: None, cast: Cast, signed_in: SignedIn, acting_as: ActingAs) -> None:
    owner, minji, sujin = signed_in(cast.haneul), signed_in(cast.minji), signed_in(cast.sujin)
    assert "지금 세고 있는 실사가 없어요" in page(owner, "/stock/rounds")
    assert "여기를 고쳐 주세요" in words(post(owner, "/stock/rounds", dear="많이"))
    begun = post(owner, "/stock/rounds", dear="10,000")
    assert begun.status_code == 302
    round_page = begun.location
    assert "하고 있는 실사가 있어요" in words(post(owner, "/stock/rounds", dear="0"))

    mine = line_of(acting_as, cast, partner_id=cast.minji.partner_id or 0)
    shown = page(minji, "/my-stock")
    assert ("세는 중이에요" in shown, "5개" in shown) == (True, False)
    assert "1가지만 세어 주세요" in page(minji, "/today")
    assert "CUP 상품" in page(minji, "/my-stock/sheet")
    assert "다 세었어요" in page(sujin, "/my-stock/sheet")

    told = {"units": "4", "begun": mark(minji), "version": "1"}
    bad = post(minji, f"/my-stock/lines/{mine.id}/count", **told | {"units": "네 개"})
    assert (bad.status_code, "0 이상의 정수" in words(bad)) == (422, True)
    again = minji.post(f"/my-stock/lines/{mine.id}/count", headers=JSON, data=told | {"csrf": minji.csrf})  # type: ignore[attr-defined]
    assert again.get_json() == {
        "stands": "todo",
        "again": True,
        "text": "CUP 상품을 한 번 더 세어 주세요. 처음부터 천천히요.",
        "fields": {"version": "2", "begun": mark(minji)},
        "progress": {"done": 0, "total": 1},
    }
    old = minji.post(f"/my-stock/lines/{mine.id}/count", headers=JSON, data=told | {"csrf": minji.csrf})  # type: ignore[attr-defined]
    assert (old.status_code, old.get_json()["code"]) == (409, "counts.told_before")
    done = post(minji, f"/my-stock/lines/{mine.id}/count", units="4", begun=mark(minji), version="2")
    assert (done.status_code, done.location) == (302, "/my-stock/sheet")

    waits = page(owner, round_page)  # a cup has no price yet: any difference asks for an owner
    assert "결정이 필요해요" in waits
    assert "세어 보니 장부와 많이 다른 것 1가지" in page(owner, "/board")
    assert "왜 다른지 골라" in words(post(owner, f"/stock/lines/{mine.id}/allow"))
    assert post(owner, f"/stock/lines/{mine.id}/allow", cause="lost").status_code == 302
    assert "없어졌어요" in page(owner, round_page)
    shelf = line_of(acting_as, cast, partner_id=0)
    assert (
        post(owner, f"/stock/lines/{shelf.id}/count", units="7", begun="99", version="1").status_code == 302
    )
    long = post(owner, f"{round_page}/close", summary="ㅋ" * 1001)
    assert (long.status_code, "1,000자까지" in words(long)) == (422, True)
    secret = post(owner, f"{round_page}/close", summary="900101-1234567")
    assert (secret.status_code, "주민등록번호" in words(secret)) == (422, True)
    assert post(owner, f"{round_page}/close", summary="좋았어요").status_code == 302
    assert "좋았어요" in page(owner, round_page)
    assert "2번 세어서 1번 맞았어요" in page(owner, "/stock/gaps")


def mark(client: object) -> str:
    """The mark the sheet gives for a count that begins now."""
    text = client.get("/my-stock/sheet").text  # type: ignore[attr-defined]
    found = re.search(r'name="begun" value="(\d+)"', text)
    assert found
    return found[1]


def test_strangers_find_nothing(home: None, cast: Cast, signed_in: SignedIn, acting_as: ActingAs) -> None:
    owner, stranger, minji, sujin = (
        signed_in(who) for who in (cast.haneul, cast.stranger, cast.minji, cast.sujin)
    )
    round_page = post(owner, "/stock/rounds", dear="0").location
    mine = line_of(acting_as, cast, partner_id=cast.minji.partner_id or 0)
    assert gone((stranger, round_page), (stranger, "/stock/rounds/999"), (owner, "/stock/rounds/999"))
    codes = [
        post(who, path, units="5", begun="0", version="1").status_code
        for who, path in (
            (sujin, f"/my-stock/lines/{mine.id}/count"),
            (owner, f"/stock/lines/{mine.id}/count"),
            (stranger, f"/stock/lines/{mine.id}/allow"),
            (owner, f"/stock/lines/{mine.id}/forget"),
            (minji, f"/stock/lines/{mine.id}/allow"),
        )
    ]
    assert codes == [404, 404, 404, 404, 403]
    with acting_as(cast.haneul, reading=True) as scope:
        assert scope.session.scalars(select(Product.sku)).all() == ["CUP"]
