"""A form that arrives three times at once is one act with one answer; nobody meets another's answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from base.models import Receipt
from base.scope import Scope, World, acting
from stock.models import Movement
from tasks.models import Sop, Task
from tests.attacks.estate import Estates, canaries
from tests.cast import Cast, Person, SignedIn

pytestmark = pytest.mark.both  # receipts that meet

JSON = {"Accept": "application/json"}
ID = "the-same-client-id"


def count(scope: Scope, *clauses: Any) -> int:
    return scope.session.scalar(select(func.count()).where(*clauses)) or 0


def held(scope: Scope) -> int:
    return count(
        scope,
        Task.shop_id == scope.shop_id,
        Task.holder_id == scope.actor.partner_id,
        Task.state == "claimed",
    )


ACTS: dict[str, tuple[str, Callable[[Estates], str], dict[str, str], Callable[[Scope], int], int]] = {
    "taking the next task": ("minji", lambda _: "/offers/next", {}, held, 1),
    "giving one back": ("minji", lambda e: f"/work/{e.ours.ids['task_id']}/release", {"reason": "no_time"}, held, -1),
    "receiving goods": (
        "haneul",
        lambda _: "/stock/receive",
        {"sku": "MUG-01", "quantity": "7"},
        lambda scope: count(scope, Movement.shop_id == scope.shop_id),
        1,
    ),
    "a new procedure": (
        "haneul",
        lambda _: "/sops",
        {"kind": "packing", "title": "두 번째 방법"},
        lambda scope: count(scope, Sop.shop_id == scope.shop_id),
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_three_at_once_are_one(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn, act: str
) -> None:
    name, where, fields, effect, change = ACTS[act]
    who: Person = getattr(cast, name)
    path, clients = where(estates), [signed_in(who) for _ in range(3)]

    def measured() -> int:
        with acting(world, shop_id=who.shop_id, actor=who.actor, reading=True) as scope:
            return effect(scope)

    def post(client: FlaskClient) -> TestResponse:
        return client.post(path, data=fields | {"csrf": client.csrf, "client_id": ID})  # type: ignore[attr-defined]

    before = measured()
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(post, clients))
    assert {(answer.status_code, answer.location) for answer in answers} == {(302, answers[0].location)}
    assert measured() - before == change
    reused = clients[0].post("/language", data={"csrf": clients[0].csrf, "client_id": ID})  # type: ignore[attr-defined]
    assert reused.status_code == 422


def test_the_same_id_of_another_person_is_another_act(cast: Cast, signed_in: SignedIn) -> None:
    def take(who: Person) -> dict[str, Any]:
        client = signed_in(who)
        headers = JSON | {"Idempotency-Key": ID, "X-CSRF": client.csrf}  # type: ignore[attr-defined]
        answer = client.post("/offers/next", headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()  # type: ignore[no-any-return]

    taken = {who.name: take(who) for who in (cast.minji, cast.sujin, cast.stranger_partner)}
    assert len({told["task_id"] for told in taken.values()}) == 3
    assert take(cast.minji) == taken["minji"]


def test_a_look_at_a_recipient_is_answered_anew_and_never_stored(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn
) -> None:
    client = signed_in(cast.minji)
    path, form = f"/work/{estates.ours.ids['task_id']}/recipient", {"purpose": "label", "client_id": ID}
    for headers in ({}, JSON):
        looks = [client.post(path, data=form | {"csrf": client.csrf}, headers=headers) for _ in range(2)]  # type: ignore[attr-defined]
        assert [estates.ours.recipient.name in look.get_data(as_text=True) for look in looks] == [True, True]
        assert {look.headers["Cache-Control"] for look in looks} == {"no-store"}
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        bodies = scope.session.scalars(select(Receipt.body).where(Receipt.shop_id == cast.shop_id)).all()
        assert count(scope, Receipt.shop_id == cast.shop_id, Receipt.client_id == ID) == 0
    assert [text for text in canaries(estates.ours) if any(text.encode() in body for body in bodies)] == []
