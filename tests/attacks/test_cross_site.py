"""Another site can make a browser send anything, cookie and all: nothing of it is done."""

from collections.abc import Iterator

from flask import Flask

import app as front
from base.scope import World
from security.policy import OWNER, PARTNER, REVIEWER, may
from tests.attacks.estate import ON_SQLITE, Estates
from tests.attacks.test_foreign_ids import FORM, TEXTS, belongings, built
from tests.cast import Cast, SignedIn

FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": "http://localhost.evil.example"},
]


def posts(app: Flask, estates: Estates) -> Iterator[tuple[str, str, str]]:
    """Every address that takes a form, its endpoint and a role that may send it."""
    values = {**TEXTS, **estates.ours.ids, "token": estates.ours.token}
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or set()):
            continue
        need = app.view_functions[rule.endpoint].needs  # type: ignore[attr-defined]
        role = next((role for role in (OWNER, REVIEWER, PARTNER) if may(role, need)), "")
        yield (
            built(rule, {name: values[name] for name in rule.arguments - (rule.defaults or {}).keys()}),
            rule.endpoint,
            role,
        )


@ON_SQLITE
def test_no_form_is_taken_from_another_site_or_without_its_token(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn
) -> None:
    app, wrong = front.create_app(world), []
    people = {OWNER: cast.haneul, REVIEWER: cast.boram, PARTNER: cast.minji}
    clients = {role: signed_in(person) for role, person in people.items()}
    foreign = signed_in(cast.stranger).csrf  # type: ignore[attr-defined]
    before = belongings(world, cast.haneul)
    for path, endpoint, role in posts(app, estates):
        client = clients.get(role) or app.test_client()
        good = {"csrf": getattr(client, "csrf", "")}
        answers = [
            (client.post(path, data=FORM | good, headers=headers), headers) for headers in FROM_ELSEWHERE
        ]
        if role and endpoint != "security.sign_in":
            answers += [
                (client.post(path, data=FORM | bad), bad) for bad in ({}, {"csrf": ""}, {"csrf": foreign})
            ]
            answers += [(client.post(path, data=FORM, headers={"X-CSRF": foreign}), {"X-CSRF": "foreign"})]
        wrong += [(path, how, answer.status_code) for answer, how in answers if answer.status_code != 403]
    assert wrong == []
    assert belongings(world, cast.haneul) == before
