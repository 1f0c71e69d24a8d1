"""A form changes what it asks about: fields that nobody asked for change nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import DateTime, LargeBinary, select
from sqlalchemy.orm import Session

import app as front
from base.db import Base, Utc
from base.scope import World
from tests.attacks.browser import Reach, come_in, send
from tests.attacks.conftest import Lived, copy_of
from tests.cast import Cast, Stage

#: What an attacker would like to decide, by the names of our columns.
WISHES = {
    "id": "1", "shop_id": "1", "account_id": "1", "membership_id": "1", "partner_id": "3", "actor_id": "1",
    "role": "owner", "accepted_at": "2020-01-01", "ended_at": "2020-01-01", "disabled_at": "", "password": "x" * 12,
    "state": "accepted", "holder_id": "3", "fence": "99", "lease_until": "2099-01-01", "round": "9", "won": "999999",
    "score": "100", "verdict": "accept", "version": "99", "reviewer_id": "1", "late_s": "0", "shipped_at": "2020-01-01",
    "price": "1", "on_hand": "9999", "reserved": "0", "made_by": "1", "by": "1", "seed": "x", "percent": "1", "drawn": "",
    "capacity": "20", "number": "1", "is_admin": "1",
}  # fmt: skip
#: What differs between two runs by nature.
VOLATILE = {
    "key",
    "client_id",
    "seed",
    "roll",
    "token",
    "mac",
    "seen_at",
    "device",
    "spec",
    "file_key",
    "body",
    "facts",
    "weight",  # of results, by how long ago they were
    "good",
    "squares",
    "posters.code",  # an address that nobody guesses
    "work_references.code",
    *(
        "uid",
        "work_references.sha256",
        "work_references.signature",
    ),  # of what is sealed and signed under them
    "set_key",  # tells sets of answers apart by when they were asked for
}


def send_every_form(
    world: World, cast: Cast, reach: Mapping[str, Reach], wishes: dict[str, str]
) -> list[tuple[str, int]]:
    """Everybody sends every kind of form they can reach, sensibly filled in; what was sent, and the answers."""
    app, sent = front.create_app(world), list[tuple[str, int]]()
    for who in (cast.minji, cast.boram, cast.haneul):
        client = come_in(app, who)
        for form in reach[who.name].forms:
            more = {name: value for name, value in wishes.items() if name not in form.kinds}
            answer = send(client, form, form.sensible(f"attack-form-{len(sent):04}") | more)
            sent.append((form.action, answer.status_code))
    return sent


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables without what differs by nature."""
    with Session(world.engines.read) as session:
        return {
            table.name: [
                {
                    column.name: row[number]
                    for number, column in enumerate(table.c)
                    if not {column.name, f"{table.name}.{column.name}"} & VOLATILE
                    and not isinstance(column.type, DateTime | LargeBinary | Utc)
                }
                for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in {"sessions", "receipts", "audit_heads"}
        }


def test_fields_that_nobody_asked_for_change_nothing(
    lived: Lived, reach: Mapping[str, Reach], tmp_path: Path
) -> None:
    cast = lived[0].cast
    with copy_of(lived, tmp_path / "plain") as plain, copy_of(lived, tmp_path / "greedy") as greedy:
        asked = send_every_form(plain, cast, reach, {})
        wished = send_every_form(greedy, cast, reach, WISHES)
        assert asked == wished
        assert len({action for action, status in asked if status in {200, 302}}) > 20
        before, after = everything(plain), everything(greedy)
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.fixture
def lived(request: pytest.FixtureRequest, sqlite_stage: Stage) -> Lived:
    """One engine is enough: a field is bound, or not, above both."""
    made: Lived = request.getfixturevalue("_sqlite_lived")
    return made
