"""What is another's looks exactly like what is not there: every route with an id, every role, reading and writing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import app as front
from base.db import Base
from base.scope import World, acting
from security.policy import may
from tests.api.calling import token_of
from tests.attacks.browser import same
from tests.attacks.estate import Estates
from tests.cast import Cast, Person, SignedIn

NONE = 987654321
#: Texts in addresses that name nothing of a shop, as they are to be asked for.
TEXTS = {
    "act": "receive",
    "channel": "smartstore",
    "code": "photo_unclear",
    "decision": "allow",
    "ending": "csv",
    "kind": "nothing",
    "item": "packed_photo",
    "key": "seal",
    "left_token": "0" * 43,
    "own_token": "0" * 43,
    "reference_code": "0" * 16,
    "poster_code": "0" * 16,
    "slug": "haneul",
    "name": "packing-clothes",
    "step": "pause",
    "token": "0" * 96,
    "what": "asleep",
    "work": "packing",
}
#: Routes whose token is a secret of its own, not an id of a shop.
SECRETS = {"security.come_in", "security.join", "security.reset"}
#: What forms need so that the id is looked at, not a field that is lacking.
FORM = {
    "capacity": "2", "fence": "1", "item": "seal", "purpose": "label", "reason": "no_time", "step": "pause",
    "verdict": "accept", "version": "1", "why": "asked", "note": "-", "answer-seal": "1", "version-seal": "0",
    "title": "제목", "name": "이름", "quantity": "1", "counted": "1", "owed_by": "owner", "kind": "check", "by": "up",
    "text": "말", "up_to": "1", "outcome": "ours", "wish": "return", "minutes": "60", "partner_ids": "1",
    "saw": "봤어요", "day": "2026-01-02", "answer": "chance", "agreed": "말", "first": "2026-01-01",
    "supplier": "1", "least": "1", "pack": "1", "price": "1", "percent": "100", "last": "2026-01-01",
    "words": "말", "lead_days": "7", "cost": "1",
}  # fmt: skip


def routes(app: Flask, *, api: bool = False) -> list[tuple[Rule, str, str]]:
    """Every route with an id, its method and its need: of the pages, or of the API."""
    found = [
        (rule, method, app.view_functions[rule.endpoint].needs)  # type: ignore[attr-defined]
        for rule in app.url_map.iter_rules()
        if ids_of(rule) - {"filename", "edition"}
        and rule.endpoint.removesuffix("_page") not in SECRETS
        and rule.rule.startswith("/api/") is api
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    return sorted(found, key=lambda row: (row[0].rule, row[1]))


def ids_of(rule: Rule) -> set[str]:
    """What an address names of a shop: not the texts, nor what stands fixed in the route itself."""
    return rule.arguments - (rule.defaults or {}).keys() - (TEXTS.keys() - {"token"})


def paths(rule: Rule, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The address with another's ids and with none's; where it takes several, also with one of them alone."""
    ids = sorted(ids_of(rule))
    texts = {name: TEXTS[name] for name in rule.arguments if name in TEXTS}
    none = {name: "0" * 96 if name == "token" else NONE for name in ids}
    for lone in [ids] if len(ids) < 2 else [ids, *([name] for name in ids)]:
        own = texts | {name: ours[name] for name in ids if name not in lone}
        yield (
            built(rule, own | {name: theirs[name] for name in lone}),
            built(rule, own | {n: none[n] for n in lone}),
        )


def built(rule: Rule, values: Mapping[str, Any]) -> str:
    domain_and_path = rule.build(values, append_unknown=False)
    assert domain_and_path is not None
    return domain_and_path[1]


def asked(client: FlaskClient, method: str, path: str) -> TestResponse:
    if method == "GET":
        return client.get(path)
    return client.post(path, data=FORM | {"csrf": getattr(client, "csrf", "")})


def belongings(world: World, who: Person) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of somebody's shop, table by table."""
    tables = [table for table in Base.metadata.sorted_tables if "shop_id" in table.c]
    with acting(world, shop_id=who.shop_id, actor=who.actor, reading=True) as scope:
        return {
            table.name: [
                tuple(row)
                for row in scope.session.execute(
                    select(table).where(table.c.shop_id == who.shop_id).order_by(*table.primary_key)
                )
            ]
            for table in tables
        }


@pytest.mark.slow
@pytest.mark.both
def test_another_shops_things_are_not_there(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn
) -> None:
    app = front.create_app(world)
    theirs = {**estates.theirs.ids, "token": estates.theirs.token}
    ours = {**estates.ours.ids, "token": estates.ours.token}
    before, wrong = belongings(world, cast.stranger), []
    people = {"owner": cast.haneul, "reviewer": cast.boram, "partner": cast.minji}
    clients = {role: signed_in(person) for role, person in people.items()} | {"stranger": app.test_client()}
    sqlite = world.engines.dialect == "sqlite"
    for (rule, method, need), (role, client) in product(routes(app), clients.items()):
        if not (sqlite or may(role, need)):
            continue  # the door turns them away before any engine is asked
        for foreign, none in paths(rule, theirs, ours):
            seen, missed = asked(client, method, foreign), asked(client, method, none)
            expected = {404} if may(role, need) else {403} if role in people else {302, 401}
            if same(seen, foreign) != same(missed, none) or seen.status_code not in expected:
                wrong.append((role, method, foreign, seen.status_code, missed.status_code))
    assert wrong == []
    assert belongings(world, cast.stranger) == before


#: What programs send where an id is in the address, by the address's end.
BODIES: Mapping[str, object] = {
    "settle": {"outcome": "ours", "version": 1},
    "assign": {"partner_id": 1},
    "answers": {"item": "seal", "value": True},
    "orders/cancel": {"why": "asked"},
    "offer": {"partner_ids": [1], "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
    "place": {"by": 1},
    "recipient": {"purpose": "label"},
    "release": {"reason": "no_time"},
    "seen": {"up_to": 1},
    "submission": {"fence": 1},
    "supplier-text": {"text": "x", "seen": 0},
    "tasks/cancel": {"reason": "other"},
    "thread": {"text": "말"},
    "appeal": {"text": "다시 봐 주세요"},
    "appeals/verdict": {"verdict": "accept"},
    "inspections/verdict": {"version": 1, "verdict": "accept"},
}


def called(client: FlaskClient, secret: str, method: str, rule: Rule, path: str) -> TestResponse:
    """A call of the API with what it takes, so that the id is what is looked at."""
    parts = rule.rule.split("/")
    body = BODIES.get(parts[-1], BODIES.get(f"{parts[3]}/{parts[-1]}"))
    told: dict[str, Any] = {"headers": {"Authorization": f"Bearer {secret}"}}
    if method == "POST" and rule.rule.endswith(("<item>", "/pictures")):
        return client.post(path, data={"photo": (BytesIO(b"no picture"), "p.jpg")}, **told)
    return client.open(path, method=method, json=body, **told)


@pytest.mark.slow
def test_another_shops_things_are_not_there_for_programs(world: World, cast: Cast, estates: Estates) -> None:
    app = front.create_app(world)
    client, theirs, ours = app.test_client(), estates.theirs.ids, estates.ours.ids
    people = {"owner": cast.haneul, "reviewer": cast.boram, "partner": cast.minji}
    secrets = {role: token_of(world, person)[1] for role, person in people.items()}
    before, wrong, asked_for = belongings(world, cast.stranger), [], set()
    for (rule, method, need), (role, secret) in product(routes(app, api=True), secrets.items()):
        for foreign, none in paths(rule, theirs, ours):
            seen, missed = (called(client, secret, method, rule, path) for path in (foreign, none))
            expected = 404 if may(role, need) else 403
            if seen.json != missed.json or seen.status_code != expected:
                wrong.append((role, method, foreign, seen.status_code, missed.status_code))
        asked_for.add((method, rule.rule))
    assert wrong == []
    assert len(asked_for) >= 17
    assert belongings(world, cast.stranger) == before


#: What is said of a colleague's work, and why.
TOLD = {
    "tasks.why": "what keeps a task from this partner is told of every task of the shop",
    "tasks.claim": "who comes second is told so, with the next task to try",
}


@pytest.mark.slow
def test_a_colleagues_things_are_not_there(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn
) -> None:
    """Minji asks for what Sujin holds, handed in, photographed and was paid; and everybody for her sessions."""
    app = front.create_app(world)
    sujins, wrong = estates.sujins, []
    ours = {**estates.ours.ids, "token": estates.ours.token}
    own = ({"session_id": sujins["session_id"]}, {"membership_id": sujins["membership_id"]})
    work = (
        {"task_id": sujins["task_id"]},
        {"task_id": sujins["handed_in_id"]},
        {"photo_id": sujins["photo_id"]},
        {"change_id": sujins["change_id"]},
        *({name: sujins[name]} for name in ("proposal_id", "adjustment_id", "statement_id", "dispute_id")),
    )
    everybody = [(cast.haneul, own), (cast.boram, own), (cast.minji, own + work)]
    hands = [(person.actor.role, signed_in(person), asks) for person, asks in everybody]
    for (rule, method, need), (role, client, asks) in product(routes(app), hands):
        for ask in asks:
            if not set(ask) <= rule.arguments or rule.endpoint in TOLD or not may(role, need):
                continue
            foreign, none = next(paths(rule, ours | ask, ours | ask))
            seen, missed = asked(client, method, foreign), asked(client, method, none)
            if same(seen, foreign) != same(missed, none) or seen.status_code != 404:
                wrong.append((role, method, foreign, seen.status_code, missed.status_code))
    assert wrong == []


def asks_by_form(cast: Cast, estates: Estates) -> list[tuple[Person, str, str, Any]]:
    """Who asks where, what is sent with the id in it, and whose id that is."""
    ours, theirs, sujins = estates.ours.ids, estates.theirs.ids, estates.sujins
    desk = f"/inspections/{ours['inspection_id']}/verdict"
    mark = "verdict=send_back&version=1&defect=photo_unclear&note=-&mark={id}:1,1,10,10"
    return [
        (cast.haneul, "POST /stock/hand-over", "sku=MUG-01&quantity=1&partner_id={id}", theirs["partner_id"]),
        (
            cast.haneul,
            "POST /stock/bring-back",
            "sku=MUG-01&quantity=1&partner_id={id}",
            theirs["partner_id"],
        ),
        (
            cast.haneul,
            f"POST /orders/{ours['order_id']}/cancel-lines",
            "why=asked&line-{id}=1",
            theirs["line_id"],
        ),
        (cast.haneul, "GET /stock/movements", "product_id={id}", theirs["product_id"]),
        (cast.haneul, "GET /stock/movements", "place_id={id}", theirs["place_id"]),
        (cast.haneul, "GET /stock/movements.csv", "product_id={id}", theirs["product_id"]),
        (cast.minji, f"POST /work/{ours['task_id']}/answers", "remove={id}", theirs["photo_id"]),
        (cast.minji, f"POST /work/{ours['task_id']}/answers", "remove={id}", sujins["photo_id"]),
        (cast.boram, f"POST {desk}", mark, theirs["photo_id"]),
        (cast.boram, f"POST {desk}", mark, sujins["photo_id"]),
    ]


def test_ids_in_forms_are_no_back_door(cast: Cast, estates: Estates, signed_in: SignedIn) -> None:
    wrong = []
    for person, route, form, foreign in asks_by_form(cast, estates):
        client = signed_in(person)
        answers = [sent(client, route, form.format(id=id_), str(id_)) for id_ in (foreign, NONE)]
        if answers[0] != answers[1] or answers[0][0] not in {404, 409, 422}:
            wrong.append((route, form, foreign, [status for status, *_ in answers]))
    assert wrong == []


def sent(client: FlaskClient, route: str, form: str, id_: str) -> tuple[int, str, bytes]:
    method, path = route.split()
    fields = dict(parse_qsl(form)) | {"csrf": client.csrf}  # type: ignore[attr-defined]
    how = {"query_string": fields} if method == "GET" else {"data": fields}
    return same(client.open(path, method=method, **how), f"_id={id_}", f"line-{id_}", f"{id_}:1,1,")
