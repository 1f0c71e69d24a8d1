"""The owner's pages of orders, files, stock and counts, and a partner's own stock: as a story, refused, a stranger."""

import re
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import func, select

from stock import counting, jobs, levels, pasted
from stock.drafts import Recipient
from stock.models import Count, Import, Order, Product
from tests.stock import yard

ROW = ["2026112300000001", "20261123000001", "MUG-WHITE", "2", "12,000", "2026-11-23 08:00:00"]
HEADER = "상품주문번호,주문번호,옵션관리코드,수량,상품가격,주문일시,상품명,수취인명,수취인연락처1,우편번호,기본배송지,상세배송지,배송메세지"
PERSON = "김하나,010-2345-6789,06236,서울시 강남구 테헤란로 1,201호,문 앞에 놓아 주세요"
SECRETS = ("김하나", "6789", "테헤란로", "201호", "문 앞에", "06236")
EVIL = "<script>alert(1)</script>"
numbers = iter(range(10**6))


def post(client, path, file=None, **form):
    data = {"csrf": client.csrf, "client_id": f"story-{next(numbers):06d}", **form}
    if file is not None:
        data["file"] = (BytesIO(file[1]), file[0])
    return client.post(path, data=data)


def page(client, path, status=200):
    """The words of a page; whatever it says of a person, it says masked."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return words(answer)


def gone(*asked):
    """Every one of these (client, path) is the same 404: what is not there and what is somebody else's."""
    json = {"Accept": "application/json"}
    answers = [client.get(path, headers=json) for client, path in asked]
    return {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {
        (404, "base.not_found")
    }


def words(answer):
    text = answer.get_data(as_text=True)
    assert [secret for secret in SECRETS if secret in text] == []
    assert EVIL not in text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def marked(answer):
    """The fields of a form that are marked as wrong."""
    return re.findall(r'id="([\w-]+)"[^>]*aria-invalid="true"', answer.get_data(as_text=True))


def order_file(*rows, header=HEADER):
    return "\n".join([header, *rows]).encode()


def row(number=1, sku="MUG-WHITE", units="2", name="머그", person=PERSON):
    return f"{number}9,{number},{sku},{units},12000,2026-11-23 08:00:00,{name},{person}"


def carry_out(world, cast, location):
    import_id = int(location.rsplit("/", 1)[1])
    jobs.carry_out(world, shop_id=cast.shop_id, import_id=import_id)


def test_a_file_is_looked_at_corrected_and_imported_once(world, cast, acting_as, signed_in):
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    assert page(haneul, "/orders").count("여기에 주문이 모여요") == 1
    assert page(haneul, "/orders/import").count("알아서 찾기") == 1
    for file, said in [
        (None, "올릴 파일을 골라 주세요"),
        (("주문.pdf", b"%PDF-1.7"), "주문.pdf 파일을 표로 읽을 수 없어요"),
    ]:
        refused = post(haneul, "/orders/import", file)
        assert (refused.status_code, words(refused).count(said), marked(refused)) == (422, 1, ["file"])

    file = ("주문.csv", order_file(row(1), row(2, name=EVIL)))
    preview = post(haneul, "/orders/import", file).location
    seen = page(haneul, preview)
    assert seen.count("주문 2건, 상품 줄 2개, 모두 4개예요.") == 1
    assert seen.count("김*나") == seen.count("010-2345-****") == 2
    nobodys = f"/orders/import/{'0' * 96}"
    assert gone((stranger, preview), (haneul, nobodys), (haneul, "/orders/import/nothing"))

    form = {"profile": "smartstore", "seen": "smartstore", "client_id": "story-of-a-start"}
    started = [post(haneul, f"{preview}/start", **form) for _ in range(2)]
    assert [answer.status_code for answer in started] == [302, 302]
    assert started[0].location == started[1].location
    assert page(haneul, started[0].location).count("곧 시작해요.") == 1
    assert haneul.get(started[0].location).text.count('data-live="2"') == 1
    carry_out(world, cast, started[0].location)
    told = page(haneul, started[0].location)
    assert told.count("주문 2건을 넣었어요 (상품 줄 2개, 수량 4개).") == 1
    assert told.count("재고를 기다리는 주문: 2건.") == 1
    assert gone((stranger, started[0].location), (haneul, "/imports/987654321"), (haneul, preview))

    again = [post(haneul, "/orders/import", file), post(haneul, f"{preview}/start", profile="smartstore")]
    assert {answer.location for answer in again} == {started[0].location}
    assert post(stranger, f"{preview}/start", profile="smartstore").status_code == 404
    with acting_as(cast.haneul, reading=True) as scope:
        assert scope.session.scalar(select(func.count()).select_from(Import)) == 1


def test_columns_nobody_knows_are_chosen_and_kept_for_next_time(world, cast, acting_as, signed_in):
    haneul = signed_in(cast.haneul)
    header = HEADER.replace("수취인명", "손님").replace("옵션관리코드", "우리코드")
    preview = post(haneul, "/orders/import", ("1.csv", order_file(row(1), row(2), header=header))).location
    seen = haneul.get(preview)
    assert words(seen).count("어느 칸인지 모르는 것이 2개 있어요.") == 1
    assert marked(seen) == ["sku", "recipient"]
    chosen = dict(
        re.findall(r'<select [^>]*name="(\w+)".*?<option value="([\w,-]*)" selected', seen.text, re.DOTALL)
    )
    chosen |= {"header": "1", "seen": chosen["profile"]}
    refused = post(haneul, f"{preview}/start", **chosen)
    assert (refused.status_code, words(refused).count("아직 읽지 못한 칸이 2개 있어서")) == (422, 1)

    chosen |= {"sku": "2", "recipient": "7"}
    again = post(haneul, f"{preview}/columns", **chosen).location
    assert page(haneul, again).count("주문 2건, 상품 줄 2개, 모두 4개예요.") == 1
    taken = post(haneul, f"{preview}/start", **chosen, keep_as="smartstore")
    assert (taken.status_code, marked(taken)) == (422, ["keep_as"])
    result = post(haneul, f"{preview}/start", **chosen, keep_as="우리 도매").location
    carry_out(world, cast, result)
    assert page(haneul, result).count("주문 2건을 넣었어요") == 1
    assert page(haneul, "/orders/import").count("우리 양식: 우리 도매") == 1
    next_time = post(haneul, "/orders/import", ("2.csv", order_file(row(3), header=header))).location
    assert page(haneul, next_time).count("주문 1건, 상품 줄 1개, 모두 2개예요.") == 1


@pytest.mark.both
def test_bad_rows_are_shown_where_they_stand_and_nothing_is_imported(world, cast, acting_as, signed_in):
    haneul = signed_in(cast.haneul)
    bad = PERSON.replace("010-2345-6789", "없음 6789")
    file = ("주문.csv", order_file(row(1), row(2, units="두 개"), row(3, person=bad)))
    preview = post(haneul, "/orders/import", file).location
    seen = page(haneul, preview)
    assert seen.count("고쳐야 할 칸이 2개 있어요.") == 1
    assert re.findall(r"(\d)행 ", seen) == ["3", "4"]
    assert seen.count(" 두 개 1 이상의 수량이어야 해요. 예: 3") == 1
    assert seen.count(" ** **** 전화번호여야 해요. 예: 010-1234-5678") == 1
    assert re.findall(r"(\d)행 ", page(haneul, f"{preview}?show=first")) == ["2", "3", "4"]
    sheet = haneul.get(f"{preview}/problems.csv").get_data().decode("utf-8-sig").splitlines()
    assert sheet[1:] == [
        '3,"수량","두 개","1 이상의 수량이어야 해요. 예: 3"',
        '4,"수취인연락처1","** ****","전화번호여야 해요. 예: 010-1234-5678"',
    ]
    refused = post(haneul, f"{preview}/start", profile="smartstore", seen="smartstore")
    assert (refused.status_code, words(refused).count("읽지 못한 칸이 2개 있어서 시작하지 않았어요")) == (
        422,
        1,
    )
    names = post(
        haneul, "/orders/import", ("이름.csv", "김하나,6789,테헤란로\n이둘,1234,길".encode())
    ).location
    assert (
        page(haneul, names).count("A · ***") > 0
    )  # the first row is somebody's data: only its shape is shown
    with acting_as(cast.haneul, reading=True) as scope:
        counted = [scope.session.scalar(select(func.count()).select_from(what)) for what in (Import, Order)]
    assert counted == [0, 0]


@pytest.mark.both
def test_orders_are_listed_found_and_cancelled(cast, acting_as, signed_in):
    haneul, stranger, minji = signed_in(cast.haneul), signed_in(cast.stranger), signed_in(cast.minji)
    other = Recipient(f"박둘 {EVIL}", "010-9876-5432", "03999", "서울시 마포구 물빛로 2", "")
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG": 40})
        drafts = [yard.draft(f"N{at:03d}", {"MUG": 1}) for at in range(54)]
        yard.place(scope, *drafts, yard.draft("=cmd()", {"MUG": 3, "PEN": 2}, to=other))
        ids = {order.number: order.id for order in scope.session.scalars(select(Order))}
        lines = yard.lines(scope, ids["=cmd()"])
    seen = page(haneul, "/orders")
    assert seen.count("김*나") == 50
    assert seen.count("15건은 재고를 기다려요.") == 1
    following = re.search(r'rel="next" href="([^"]+)"', haneul.get("/orders").text)[1]
    assert page(haneul, unescape(following)).count("김*나") == 4
    assert page(haneul, "/orders?view=short").count("MUG × 1") == 14
    assert page(haneul, "/orders?view=shipped&channel=generic").count("이 조건의 주문이 없어요") == 1
    for path in ("/orders?view=nothing", "/orders?channel=nothing", "/orders?field=name&token=zz"):
        assert gone((haneul, path))
    assert haneul.get("/orders?after=nothing").status_code == 422

    found = {
        q: post(haneul, "/orders/search", q=q).location for q in ("박둘" + EVIL, "5432", "010 9876 5432")
    }
    for q, location in found.items():
        assert re.fullmatch(r"/orders\?field=(name|last4|phone)&token=[0-9a-f]{32}", location), q
        assert page(haneul, location).count("=cmd()") == 1
        assert page(stranger, location).count("=cmd()") == 0
    assert post(haneul, "/orders/search", q="N007").location == f"/orders/{ids['N007']}"
    blank = post(haneul, "/orders/search", q=" ")
    assert (blank.status_code, marked(blank)) == (422, ["q"])

    mine = f"/orders/{ids['=cmd()']}"
    seen = page(haneul, mine)
    assert seen.count("PEN: 2개 더 있어야 해요") == 1
    assert (seen.count("010-9876-****"), seen.count("서울시 마포구 ***")) == (1, 1)
    sheet = haneul.get(f"{mine}.csv").get_data().decode("utf-8-sig").splitlines()
    assert sheet[1].startswith('"\'=cmd()","일반 주문 파일","재고 기다림","2026-11-23 09:00"')
    assert len(haneul.get("/orders.csv?view=all").get_data().splitlines()) == 57
    refusals = [
        ({}, 422, []),
        ({f"line-{lines['PEN']}": "1"}, 422, ["why-lines"]),
        ({"why": "asked"}, 422, []),
        ({"why": "asked", f"line-{lines['PEN']}": "3"}, 422, [f"line-{lines['PEN']}"]),
        ({"why": "asked", f"line-{lines['PEN']}": "many"}, 422, [f"line-{lines['PEN']}"]),
        ({"why": "asked", "line-987654321": "1"}, 422, []),
    ]
    for form, status, wrong in refusals:
        refused = post(haneul, f"{mine}/cancel-lines", **form)
        assert (refused.status_code, marked(refused)) == (status, wrong)
        assert re.findall(r'value="(many)"', refused.text) == ["many"] * ("many" in form.values())
    form = {"why": "no_goods", f"line-{lines['PEN']}": "1", "client_id": "cancel-one-pen"}
    assert [post(haneul, f"{mine}/cancel-lines", **form).status_code for _ in range(2)] == [302, 302]
    assert page(haneul, mine).count("PEN: 1개 더 있어야 해요") == 1
    assert post(haneul, f"{mine}/cancel", why="asked").location == mine
    seen = page(haneul, mine)
    assert seen.count("전체를 취소했어요 (4개): 고객이 취소함") == 1
    assert seen.count("1개를 취소했어요: 재고가 없음") == 1
    assert (
        words(late := post(haneul, f"{mine}/cancel", why="asked")).count("지금 그렇게 할 수 없는 상태예요")
        == 1
    )
    assert late.status_code == 409
    assert gone((haneul, "/orders/987654321"), (stranger, mine), (stranger, f"{mine}.csv"))
    for act in ("cancel", "cancel-lines"):
        assert post(stranger, f"{mine}/{act}", why="asked").status_code == 404
    assert [minji.get(path).status_code for path in ("/orders", mine, "/stock", "/products")] == [403] * 4


@pytest.mark.both
def test_goods_are_received_moved_and_owed(cast, acting_as, signed_in):
    haneul, stranger, minji = signed_in(cast.haneul), signed_in(cast.stranger), signed_in(cast.minji)
    assert page(haneul, "/stock").count("여기에 재고가 보여요") == 1
    with acting_as(cast.haneul) as scope:
        ids = yard.products(scope, "MUG", "PEN", "=EVIL()")
        yard.place(scope, yard.draft("1", {"MUG": 3}))
    assert page(haneul, "/stock").count("상품 3종 중 1종이 모자라서 주문이 기다려요.") == 1
    refusals = [
        ({}, 422, ["quantity"], "수량은 1개 이상이어야 해요"),
        ({"sku": "MUG", "quantity": "-1"}, 422, ["quantity"], "수량은 1개 이상이어야 해요"),
        ({"sku": "CUP", "quantity": "1"}, 422, ["sku"], "모르는 상품코드가 1개 있어요: CUP."),
        ({"lines": f"mug 3\nPEN{EVIL}"}, 422, ["lines"], "2번째 줄을 읽을 수 없어요"),
        ({"lines": "MUG 1", "note": "900101-1234567"}, 422, ["note"], "주민등록번호처럼 보이는 것이 있어요"),
    ]
    for form, status, wrong, said in refusals:
        refused = post(haneul, "/stock/receive", **form)
        assert (refused.status_code, marked(refused), words(refused).count(said)) == (status, wrong, 1), form
    form = {"lines": "mug\t10\npen, 5개\nmug 2", "note": f"새벽도매 {EVIL}", "client_id": "morning-delivery"}
    assert [post(haneul, "/stock/receive", **form).location for _ in range(2)] == ["/stock", "/stock"]
    with acting_as(cast.haneul) as scope:
        assert [yard.held(scope, sku) for sku in ("MUG", "PEN")] == [(12, 3), (5, 0)]
    assert page(haneul, "/orders").count("모두 여유 있어요") == 1

    why = post(haneul, "/stock/adjust", sku="PEN", quantity="-1")
    assert (why.status_code, words(why).count("이유를 고르고")) == (422, 1)
    short = post(haneul, "/stock/adjust", sku="MUG", quantity="-10", why="lost")
    assert (short.status_code, words(short).count("재고가 모자라서 옮기지 않았어요")) == (409, 1)
    assert post(haneul, "/stock/adjust", sku="PEN", quantity="-1", why="damaged").status_code == 302
    nobody = post(haneul, "/stock/hand-over", sku="PEN", quantity="2", partner_id="987654321")
    assert (nobody.status_code, marked(nobody)) == (422, ["partner_id"])
    home = {"partner_id": cast.minji.partner_id, "sku": "PEN"}
    assert post(haneul, "/stock/hand-over", **home, quantity="3").status_code == 302
    with acting_as(cast.haneul) as scope:
        yard.take(scope, 1, cast.minji.actor)
        yard.bring(scope, {ids["PEN"]: 1}, cast.minji.actor, "one-pen")
    own = page(minji, "/my-stock")
    assert (own.count("우리 집에 1종 2개가 있어요."), own.count("아직 돌려드리지 않은 물건")) == (1, 1)
    assert page(signed_in(cast.sujin), "/my-stock").count("여기에 맡겨진 물건이 보여요") == 1
    for act in ("quarantine", "clear", "quarantine", "scrap"):
        assert post(haneul, f"/stock/{act}", sku="PEN", quantity="1").status_code == 302
    assert page(haneul, f"/stock/{ids['PEN']}").count("Minji") > 0
    with acting_as(cast.haneul) as scope:
        assert yard.held(scope, "PEN") == (1, 0)
    assert page(haneul, "/stock?view=low").count("PEN") == 0
    assert page(haneul, "/stock?q=pe").count("PEN 상품") == 1
    moved = page(haneul, "/stock/movements")
    assert moved.count("새벽도매") == 2
    sheet = haneul.get(f"/stock/movements.csv?product_id={ids['PEN']}").get_data().decode("utf-8-sig")
    assert len(sheet.splitlines()) == 1 + 17
    assert haneul.get("/stock.csv").get_data().decode("utf-8-sig").splitlines()[1].startswith('"\'=EVIL()"')
    theirs = [f"/stock/{ids['PEN']}", f"/stock/movements?product_id={ids['PEN']}"]
    assert gone(
        (haneul, "/stock/987654321"), (haneul, "/stock/nothing"), *((stranger, path) for path in theirs)
    )
    theirs = post(stranger, "/stock/receive", sku="PEN", quantity="1")
    assert (theirs.status_code, marked(theirs)) == (422, ["sku"])
    assert post(minji, "/stock/receive", sku="PEN", quantity="1").status_code == 403
    assert haneul.get("/my-stock").status_code == 403
    assert [haneul.get(f"/stock/{act}").status_code for act in ("receive", "hand-over")] == [200, 200]


@pytest.mark.both
def test_counting_is_blind_and_told_afterwards(cast, acting_as, signed_in):
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG": 77, "PEN": 5})
        ids = yard.products(scope, "MUG", "PEN")
        warehouse = levels.location(scope, levels.WAREHOUSE)
        home = levels.location(scope, levels.HOME, partner_id=cast.minji.partner_id)
    blind = haneul.get("/stock/count")
    assert words(blind).count("77") == 0
    begun = dict(re.findall(r'name="(begun-\d+)" value="(\d+)"', blind.text))
    mug, pen = f"counted-{ids['MUG']}", f"counted-{ids['PEN']}"
    place = {"place_id": str(warehouse), **begun}
    nothing = post(haneul, "/stock/count", **place)
    assert (nothing.status_code, words(nothing).count("센 수를 하나 이상 적어 주세요")) == (422, 1)
    wrong = post(haneul, "/stock/count", **place, **{mug: "일곱", pen: "5"})
    assert (wrong.status_code, marked(wrong), wrong.text.count('value="일곱"')) == (422, [mug], 1)
    assert dict(re.findall(r'name="(begun-\d+)" value="(\d+)"', wrong.text)) == begun
    form = {**place, mug: "70", pen: "5", "client_id": "count-of-monday"}
    assert [post(haneul, "/stock/count", **form).location for _ in range(2)] == ["/stock/counts"] * 2
    told = page(haneul, "/stock/counts")
    assert (told.count("차이 −7"), told.count("맞음")) == (1, 1)
    outdated = post(haneul, "/stock/count", **place, **{mug: "69", pen: "4"})
    assert (outdated.status_code, marked(outdated), outdated.text.count('value="69"')) == (409, [mug], 0)
    assert re.findall(rf'name="{pen}" value="(\d*)"', outdated.text) == ["4"]
    with acting_as(cast.haneul) as scope:
        assert [yard.held(scope, sku)[0] for sku in ("MUG", "PEN")] == [70, 5]
        assert scope.session.scalar(select(func.count()).select_from(Count)) == 2
        marks = {shelf: counting.begin(scope, (shelf, warehouse)) for shelf in ids.values()}
    fresh = dict(re.findall(r'name="begun-(\d+)" value="(\d+)"', haneul.get("/stock/count").text))
    assert {int(product): int(mark) for product, mark in fresh.items()} == marks
    assert page(haneul, f"/stock/count?place_id={home}").count("여기에는 셀 것이 없어요") == 1
    assert gone((stranger, f"/stock/count?place_id={warehouse}"))
    assert post(stranger, "/stock/count", **place, **{mug: "1"}).status_code == 404


@pytest.mark.both
def test_a_product_is_described_and_nobody_is_written_over(world, cast, acting_as, signed_in):
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    card = {"sku": "mug", "name": f"머그 {EVIL}", "price": "12,000", "weight": "0.38kg", "fragile": "1"}
    for wrong in ({"price": "많이"}, {"name": " "}, {"weight": "-1"}, {"sku": ""}):
        refused = post(haneul, "/products", **card | wrong)
        assert (refused.status_code, marked(refused)) == (422, list(wrong))
    url = post(haneul, "/products", **card).location
    assert post(haneul, "/products", **card).status_code == 409
    path = f"/products/{url.rsplit('/', 1)[1]}"
    assert (page(haneul, "/products?q=머그").count("380 g"), page(haneul, url).count("12,000원")) == (1, 1)
    assert post(haneul, path, **card | {"name": "하나", "seen": "1"}).location == url
    stale = post(haneul, path, **card | {"name": "둘", "seen": "1"})
    assert (stale.status_code, words(stale).count("상품명: 하나"), stale.text.count('value="둘"')) == (
        409,
        1,
        1,
    )
    seen = re.search(r'name="seen" value="(\d+)"', stale.text)[1]
    assert post(haneul, path, **card | {"name": "둘", "seen": seen}).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        stands = scope.session.execute(
            select(Product.sku, Product.name, Product.weight_g, Product.version)
        ).all()
    assert stands == [("MUG", "둘", 380, 3)]
    assert gone((stranger, path), (haneul, "/products/987654321"))
    lit = r'<a href="([^"]+)" aria-current="page">\s*<svg'
    assert [set(re.findall(lit, haneul.get(one).text)) for one in (path, "/products")] == [{"/stock"}] * 2
    assert post(stranger, path, **card | {"seen": seen}).status_code == 404
    empty = post(haneul, "/products/import")
    assert (empty.status_code, marked(empty)) == (422, ["file"])


@pytest.mark.both
def test_a_product_file_is_looked_at_before_it_changes_anything(world, cast, acting_as, signed_in):
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG": 3})
    file = "상품코드,상품명,무게,재고,색상\nPEN,펜,12g,40,빨강\nMUG,머그,380g,9,\n".encode()
    preview = post(haneul, "/products/import", ("상품.csv", file)).location
    seen = page(haneul, preview)
    assert seen.count("새 상품 1개, 바뀌는 상품 1개, 그대로인 상품 0개예요.") == 1
    assert seen.count("읽지 않는 칸이 1개 있어요: 색상.") == 1
    assert seen.count("처음 들어오는 상품 1종의 재고 40개를 창고에 넣어요.") == 1
    assert seen.count("상품 1종은 이미 입출고가 있어서") == 1
    assert page(haneul, "/products").count("PEN") == 0
    assert gone((stranger, preview), (haneul, f"/products/import/{'0' * 96}"))
    assert post(stranger, f"{preview}/start").status_code == 404
    started = [post(haneul, f"{preview}/start", client_id="start-products").location for _ in range(2)]
    carry_out(world, cast, started[0])
    told = page(haneul, started[0])
    assert told.count("상품 2개를 읽었어요: 새로 넣은 것 1개, 바뀐 것 1개.") == 1
    assert told.count("처음 재고로 상품 1종, 40개를 창고에 넣었어요.") == 1
    assert told.count("읽지 않은 칸 1개: 색상.") == 1
    again = [post(haneul, "/products/import", ("상품.csv", file)), post(haneul, f"{preview}/start")]
    assert {*started, *(answer.location for answer in again)} == {started[0]}
    with acting_as(cast.haneul) as scope:
        assert [yard.held(scope, sku) for sku in ("PEN", "MUG")] == [(40, 0), (3, 0)]


def test_a_product_file_with_bad_cells_says_which(cast, signed_in):
    haneul = signed_in(cast.haneul)
    bad = "상품코드,상품명,무게,재고\nPEN,펜,무거움,4\nCUP,컵,12g,많음\nMUG,머그,380g,9\n".encode()
    preview = post(haneul, "/products/import", ("상품.csv", bad)).location
    seen = page(haneul, preview)
    assert re.findall(r"(\d)행 ", seen) == ["2", "3"]
    assert seen.count(" 무거움 무게여야 해요. 예: 380g 또는 0.38kg") == 1
    assert seen.count(" 많음 0 이상의 개수여야 해요. 예: 24") == 1
    assert post(haneul, f"{preview}/start").status_code == 422
    sheet = haneul.get(f"{preview}/problems.csv").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in sheet[1:]] == [
        ["2", '"무게"', '"무거움"'],
        ["3", '"재고"', '"많음"'],
    ]
    headless = post(haneul, "/products/import", ("이름.csv", "김하나,6789\n이둘,1234\n".encode())).location
    assert page(haneul, headless).count("이 이름의 칸이 없어요.") == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mug-white 24", [("MUG-WHITE", 24)]),
        ("MUG,3\n\n  PEN\t1,000개 ", [("MUG", 3), ("PEN", 1000)]),
        ("BOX 2 -5", [("BOX 2", -5)]),
        ("컵; 7ea", [("컵", 7)]),
    ],
)
def test_pasted_lines_say_what_they_mean(text, told):
    assert [(line.sku, line.units) for line in pasted.lines(text)] == told


@pytest.mark.parametrize(
    "text", ["MUG", "24", "MUG many", "MUG 9999999999", f"{'M' * 70} 1", f"x{' ,' * 100_000}y"]
)
def test_a_pasted_line_that_means_nothing_is_named(text):
    with pytest.raises(pasted.BadLine) as refused:
        pasted.lines(f"PEN 1\n{text}")
    assert refused.value.facts["line"] == 2


def test_no_more_lines_are_pasted_than_can_be_read():
    with pytest.raises(pasted.TooManyLines):
        pasted.lines("PEN 1\n" * 501)
