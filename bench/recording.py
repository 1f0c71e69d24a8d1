"""What one claim and one handing-in really say to the database, heard inside, to be said again bare."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from base.db import Base
from base.scope import World
from bench import workshop
from bench.house import House

Parameters = Sequence[Any] | Mapping[str, Any]
SHIFT = re.compile(r"\bUPDATE tasks\b")
KEEP = re.compile(r"\bINSERT INTO submissions\b")
PAST_NEWCOMER, HEARD = 10, 4  # pairs; whoever is no newcomer has most of their work accepted at once


@dataclass(slots=True)
class Heard:
    """What was said to the database meanwhile, and how many rows became objects."""

    said: list[tuple[str, Any]] = field(default_factory=list)
    objects: int = 0

    @property
    def statements(self) -> int:
        return len(self.said)

    def first(self, pattern: re.Pattern[str]) -> tuple[str, Any]:
        """The first statement of this kind. Raises LookupError."""
        return next(one for one in self.said if pattern.search(one[0]))


@dataclass(frozen=True, slots=True)
class Say:
    """A statement as the driver takes it; at `holes` it takes the task's id."""

    statement: str
    parameters: Any
    holes: tuple[int | str, ...] = ()

    def about(self, task_id: int) -> Any:
        """The parameters with this task in them."""
        if isinstance(self.parameters, Mapping):
            return {**self.parameters, **dict.fromkeys(self.holes, task_id)}
        return tuple(task_id if at in self.holes else value for at, value in enumerate(self.parameters))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One claim and one handing-in: what they cost in statements and objects, and the words that matter."""

    claim: Heard
    submit: Heard
    take: Say
    hand_in: tuple[Say, ...]


def recorded(house: House) -> Recorded:
    """Claims and hands in inside this process until the way is worn, then listens."""
    client, key, ids = house.app.test_client(), house.keys["partner"], count()
    client.set_cookie("dari", key.cookie, domain="localhost")

    def pair() -> tuple[int, Heard, Heard]:
        with heard(house.world) as claim:
            task_id = _post(client, "/offers/next", csrf=key.csrf, client_id=f"bench-{next(ids):06}")[
                "task_id"
            ]
        form = {"csrf": key.csrf, "client_id": f"bench-{next(ids):06}", **workshop.ANSWERS}
        with heard(house.world) as submit:
            _post(client, f"/work/{task_id}/submission", **form)
        return task_id, claim, submit

    for _ in range(PAST_NEWCOMER):
        pair()
    pairs = [pair() for _ in range(HEARD)]
    (one, _claim, first), (other, claim, second) = pairs[:2]
    hand_in = tuple(_say(first.first(kind), second.first(kind), one, other) for kind in (SHIFT, KEEP))
    whole = max((submit for _task, _claim, submit in pairs), key=lambda heard: heard.statements)
    return Recorded(claim, whole, Say(*claim.first(SHIFT)), hand_in)


@contextmanager
def heard(world: World) -> Iterator[Heard]:
    """Listens to what this process says to the database meanwhile."""
    told = Heard()

    def said(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            told.said.append((statement, parameters))

    def loaded(_row: object, _context: object) -> None:
        told.objects += 1

    both = (world.engines.write, world.engines.read)
    engines = both[:1] if world.engines.dialect == "postgresql" else both  # there both are one underneath
    for engine in engines:
        event.listen(engine, "before_cursor_execute", said)
    event.listen(Base, "load", loaded, propagate=True)
    try:
        yield told
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", said)
        event.remove(Base, "load", loaded)


def _post(client: FlaskClient, path: str, **form: str) -> Any:
    got = client.post(path, data=form, headers={"Accept": "application/json"})
    if got.status_code != 200:
        raise RuntimeError(f"{path}: {got.status_code}")
    return got.get_json()


def _say(one: tuple[str, Any], other: tuple[str, Any], task: int, next_task: int) -> Say:
    """The later saying, with holes where the two differ as their tasks do."""
    pairs = _pairs(one[1], other[1])
    return Say(*other, tuple(at for at, was, now in pairs if (was, now) == (task, next_task)))


def _pairs(one: Any, other: Any) -> list[tuple[int | str, Any, Any]]:
    if isinstance(one, Mapping):
        return [(name, one[name], other[name]) for name in one]
    return [(at, was, now) for at, (was, now) in enumerate(zip(one, other, strict=True))]
