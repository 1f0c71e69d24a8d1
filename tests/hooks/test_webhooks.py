"""Webhooks: told of what happened once it stands, signed, tried again, given up, and never about people."""

import base64
import hashlib
import hmac
import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from base import errands
from base.errors import NotFound
from base.scope import THE_HOUSE, World, acting
from hooks import endpoints
from hooks.events import EVENTS
from hooks.models import Delivery, Webhook
from tests.cast import Cast, SignedIn
from tests.hooks.listener import Listener, listening
from tests.qa.road import Road, build

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
PEOPLE = ("김하나", "010-2345-6789", "테헤란로")


@pytest.fixture
def listener(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "tls"
    folder.mkdir()
    with listening(folder) as heard:
        yield heard


@pytest.fixture
def road(world: World, cast: Cast, listener: Listener) -> Road:
    """The cast's shop in a world whose webhooks may reach the listener."""
    return build(replace(world, settings=replace(world.settings, webhook_ca=listener.ca)), cast)


def add(road: Road, listener: Listener, *events: str) -> tuple[int, str]:
    with road.acting_as(road.cast.haneul) as scope:
        hook, secret = endpoints.add(scope, url=listener.url, events=events or EVENTS)
        return hook.id, secret


def log(road: Road) -> list[tuple[str, str, int, int]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = scope.session.scalars(select(Delivery).order_by(Delivery.id))
        return [(row.event, row.state, row.tries, row.status) for row in rows]


def deliver(road: Road, **later: float) -> None:
    road.later(**later)
    errands.drain(road.world, now=road.now)


@pytest.mark.both
def test_the_road_is_told_signed_and_without_people(road: Road, listener: Listener) -> None:
    _, secret = add(road, listener)
    road.receive(2)
    order = road.order()
    road.order()
    road.hand_in(road.cast.minji, road.task_of(order))
    road.judge(road.inspection(road.task_of(order)), "accept")
    assert listener.got == []  # nothing leaves before it stands and an errand is run
    deliver(road)
    told = [json.loads(content) for _, content in listener.got]
    kinds = sorted((message["type"], len(message["data"].get("order_ids", []))) for message in told)
    assert kinds == [
        ("order.placed", 1),
        ("order.placed", 1),
        ("order.ready", 1),
        ("order.shipped", 1),
        ("order.short", 1),
        ("task.accepted", 0),
    ]
    for headers, content in listener.got:
        what = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
        mac = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), what, hashlib.sha256)
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    everything = b"".join(content for _, content in listener.got).decode()
    assert [part for part in PEOPLE if part in everything] == []
    deliver(road, hours=30)
    assert (len(listener.got), {state for _, state, *_ in log(road)}) == (6, {"delivered"})


@ON_SQLITE
def test_a_failure_is_tried_again_with_the_same_id_and_given_up_in_the_end(
    road: Road, listener: Listener
) -> None:
    hook_id, _ = add(road, listener, "order.short")
    listener.answers += [500, 302, 200]
    road.order()
    deliver(road)
    assert log(road) == [("order.short", "waiting", 1, 500)]
    deliver(road, seconds=1)
    assert len(listener.got) == 1  # not yet
    deliver(road, seconds=10)
    assert log(road) == [("order.short", "waiting", 2, 302)]  # redirects are not followed
    deliver(road, minutes=2)
    assert log(road) == [("order.short", "delivered", 3, 200)]
    assert len({headers["webhook-id"] for headers, _ in listener.got}) == 1

    listener.answers += [503] * 9
    road.order()
    for _ in range(9):
        deliver(road, hours=25)
    assert (log(road)[1], len(listener.got)) == (("order.short", "failed", 6, 503), 9)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        hook = scope.session.get_one(Webhook, hook_id)
        assert hook.disabled_at is not None  # five days of nothing but failures

    # The owner starts it again and sends what it missed by hand: the same message, and now it arrives.
    with road.acting_as(road.cast.haneul) as scope:
        endpoints.start(scope, hook_id)
        endpoints.again(
            scope, scope.session.scalars(select(Delivery.id).order_by(Delivery.id.desc())).first() or 0
        )
    listener.answers.clear()
    deliver(road)
    assert (log(road)[1][1], listener.got[-1][0]["webhook-id"]) == (
        "delivered",
        listener.got[-2][0]["webhook-id"],
    )


@ON_SQLITE
def test_a_dead_address_costs_one_wait_a_rest_however_much_it_missed(road: Road, listener: Listener) -> None:
    add(road, listener, "order.short")
    listener.answers += [500] * 3
    for _ in range(12):
        road.order()
    deliver(road)
    assert len(listener.got) == 1  # the others were put off, none of their tries was used
    deliver(road, seconds=6)
    deliver(road, seconds=1)
    assert len(listener.got) == 2
    deliver(road, seconds=7)
    assert len(listener.got) == 3
    deliver(road, seconds=20)  # it rested as long as it had been failing; now it answers
    deliver(road, minutes=2)
    assert {(state, status) for _, state, _, status in log(road)} == {("delivered", 200)}
    assert len(listener.got) == 12 + 3  # every message arrived once
    assert sum(tries for *_, tries, _ in log(road)) == 15


@ON_SQLITE
def test_a_new_secret_signs_beside_the_old_one_for_a_day(road: Road, listener: Listener) -> None:
    hook_id, old = add(road, listener, "order.short")
    with road.acting_as(road.cast.haneul) as scope:
        new = endpoints.turn_secret(scope, hook_id)
        stored = scope.session.get_one(Webhook, hook_id)
        assert (old != new, new.encode() in stored.secret, old.encode() in (stored.old_secret or b"")) == (
            True,
            False,
            False,
        )
        endpoints.ping(scope, hook_id)
    deliver(road)
    assert listener.got[0][0]["webhook-signature"].count("v1,") == 2
    road.later(hours=25)
    with road.acting_as(road.cast.haneul) as scope:
        endpoints.ping(scope, hook_id)
    deliver(road)
    assert listener.got[1][0]["webhook-signature"].count("v1,") == 1
    with road.acting_as(road.cast.haneul) as scope:
        endpoints.remove(scope, hook_id)
        endpoints_left = endpoints.every(scope)
    road.order()
    deliver(road)
    assert (len(listener.got), endpoints_left) == (2, [])


@ON_SQLITE
def test_what_was_undone_is_not_told(road: Road, listener: Listener) -> None:
    add(road, listener)
    with suppress(ZeroDivisionError), road.acting_as(road.cast.haneul) as scope:
        endpoints.ping(scope, 1)
        raise ZeroDivisionError
    deliver(road)
    assert (listener.got, log(road)) == ([], [])


@ON_SQLITE
def test_another_shop_neither_hears_nor_touches(road: Road, listener: Listener, cast: Cast) -> None:
    hook_id, _ = add(road, listener)
    with acting(road.world, shop_id=cast.stranger.shop_id, actor=cast.stranger.actor) as scope:
        for act in (endpoints.ping, endpoints.stop, endpoints.remove, endpoints.turn_secret, endpoints.again):
            with pytest.raises(NotFound):
                act(scope, hook_id)
    with acting(road.world, shop_id=cast.stranger.shop_id, actor=THE_HOUSE) as scope:
        scope.session.execute(update(Webhook).where(Webhook.shop_id == scope.shop_id).values(events="x"))
    assert log(road) == []


@ON_SQLITE
def test_the_owner_does_all_of_it_in_the_browser(world: World, cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.haneul)
    csrf = {"csrf": browser.csrf}  # type: ignore[attr-defined]

    def post(path: str, **fields: object) -> int:
        return browser.post(path, data=csrf | fields).status_code

    assert post("/webhooks", url="https://127.0.0.1/", events=["order.placed"]) == 422
    assert post("/webhooks", url="https://shop.example/x", events=["nothing"]) == 422
    page = browser.post(
        "/webhooks", data=csrf | {"url": "https://shop.example/x", "events": ["order.placed"]}
    )
    secret = re.findall(r'class="secret">([^<]+)<', page.text)[0]
    assert (secret.startswith("whsec_"), secret in browser.get("/webhooks/1").text) == (True, False)
    assert [post(f"/webhooks/1/{act}") for act in ("ping", "stop", "start", "secret")] == [302, 302, 302, 200]
    assert post("/webhooks/deliveries/1/again") == 302
    assert "dari-1-1" in browser.get("/webhooks/1").text
    assert [post("/webhooks/1/remove"), browser.get("/webhooks/1").status_code] == [302, 404]
    assert [signed_in(who).get("/webhooks").status_code for who in (cast.minji, cast.boram)] == [403, 403]
