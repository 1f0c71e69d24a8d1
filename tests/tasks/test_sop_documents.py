"""Procedures as documents: sections, conditions of several clauses, pictures and videos, a day to begin."""

import io
import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from base import calendars
from tasks import conditions, documents, media
from tasks.checklist import Facts, visible
from tasks.conditions import Clause, When
from tasks.items import BadItem, parse
from tasks.models import Sop, SopPicture, SopRevision
from tests.cast import Cast, SignedIn
from tests.tasks.bench import Bench

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
EVIL = "<img src=x onerror=alert(1)>"
WORDS = {"ko": "재요", "en": "Measure"}


def item(key: str, type_: str = "check", **more: object) -> dict[str, object]:
    return {"key": key, "type": type_, "label": WORDS} | more


PREPARE, WRAP = ({"key": key, "title": WORDS} for key in ("prepare", "wrap"))


# --- conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ({"fact": "fragile", "is": True}, When("all", (Clause("fact", "fragile", "is", True),))),
        ({"item": "w", "at_least": "1,000"}, When("all", (Clause("item", "w", "at_least", Decimal(1000)),))),
        (
            {"any": [{"item": "a", "is_not": "x"}, {"fact": "n", "at_most": 3}]},
            When("any", (Clause("item", "a", "is_not", "x"), Clause("fact", "n", "at_most", Decimal(3)))),
        ),
        ({"any": [{"item": "a", "is": True}]}, "not_a_condition"),
        ({"all": [{"fact": "f", "is": 1}] * 5}, "not_a_condition"),
        ({"all": [{"any": []}, {"fact": "f", "is": 1}]}, "not_a_condition"),
        ({"fact": "f", "is": True, "is_not": False}, "not_a_condition"),
        ({"fact": "", "is": True}, "not_a_condition"),
        ({"fact": "a\x00b", "is": True}, "not_a_condition"),
        ({"item": "a", "is": "x" * 81}, "not_a_condition"),
        ({"fact": "f", "at_least": "many"}, "condition_number"),
        ({"fact": "f", "at_least": True}, "condition_number"),
        ({"fact": "f", "is": None}, "not_a_condition"),
        ({}, "not_a_condition"),
    ],
)
def test_a_condition_is_read_or_refused(raw: object, read: object) -> None:
    try:
        found: object = conditions.read(raw)
    except ValueError as error:
        found = str(error)
    assert found == read


FRAGILE, HEAVY = {"fact": "fragile", "is": True}, {"fact": "goods_g", "at_least": 5000}
DENTED = {"item": "box", "is_not": "fine"}


@pytest.mark.parametrize(
    ("when", "facts", "answers", "asked"),
    [
        ({"all": [FRAGILE, HEAVY]}, {"fragile": True, "goods_g": 5000}, {}, True),
        ({"all": [FRAGILE, HEAVY]}, {"fragile": True, "goods_g": 4999}, {}, False),
        ({"any": [FRAGILE, HEAVY]}, {"fragile": False, "goods_g": 9000}, {}, True),
        ({"any": [FRAGILE, HEAVY]}, {}, {}, False),
        (HEAVY, {"goods_g": "5000.5"}, {}, True),
        (HEAVY, {}, {}, False),  # nobody knows the weight
        (DENTED, {}, {"box": "dented"}, True),
        (DENTED, {}, {"box": "fine"}, False),
        (DENTED, {}, {}, False),  # not answered yet
        ({"item": "n", "at_most": 3}, {}, {"n": "3"}, True),
        ({"item": "n", "at_most": 3}, {}, {"n": "3.1"}, False),
    ],
)
def test_an_item_is_asked_while_its_condition_holds(when, facts, answers, asked) -> None:
    choices = [{"value": value, "label": WORDS} for value in ("fine", "dented")]
    listed = [item("box", "choice", choices=choices), item("n", "number"), item("then", when=when)]
    shown = visible(parse({"items": listed}), answers, Facts(facts))
    assert ("then" in [one.key for one in shown]) is asked


def test_what_hangs_on_an_item_that_is_not_asked_is_not_asked() -> None:
    listed = [
        item("a", when=FRAGILE),
        item("b", when={"any": [{"item": "a", "is": True}, HEAVY]}),
        item("c", when={"item": "b", "is": True}),
    ]
    said = {"a": True, "b": True}
    for facts, keys in (({}, []), ({"fragile": True}, ["a", "b", "c"]), ({"goods_g": 7000}, ["b", "c"])):
        assert [one.key for one in visible(parse({"items": listed}), said, Facts(facts))] == keys


# --- media -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", "youtu.be"),
        ("https://Tv.Naver.com:443/v/1?a=b#c", "tv.naver.com"),
        ("https://xn--o39an51b.kr/", "xn--o39an51b.kr"),
        *((bad, None) for bad in (
            "http://youtu.be/x", "javascript:alert(1)", "//youtu.be/x", "https://", "https://localhost/x",
            "https://127.0.0.1/x", "https://[::1]/x", "https://naver.com@evil.example/", "https://a.b:8443/",
            "https://a.b:x/", "https://한글.kr/", "https://a.kr/ b", "https://a.kr/\n", "https://a.kr\\@b.kr/",
            'https://a.kr/"><script>', "https://a..kr/", "https://-a.kr/", "https://a.kr/" + "x" * 300, "",
        )),
    ],
)  # fmt: skip
def test_a_video_is_a_plain_link_to_a_host_that_can_be_named(url: str, host: str | None) -> None:
    try:
        found = media.host(url)
    except ValueError as error:
        found = None if str(error) == "not_a_link" else str(error)
    assert found == host


def test_media_are_few_and_known() -> None:
    picture, video = {"picture": "a" * 64}, {"video": "https://youtu.be/x"}
    assert [one.kind for one in media.read([picture, video])] == ["picture", "video"]
    wrong = [
        [picture, picture],
        [video] * 5,
        ["x"],
        [{"picture": "../../etc"}],
        [picture | video],
        "x",
        [{"html": EVIL}],
    ]
    for raw in wrong:
        with pytest.raises(BadItem):
            parse({"items": [item("a", media=raw)]})


# --- sections ----------------------------------------------------------------------------------------------

DOC = {
    "purpose": WORDS,
    "sections": [PREPARE, WRAP],
    "items": [item("a"), item("b", section="prepare"), item("c", section="wrap")],
}


def test_a_document_is_one_list_of_headings_and_items_and_back() -> None:
    rows = documents.rows(DOC)
    assert [row.get("heading") or row["key"] for row in rows] == ["a", "prepare", "b", "wrap", "c"]
    assert documents.from_rows(DOC, rows) == DOC
    assert documents.from_rows(DOC, [rows[1], *rows[:1], *rows[2:]])["items"][0]["section"] == "prepare"


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"sections": [PREPARE]}, "section", "unknown_section"),
        ({"sections": [WRAP, PREPARE]}, "section", "out_of_order"),
        ({"sections": [PREPARE, PREPARE]}, "sections", "twice"),
        ({"sections": [PREPARE | {"title": {"ko": "가"}}]}, "sections", "language_missing"),
        ({"sections": [PREPARE | {"html": EVIL}]}, "sections", "key"),
        ({"sections": [PREPARE] * 13}, "sections", "too_many"),
        ({"purpose": {"ko": "가"}}, "purpose", "language_missing"),
        ({"purpose": {"ko": "가" * 501, "en": "a"}}, "purpose", "not_words"),
        ({"extra": 1}, "extra", "unknown"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_by_name(change, field, why) -> None:
    with pytest.raises(BadItem) as refused:
        documents.read(DOC | change)
    assert (refused.value.facts["field"], refused.value.facts["why"]) == (field, why)


# --- in the browser ----------------------------------------------------------------------------------------


def version_of(page: TestResponse) -> str:
    (version,) = set(re.findall(r'name="version" value="(\d+)"', page.text))
    return str(version)


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf": client.csrf} | form)  # type: ignore[attr-defined]


def jpeg() -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "JPEG")
    data.seek(0)
    return data, "how.jpg"


@ON_SQLITE
def test_an_owner_shapes_a_document(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    (task_id,) = bench.tasks(1)
    haneul, minji, stranger = (signed_in(who) for who in (cast.haneul, cast.minji, cast.stranger))
    with bench.acting_as("haneul", reading=True) as scope:
        path = f"/sops/{scope.session.scalars(select(Sop.id)).one()}"
    post(haneul, f"{path}/draft")

    def act(where: str, **form: object) -> TestResponse:
        return post(haneul, f"{path}/draft{where}", version=version_of(haneul.get(f"{path}/draft")), **form)

    assert act("/purpose", purpose_ko=EVIL, purpose_en="").status_code == 422
    assert act("/purpose", purpose_ko=EVIL, purpose_en="Whole parcels").status_code == 302
    assert act("/sections", title_ko="마무리", title_en="").status_code == 422
    assert act("/sections", title_ko=f"마무리{EVIL}", title_en="Finish").status_code == 302
    assert act("/sections/part_1/move", by="-3").status_code == 302
    assert act("/sections", key="part_1", title_ko=f"끝{EVIL}", title_en="Finish").status_code == 302
    form = {
        "type": "photo",
        "label_ko": f"두 번째 사진{EVIL}",
        "label_en": "Second photo",
        "severity": "critical",
    }
    form |= {"required": "1", "least": "1", "key": ""}
    clauses = {
        "when": '{"fact": "fragile", "is": true}',
        "when_2": '{"fact": "pieces", "at_least": null}',
        "when_2_n": "3",
    }
    clauses |= {"when_join": "any"}
    wrong = act("/items", **form, **clauses | {"when_2_n": "many"}, media_video="http://evil.example/")
    said = ("조건에 들어갈 수를 적어 주세요.", 'value="many"', 'value="http://evil.example/"')
    assert (wrong.status_code, [wrong.text.count(one) for one in said]) == (422, [1, 1, 1])
    wrong = act("/items", **form, **clauses, media_video="http://evil.example/")
    assert (wrong.status_code, wrong.text.count("https로 시작하는 영상 주소를 적어 주세요.")) == (422, 1)
    link = {"media_video": "https://youtu.be/x?a=1&b=2"}
    assert act("/items", **form, **clauses, **link, picture=jpeg()).status_code == 302
    page = haneul.get(path + "/draft/items/photo_1").text
    assert page.count("담을 상품 수가 … 이상일 때</option>") == 4  # the number stands beside it
    assert (page.count('value="3"'), page.count("media_0_off"), page.count('<option value="any"')) == (
        1,
        2,
        0,
    )
    with bench.acting_as("haneul", reading=True) as scope:
        draft = scope.session.scalars(select(SopRevision).where(SopRevision.state == "draft")).one()
        kept = scope.session.scalars(select(SopPicture)).one()
        entries = draft.items["items"]
        assert [one.get("section", "") for one in entries[-5:]] == [
            "",
            "part_1",
            "part_1",
            "part_1",
            "part_1",
        ]
        assert entries[-1]["when"] == {
            "any": [{"fact": "fragile", "is": True}, {"fact": "pieces", "at_least": 3}]
        }
        assert entries[-1]["media"] == [{"video": link["media_video"]}, {"picture": kept.sha256}]
    shown = haneul.get(f"{path}/preview?edition=2").text
    words = (
        "유튜브",
        "(youtu.be)",
        "깨지기 쉬운 상품이 있을 때 또는 담을 상품 수가 3 이상일 때만",
        'rel="noopener noreferrer"',
        "<h2>끝&lt;img",
        "<img src=x",
    )
    assert [shown.count(one) for one in words] == [0, 1, 1, 1, 1, 0]
    picture = f"/sops/pictures/{kept.sha256}"
    assert [who.get(picture).status_code for who in (haneul, minji, stranger)] == [200, 200, 404]
    said = haneul.get(f"{path}/compare?old=1&new=2").text
    assert [said.count(one) for one in ("새 묶음", '<td data-label="무엇이">묶음</td>', "<img src=x")] == [
        1,
        3,
        0,
    ]

    seen = version_of(haneul.get(f"{path}/draft/publish"))
    assert post(haneul, f"{path}/draft/publish", version=seen, on="2020-01-01").status_code == 422
    assert post(haneul, f"{path}/draft/publish", version=seen, on="soon").status_code == 422
    with bench.acting_as("haneul", reading=True) as scope:
        day = calendars.today(scope).replace(year=2027, month=1, day=2)
    assert post(haneul, f"{path}/draft/publish", version=seen, on=day.isoformat()).location == path
    page = haneul.get(path)
    assert (page.text.count("부터 씀"), haneul.get(f"{path}/draft").location) == (1, path)
    assert post(haneul, f"{path}/draft").status_code == 409
    waits = re.findall(r'take-back.*?name="version" value="(\d+)"', page.text, re.DOTALL)[0]
    assert post(haneul, f"{path}/coming/take-back", version=waits).location == f"{path}/draft"
    seen = version_of(haneul.get(f"{path}/draft/publish"))
    assert post(haneul, f"{path}/draft/publish", version=seen, on="").location == path

    (task_id,) = bench.tasks(1, fragile=True)
    bench.claim("minji", task_id)
    read = minji.get(f"/work/{task_id}").text
    assert (read.count("<img src=x"), read.count("두 번째 사진&lt;img")) == (0, 1)
    post(minji, f"/work/{task_id}/read")
    work = minji.get(f"/work/{task_id}").text
    marks = (
        'id="section-part_1"',
        'data-item="photo_1"',
        "영상 보기 (youtu.be)",
        picture,
        "놓치면 치명 불량",
        "<img src=x",
    )
    assert [work.count(one) for one in marks] == [1, 1, 1, 2, 4, 0]
