"""Every door has a lock: the matrix of route x need x role, as golden text and as it really answers."""

import os
import re
from pathlib import Path

import pytest
from flask import Flask

import app as front
from base.scope import World
from security.policy import NEWCOMER, PERMISSIONS, ROLES, STRANGER, may
from tests.cast import Cast, Person, SignedIn

pytestmark = pytest.mark.both  # every page's statements once

GOLDEN = Path(__file__).parent / "golden" / "doors.txt"
WHO = (STRANGER, NEWCOMER, *ROLES)


def routes(app: Flask) -> list[tuple[str, str, str, str]]:
    """Every (path, method, endpoint, need) of the app, in order."""
    return sorted(
        (rule.rule, method, rule.endpoint, app.view_functions[rule.endpoint].needs)  # type: ignore[attr-defined]
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def matrix(app: Flask) -> str:
    lines = [
        f"{method:6} {path:52} {need:18} {' '.join(who if may(who, need) else '-' * len(who) for who in WHO)}"
        for path, method, _, need in routes(app)
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def app(world: World) -> Flask:
    return front.create_app(world)


def test_the_matrix_is_the_one_we_agreed_on(app: Flask) -> None:
    """After a wanted change: DARI_REWRITE=1 ./dari test tests/test_doors.py, and read the difference."""
    if os.environ.get("DARI_REWRITE"):
        GOLDEN.write_text(matrix(app), encoding="utf-8")
    assert matrix(app) == GOLDEN.read_text(encoding="utf-8")


def test_every_permission_is_used_and_every_need_exists(app: Flask) -> None:
    assert {need for *_, need in routes(app)} <= set(PERMISSIONS)


def test_a_route_without_a_need_keeps_the_app_from_starting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask import Blueprint

    open_door = Blueprint("open", __name__)
    open_door.add_url_rule("/open", "door", lambda: "come in")
    monkeypatch.setattr(front, "PAGES", (*front.PAGES, open_door))
    with pytest.raises(front.UnguardedDoor, match=r"open\.door"):
        front.create_app(world)


def filled(path: str) -> str:
    """A path with ids that no shop has."""
    return re.sub(r"<string:[^>]+>|<[a-z_]+>", "nothing", re.sub(r"<int:[^>]+>", "987654321", path))


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)  # a lock asks no engine; odd posts go to both
@pytest.mark.parametrize("who", [*ROLES, STRANGER])
def test_the_doors_answer_as_the_matrix_says(app: Flask, cast: Cast, signed_in: SignedIn, who: str) -> None:
    """Whoever may not is refused (403), a stranger is led to the sign-in; nobody ever meets a 500."""
    person: Person | None = {"owner": cast.haneul, "reviewer": cast.boram, "partner": cast.minji}.get(who)
    wrong = []
    for path, method, endpoint, need in routes(app):
        if endpoint in {"security.sign_out", "security.take_role", "tasks.end_own_leaving"}:
            continue
        client = signed_in(person) if person else app.test_client()
        data = {"csrf": getattr(client, "csrf", "")}
        answer = client.open(filled(path), method=method, data=None if method == "GET" else data)
        refused = {403} if person else {302, 401}
        fits = answer.status_code < 500 and (answer.status_code in refused) <= (
            not may(who, need) or not person
        )
        if not may(who, need):
            fits = answer.status_code in refused
        if not fits:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", ["haneul", "boram", "minji"])
def test_headers_of_every_page(app: Flask, cast: Cast, signed_in: SignedIn, who: str) -> None:
    client = signed_in(getattr(cast, who))
    for path, method, _, need in routes(app):
        if method != "GET" or "<" in path or not may(getattr(cast, who).actor.role, need):
            continue
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "no-store", path
