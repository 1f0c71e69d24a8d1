"""One person, one account, several shops: no shop gets at another through an address that it knows."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from security import people, sessions
from tests.attacks.conftest import ActingNow
from tests.cast import Cast, Person, SignedIn

GOOD = "바다보다 깊은 밤"
ANOTHER = "산 너머 산 너머 산"


def invited(acting_now: ActingNow, by: Person, login: str, role: str = "partner") -> tuple[int, str]:
    with acting_now(by) as scope:
        member, token = people.invite(scope, login=login, name="모르는 이", role=role)
        return member.id, token


def roles(acting_now: ActingNow, of: Person) -> list[int]:
    """The shops in which an account has a role that opens doors."""
    with acting_now(of, reading=True) as scope:
        return [shop.id for _, shop in sessions.roles(scope, of.actor.id)]


@pytest.fixture
def haneul(cast: Cast, signed_in: SignedIn, with_password: Callable[[Person, str], None]) -> Person:
    """Our owner, who has come in and has a password."""
    signed_in(cast.haneul)
    with_password(cast.haneul, GOOD)
    return cast.haneul


def test_inviting_somebody_elses_owner_opens_nothing(
    cast: Cast, haneul: Person, acting_now: ActingNow, signed_in: SignedIn, client: FlaskClient
) -> None:
    member_id, token = invited(acting_now, cast.stranger, "haneul@example.com")
    assert roles(acting_now, haneul) == [haneul.shop_id]
    stranger = signed_in(cast.stranger)
    reset = stranger.post(f"/people/{member_id}/reset", data={"csrf": stranger.csrf})
    assert (reset.status_code, b'id="link"' in reset.data) == (409, False)
    assert client.post(f"/invite/{token}", data={"password": ANOTHER}).status_code == 422
    assert client.get("/me").status_code == 302
    assert client.post(f"/invite/{token}", data={"password": GOOD}).status_code == 302
    assert sorted(roles(acting_now, haneul)) == sorted({haneul.shop_id, cast.stranger.shop_id})


def test_an_account_that_somebody_took_first_is_not_let_in_by_our_invitation(
    cast: Cast, acting_now: ActingNow, client: FlaskClient
) -> None:
    """The stranger invites an address that is not hers and uses the link herself; then we invite it."""
    _, token = invited(acting_now, cast.stranger, "newcomer@example.com")
    assert client.post(f"/invite/{token}", data={"password": ANOTHER}).status_code == 302
    member_id, ours = invited(acting_now, cast.haneul, "newcomer@example.com", "owner")
    assert client.get("/people", headers={"Accept": "application/json"}).status_code == 403
    page = client.get("/me").get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert client.post(f"/roles/{member_id}", data={"csrf": csrf}).status_code == 404
    elsewhere = client.application.test_client()
    assert elsewhere.post(f"/invite/{ours}", data={"password": GOOD}).status_code == 422


def test_who_waits_for_our_invitation_is_not_taken_over_by_a_later_one(
    cast: Cast, acting_now: ActingNow, client: FlaskClient
) -> None:
    """We invite an owner; before she comes, the stranger invites the same address and sets a password."""
    member_id, _ = invited(acting_now, cast.haneul, "waiting@example.com", "owner")
    _, token = invited(acting_now, cast.stranger, "waiting@example.com")
    assert client.post(f"/invite/{token}", data={"password": ANOTHER}).status_code == 302
    page = client.get("/me").get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert client.post(f"/roles/{member_id}", data={"csrf": csrf}).status_code == 404
    assert client.get("/people", headers={"Accept": "application/json"}).status_code == 403


def test_a_link_into_a_role_that_ended_is_dead(
    cast: Cast, acting_now: ActingNow, client: FlaskClient
) -> None:
    member_id, token = invited(acting_now, cast.haneul, "gone@example.com")
    with acting_now(cast.haneul) as scope:
        people.leave(scope, member_id)
    assert client.post(f"/invite/{token}", data={"password": GOOD}).status_code == 404


@pytest.mark.both
def test_who_comes_back_needs_the_new_invitation(
    cast: Cast, acting_now: ActingNow, signed_in: SignedIn
) -> None:
    browser = signed_in(cast.sujin)
    with acting_now(cast.haneul) as scope:
        people.leave(scope, cast.sujin.partner_id)
        people.invite(scope, login="sujin@example.com", name="Sujin", role="partner")
    assert browser.get("/me").status_code == 302
    assert roles(acting_now, cast.sujin) == []
