"""Tokens: made in the browser, shown once, carrying a part of a person's rights, gone when they should be."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

import app as front
from base.errors import NotFound
from base.scope import THE_HOUSE, World, acting
from security import people, tokens
from security.models import Account, ApiToken, AuditEntry
from security.policy import GRANTABLE, ROLES, grantable, may
from tests.api.calling import ON_SQLITE, Program, Programs, token_of
from tests.cast import Cast, Person, SignedIn


def me(world: World, secret: str) -> tuple[int, object]:
    answer = Program(front.create_app(world).test_client(), secret).get("/me")
    return answer.status_code, answer.json.get("code", answer.json.get("permissions"))  # type: ignore[union-attr]


@pytest.mark.both
def test_a_token_is_made_in_the_browser_and_works_until_revoked(
    world: World, cast: Cast, signed_in: SignedIn
) -> None:
    browser = signed_in(cast.haneul)
    sent = {
        "csrf": browser.csrf,
        "name": " 창고  프로그램 ",
        "permissions": ["stock.see", "order.see"],
        "days": "30",
    }  # type: ignore[attr-defined]
    page = browser.post("/tokens", data=sent | {"client_id": "first-try-1"})
    secret = re.findall(r'id="secret" class="secret">([^<]+)<', page.text)[0]
    assert me(world, secret) == (200, ["order.see", "stock.see"])
    again = browser.get("/tokens").text
    assert (secret in again, secret[:15] in again, "창고 프로그램" in again) == (
        False,
        True,
        True,
    )
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        stored = scope.session.scalars(select(ApiToken)).one()
        told = scope.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "token")).all()
        kept = b"".join(scope.session.scalars(select(front.receipts.Receipt.body)))
    assert secret.encode() not in stored.token_hash + kept
    assert stored.used_at is not None
    browser.post(f"/tokens/{stored.id}/revoke", data={"csrf": browser.csrf})  # type: ignore[attr-defined]
    assert (me(world, secret), told) == ((401, "security.bad_token"), ["token.made"])


@ON_SQLITE
@pytest.mark.parametrize(
    "changed",
    [{"permissions": ["people.manage"]}, {"permissions": []}, {"name": " "}, {"days": "400"}, {"days": "x"}],
)
def test_a_token_that_makes_no_sense_is_not_made(
    world: World, cast: Cast, signed_in: SignedIn, changed: dict[str, object]
) -> None:
    browser = signed_in(cast.haneul)
    sent = {"csrf": browser.csrf, "name": "a", "permissions": ["stock.see"], "days": "30"} | changed  # type: ignore[attr-defined]
    assert browser.post("/tokens", data=sent).status_code == 422
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        assert scope.session.scalar(select(ApiToken.id)) is None


@ON_SQLITE
def test_a_wrong_password_makes_no_token(
    world: World, cast: Cast, signed_in: SignedIn, with_password: object
) -> None:
    browser = signed_in(cast.haneul)
    with_password(cast.haneul, "긴 비밀번호 하나 여기")  # type: ignore[operator]
    sent = {"csrf": browser.csrf, "name": "a", "permissions": ["stock.see"], "days": "30", "present": "아니"}  # type: ignore[attr-defined]
    assert browser.post("/tokens", data=sent).status_code == 422
    assert browser.post("/tokens", data=sent | {"present": "긴 비밀번호 하나 여기"}).status_code == 200


@ON_SQLITE
def test_nobody_ends_a_token_that_is_not_theirs(world: World, cast: Cast, signed_in: SignedIn) -> None:
    ours, secret = token_of(world, cast.minji)
    theirs, _ = token_of(world, cast.stranger)
    answers = []
    for who, token, act in (
        (cast.sujin, ours, "revoke"),
        (cast.sujin, ours, "end"),
        (cast.haneul, theirs, "end"),
        (cast.haneul, ours, "end"),
    ):
        browser: FlaskClient = signed_in(who)
        sent = {"csrf": browser.csrf}  # type: ignore[attr-defined]
        answers.append(browser.post(f"/tokens/{token.id}/{act}", data=sent).status_code)
        if act == "end" and who is cast.haneul and token is theirs:
            assert me(world, secret)[0] == 200
    assert answers == [404, 403, 404, 302]
    assert me(world, secret) == (401, "security.bad_token")


@ON_SQLITE
@pytest.mark.parametrize("end", ["leaves", "expires", "disabled", "reset"])
def test_a_token_ends_with_what_it_stands_on(world: World, cast: Cast, end: str) -> None:
    token, secret = token_of(world, cast.sujin)
    assert me(world, secret)[0] == 200
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        if end == "leaves":
            people.leave(scope, token.membership_id)
        elif end == "expires":
            scope.session.execute(update(ApiToken).values(ends_at=scope.now - timedelta(seconds=1)))
        elif end == "disabled":
            scope.session.get_one(Account, cast.sujin.actor.id).disabled_at = scope.now
        else:
            link = people.reset_link(scope, token.membership_id)
            people.reset(scope, link, password="새로 정한 긴 비밀번호", device="x")
    assert me(world, secret) == (401, "security.bad_token")


@ON_SQLITE
def test_a_program_is_judged_by_its_token_alone(world: World, cast: Cast, signed_in: SignedIn) -> None:
    """A cookie beside a bad token opens nothing; a token opens no page; a good one needs no form token."""
    _, secret = token_of(world, cast.haneul)
    browser = signed_in(cast.haneul)

    def status(path: str, sent: str) -> int:
        return browser.get(path, headers={"Authorization": sent}).status_code

    assert browser.get("/api/v1/me").status_code == 200
    assert [status("/api/v1/me", sent) for sent in ("Bearer x", f"Basic {secret}", f"Bearer {secret}")] == [
        401,
        401,
        200,
    ]
    stranger = front.create_app(world).test_client()
    page = stranger.get("/board", headers={"Authorization": f"Bearer {secret}"})
    assert page.status_code in {302, 401}
    told = stranger.get("/api/v1/me")
    assert (told.status_code, told.mimetype, told.headers["WWW-Authenticate"]) == (
        401,
        "application/problem+json",
        'Bearer realm="dari"',
    )
    assert "Access-Control-Allow-Origin" not in told.headers


def test_bad_tokens_are_counted(world: World, cast: Cast) -> None:
    client = front.create_app(world).test_client()
    _, secret = token_of(world, cast.haneul)
    prefix = secret[:16]
    answers = [Program(client, f"{prefix}{n}").get("/me").status_code for n in range(32)]
    assert answers == [401] * 30 + [429] * 2
    assert Program(client, secret).get("/me").status_code == 200


def test_the_rights_of_a_token_are_a_part_of_its_role() -> None:
    assert {role: len(grantable(role)) for role in ROLES} == {"owner": 22, "reviewer": 6, "partner": 12}
    assert [name for name in GRANTABLE if not any(may(role, name) for role in ROLES)] == []


@ON_SQLITE
def test_a_role_makes_tokens_only_for_itself(world: World, cast: Cast) -> None:
    def made_by(person: Person, membership_id: int) -> None:
        with acting(world, shop_id=person.shop_id, actor=person.actor) as scope:
            tokens.make(scope, membership_id=membership_id, name="x", permissions=["task.claim"], days=1)

    with pytest.raises(NotFound):
        made_by(cast.haneul, cast.minji.partner_id)


@ON_SQLITE
def test_problems_are_told_in_the_callers_language(program: Programs, cast: Cast) -> None:
    haneul = program(cast.haneul)
    korean, english = haneul.get("/nothing"), haneul.get("/nothing", Accept_Language="en")
    assert (korean.status_code, korean.json["code"]) == (404, "http.404")
    assert (korean.json["title"], english.json["title"]) == ("찾는 것이 없어요", "There is nothing here")
