"""The pages of procedures: written, checked, published, compared; by whom, and what two at once meet."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tasks import sops
from tasks.models import Sop, SopRevision
from tests.cast import Cast, SignedIn
from tests.tasks.bench import Bench

PHOTO = {
    "type": "photo",
    "label_ko": "송장 사진",
    "label_en": "Photo of the label",
    "required": "1",
    "severity": "minor",
    "least": "2",
}


def version_of(page: TestResponse) -> str:
    """The version a page was made from, as its forms carry it."""
    (version,) = set(re.findall(r'name="version" value="(\d+)"', page.text))
    return str(version)


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf": client.csrf} | form)


def editions(bench: Bench) -> list[tuple[int, str]]:
    stmt = select(SopRevision.number, SopRevision.state).order_by(SopRevision.id)
    with bench.acting_as("haneul", reading=True) as scope:
        return [(number, state) for number, state in scope.session.execute(stmt)]


def keys(bench: Bench) -> list[str]:
    """The items of the latest edition."""
    with bench.acting_as("haneul", reading=True) as scope:
        latest = scope.session.scalars(select(SopRevision).order_by(SopRevision.id.desc())).first()
        assert latest is not None
        return [item["key"] for item in latest.items["items"]]


@pytest.fixture
def sop(bench: Bench) -> str:
    """The path of the shop's procedure, under which one task is open."""
    bench.tasks(1)
    with bench.acting_as("haneul", reading=True) as scope:
        return f"/sops/{scope.session.scalars(select(Sop.id)).one()}"


@pytest.mark.both
def test_an_owner_writes_an_edition_and_publishes_it(
    bench: Bench, cast: Cast, signed_in: SignedIn, sop: str
) -> None:
    haneul = signed_in(cast.haneul)
    assert haneul.get("/sops").text.count("진행 중 일감 1건") == 1
    assert haneul.get(f"{sop}/draft").location == sop
    assert post(haneul, f"{sop}/draft").location == f"{sop}/draft"
    assert haneul.get(f"{sop}/draft").text.count("쓰고 있는 1판과 똑같아요") == 1

    form = haneul.get(f"{sop}/draft/new?type=photo")
    assert form.text.count('<option value=""') == 0  # a browser would not send the form: nothing chosen
    kept = post(haneul, f"{sop}/draft/items", version=version_of(form), key="", **PHOTO)
    assert kept.location == f"{sop}/draft#item-photo_1"
    page = haneul.get(f"{sop}/draft")
    moved = post(haneul, f"{sop}/draft/items/photo_1/move", version=version_of(page), by="up")
    assert moved.location == f"{sop}/draft#item-photo_1"
    for by, end in (
        ("-3", ["photo_1", "weight", "seal", "label", "remark"]),
        ("+1", []),
        ("3", ["seal", "label", "photo_1", "remark"]),
    ):
        page = haneul.get(f"{sop}/draft")
        moved = post(haneul, f"{sop}/draft/items/photo_1/move", version=version_of(page), by=by)
        assert (moved.status_code, keys(bench)[-len(end) :] if end else []) == (302 if end else 404, end)
    form = haneul.get(f"{sop}/draft/items/cushion_photo")
    post(haneul, f"{sop}/draft/items/cushion_photo/remove", version=version_of(form))
    assert keys(bench)[-3:] == ["label", "photo_1", "remark"]
    assert haneul.get(f"{sop}/preview?edition=2&in=en").text.count("Photo of the label") == 1

    page = haneul.get(f"{sop}/draft/publish")
    assert page.text.count("이미 열린 일감 1건은 열릴 때의 판으로 끝까지 해요.") == 1
    assert page.text.count("검수 기준 ‘완충이 부족해요’ 불량이 보던 항목이 빠졌어요.") == 1
    assert post(haneul, f"{sop}/draft/publish", version=version_of(page)).location == sop
    assert editions(bench) == [(1, "retired"), (2, "published")]
    compared = haneul.get(f"{sop}/compare?old=1&new=2").text
    assert [compared.count(words) for words in ("2가지 바뀌었어요", "완충재를 넣은 사진", "송장 사진")] == [
        1,
        1,
        1,
    ]


def test_what_cannot_be_kept_stays_typed_and_says_why(
    bench: Bench, cast: Cast, signed_in: SignedIn, sop: str
) -> None:
    haneul = signed_in(cast.haneul)
    post(haneul, f"{sop}/draft")
    seen = version_of(haneul.get(f"{sop}/draft"))
    wrong = post(haneul, f"{sop}/draft/items", version=seen, key="", **PHOTO | {"least": "99"})
    assert (wrong.status_code, wrong.text.count('aria-invalid="true"'), wrong.text.count('value="99"')) == (
        422,
        1,
        1,
    )
    assert wrong.text.count("1부터 10까지의 숫자로 적어 주세요.") == 1

    post(
        haneul, f"{sop}/draft/items", version=seen, key="", **PHOTO | {"when": '{"item": "seal", "is": true}'}
    )
    seen = version_of(haneul.get(f"{sop}/draft"))
    gone = post(haneul, f"{sop}/draft/items/seal/remove", version=seen)
    words = "‘송장 사진’ 항목: 조건으로 삼은 항목보다 뒤에 있어야 해요."
    assert (gone.status_code, gone.text.count(words), version_of(gone)) == (422, 1, seen)
    assert post(haneul, f"{sop}/draft/reset", version=seen).status_code == 302
    assert keys(bench)[-1] == "remark"

    assert post(haneul, "/sops", kind="packing", title="기본 포장").status_code == 422
    assert post(haneul, "/sops", kind="flying", title="종이비행기").status_code == 404
    assert post(haneul, f"{sop}/draft/items/nothing/move", by="up").status_code == 422
    assert post(haneul, f"{sop}/draft/discard", version=seen).status_code == 404


def test_two_who_write_at_once_lose_nothing(bench: Bench, cast: Cast, signed_in: SignedIn, sop: str) -> None:
    haneul = signed_in(cast.haneul)
    post(haneul, f"{sop}/draft")
    mine = haneul.get(f"{sop}/draft/items/seal")
    typed = {
        "type": "check",
        "key": "seal",
        "label_ko": "내가 적은 말",
        "label_en": "Mine",
        "severity": "major",
    }
    post(haneul, f"{sop}/draft/items", version=version_of(mine), **typed | {"label_ko": "먼저 저장된 말"})

    late = post(haneul, f"{sop}/draft/items", version=version_of(mine), **typed)
    said = [late.text.count(words) for words in ('value="내가 적은 말"', "<strong>먼저 저장된 말</strong>")]
    assert (late.status_code, said) == (409, [1, 1])
    assert post(haneul, f"{sop}/draft/publish", version=version_of(mine)).status_code == 409
    assert post(haneul, f"{sop}/draft/items", version=version_of(late), **typed).status_code == 302

    seen = version_of(haneul.get(f"{sop}/draft"))
    post(haneul, f"{sop}/draft/publish", version=seen)
    late = post(haneul, f"{sop}/draft/items", version=seen, **typed | {"label_ko": "또 고친 말"})
    assert (late.status_code, version_of(late), late.text.count('value="또 고친 말"')) == (409, "0", 1)
    assert post(haneul, f"{sop}/draft/items/seal/move", version=seen, by="up").status_code == 409
    assert editions(bench) == [(1, "retired"), (2, "published")]
    assert (
        post(haneul, f"{sop}/draft/items", version="0", **typed | {"label_ko": "또 고친 말"}).status_code
        == 302
    )
    assert editions(bench) == [(1, "retired"), (2, "published"), (3, "draft")]


def test_procedures_are_put_away(bench: Bench, cast: Cast, signed_in: SignedIn, sop: str) -> None:
    haneul = signed_in(cast.haneul)
    made = post(haneul, "/sops", kind="packing", title="유리 포장").location
    assert post(haneul, made + "/discard", version=version_of(haneul.get(made))).location == "/sops"
    assert post(haneul, f"{sop}/retire", version="9").status_code == 409
    assert post(haneul, f"{sop}/retire", version=version_of(haneul.get(sop))).location == sop
    assert editions(bench) == [(1, "retired"), (1, "retired")]
    assert haneul.get("/sops").text.count("내린 작업표준 2개") == 1


def test_reviewers_read_and_nobody_else(bench: Bench, cast: Cast, signed_in: SignedIn, sop: str) -> None:
    with bench.acting_as("haneul") as scope:
        sops.draft(scope, int(sop.rsplit("/", 1)[1]))
    read = ["/sops", sop, f"{sop}/preview", f"{sop}/compare"]
    write = [f"{sop}/draft", f"{sop}/draft/items/seal", f"{sop}/draft/new?type=text", f"{sop}/draft/publish"]
    acts = ["/sops", f"{sop}/draft", f"{sop}/draft/items", f"{sop}/draft/publish", f"{sop}/retire"]
    boram, minji, stranger = (signed_in(person) for person in (cast.boram, cast.minji, cast.stranger))
    assert [boram.get(path).status_code for path in read + write] == [200] * 4 + [403] * 4
    assert [post(boram, path).status_code for path in acts] == [403] * 5
    assert [minji.get(path).status_code for path in read] == [403] * 4
    assert [stranger.get(path).status_code for path in read + write if path != "/sops"] == [404] * 7
    assert [post(stranger, path).status_code for path in acts[1:]] == [404] * 4
    post(boram, "/language", locale="en")
    assert boram.get(sop).text.count("What condition are the goods in?") == 2
