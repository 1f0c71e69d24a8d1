"""The doors of pay: a partner's own month, the owner's prices and cards, and what a stranger finds."""

import pytest
from sqlalchemy import select

from partners.models import Partner, Price
from partners.pay import lines


def earn(as_house, person, *, task_id, won):
    with as_house(person) as scope:
        lines.accrue(scope, task_id=task_id, partner_id=person.partner_id, kind="packing", won=won)


def test_a_partner_sees_what_was_earned_and_nobody_elses(cast, as_house, signed_in):
    earn(as_house, cast.minji, task_id=1, won=12_345)
    earn(as_house, cast.sujin, task_id=2, won=98_765)
    page = signed_in(cast.minji).get("/pay?month=2026-11")
    assert page.status_code == 200
    assert page.text.count("12,345원") >= 2
    assert page.text.count("98,765") == 0


def test_a_month_without_pay_teaches(cast, signed_in):
    page = signed_in(cast.minji).get("/pay?month=2026-01")
    assert (page.status_code, page.text.count("통과한 일감이 여기 쌓여요")) == (200, 1)


def test_own_pay_as_a_sheet(cast, as_house, signed_in):
    earn(as_house, cast.minji, task_id=1, won=700)
    sheet = signed_in(cast.minji).get("/pay.csv?month=2026-11")
    assert sheet.get_data().decode("utf-8-sig").splitlines() == [
        '"통과 시각","일감 번호","종류","금액(원)"',
        '"2026-11-23 09:00",1,"포장",700',
    ]


def test_own_pay_is_for_partners(cast, signed_in):
    assert [signed_in(person).get("/pay").status_code for person in (cast.boram, cast.haneul)] == [403, 403]


def test_prices_and_cards_are_the_owners(cast, signed_in, client):
    haneul, minji, boram = (signed_in(person) for person in (cast.haneul, cast.minji, cast.boram))
    for path in ("/prices", "/partners"):
        assert [browser.get(path).status_code for browser in (haneul, minji, boram, client)] == [
            200,
            403,
            403,
            302,
        ]


def packing_prices(scope):
    packing = select(Price.won).where(Price.shop_id == scope.shop_id, Price.kind == "packing")
    return list(scope.session.scalars(packing.order_by(Price.id)))


@pytest.mark.both
def test_the_owner_sets_a_price(world, cast, acting_as, signed_in):
    haneul = signed_in(cast.haneul)
    form = {"csrf": haneul.csrf, "kind": "packing", "won": "1,200", "since": ""}
    assert haneul.post("/prices", data=form).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        assert packing_prices(scope) == [700, 1200]


WRONG = [
    ({"won": "many"}, "숫자로 적어 주세요. 저장된 것은 그대로예요."),
    ({"won": "2000000"}, "단가는 0원부터 1,000,000원까지의 숫자로 적어 주세요. 지금 단가는 그대로예요."),
    (
        {"since": "2020-01-01"},
        "지난 날짜로는 단가를 바꿀 수 없어요. 오늘이나 그 뒤의 날짜를 골라 주세요. 지금 단가는 그대로예요.",
    ),
    ({"since": "soon"}, "날짜를 2026-11-23처럼 적어 주세요. 저장된 것은 그대로예요."),
]


def test_a_wrong_price_is_shown_at_its_field_and_nothing_is_kept(cast, acting_as, signed_in):
    haneul = signed_in(cast.haneul)
    for typed, words in WRONG:
        form = {"csrf": haneul.csrf, "kind": "packing", "won": "1200", "since": ""} | typed
        answer = haneul.post("/prices", data=form)
        assert (answer.status_code, answer.text.count(words), answer.text.count('aria-invalid="true"')) == (
            422,
            1,
            1,
        )
    with acting_as(cast.haneul, reading=True) as scope:
        assert packing_prices(scope) == [700]


def test_a_price_of_an_unknown_kind_is_not_found(cast, signed_in):
    haneul = signed_in(cast.haneul)
    form = {"csrf": haneul.csrf, "kind": "flying", "won": "1200"}
    assert haneul.post("/prices", data=form).status_code == 404


def test_the_owner_lets_a_partner_rest_and_sets_how_much_is_held(cast, acting_as, signed_in):
    haneul, minji = signed_in(cast.haneul), cast.minji.partner_id
    answers = [
        haneul.post(f"/partners/{minji}/pause", data={"csrf": haneul.csrf}).status_code,
        haneul.post(f"/partners/{minji}/pause", data={"csrf": haneul.csrf}).status_code,
        haneul.post(f"/partners/{minji}/capacity", data={"csrf": haneul.csrf, "capacity": "7"}).status_code,
        haneul.post(f"/partners/{minji}/capacity", data={"csrf": haneul.csrf, "capacity": "99"}).status_code,
        haneul.post(f"/partners/{minji}/vanish", data={"csrf": haneul.csrf}).status_code,
    ]
    assert answers == [302, 409, 302, 422, 404]
    with acting_as(cast.haneul, reading=True) as scope:
        card = scope.session.get_one(Partner, minji)
        assert (card.state, card.capacity) == ("paused", 7)


def test_another_shops_partner_is_the_same_404_as_none(cast, signed_in):
    haneul, other = signed_in(cast.haneul), cast.stranger_partner.partner_id
    form = {"csrf": haneul.csrf, "capacity": "5"}
    found = [
        haneul.post(f"/partners/{id_}/{act}", data=form).status_code
        for id_ in (other, 999_999)
        for act in ("pause", "capacity")
    ]
    found += [haneul.get(f"/partners/{id_}/pay").status_code for id_ in (other, 999_999)]
    assert found == [404] * 6


def test_the_owner_sees_a_partners_month(cast, as_house, signed_in):
    earn(as_house, cast.minji, task_id=1, won=12_345)
    haneul = signed_in(cast.haneul)
    page = haneul.get(f"/partners/{cast.minji.partner_id}/pay?month=2026-11")
    assert (page.status_code, page.text.count("Minji님의 정산")) == (200, 2)
    assert haneul.get(f"/partners/{cast.minji.partner_id}/pay.csv?month=2026-11").status_code == 200
    assert signed_in(cast.sujin).get(f"/partners/{cast.minji.partner_id}/pay").status_code == 403


def test_the_pages_speak_english_too(cast, signed_in):
    for person, path in ((cast.minji, "/pay"), (cast.haneul, "/prices"), (cast.haneul, "/partners")):
        client = signed_in(person)
        client.post("/language", data={"csrf": client.csrf, "locale": "en"})
        assert client.get(path).text.count('<html lang="en">') == 1
