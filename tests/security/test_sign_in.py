"""Coming in and going out: sign-in, limits, links and sessions, as a browser sees them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from base.scope import THE_HOUSE, World, acting
from security import links, people
from tests.cast import Cast, Person, SignedIn

GOOD = "바다보다 깊은 밤"


@pytest.fixture
def minji(cast: Cast, with_password: Callable[[Person, str], None]) -> Person:
    with_password(cast.minji, GOOD)
    return cast.minji


def sign_in(client: FlaskClient, login: str, password: str, **more: str):
    return client.post("/sign-in", data={"login": login, "password": password, **more})


def cookie_of(client: FlaskClient):
    found = client.get_cookie("dari", domain="localhost")
    assert found is not None
    return found


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(client: FlaskClient, minji: Person) -> None:
    assert sign_in(client, "Minji@Example.com ", GOOD).status_code == 302
    cookie = cookie_of(client)
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    page = client.get("/me").get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert client.post("/sign-out", data={"csrf": csrf}).status_code == 302
    client.set_cookie("dari", cookie.value, domain="localhost")
    assert client.get("/me").status_code == 302


def test_which_half_was_wrong_is_not_said(client: FlaskClient, minji: Person) -> None:
    def said(login: str) -> tuple[int, str]:
        answer = sign_in(client, login, "not the password")
        return answer.status_code, answer.get_data(as_text=True).replace(login, "").split("<main", 1)[1]

    assert said("minji@example.com") == said("nobody@example.com")
    assert said("minji@example.com")[0] == 401


def test_failed_tries_are_counted_and_kept(client: FlaskClient, minji: Person) -> None:
    answers = [sign_in(client, "minji@example.com", "wrong again").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert sign_in(client, "minji@example.com", GOOD).status_code == 429


def test_a_known_browser_is_not_locked_out_by_a_stranger(client: FlaskClient, minji: Person) -> None:
    sign_in(client, "minji@example.com", GOOD)
    stranger = client.application.test_client()
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(11):
        guess = {"login": "minji@example.com", "password": "guess"}
        stranger.post("/sign-in", data=guess, environ_overrides=elsewhere)
    assert sign_in(stranger, "minji@example.com", GOOD).status_code == 429
    assert sign_in(client, "minji@example.com", GOOD).status_code == 302


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {"csrf": True}, 403),
        ({"Sec-Fetch-Site": "same-site"}, {"csrf": True}, 403),
        ({"Origin": "https://evil.example"}, {"csrf": True}, 403),
        ({}, {}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, {"csrf": True}, 302),
        ({}, {"csrf": True}, 302),
    ],
)
def test_only_our_own_pages_may_post(
    signed_in: SignedIn, cast: Cast, headers: dict[str, str], fields: dict[str, bool], status: int
) -> None:
    client = signed_in(cast.minji)
    token = {"csrf": client.csrf} if fields.get("csrf") else {}  # type: ignore[attr-defined]
    assert client.post("/language", data={"locale": "en", **token}, headers=headers).status_code == status


def test_an_invitation_works_once(world: World, client: FlaskClient, cast: Cast) -> None:
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        _, token = people.invite(scope, login="new@example.com", name="새봄", role="partner")
    page = client.get(f"/invite/{token}")
    assert (page.status_code, "새봄님, 어서 오세요" in page.text) == (200, True)
    assert client.post(f"/invite/{token}", data={"password": "dari1234"}).status_code == 422
    assert client.post(f"/invite/{token}", data={"password": GOOD}).status_code == 302
    assert client.get("/me").status_code == 200
    assert client.application.test_client().get(f"/invite/{token}").status_code == 404


@pytest.mark.both
def test_a_reset_ends_every_other_session(
    world: World, client: FlaskClient, minji: Person, cast: Cast, signed_in: SignedIn
) -> None:
    elsewhere = signed_in(minji)
    assert elsewhere.get("/me").status_code == 200
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        token = people.reset_link(scope, minji.partner_id)
    assert client.post(f"/reset/{token}", data={"password": "새로운 비밀번호예요"}).status_code == 302
    assert elsewhere.get("/me").status_code == 302
    assert client.get("/me").status_code == 200


def test_who_leaves_is_out_with_the_next_request(world: World, cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.sujin)
    assert browser.get("/me").status_code == 200
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        people.leave(scope, cast.sujin.partner_id)
    assert browser.get("/me").status_code == 302


@pytest.mark.both
def test_of_ten_who_use_a_link_at_once_one_comes_in(world: World, cast: Cast) -> None:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        partner = cast.minji.partner_id
        token = links.make(scope, purpose="enter", account_id=cast.minji.actor.id, membership_id=partner)

    def come(_: int) -> bool:
        try:
            with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
                people.come_in(scope, token, device="race")
        except links.LinkSpent:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(come, range(10))) == 1


def test_a_form_sent_too_late_survives_the_sign_in(client: FlaskClient, minji: Person) -> None:
    late = client.post("/me/password", data={"present": "x", "password": "y", "note": "오래 쓴 글"})
    assert late.status_code == 401
    sealed = late.get_data(as_text=True).split('name="kept" value="')[1].split('"')[0]
    page = sign_in(client, "minji@example.com", GOOD, kept=sealed).get_data(as_text=True)
    assert ('action="/me/password"' in page, 'value="오래 쓴 글"' in page, 'value="y"' in page) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, minji: Person, target: str) -> None:
    assert sign_in(client, "minji@example.com", GOOD, next=target).location == "/"


def test_a_foreign_host_is_refused(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
