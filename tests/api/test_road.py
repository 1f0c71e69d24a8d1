"""The main road by programs alone: goods, an order, packing, judging, the board; and everybody else's doors."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update

from base.scope import World
from security.models import Membership
from tests.api.calling import ON_SQLITE, Programs
from tests.cast import ActingAs, Cast
from tests.tasks.bench import ANSWERS

RECIPIENT = {
    "name": "카나리 박",
    "phone": "010-9876-5432",
    "address": "서울시 마포구 카나리로 7",
    "memo": "문 앞",
}


def order(number: str, units: int = 2) -> dict[str, Any]:
    return {
        "number": number,
        "recipient": RECIPIENT,
        "lines": [{"sku": "mug-01", "name": "머그컵", "units": units, "price": "9000"}],
    }


def jpeg() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(made, "JPEG")
    return io.BytesIO(made.getvalue())


def test_programs_go_the_whole_road(world: World, cast: Cast, program: Programs) -> None:
    haneul, minji, boram = program(cast.haneul), program(cast.minji), program(cast.boram)

    # Haneul's program adds the mug, books five, and places an order: the same sending twice is one order.
    added = haneul.post("/products", {"products": [{"sku": "mug-01", "name": "머그컵", "weight_g": 300}]})
    assert added.json == {"added": 1, "changed": 0}
    came = haneul.post("/stock/receipts", {"goods": [{"sku": "MUG-01", "units": 5}]})
    assert [(row["sku"], row["on_hand"], row["available"]) for row in came.json["rows"]] == [("MUG-01", 5, 5)]
    placed, again = (haneul.post("/orders", {"orders": [order("A1")]}, key="order-A1-key") for _ in range(2))
    assert (placed.status_code, placed.json["known"], placed.json["ready"]) == (201, 0, placed.json["orders"])
    assert (again.status_code, again.json, again.headers["Idempotency-Replayed"]) == (
        201,
        placed.json,
        "true",
    )
    other = haneul.post("/orders", {"orders": [order("A2")]}, key="order-A1-key")
    assert (other.status_code, other.json["code"]) == (422, "base.client_id_reused")
    order_id = placed.json["orders"][0]

    # Minji's program takes it, does what the sheet asks, sees the recipient while she holds it, and hands it in.
    task = minji.post("/offers/next").json
    assert (task["order_id"], task["state"], task["holder_id"]) == (
        order_id,
        "claimed",
        cast.minji.partner_id,
    )
    work = f"/work/{task['id']}"
    sheet = minji.get(work).json
    assert [line["sku"] for line in sheet["goods"]] == ["MUG-01"]
    unfinished = minji.post(f"{work}/submission", {"fence": sheet["fence"]})
    assert (unfinished.status_code, unfinished.json["code"]) == (422, "tasks.unfinished")
    for odd in ("a\0b", [{"\0": 1}], float("nan"), float("inf")):
        unfit = minji.post(f"{work}/answers", {"item": "seal", "value": odd})
        assert (unfit.status_code, unfit.json["code"]) == (422, "base.bad_request")
    for item, value in ANSWERS.items():
        assert minji.post(f"{work}/answers", {"item": item, "value": value}).status_code == 200
    photo = minji.upload(f"{work}/photos/packed_photo", photo=(jpeg(), "p.jpg"))
    assert (photo.status_code, photo.json["width"]) == (201, 64)
    seen = minji.post(f"{work}/recipient", {"purpose": "label"}, key="look-at-it-1")
    twice = minji.post(f"{work}/recipient", {"purpose": "label"}, key="look-at-it-1")
    assert (seen.json["phone"], "Idempotency-Replayed" in twice.headers) == (RECIPIENT["phone"], False)
    handed_in = minji.post(f"{work}/submission", {"fence": sheet["fence"]})
    assert (handed_in.status_code, handed_in.json["round"]) == (201, 1)
    assert minji.post(f"{work}/recipient", {"purpose": "label"}).status_code == 409
    assert minji.get("/work").json["rows"] == []

    # Boram's program sees the evidence, not whose it is, and accepts: the order is shipped.
    waiting = boram.get("/inspections").json["rows"][0]
    shown = boram.get(f"/inspections/{waiting['id']}").json
    assert [item["key"] for item in shown["items"] if item["photos"]] == ["packed_photo"]
    assert boram.get(f"/photos/{photo.json['id']}").mimetype == "image/jpeg"
    judged = boram.post(
        f"/inspections/{waiting['id']}/verdict", {"version": shown["version"], "verdict": "accept"}
    )
    assert (judged.status_code, judged.json["verdict"], judged.json["score"]) == (200, "accept", 100)
    late = boram.post(
        f"/inspections/{waiting['id']}/verdict",
        {"version": shown["version"], "verdict": "reject", "note": "x"},
    )
    assert (late.status_code, late.json["code"]) == (409, "qa.judged_already")
    now = haneul.get(f"/orders/{order_id}").json
    assert (now["state"], now["lines"][0]["reserved"]) == ("shipped", 0)
    board = haneul.get("/board")
    assert (board.json["today"]["late"], board.json["stock"]["now"] >= 0) == (0, True)
    assert haneul.get(f"/tasks/{task['id']}").json["submissions"][0]["round"] == 1

    # What has not changed costs nothing; no answer but the look held the recipient.
    tag = haneul.get("/levels").headers["ETag"]
    assert haneul.get("/levels", If_None_Match=tag).status_code == 304
    told = "".join(
        haneul.get(path).text for path in ("/orders", f"/orders/{order_id}", "/board", f"/tasks/{task['id']}")
    )
    assert [part for part in RECIPIENT.values() if part in told] == []


@ON_SQLITE
def test_foreign_and_missing_ids_are_the_same_404(world: World, cast: Cast, program: Programs) -> None:
    haneul, stranger = program(cast.haneul), program(cast.stranger)
    haneul.post("/stock/receipts", {"goods": []})
    haneul.post("/products", {"products": [{"sku": "M", "name": "m"}]})
    haneul.post("/stock/receipts", {"goods": [{"sku": "M", "units": 9}]})
    order_id = haneul.post(
        "/orders", {"orders": [{"number": "A1", "recipient": RECIPIENT, "lines": [{"sku": "M", "units": 1}]}]}
    ).json["orders"][0]
    task_id = haneul.get("/tasks").json["rows"][0]["id"]
    product_id = haneul.get("/products").json["rows"][0]["id"]
    for path, id_ in (
        ("/orders/{}", order_id),
        ("/tasks/{}", task_id),
        ("/products/{}", product_id),
        ("/levels/{}", product_id),
    ):
        foreign, missing = stranger.get(path.format(id_)), stranger.get(path.format(987654321))
        assert (foreign.status_code, foreign.json) == (404, missing.json), path
    for path in (
        f"/orders/{order_id}/cancel",
        f"/tasks/{task_id}/cancel",
        f"/inspections/{order_id}/verdict",
    ):
        body = (
            {"why": "asked"}
            if "orders" in path
            else {"reason": "other"}
            if "tasks" in path
            else {"version": 1, "verdict": "accept"}
        )
        assert stranger.post(path, body).status_code == 404, path
    assert haneul.get(f"/orders/{order_id}").json["state"] == "ready"
    minji, sujin = program(cast.minji), program(cast.sujin)
    assert minji.post(f"/offers/{task_id}/claim").status_code == 200
    taken = sujin.post(f"/offers/{task_id}/claim", Accept_Language="en")
    assert (taken.status_code, taken.json["code"]) == (409, "tasks.taken")
    assert sujin.post(f"/work/{task_id}/recipient", {"purpose": "label"}).status_code == 404
    assert [who.get(f"/work/{task_id}").status_code for who in (minji, sujin, haneul)] == [200, 404, 403]
    assert minji.post(f"/work/{task_id}/release", {"reason": "no_time"}).status_code == 204


@ON_SQLITE
def test_a_token_does_only_what_it_was_given(world: World, cast: Cast, program: Programs) -> None:
    reading = program(cast.haneul, permissions=["order.see"])
    refused = reading.post("/orders", {"orders": [order("A1")]}, Accept_Language="en")
    assert (refused.status_code, refused.json["code"], refused.json["facts"]) == (
        403,
        "security.not_granted",
        {"permission": "order.import"},
    )
    assert reading.get("/orders").json == {"rows": [], "next": ""}
    minji = program(cast.minji)
    assert minji.get("/orders").json["code"] == "base.forbidden"
    assert program(None).get("/orders").json["code"] == "security.token_missing"


@ON_SQLITE
def test_a_browser_calls_with_its_session_and_its_form_token(cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.haneul)
    body = {"products": [{"sku": "M", "name": "m"}]}
    assert browser.get("/api/v1/orders").status_code == 200
    assert browser.post("/api/v1/products", json=body).json["code"] == "security.cross_site"
    assert browser.post("/api/v1/products", json=body, headers={"X-CSRF": browser.csrf}).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "body", "code", "at"),
    [
        ("/orders", {"orders": [], "x": 1}, "base.bad_request", ["/orders", "/x"]),
        ("/orders", {"orders": [order("A1", units=0)]}, "base.bad_request", ["/orders/0/lines/0/units"]),
        (
            "/orders",
            {"orders": [order("A1") | {"ship_by": "2020-01-01T00:00:00Z"}]},
            "base.bad_request",
            ["/orders/0/ship_by"],
        ),
        ("/orders", {"orders": [order("A\0")]}, "base.bad_request", ["/orders/0/number"]),
        ("/stock/receipts", {"goods": [{"sku": "M", "units": "3"}]}, "base.bad_request", ["/goods/0/units"]),
        ("/stock/receipts", {"goods": [{"sku": "nothing", "units": 3}]}, "stock.unknown_skus", None),
        (
            "/stock/adjustments",
            {"goods": [{"sku": "M", "units": 3}], "reason": "900101-1234567"},
            "base.bad_request",
            ["/reason"],
        ),
    ],
)
def test_what_does_not_fit_is_named(  # noqa: PLR0917 (the table's columns)
    cast: Cast, program: Programs, path: str, body: Any, code: str, at: list[str] | None
) -> None:
    answer = program(cast.haneul).post(path, body)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
        422,
        "application/problem+json",
        code,
    )
    if at:
        assert [one["at"] for one in answer.json["facts"]["errors"]] == at
        assert "900101" not in answer.text


@ON_SQLITE
def test_other_kinds_of_requests_are_problems_too(cast: Cast, program: Programs) -> None:
    haneul = program(cast.haneul)
    headers = {"Authorization": f"Bearer {haneul.token}"}
    sent = {
        415: haneul.client.post("/api/v1/orders", data="x", headers=headers | {"Content-Type": "text/plain"}),
        405: haneul.client.delete("/api/v1/orders", headers=headers),
        413: haneul.client.post(
            "/api/v1/orders", data=b"[" * 500_000, headers=headers | {"Content-Type": "application/json"}
        ),
        422: haneul.get("/orders?view=open&view=all"),
    }
    assert {status: answer.status_code for status, answer in sent.items()} == {
        status: status for status in sent
    }
    assert {answer.mimetype for answer in sent.values()} == {"application/problem+json"}
    assert haneul.get("/orders?after=nonsense").json["code"] == "base.bad_cursor"


@ON_SQLITE
def test_pages_follow_one_another(cast: Cast, program: Programs) -> None:
    haneul = program(cast.haneul)
    haneul.post("/products", {"products": [{"sku": f"P{n}", "name": "p"} for n in range(5)]})
    seen, after = [], ""
    while True:
        page = haneul.get(f"/products?size=2&after={after}").json
        seen.append([row["sku"] for row in page["rows"]])
        after = page["next"]
        if not after:
            break
    assert seen == [["P0", "P1"], ["P2", "P3"], ["P4"]]


@ON_SQLITE
def test_a_large_answer_is_repeated_whole(cast: Cast, program: Programs) -> None:
    haneul = program(cast.haneul)
    goods = [{"sku": f"W{n:03}", "name": "긴" * 300} for n in range(100)]
    haneul.post("/products", {"products": goods})
    came = {"goods": [{"sku": one["sku"], "units": 1} for one in goods]}
    first, again = (haneul.post("/stock/receipts", came, key="one-large-answer") for _ in range(2))
    assert (len(first.data) > 64_000, again.headers["Idempotency-Replayed"]) == (True, "true")
    assert again.data == first.data


@ON_SQLITE
def test_two_people_may_choose_the_same_key(cast: Cast, acting_as: ActingAs, program: Programs) -> None:
    with acting_as(cast.haneul) as scope:
        hers = update(Membership).where(Membership.account_id == cast.boram.actor.id)
        scope.session.execute(hers.values(role="owner"))
    programs = program(cast.haneul), program(cast.boram)
    programs[0].post("/products", {"products": [{"sku": "M", "name": "m"}]})
    came = {"goods": [{"sku": "M", "units": 3}]}
    told = [each.post("/stock/receipts", came, key="receipt-of-today") for each in programs]
    assert [answer.json["rows"][0]["on_hand"] for answer in told] == [3, 6]
