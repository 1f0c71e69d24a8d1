"""The real server, in processes of its own, over the stage's database; browsers in which people are signed in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from base.scope import THE_HOUSE, World, acting
from bench.browser import Browser
from bench.crowd import Key, sign_in
from bench.serving import Server, serving
from security.models import Membership
from tests.cast import Person, Stage
from tests.nursery import born


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers, and the world it serves as the test's own process sees it."""

    server: Server
    world: World
    browsers: list[Browser] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url

    def browser(self, key: Key) -> Browser:
        """A browser with this key, closed when the test ends."""
        self.browsers.append(self.server.browser(key.cookie, key.csrf))
        return self.browsers[-1]

    def signed_in(self, person: Person) -> Browser:
        """A browser in which somebody of the cast is signed in."""
        role = select(Membership.id).filter_by(
            account_id=person.actor.id, shop_id=person.shop_id, role=person.actor.role
        )
        with acting(self.world, shop_id=person.shop_id, actor=THE_HOUSE, reading=True) as scope:
            membership_id = scope.session.scalars(role).one()
        return self.member(membership_id)

    def member(self, membership_id: int) -> Browser:
        """A browser in which whoever has this role is signed in."""
        with acting(self.world, shop_id=0, actor=THE_HOUSE) as scope:
            key = sign_in(scope, scope.session.get_one(Membership, membership_id))
        return self.browser(key)

    def complaints(self) -> list[str]:
        """The lines in which the server says that something broke."""
        return [line for line in self.server.said.read_text(encoding="utf-8").splitlines() if _is_bad(line)]


def _is_bad(line: str) -> bool:
    if line.startswith("{"):
        return json.loads(line)["level"] in {"error", "critical"}
    return line.startswith("Traceback")


@contextmanager
def serve(stage: Stage, world: World, folder: Path, **more: str) -> Iterator[Served]:
    """Serves the stage until the block ends; by then the server ends when told to, and nothing broke in it."""
    environ = {
        "DARI_ENV": "test",
        "DARI_DATA": str(stage.data),
        "DATABASE_URL": stage.database.url,
        "DATABASE_OWNER_URL": stage.database.owner_url,
        "DARI_WORKERS": "2",
    }
    with serving(environ | more, said=folder / "server.log", start=born) as server:
        served = Served(server, world)
        yield served
        for browser in served.browsers:
            browser.close()
        assert (server.stop(), served.complaints()) == (0, [])


@pytest.fixture
def served(stage: Stage, world: World, tmp_path: Path) -> Iterator[Served]:
    """The server, once on each engine, ready; at the end it must stop cleanly."""
    with serve(stage, world, tmp_path) as made:
        yield made
