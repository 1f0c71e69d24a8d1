"""Listing as a story: from a product to a version that stands and a bulk file; refused, sent back, and a stranger's."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from base import images
from qa.models import Inspection
from stock import describing, pictures, supplied
from stock.describing import Card
from tasks.kinds.listing import notices, reads
from tasks.kinds.listing.models import Listing, ListingVersion
from tasks.models import Task
from tests.attacks.estate import ON_SQLITE
from tests.cast import MONDAY
from tests.pictures import encoded, scene

EVIL = "=HYPERLINK(1) <script>alert(1)</script>"
MUG = "도자기 머그컵 350ml 화이트"
BEFORE = MONDAY - timedelta(days=3)  # the pages go by the real clock
pytestmark = ON_SQLITE
numbers = iter(range(10**6))


@pytest.fixture
def mug(cast, acting_as):
    """A mug with two pictures and its supplier's text; its id."""
    with acting_as(cast.haneul, now=BEFORE) as scope:
        made = describing.add(
            scope, "MUG-01", Card("도자기 머그컵", "화이트", "8801234567890", 350, 12000, False)
        )
        for size in ((1000, 1000), (1200, 1000)):
            pictures.add(scope, made, images.clean(encoded(scene(*size), quality=40)))
        supplied.write(scope, made, text="도자기 머그컵, 용량 0.35L\n원산지 국산", seen=0)
    return made


def post(client, path, **form):
    data = {"csrf": client.csrf, "client_id": f"listing-{next(numbers):06d}", **form}
    return client.post(path, data=data)


def say(client, task_id, key, value="", *, version=0, **parts):
    """Autosaves one field as the page's script does."""
    told = {f"answer-{key}": value} | {
        f"answer-{key}-{part}": part_value for part, part_value in parts.items()
    }
    told |= {"csrf": client.csrf, "client_id": f"listing-{next(numbers):06d}"}
    told |= {"item": key, f"version-{key}": version}
    answer = client.post(f"/work/{task_id}/answers", data=told, headers={"Accept": "application/json"})
    return answer.status_code, answer.get_json()["text"]


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def open_for(client, product_id, channel="smartstore"):
    answer = post(client, "/listings/work", channel=channel, product=str(product_id))
    assert answer.status_code == 302
    return answer


def task_of(acting_as, who, product_id):
    with acting_as(who, reading=True) as scope:
        stmt = select(Task).where(Task.product_id == product_id, Task.shop_id == scope.shop_id)
        task = scope.session.scalars(stmt.order_by(Task.id.desc())).first()
        return task.id, task.state, task.target


KITCHEN = {one.key: "해당 없음" for one in notices.groups()["kitchen"].fields}


def write(client, task_id, *, title=MUG, price="12,000", title_version=0):
    """Answers everything a listing asks, by the page's own names."""
    notice = {f"kitchen-{key}": value for key, value in KITCHEN.items()}
    attributes = {"colour": "흰색", "capacity": "0.35 L", "origin": "국산"}
    said = [
        say(client, task_id, "own-title", title, version=title_version),
        say(client, task_id, "own-category", "50001234"),
        say(client, task_id, "own-options", **{"name-1": "색상", "values-1": "화이트, 블랙"}),
        say(client, task_id, "own-attributes", **attributes),
        say(client, task_id, "own-description", f"손으로 빚은 머그컵이에요.\n{EVIL}"),
        say(client, task_id, "own-notice", "kitchen", **notice),
        say(client, task_id, "own-price", price),
    ]
    assert [status for status, _ in said] == [200] * len(said), said


def finish(client, task_id, fence):
    for key in ("read", "numbers", "own_words"):
        say(client, task_id, key, "1")
    return client.post(
        f"/work/{task_id}/submission",
        data={"csrf": client.csrf, "client_id": f"listing-{next(numbers):06d}", "fence": fence},
        headers={"Accept": "application/json"},
    )


def claimed(acting_as, client, who, task_id):
    assert post(client, f"/offers/{task_id}/claim").status_code == 302
    with acting_as(who, reading=True) as scope:
        return scope.session.get_one(Task, task_id).fence


def judge(acting_as, client, owner, task_id, verdict, **form):
    with acting_as(owner, reading=True) as scope:
        stmt = select(Inspection).where(Inspection.task_id == task_id).order_by(Inspection.id.desc())
        row = scope.session.scalars(stmt).first()
    page = client.get(f"/inspections/{row.id}")
    assert page.status_code == 200
    answer = post(client, f"/inspections/{row.id}/verdict", verdict=verdict, version=str(row.version), **form)
    assert answer.status_code == 302, words(answer)
    return page


def test_a_product_becomes_an_accepted_listing_and_a_file(cast, acting_as, signed_in, world, mug) -> None:
    owner, partner, reviewer = signed_in(cast.haneul), signed_in(cast.minji), signed_in(cast.boram)
    assert "등록이 없는 상품 1개" in words(owner.get("/listings"))
    open_for(owner, mug)
    open_for(owner, mug)  # twice is once
    task_id, state, target = task_of(acting_as, cast.haneul, mug)
    assert (task_id, state, target) == (1, "open", "smartstore")
    fence = claimed(acting_as, partner, cast.minji, task_id)
    page = partner.get(f"/work/{task_id}")
    assert page.status_code == 200
    assert ("도자기 머그컵, 용량 0.35L" in words(page), 'data-take="도자기 머그컵 화이트"' in page.text) == (
        True,
        True,
    )
    assert 'data-take="350 ml"' in page.text

    status, told = say(partner, task_id, "own-title", "최고 머그컵 " + "가" * 100)
    assert (status, told.split(" · ")[1:]) == (
        200,
        [
            "7자 넘었어요. 이 판매처는 100자까지예요.",
            "1번째 글자 ‘최고’: ‘가장’이라고 말하는 과장이에요. ‘좋은’처럼 적어 보세요.",
        ],
    )
    lacking = finish(partner, task_id, fence)
    assert lacking.status_code == 422
    seen = {(one["item"], one["code"].rpartition(".")[2]) for one in lacking.get_json()["missing"]}
    assert {("own-title", "title_too_long"), ("own-title", "forbidden"), ("own-notice", "unanswered")} <= seen
    assert "7자 넘었어요" in words(partner.get(f"/work/{task_id}"))

    write(partner, task_id, title_version=1)
    assert finish(partner, task_id, fence).status_code == 200
    desk = judge(acting_as, reviewer, cast.haneul, task_id, "accept")
    assert ("이 판매처의 첫 등록이에요" in words(desk), "손으로 빚은 머그컵이에요." in words(desk)) == (
        True,
        True,
    )
    assert "<script>alert(1)" not in desk.text

    with acting_as(cast.haneul, reading=True) as scope:
        row = scope.session.scalars(select(Listing)).one()
        version = scope.session.scalars(select(ListingVersion)).one()
        shots = [one.id for one in pictures.of(scope, mug)]
    assert (row.number, row.title, version.task_id) == (1, "도자기 머그컵 350ml 화이트", task_id)
    assert version.content["own-pictures"] == shots
    assert version.content["own-attributes"] == {
        "colour": ["화이트"],
        "capacity": ["350 ml"],
        "origin": ["대한민국"],
    }
    assert "모든 상품이 등록돼 있고" in words(owner.get("/listings?view=accepted"))

    book = CalamineWorkbook.from_filelike(BytesIO(owner.get("/listings/export?channel=smartstore").data))
    header, first = book.get_sheet_by_index(0).to_python()
    cells = dict(zip(header, first, strict=False))
    assert (cells["상품명"], cells["판매가"], cells["옵션값"]) == (
        "도자기 머그컵 350ml 화이트",
        12000,
        "화이트,블랙",
    )
    assert cells["상세설명"].splitlines()[1] == EVIL
    packed = ZipFile(BytesIO(owner.get("/listings/pictures?channel=smartstore").data))
    assert packed.namelist() == [cells["대표이미지"], cells["추가이미지"]]


def listed(acting_as, cast, clients, product_id, *, title=MUG, channel="smartstore"):
    """Opens, writes and accepts a listing through the pages; the task's id."""
    owner, partner, reviewer = clients
    open_for(owner, product_id, channel)
    task_id, _, _ = task_of(acting_as, cast.haneul, product_id)
    fence = claimed(acting_as, partner, cast.minji, task_id)
    write(partner, task_id, title=title)
    done = finish(partner, task_id, fence)
    assert done.status_code == 200, done.get_json()
    judge(acting_as, reviewer, cast.haneul, task_id, "accept")
    return task_id


def test_a_changed_product_makes_its_listing_outdated_and_a_second_version_is_compared(
    cast, acting_as, signed_in, mug
) -> None:
    clients = [signed_in(one) for one in (cast.haneul, cast.minji, cast.boram)]
    owner, partner, _ = clients
    listed(acting_as, cast, clients, mug)
    with acting_as(cast.haneul, now=BEFORE) as scope:
        supplied.write(scope, mug, text="도자기 머그컵, 용량 0.4L", seen=1)
    outdated = owner.get("/listings?view=outdated")
    assert ("상품이 바뀐 등록 1개" in words(outdated), "도자기 머그컵 350ml 화이트" in words(outdated)) == (
        True,
        True,
    )
    open_for(owner, mug)
    assert "일하는 중 1" in words(owner.get("/listings"))
    task_id, _, _ = task_of(acting_as, cast.haneul, mug)
    fence = claimed(acting_as, partner, cast.minji, task_id)
    write(partner, task_id, title="도자기 머그컵 400ml 화이트", price="13000")
    page = words(partner.get(f"/work/{task_id}"))
    assert "12,000 지금 13,000" in page
    assert finish(partner, task_id, fence).status_code == 200
    desk = words(judge(acting_as, clients[2], cast.haneul, task_id, "accept"))
    assert "전 도자기 머그컵 350ml 화이트 지금 도자기 머그컵 400ml 화이트" in desk
    with acting_as(cast.haneul, reading=True) as scope:
        row = scope.session.scalars(select(Listing)).one()
        assert (row.number, [one.number for one in reads.versions(scope, row.id)]) == (2, [2, 1])
        second, first = (scope.session.get_one(Task, one.task_id) for one in reads.versions(scope, row.id))
        was = reads.before(scope, second)  # to who judges either again, it stands as it did
        assert (reads.before(scope, first), was and was.title) == (None, "도자기 머그컵 350ml 화이트")
    shown = owner.get(f"/listings/{row.id}")
    assert ("2판이 등록돼 있고" in words(shown), "전 12,000 지금 13,000" in words(shown)) == (True, True)


def test_what_was_marked_comes_back_alone_and_the_rest_stands(cast, acting_as, signed_in, mug) -> None:
    owner, partner, reviewer = (signed_in(one) for one in (cast.haneul, cast.minji, cast.boram))
    open_for(owner, mug)
    task_id, _, _ = task_of(acting_as, cast.haneul, mug)
    fence = claimed(acting_as, partner, cast.minji, task_id)
    with acting_as(cast.haneul, reading=True) as scope:
        shots = [str(one.id) for one in pictures.of(scope, mug)]
    say(partner, task_id, "own-pictures", shots, first=shots[1])
    write(partner, task_id, title="머그컵")
    assert finish(partner, task_id, fence).status_code == 200
    told = {"defect": "poor_title", "note-poor_title": "소재와 용량을 넣어 주세요", "note": "이름만요"}
    judge(acting_as, reviewer, cast.haneul, task_id, "send_back", **told)
    page = partner.get(f"/work/{task_id}").text
    asked = [key for key in re.findall(r'data-item="([\w-]+)"', page) if key.startswith("own-")]
    assert (asked, "소재와 용량을 넣어 주세요" in page) == (["own-title"], True)
    assert say(partner, task_id, "own-price", "99000", version=1)[0] == 409
    fence = re.search(r'name="fence" value="(\d+)"', page)[1]
    assert say(partner, task_id, "own-title", MUG, version=1)[0] == 200
    assert finish(partner, task_id, fence).status_code == 200
    judge(acting_as, reviewer, cast.haneul, task_id, "accept")
    with acting_as(cast.haneul, reading=True) as scope:
        version = scope.session.scalars(select(ListingVersion)).one()
    told = [version.content[key] for key in ("own-title", "own-price", "own-pictures")]
    assert told == [MUG, 12000, [int(shots[1]), int(shots[0])]]


def test_a_near_title_is_told_and_another_channel_is_suggested_from(cast, acting_as, signed_in, mug) -> None:
    clients = [signed_in(one) for one in (cast.haneul, cast.minji, cast.boram)]
    listed(acting_as, cast, clients, mug, channel="coupang")
    with acting_as(cast.haneul, now=BEFORE) as scope:
        twin = describing.add(scope, "MUG-02", Card("머그컵", "", "", None, None, False))
        pictures.add(scope, twin, images.clean(encoded(scene(1000, 1001), quality=40)))
    open_for(clients[0], twin, "coupang")
    task_id, _, _ = task_of(acting_as, cast.haneul, twin)
    claimed(acting_as, clients[1], cast.minji, task_id)
    status, told = say(clients[1], task_id, "own-title", "화이트 도자기 머그컵 350ml")
    assert (status, "100% 같아요" in told) == (200, True), told
    open_for(clients[0], mug, "cafe24")
    with acting_as(cast.haneul, reading=True) as scope:
        third = scope.session.scalars(select(Task.id).where(Task.target == "cafe24")).one()
    post(clients[1], f"/offers/{third}/claim")
    page = clients[1].get(f"/work/{third}")
    assert ('data-take="12000"' in page.text, "쿠팡" in words(page)) == (True, True)


def test_cafe24_takes_a_csv_in_which_nothing_is_a_formula(cast, acting_as, signed_in, mug) -> None:
    clients = [signed_in(one) for one in (cast.haneul, cast.minji, cast.boram)]
    with acting_as(cast.haneul, now=BEFORE) as scope:
        describing.change(scope, mug, Card("=1+1", "", "", None, None, False), seen=1)
    listed(acting_as, cast, clients, mug, title="-도자기 머그컵", channel="cafe24")
    answer = clients[0].get("/listings/export?channel=cafe24")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "text/csv",
        'attachment; filename="dari-cafe24.csv"',
    )
    header, first = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    cells = dict(zip(header, first, strict=True))
    assert (cells["상품명"], cells["상품명(관리용)"], cells["판매가"]) == (
        "'-도자기 머그컵",
        "'=1+1",
        "12000",
    )
    assert [cell for cell in first if cell.startswith(("=", "+", "@"))] == []


def test_values_that_cannot_stand_are_refused_and_kept_out(cast, acting_as, signed_in, mug) -> None:
    owner, partner = signed_in(cast.haneul), signed_in(cast.minji)
    open_for(owner, mug)
    task_id, _, _ = task_of(acting_as, cast.haneul, mug)
    claimed(acting_as, partner, cast.minji, task_id)
    refused = [
        say(partner, task_id, "own-price", "비싸요"),
        say(partner, task_id, "own-title", "가" * 501),
        say(partner, task_id, "own-description", "문의 900101-1234567"),
        say(partner, task_id, "own-notice", "nothing"),
    ]
    assert [status for status, _ in refused] == [422, 422, 422, 200]
    assert refused[0][1].startswith("원 단위 숫자로")
    assert owner.get("/listings/export").status_code == 409
    assert owner.get("/listings?channel=nothing").status_code == 404


def test_the_guide_is_kept_over_what_was_seen_and_held_against_what_is_written(
    cast, acting_as, signed_in, mug
) -> None:
    owner, partner = signed_in(cast.haneul), signed_in(cast.minji)
    told = {
        "names": "다리 상점, DARI샵 → 다리상점\n\n → \n",
        "wanted": "손으로",
        "unwanted": "갓성비 -> 합리적인\n존예",
        "own": f"땡처리\n{EVIL}",
        "tone": "haeyo",
    }
    assert post(owner, "/listings/guide", seen="0", **told).status_code == 302
    stale = post(owner, "/listings/guide", seen="0", **told | {"wanted": "늦은 말"})
    assert (stale.status_code, "늦은 말" in stale.text, "<script>alert" in stale.text) == (409, True, False)
    long = post(owner, "/listings/guide", seen="1", **told | {"own": "가" * 61})
    assert (long.status_code, 'id="own-error"' in long.text) == (422, True)
    with acting_as(cast.haneul, reading=True) as scope:
        guide = reads.guide(scope).guide
    assert (guide.names[0].right, guide.unwanted, guide.own[0]) == (
        "다리상점",
        {"갓성비": "합리적인", "존예": ""},
        "땡처리",
    )
    assert "땡처리" in words(owner.get("/listings/rules"))
    open_for(owner, mug)
    task_id, _, _ = task_of(acting_as, cast.haneul, mug)
    claimed(acting_as, partner, cast.minji, task_id)
    _, told = say(partner, task_id, "own-title", "다리 상점 땡처리 머그컵")
    assert told.split(" · ")[1:] == [
        "7번째 글자 ‘땡처리’: 우리 상점이 쓰지 않기로 한 말이에요. 빼 주세요.",
        "1번째 글자 ‘다리 상점’: 브랜드 이름은 우리가 쓰는 대로 적어요. ‘다리상점’처럼 적어 보세요.",
    ]


def test_strangers_partners_and_reviewers_have_no_part_in_it(cast, acting_as, signed_in, mug) -> None:
    clients = [signed_in(one) for one in (cast.haneul, cast.minji, cast.boram)]
    listed(acting_as, cast, clients, mug)
    with acting_as(cast.haneul, reading=True) as scope:
        row = scope.session.scalars(select(Listing)).one()
    paths = ["/listings", f"/listings/{row.id}", "/listings/guide", "/listings/rules", "/listings/export"]
    assert [signed_in(cast.stranger).get(path).status_code for path in paths] == [200, 404, 200, 200, 409]
    assert [signed_in(cast.minji).get(path).status_code for path in paths] == [403] * 5
    assert [signed_in(cast.boram).get(path).status_code for path in paths] == [403] * 5
    assert post(signed_in(cast.stranger), "/listings/work", product=str(mug)).status_code in (404, 422)
