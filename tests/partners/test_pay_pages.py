"""The doors of pay: a month that closes, a statement that is read and disputed, an account that stays covered."""

import csv
import io
import zipfile

import pytest
from sqlalchemy import select

from base.scope import acting
from partners.models import PayLine
from partners.pay import accounts, adjusting, closing, lines, terms
from partners.pay.accounts import REVEALED
from partners.pay.models import PayAccount, PayDispute, PayMonth, PayProposal, PayStatement
from partners.pay.months import Month
from partners.pay.wanting import ADJUSTMENT, Wanted
from security.models import AuditEntry
from security.privacy import RevealsSpent
from tests.cast import MONDAY

NUMBER, SHOWN = "3333-01-7654321", "3333017654321"
NOVEMBER = Month(2026, 11)
AFTER = MONDAY.replace(month=12, day=3)


def earn(as_house, person, *, task_id, won):
    with as_house(person) as scope:
        lines.accrue(scope, task_id=task_id, partner_id=person.partner_id, kind="packing", won=won)


def post(client, path, **fields):
    return client.post(path, data={"csrf": client.csrf} | fields)


def closed(world, cast):
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=AFTER) as scope:
        for person in (cast.minji, cast.sujin):
            terms.say(scope, person.partner_id, tax_kind="individual")
        month = closing.close(scope, NOVEMBER).id
        papers = select(PayStatement.partner_id, PayStatement.id).where(PayStatement.month_id == month)
        return month, dict(scope.session.execute(papers).all())


def test_an_account_is_covered_everywhere_and_opened_for_a_purpose(
    world, cast, as_house, signed_in, acting_as
):
    minji, haneul = signed_in(cast.minji), signed_in(cast.haneul)
    for wrong in ({"bank": "999"}, {"number": "12"}, {"holder": ""}, {"holder": "110-1"}):
        told = {"bank": "090", "number": NUMBER, "holder": "김민지"} | wrong
        answer = post(minji, "/pay/account", **told)
        assert (answer.status_code, answer.text.count('aria-invalid="true"')) == (422, 1)
        assert NUMBER not in answer.text
    assert post(minji, "/pay/account", bank="090", number=NUMBER, holder="김민지").status_code == 302
    page = f"/partners/{cast.minji.partner_id}/pay"
    pages = [minji.get("/pay/account").text, minji.get("/pay").text, haneul.get(page).text]
    assert [(text.count("**********321"), text.count(SHOWN), text.count(NUMBER)) for text in pages] == [
        (1, 0, 0)
    ] * 3
    refused = post(haneul, f"/partners/{cast.minji.partner_id}/account", purpose="curious")
    assert (refused.status_code, refused.text.count(SHOWN)) == (422, 0)
    shown = post(haneul, f"/partners/{cast.minji.partner_id}/account", purpose="check")
    assert (shown.status_code, shown.text.count(SHOWN), shown.text.count("김민지")) == (200, 1, 1)
    assert shown.headers["Cache-Control"] == "no-store"
    assert [signed_in(who).post(f"{page.removesuffix('/pay')}/account", data={"csrf": signed_in(who).csrf}).status_code
            for who in (cast.minji, cast.boram)] == [403, 403]  # fmt: skip
    with acting_as(cast.haneul) as scope:
        looks = select(AuditEntry.facts).where(AuditEntry.act == REVEALED)
        assert scope.session.scalars(looks).all() == ['{"purpose":"check"}']
        everything = scope.session.scalars(select(AuditEntry.facts)).all()
        assert [facts for facts in everything if SHOWN[-6:] in str(facts) or "김민지" in str(facts)] == []
        row = scope.session.scalars(select(PayAccount)).one()
        assert [SHOWN.encode() in row.number, "김민지".encode() in row.holder] == [False, False]
        for _ in range(accounts.PER_HOUR):
            accounts.reveal(scope, cast.minji.partner_id, purpose="check")
        with pytest.raises(RevealsSpent):
            accounts.reveal(scope, cast.minji.partner_id, purpose="check")


def test_the_owner_closes_a_month_and_takes_the_file(world, cast, as_house, signed_in, acting_as):
    earn(as_house, cast.minji, task_id=1, won=12_345)
    earn(as_house, cast.sujin, task_id=2, won=50_000)
    haneul = signed_in(cast.haneul)
    early = post(haneul, "/pay/months", month="2099-01")
    assert (early.status_code, early.text.count("아직 끝나지 않아서")) == (409, 1)
    assert post(haneul, "/pay/months", month="soon").status_code == 404
    assert haneul.get("/pay/months").text.count("아직 정하지 않음") == 2
    person = f"/partners/{cast.minji.partner_id}"
    assert post(haneul, f"{person}/tax-kind", tax_kind="pirate").status_code == 422
    assert post(haneul, f"{person}/tax-kind", tax_kind="individual").status_code == 302
    with acting_as(cast.minji) as scope:
        accounts.save(scope, bank="004", number=NUMBER, holder="=김민지")
    month, papers = closed(world, cast)
    page = haneul.get(f"/pay/months/{month}")
    assert (page.status_code, page.text.count("계좌를 아직 알려 주지 않았어요")) == (200, 1)
    assert SHOWN not in page.text
    file = post(haneul, f"/pay/months/{month}/transfer", form="csv")
    rows = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert rows == [
        ["은행코드", "입금은행", "입금계좌번호", "입금액", "예상예금주", "입금통장표시"],
        ["004", "국민은행", SHOWN, "11945", "'=김민지", "11월 정산"],
    ]
    book = post(haneul, f"/pay/months/{month}/transfer", form="xlsx")
    sheet = zipfile.ZipFile(io.BytesIO(book.get_data())).read("xl/worksheets/sheet1.xml").decode()
    assert (sheet.count(SHOWN), sheet.count("<f>"), sheet.count("<v>11945</v>")) == (1, 0, 1)
    assert post(haneul, f"/pay/months/{month}/transfer", form="pdf").status_code == 404
    with acting_as(cast.haneul) as scope:
        taken = (
            select(AuditEntry.facts).where(AuditEntry.act == "pay.transfer_taken").order_by(AuditEntry.seq)
        )
        told = '{{"form":"{}","rows":1,"won":11945}}'
        assert scope.session.scalars(taken).all() == [told.format("csv"), told.format("xlsx")]
    assert haneul.get(f"/pay/months/{month}").text.count("이미 받은 적이 있어요") == 1
    minji, paper = signed_in(cast.minji), papers[cast.minji.partner_id]
    own = minji.get(f"/pay/statements/{paper}")
    assert (own.status_code, [own.text.count(won) for won in ("11,945원", "-370원", "-30원")]) == (
        200,
        [1, 1, 1],
    )
    other = papers[cast.sujin.partner_id]
    assert [minji.get(f"/pay/statements/{id_}").status_code for id_ in (other, 999)] == [404, 404]
    assert [
        minji.get(path).status_code
        for path in (f"/pay/papers/{paper}", "/pay/months", f"/pay/months/{month}")
    ] == [403] * 3
    assert post(minji, f"/pay/months/{month}/transfer", form="csv").status_code == 403
    assert haneul.get(f"/pay/papers/{other}").status_code == 200


def test_a_line_is_disputed_answered_and_put_right(world, cast, as_house, signed_in, acting_as):
    earn(as_house, cast.minji, task_id=1, won=700)
    minji, haneul = signed_in(cast.minji), signed_in(cast.haneul)
    with acting_as(cast.minji, reading=True) as scope:
        line = scope.session.scalars(select(PayLine.id)).one()
    ask = f"/pay/lines/{line}/question"
    assert minji.get(ask).status_code == 200
    assert signed_in(cast.sujin).get(ask).status_code == 404
    unsaid = post(minji, ask, words=" ")
    assert (unsaid.status_code, unsaid.text.count("아직 보내지 않았어요")) == (422, 1)
    assert post(minji, ask, words="900원이라고 들었어요").status_code == 302
    assert haneul.get("/board").text.count("정산에 대한 물음 1건") == 1
    with acting_as(cast.haneul, reading=True) as scope:
        asked = scope.session.scalars(select(PayDispute.id)).one()
    page = haneul.get("/pay/questions")
    assert (page.status_code, page.text.count("900원이라고 들었어요")) == (200, 1)
    assert post(haneul, f"/pay/questions/{asked}/answer", words="네", won="x").status_code == 422
    assert post(haneul, f"/pay/questions/{asked}/answer", words="맞아요", won="200").status_code == 302
    assert minji.get("/pay?month=2026-11").text.count("바로잡은 금액 200원") == 1


def test_what_is_taken_off_asks_the_partner(world, cast, as_house, signed_in, acting_as):
    earn(as_house, cast.minji, task_id=1, won=700)
    minji, haneul = signed_in(cast.minji), signed_in(cast.haneul)
    told = {"partner": str(cast.minji.partner_id), "sort": "adjustment", "reason": "두 번 적힌 줄"}
    assert post(haneul, "/pay/adjustments", won="-0", **told).status_code == 422
    assert post(haneul, "/pay/adjustments", won="-300", **told | {"sort": "magic"}).status_code == 404
    assert post(haneul, "/pay/adjustments", won="−300", **told).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        proposal = scope.session.scalars(select(PayProposal.id)).one()
    alone = post(haneul, f"/pay/adjustments/{proposal}/confirm")
    assert (alone.status_code, alone.text.count("적은 사람은 확인할 수 없어요")) == (409, 1)
    assert minji.get("/pay").text.count("두 번 적힌 줄") == 1
    assert post(signed_in(cast.sujin), f"/pay/yes/{proposal}").status_code == 404
    assert post(minji, f"/pay/no/{proposal}").status_code == 302
    with acting_as(cast.haneul) as scope:
        assert scope.session.get_one(PayProposal, proposal).state == "refused"
        other = adjusting.propose(scope, cast.minji.partner_id, Wanted(ADJUSTMENT, -100, "또")).id
    assert post(minji, f"/pay/yes/{other}").status_code == 302
    sheet = minji.get("/pay.csv?month=2026-11").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:] for line in sheet[1:]] == [
        ["1", '"포장"', "700"],
        ['""', '"바로잡음"', "-100"],
    ]


def test_prices_on_top_are_set_and_ended(cast, signed_in):
    haneul = signed_in(cast.haneul)
    told = {"extra_kind": "packing", "rule": "pieces", "amount": "10", "extra_won": "300"}
    assert post(haneul, "/prices/extras", **told | {"amount": "1"}).status_code == 422
    assert post(haneul, "/prices/extras", **told | {"extra_kind": "flying"}).status_code == 404
    assert post(haneul, "/prices/extras", **told).status_code == 302
    assert haneul.get("/prices").text.count('<td data-label="어떤 일감에">10개 이상 담는 주문</td>') == 1
    assert [post(haneul, "/prices/extras/1/end").status_code for _ in range(2)] == [302, 404]
    assert [signed_in(who).get("/prices").status_code for who in (cast.minji, cast.boram)] == [403, 403]


def test_the_pages_speak_english(world, cast, as_house, signed_in, acting_as):
    earn(as_house, cast.minji, task_id=1, won=700)
    month, papers = closed(world, cast)
    with acting_as(cast.haneul, reading=True) as scope:
        assert scope.session.get_one(PayMonth, month).month == "2026-11"
    for person, paths in (
        (cast.minji, ("/pay", "/pay/account", f"/pay/statements/{papers[cast.minji.partner_id]}")),
        (cast.haneul, ("/pay/months", f"/pay/months/{month}", "/pay/adjustments", "/pay/questions")),
    ):
        client = signed_in(person)
        client.post("/language", data={"csrf": client.csrf, "locale": "en"})
        assert [client.get(path).text.count('<html lang="en">') for path in paths] == [1] * len(paths)
