"""What the two busiest acts ask of the database: counted over HTTP, so that nothing creeps in unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy import event, select

from base.scope import THE_HOUSE, World, acting
from bench import workshop
from security.shops import rules, save_rules
from tasks.models import Task
from tests.cast import Cast, SignedIn

PAIRS = 8
#: Statements besides BEGIN and COMMIT.
MOST = {"sqlite": (11, 25), "postgresql": (11, 25)}
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


def test_a_claim_and_a_hand_in_say_few_statements(world: World, cast: Cast, signed_in: SignedIn) -> None:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        save_rules(scope, replace(rules(scope), newcomer_n=0, revision_n=0, sample_percent=1))
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, PAIRS)
    client, claims, hand_ins = signed_in(cast.minji), [], []
    for _ in range(PAIRS):
        with said(world) as asked:
            task_id = send(client, "/offers/next")
        claims.append(len(asked))
        with said(world) as asked:
            send(client, f"/work/{task_id}/submission", **workshop.ANSWERS)
        hand_ins.append(len(asked))
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, reading=True) as scope:
        states = list(scope.session.scalars(select(Task.state).where(Task.shop_id == cast.shop_id)))
    assert states.count("accepted") > 0
    # Of the first pair some more: what a process reads once and for good.
    most_to_claim, most_to_hand_in = MOST[world.engines.dialect]
    assert max(claims[1:]) <= most_to_claim
    assert max(hand_ins[1:]) <= most_to_hand_in
