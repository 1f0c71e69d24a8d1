"""What the two busiest acts ask of the database: counted over HTTP, so that nothing creeps in unseen."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from base.lines import Patient, Word
from base.scope import THE_HOUSE, World, acting
from bench import workshop
from qa.sampling import plans
from qa.sampling.draws import FRACTION
from qa.sampling.plans import Chosen
from security.shops import rules, save_rules
from tasks.models import Task
from tests.cast import Cast, SignedIn

pytestmark = pytest.mark.both  # how many statements

PAIRS = 5
#: Statements besides BEGIN and COMMIT: a claim, what is accepted, what is drawn.
CLAIM, ACCEPTED, DRAWN = 9, 24, 17
#: PostgreSQL is asked by itself for the receipt, after what stands twins in a row, and ahead for the ids of a
#: submission and of its inspection, so that it need not be waited for then.
BESIDES = {"sqlite": (0, 0), "postgresql": (1, 3)}
#: How often PostgreSQL is waited for, from the first word to the commit.
BREATHS = {"claim": 5, "drawn": 5}
client_ids = count()


@contextmanager
def said(world: World) -> Iterator[list[str]]:
    found: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(world.engines.write, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(world.engines.write, "before_cursor_execute", hear)


def send(client: FlaskClient, path: str, **fields: str) -> int:
    form = {"csrf": client.csrf, "client_id": f"hot-path-{next(client_ids)}", **fields}  # type: ignore[attr-defined]
    answer = client.post(path, data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return int(answer.get_json().get("task_id", 0))


def opened(world: World, cast: Cast, count: int) -> None:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, count)


def ruled(world: World, cast: Cast, *, sample_percent: int) -> None:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        save_rules(scope, replace(rules(scope), newcomer_n=0, revision_n=0))
        plans.choose(scope, plans.WHOLE_SHOP, Chosen(FRACTION, sample_percent, over_won=10**8))


def pairs(world: World, client: FlaskClient, count: int) -> tuple[int, int]:
    """The most statements of a claim and of a hand-in, once the process has read what it reads for good."""
    claims, hand_ins = [], []
    for _ in range(1 + count):
        with said(world) as asked:
            task_id = send(client, "/offers/next")
        claims.append(len(asked))
        with said(world) as asked:
            send(client, f"/work/{task_id}/submission", **workshop.ANSWERS)
        hand_ins.append(len(asked))
    return max(claims[1:]), max(hand_ins[1:])


@contextmanager
def breaths(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many words each breath had that a line to PostgreSQL has taken."""
    found: list[int] = []
    speak = Patient._speak_whole

    def counted(line: Patient, words: Sequence[Word]) -> list[Any]:
        found.append(len(words))
        return speak(line, words)

    with monkeypatch.context() as patch:
        patch.setattr(Patient, "_speak_whole", counted)
        yield found


@pytest.mark.parametrize("stage", ["postgres"], indirect=True)
def test_postgres_is_waited_for_seldom(
    world: World, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world, cast, 3)
    client = signed_in(cast.minji)
    ruled(world, cast, sample_percent=100)
    pairs(world, client, 1)
    with breaths(monkeypatch) as claim:
        task_id = send(client, "/offers/next")
    with breaths(monkeypatch) as drawn:
        send(client, f"/work/{task_id}/submission", **workshop.ANSWERS)
    assert {"claim": len(claim), "drawn": len(drawn)} == BREATHS
    assert sum(claim) == CLAIM + len(["the receipt", "BEGIN", "COMMIT"])


def states(world: World, cast: Cast) -> Counter[str]:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, reading=True) as scope:
        return Counter(scope.session.scalars(select(Task.state).where(Task.shop_id == cast.shop_id)))


def test_a_claim_and_a_hand_in_say_few_statements(world: World, cast: Cast, signed_in: SignedIn) -> None:
    opened(world, cast, 2 * (1 + PAIRS))
    client = signed_in(cast.minji)
    ruled(world, cast, sample_percent=1)
    claim, accepted = pairs(world, client, PAIRS)
    assert states(world, cast)["accepted"] > 0
    ruled(world, cast, sample_percent=100)
    _claim, drawn = pairs(world, client, PAIRS)
    assert states(world, cast)["inspection"] > PAIRS
    claiming, handing_in = BESIDES[world.engines.dialect]
    assert (claim - claiming, accepted - handing_in, drawn - handing_in) == (CLAIM, ACCEPTED, DRAWN)
