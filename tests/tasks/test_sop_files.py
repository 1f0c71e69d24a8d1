"""Procedures as files: read back exactly, refused in words when bad; and the library made of them."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from base.errors import Refused
from base.i18n import LOCALES
from tasks import sop_files, sop_library
from tasks.checklist import parse
from tasks.kinds.known import coded
from tasks.models import Sop, SopPicture, SopRevision
from tests.cast import Cast, Person, SignedIn
from tests.tasks.bench import Bench

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
EVIL = "<script>alert(1)</script>"
WORDS = {"ko": EVIL, "en": "Measure"}
CRITERION = {"code": "bad", "severity": "minor", "weight": 5, "label": WORDS}
GOOD: dict[str, Any] = {
    "format": "dari.sop",
    "version": 1,
    "kind": "packing",
    "title": f"유리{EVIL}",
    "purpose": WORDS,
    "sections": [{"key": "one", "title": WORDS}],
    "items": [
        {"key": "a", "type": "number", "label": WORDS, "max": 3.5, "unit": "kg"},
        {
            "key": "b",
            "type": "check",
            "label": WORDS,
            "section": "one",
            "when": {"item": "a", "at_least": "1.50"},
        },
    ],
    "rubric": {"pass": 80, "criteria": [CRITERION]},
}


def file(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes).encode()


def without(*names: str) -> bytes:
    return json.dumps({name: part for name, part in GOOD.items() if name not in names}).encode()


def test_what_is_written_is_read_back_exactly() -> None:
    told = sop_files.read(file())
    once = sop_files.write(told)
    assert (sop_files.read(once), sop_files.write(sop_files.read(once))) == (told, once)
    assert json.loads(once) == GOOD
    upside_down = json.dumps(dict(reversed(GOOD.items()))).encode()
    assert sop_files.write(sop_files.read(upside_down)) == once  # whatever order it came in


DEEP = b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ("not_json", "")),
        (b"\xff\xfe", ("not_json", "")),
        (b"[]", ("not_ours", "")),
        (b"{}", ("not_ours", "")),
        (DEEP, ("not_json", "")),
        (b'{"format": "dari.sop", "format": "dari.sop"}', ("not_json", "")),
        (file(version=float("nan")), ("not_json", "")),
        (b'{"format": 1e999}', ("not_json", "")),
        (b'{"format": ' + b"9" * 5000 + b"}", ("not_json", "")),
        (file(format="other"), ("not_ours", "")),
        (file(version=2), ("newer", "2")),
        (file(version=True), ("version", "True")),
        (file(version="1"), ("version", "1")),
        (without("items"), ("missing", "items")),
        (without("rubric", "kind"), ("missing", "kind")),
        (file(script=EVIL), ("unknown", "script")),
        (file(title=""), ("title", "")),
        (file(title={"ko": "가"}), ("title", "")),
        (file(title="가" * 81), ("title", "")),
        (file(title="a\x00b"), ("control", "")),
        (file(purpose={"ko": "\ud800", "en": "a"}), ("control", "")),
        (file(kind=7), ("kind", "")),
        (file(rubric=[]), ("rubric", "")),
        (file(rubric={"criteria": []}), ("rubric", "")),
        (file(rubric={"criteria": [CRITERION, CRITERION]}), ("rubric", "")),
        (file(rubric={"criteria": [CRITERION | {"weight": True}]}), ("rubric", "bad")),
        (file(rubric={"criteria": [CRITERION | {"more": 1}]}), ("rubric", "bad")),
        (file(rubric={"criteria": ["x"]}), ("rubric", "None")),
        (file(pictures={"a" * 64: "AAAA"}), ("pictures", "a" * 12)),
        (file(pictures=["x"]), ("pictures", "")),
        (file(items=[{"key": "a", "type": "dance"}]), ("not_one_of", "a")),
        (file(items=[GOOD["items"][0] | {"severity": "awful"}]), ("not_one_of", "a")),
        (file(items=[GOOD["items"][0] | {"html": EVIL}]), ("unknown", "a")),
        (file(items=[]), ("empty", 0)),
        (file(rubric={"criteria": [CRITERION | {"severity": "awful"}]}), ("severity", None)),
        (file(rubric={"criteria": [CRITERION | {"item": "gone"}]}), ("item", None)),
        (file(rubric={"pass": 0, "criteria": [CRITERION]}), ("points", None)),
    ],
)
def test_a_file_with_anything_wrong_is_refused_by_name(data: bytes, said: tuple[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        sop_files.read(data)
    facts = refused.value.facts
    assert (facts["why"], facts.get("about", facts.get("item"))) == said


# --- the library -------------------------------------------------------------------------------------------


def texts(part: Any) -> list[Mapping[str, str]]:
    """Everything that is said in both languages."""
    if isinstance(part, dict):
        return [part] if set(part) == set(LOCALES) else [one for each in part.values() for one in texts(each)]
    return [one for each in part for one in texts(each)] if isinstance(part, list) else []


@pytest.mark.parametrize("book", sop_library.books().values(), ids=lambda book: book.name)
def test_a_procedure_of_the_library_is_whole(book: sop_library.Book) -> None:
    file_ = book.file
    assert sop_files.write(file_) == (sop_library.SHELF / f"{book.name}.json").read_bytes()
    items = {item.key: item for item in parse(file_.doc)}
    assert (6 <= len(items) <= 16, 2 <= len(file_.doc["sections"]) <= 4) == (True, True)
    assert {item.section for item in items.values()} == {one["key"] for one in file_.doc["sections"]}
    assert "critical" in {item.severity for item in items.values()}
    said = [file_.title, *texts(file_.doc), *texts(file_.rubric)]
    assert [one for one in said if not all(one[locale].strip() for locale in LOCALES)] == []  # type: ignore[index]
    assert [one for one in said if any("가" <= sign <= "힣" for sign in one["en"])] == []  # type: ignore[index]
    criteria = file_.rubric["criteria"]
    assert {one["item"] for one in criteria} <= set(items)
    assert sum(one["severity"] == "critical" for one in criteria) >= 1
    kind = coded().get(file_.kind)
    asked = {name for item in items.values() if item.when for name in item.when.names("fact")}
    asked |= {item.target.fact for item in items.values() if item.target and item.target.fact}
    assert asked <= set(kind.flags + kind.numbers if kind else ())


def test_the_library_serves_three_kinds() -> None:
    kinds = [book.file.kind for book in sop_library.books().values()]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "packing": 4,
        "listing": 3,
        "tagging": 3,
    }


# --- in the browser ----------------------------------------------------------------------------------------


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf": client.csrf} | form)  # type: ignore[attr-defined]


def send(client: FlaskClient, data: bytes, **form: object) -> TestResponse:
    return post(client, "/sops/import", file=(io.BytesIO(data), "작업표준.json"), **form)


def drafts(bench: Bench, who: Person) -> list[tuple[str, str, Any]]:
    with bench.acting_as("house", reading=True) as scope:
        rows = scope.session.execute(
            select(Sop.kind, Sop.title, SopRevision.items)
            .join(SopRevision, SopRevision.sop_id == Sop.id)
            .where(Sop.shop_id == who.shop_id)
            .order_by(Sop.id)
        )
        return [(kind, title, doc) for kind, title, doc in rows]


@ON_SQLITE
def test_an_owner_adopts_takes_out_and_brings_in(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    haneul, boram, minji = (signed_in(who) for who in (cast.haneul, cast.boram, cast.minji))
    shelf = haneul.get("/sops/library")
    assert shelf.text.count("깨지기 쉬운 상품 포장") == 1
    book = "/sops/library/packing-fragile"
    assert [who.get(book).status_code for who in (haneul, boram, minji)] == [200, 200, 403]
    assert haneul.get(book).text.count("놓치면 치명 불량") == 4
    assert haneul.get("/sops/library/nothing").status_code == 404
    assert [post(who, f"{book}/adopt").status_code for who in (boram, haneul, haneul)] == [403, 302, 302]
    made = drafts(bench, cast.haneul)
    titles = ["깨지기 쉬운 상품 포장", "깨지기 쉬운 상품 포장 (2)"]
    assert [(title, doc) for _kind, title, doc in made] == [
        (title, sop_library.book("packing-fragile").file.doc) for title in titles
    ]

    out = haneul.get("/sops/1/file")
    assert out.headers["Content-Disposition"].startswith("attachment; filename")
    assert json.loads(out.data) == json.loads((sop_library.SHELF / "packing-fragile.json").read_bytes()) | {
        "title": titles[0]
    }
    assert send(haneul, out.data).location == "/sops/3/draft"
    assert haneul.get("/sops/3/file").data == out.data.replace(
        titles[0].encode(), f"{titles[0]} (3)".encode()
    )

    assert send(haneul, file()).location == "/sops/4/draft"
    page = haneul.get("/sops/4/draft").text + haneul.get("/sops/4/preview").text + haneul.get("/sops").text
    assert (page.count("<script>alert"), page.count("&lt;script&gt;alert(1)") > 10) == (0, True)
    assert json.loads(haneul.get("/sops/4/file").data) == GOOD


@ON_SQLITE
def test_every_book_becomes_a_draft_that_can_be_written_and_published(
    bench: Bench, cast: Cast, signed_in: SignedIn
) -> None:
    haneul = signed_in(cast.haneul)
    assert haneul.get("/sops/library").text.count('class="row-link"') == len(sop_library.books())
    for number, book in enumerate(sop_library.books().values(), start=1):
        assert post(haneul, f"/sops/library/{book.name}/adopt").location == f"/sops/{number}/draft"
        key = book.file.doc["items"][0]["key"]
        pages = ["/draft", f"/draft/items/{key}", "/preview?in=en", "/draft/rubric", "/draft/publish"]
        assert [haneul.get(f"/sops/{number}{page}").status_code for page in pages] == [200] * len(pages)
        assert haneul.get(f"/sops/{number}/draft").text.count("is-warn") == 0  # nothing odd about it
        assert post(haneul, f"/sops/{number}/draft/publish", version="1").location == f"/sops/{number}"


@ON_SQLITE
def test_what_cannot_be_brought_in_leaves_nothing(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    haneul = signed_in(cast.haneul)
    wrong = {
        b"{": "JSON으로 읽을 수 없어요",
        file(version=9): "더 새로운 다리에서 만든 파일이에요 (version 9)",
        file(kind="flying"): "이 상점에 없는 일의 종류예요",
        file(items=[GOOD["items"][0] | {"severity": EVIL}]): "항목 ‘a’의 severity: 보기 가운데 하나를",
        file(rubric={"criteria": [CRITERION | {"item": "gone"}]}): "검수 기준: 이 초안에 없는 항목이에요",
        file(
            items=[GOOD["items"][0] | {"media": [{"picture": "a" * 64}]}]
        ): "(aaaaaaaaaaaa…)이 파일에 없어요",
    }
    for data, words in wrong.items():
        page = send(haneul, data)
        assert (page.status_code, page.text.count(words), page.text.count(EVIL)) == (422, 1, 0), words
    assert post(haneul, "/sops/import").status_code == 422
    assert drafts(bench, cast.haneul) == []
    assert send(haneul, file(kind="flying"), kind="packing").status_code == 302
    assert [kind for kind, _title, _doc in drafts(bench, cast.haneul)] == ["packing"]


@ON_SQLITE
def test_pictures_travel_with_a_procedure(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    send(haneul, file())
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(data, "PNG")
    data.seek(0)
    form = {
        "key": "b",
        "type": "check",
        "label_ko": "가",
        "label_en": "A",
        "severity": "minor",
        "version": "1",
    }
    assert post(haneul, "/sops/1/draft/items", **form, picture=(data, "a.png")).status_code == 302
    out = haneul.get("/sops/1/file").data
    (name,) = json.loads(out)["pictures"]
    assert send(haneul, out).location == "/sops/2/draft"
    assert json.loads(haneul.get("/sops/2/file").data)["pictures"] == json.loads(out)["pictures"]
    assert send(stranger, out).status_code == 302
    ((_kind, _title, doc),) = drafts(bench, cast.stranger)
    (theirs,) = sop_files.shown(doc)
    assert [who.get(f"/sops/pictures/{theirs}").status_code for who in (stranger, haneul)] == [
        200,
        200 if theirs == name else 404,
    ]
    with bench.acting_as("house", reading=True) as scope:
        assert scope.session.scalar(select(func.count()).select_from(SopPicture)) == 2
