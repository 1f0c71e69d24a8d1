"""The description is what the code does: a golden text, whole and without loose ends; the page says it in words."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

import app as front
from base import openapi
from base.calls import pretty
from base.i18n import catalogue
from base.scope import World
from security.policy import GRANTABLE
from tests.api.calling import ON_SQLITE

GOLDEN = Path(__file__).parent.parent / "golden" / "openapi.json"
pytestmark = ON_SQLITE


def described(world: World) -> tuple[Flask, dict[str, Any]]:
    app = front.create_app(world)
    return app, json.loads(app.test_client().get("/api/v1/openapi.json").text)


def test_the_description_is_the_one_we_agreed_on(world: World) -> None:
    """After a wanted change: DARI_REWRITE=1 ./dari test tests/api/test_document.py, and read the difference."""
    _, told = described(world)
    if os.environ.get("DARI_REWRITE"):
        GOLDEN.write_text(pretty(told), encoding="utf-8")
    assert told == json.loads(GOLDEN.read_text(encoding="utf-8"))


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_leads_somewhere(world: World) -> None:
    _, told = described(world)
    there = {f"#/components/{kind}/{name}" for kind, named in told["components"].items() for name in named}
    assert set(references(told)) - there == set()
    assert len(list(references(told))) > 100


def test_every_call_says_what_it_does_in_both_languages(world: World) -> None:
    app, _ = described(world)
    calls = openapi.calls(app)
    assert [one.id for one in calls if not one.says.endswith(".")] == []
    for locale in ("ko", "en"):
        said = {key.removeprefix("api.call.") for key in catalogue(locale) if key.startswith("api.call.")}
        assert said == {one.id for one in calls}
    assert {one.need for one in calls} - {"anyone"} == set(GRANTABLE)


def test_every_address_of_the_api_is_described(world: World) -> None:
    app, _ = described(world)
    doors = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    described_ = {endpoint for endpoint in doors if hasattr(app.view_functions[endpoint], "operation")}
    assert doors - described_ == {"security_api.description", "security_api.readable"}


def test_the_page_reads_in_both_languages(world: World) -> None:
    client = front.create_app(world).test_client()
    for locale, words in (("ko", "시작하기"), ("en", "How to begin")):
        page = client.get("/api/v1", headers={"Accept-Language": locale})
        assert (page.status_code, page.mimetype, words in page.text, "/api/v1/orders" in page.text) == (
            200,
            "text/html",
            True,
            True,
        )
