"""A stolen cookie: worth nothing after the session has ended, never more than its own shop and role."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

import app as front
from base.scope import THE_HOUSE, World, acting
from security import people, sessions
from security.forms import asked
from security.models import Account, Session
from security.shops import Rules
from tests.attacks.conftest import ActingNow
from tests.attacks.estate import ON_SQLITE, Estates
from tests.cast import Cast, Person, SignedIn, Stage

OLD, NEW = "바다보다 깊은 밤", "산보다 높은 낮이에요"


def token_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie("dari", domain="localhost")
    assert cookie is not None
    return cookie.value


def row(world: World, who: Person, **values: object) -> None:
    """What only time, or whoever runs the house, does to somebody's sessions."""
    with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
        scope.session.execute(update(Session).where(Session.account_id == who.actor.id).values(**values))


def disable(world: World, who: Person) -> None:
    with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
        scope.session.get_one(Account, who.actor.id).disabled_at = scope.now


def long_ago(ago: timedelta, world: World, who: Person, column: str) -> None:
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        then = scope.now - ago
    row(world, who, **{column: then})


def fire(world: World, cast: Cast, who: Person) -> None:
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        people.leave(scope, who.partner_id)


ENDS: dict[str, Callable[[World, Cast, FlaskClient], object]] = {
    "signed out": lambda _world, _cast, own: own.post("/sign-out", data={"csrf": own.csrf}),  # type: ignore[attr-defined]
    "role ended": lambda world, cast, _own: fire(world, cast, cast.sujin),
    "account disabled": lambda world, cast, _own: disable(world, cast.sujin),
    "idle": lambda world, cast, _own: long_ago(sessions.IDLE, world, cast.sujin, "seen_at"),
    "half a day over": lambda world, cast, _own: long_ago(timedelta(0), world, cast.sujin, "ends_at"),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.both
def test_a_copied_cookie_dies_with_its_session(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn, how: str
) -> None:
    own, thief = signed_in(cast.sujin), front.create_app(world).test_client()
    thief.set_cookie("dari", token_of(own), domain="localhost")
    page = f"/work/{estates.sujins['task_id']}"
    assert thief.get(page).status_code == 200
    ENDS[how](world, cast, own)
    saved = thief.post(f"{page}/release", data={"csrf": own.csrf, "reason": "no_time"})  # type: ignore[attr-defined]
    assert (thief.get(page).status_code, saved.status_code) == (302, 401)


def test_a_new_password_ends_every_other_browser(
    cast: Cast, signed_in: SignedIn, with_password: Callable[[Person, str], None]
) -> None:
    with_password(cast.minji, OLD)
    own, thief = signed_in(cast.minji), signed_in(cast.minji)
    form = {"csrf": own.csrf, "present": OLD, "password": NEW}  # type: ignore[attr-defined]
    assert own.post("/me/password", data=form).status_code == 302
    assert (own.get("/me").status_code, thief.get("/me").status_code) == (200, 302)


def test_passwords_cannot_be_tried_out_from_a_stolen_session(
    cast: Cast, signed_in: SignedIn, with_password: Callable[[Person, str], None]
) -> None:
    with_password(cast.minji, OLD)
    thief = signed_in(cast.minji)
    form = {"csrf": thief.csrf, "present": "a guess", "password": NEW}  # type: ignore[attr-defined]
    assert [thief.post("/me/password", data=form).status_code for _ in range(12)] == [422] * 10 + [429] * 2


def test_a_session_is_of_one_shop(cast: Cast, estates: Estates, signed_in: SignedIn) -> None:
    """The other owner's cookie opens her shop only; our form token is of no use in her session."""
    stranger, haneul = signed_in(cast.stranger), signed_in(cast.haneul)
    assert stranger.get(f"/orders/{estates.theirs.ids['order_id']}").status_code == 200
    assert stranger.get(f"/orders/{estates.ours.ids['order_id']}").status_code == 404
    crossed = stranger.post("/language", data={"csrf": haneul.csrf, "locale": "en"})  # type: ignore[attr-defined]
    assert crossed.status_code == 403


@ON_SQLITE
def test_the_database_knows_no_secret_of_a_browser(
    stage: Stage, world: World, cast: Cast, signed_in: SignedIn, acting_now: ActingNow
) -> None:
    """Cookies, and the links that an owner hands on: in the answers to repeated forms as well."""
    haneul = signed_in(cast.haneul)
    form = {"login": "new@example.com", "name": "새봄", "role": "partner", "client_id": "attack-secret"}
    page = haneul.post("/people", data=form | {"csrf": haneul.csrf}).get_data(as_text=True)  # type: ignore[attr-defined]
    link = page.split("/invite/", 1)[1].split("<", 1)[0]
    world.engines.dispose()
    folder = stage.data.parent / "db"
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    secrets = (token_of(haneul), haneul.csrf, link)  # type: ignore[attr-defined]
    assert (len(link) > 30, [secret for secret in secrets if secret.encode() in kept]) == (True, [])


@pytest.fixture
def https(world: World) -> FlaskClient:
    """A browser before a house that is reached by https."""
    settings = replace(world.settings, origin="https://dari.example", trusted_hosts=("dari.example",))
    return front.create_app(replace(world, settings=settings)).test_client()


@ON_SQLITE
def test_cookies_and_headers_hold_the_browser_to_https(
    https: FlaskClient, cast: Cast, with_password: Callable[[Person, str], None], signed_in: SignedIn
) -> None:
    base = "https://dari.example"
    signed_in(cast.haneul)
    with_password(cast.haneul, OLD)
    came = https.post("/sign-in", data={"login": "haneul@example.com", "password": OLD}, base_url=base)
    page = https.get("/me", base_url=base).get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    spoke = https.post("/language", data={"csrf": csrf, "locale": "en"}, base_url=base)
    told = https.post("/settings", data={"csrf": csrf, **SETTINGS}, base_url=base)
    went = https.post("/sign-out", data={"csrf": csrf}, base_url=base)
    cookies = [c for answer in (came, spoke, told, went) for c in answer.headers.getlist("Set-Cookie")]
    names = {cookie.split("=", 1)[0] for cookie in cookies}
    assert {"__Host-dari", "__Host-dari-notice", "dari-device", "dari-language"} == names
    for cookie in cookies:
        flags = {part.strip().split("=")[0].lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite", "path"} <= flags, cookie
        assert ("domain" in flags, len(cookie) < 4096, "SameSite=Lax" in cookie) == (False, True, True)
    assert came.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert went.headers["Clear-Site-Data"] == '"cache"'
    assert https.get("/me", base_url=base).status_code == 302


SETTINGS = {name: str(value) for name, value in asked(Rules()).items()}
