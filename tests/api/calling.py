"""A program of somebody of the cast: a token, and a client that sends it."""

from collections.abc import Callable, Collection
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import app as front
from base.scope import World, acting
from security import tokens
from security.models import ApiToken, Membership
from security.policy import grantable
from tests.cast import Person

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
_keys = count(1)


class Program:
    """Calls the API with a token; `post` sends a fresh Idempotency-Key unless given one."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> TestResponse:
        sent = self._headers(headers) | {"Idempotency-Key": key or f"test-key-{next(_keys)}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=sent)

    def upload(self, path: str, **parts: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", data=parts, headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        said = {name.replace("_", "-"): value for name, value in more.items()}
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | said


def token_of(
    world: World, person: Person, *, permissions: Collection[str] = (), days: int = 30
) -> tuple[ApiToken, str]:
    """A token of this person's role, with all it may carry unless told otherwise."""
    with acting(world, shop_id=person.shop_id, actor=person.actor) as scope:
        own = Membership.account_id == person.actor.id, Membership.shop_id == person.shop_id
        member = scope.session.scalars(select(Membership).where(*own)).one()
        member.accepted_at = member.accepted_at or scope.now
        scope.session.flush()
        granted = permissions or grantable(member.role)
        return tokens.make(scope, membership_id=member.id, name="test", permissions=granted, days=days)


Programs = Callable[..., Program]


@pytest.fixture
def program(world: World) -> Programs:
    """Opens a program of somebody: `program(cast.haneul)`, or `program(None)` without a token."""
    client = front.create_app(world).test_client()

    def open_(person: Person | None, **how: Any) -> Program:
        return Program(client, token_of(world, person, **how)[1] if person else "")

    return open_
