"""Programs of every role try the API in every way its description allows, and some that it does not.

Short in the suite, with the same examples every time; longer by DARI_TRIES=200 ./dari test tests/api/test_schema.py.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

import app as front
from base.scope import World
from qa.models import Inspection
from tasks.lifecycle import HELD
from tasks.models import Photo, Task
from tests.api.calling import ON_SQLITE, token_of
from tests.api.test_road import RECIPIENT
from tests.cast import Cast
from tests.qa.road import Road

TRIES = int(os.environ.get("DARI_TRIES", "0"))
ROLES = ("owner", "reviewer", "partner", "nobody")


@dataclass
class Estate:
    """A shop with work in every state, the ids of what is there, and a token of each role."""

    schema: Any
    road: Road
    ids: dict[str, list[int]]
    tokens: dict[str, str]


@pytest.fixture
def estate(world: World, cast: Cast, road: Road) -> Estate:
    """Minji has nothing in hand to begin with; what she claims on the way she may look at."""
    road.receive(40)
    orders = [road.order() for _ in range(6)]
    road.hand_in(cast.minji, road.task_of(orders[0]))
    road.hand_in(cast.sujin, road.task_of(orders[1]))
    road.claim(cast.sujin, road.task_of(orders[2]))
    with road.acting_as(cast.haneul, reading=True) as scope:
        found = {
            "task_id": list(scope.session.scalars(select(Task.id))),
            "inspection_id": list(scope.session.scalars(select(Inspection.id))),
            "photo_id": list(scope.session.scalars(select(Photo.id))),
        }
    import schemathesis  # half a second, which only these tests shall cost

    app = front.create_app(world)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    people = {"owner": cast.haneul, "reviewer": cast.boram, "partner": cast.minji}
    tokens = {role: token_of(world, person)[1] for role, person in people.items()} | {"nobody": ""}
    return Estate(schema, road, found | {"order_id": orders, "product_id": [1, 2]}, tokens)


CANARIES = (
    "김하나",
    "010-2345-6789",
    "테헤란로",
    *(RECIPIENT[name] for name in ("name", "phone", "address")),
)


def no_canary(estate: Estate) -> Callable[[Any, Any, Any], None]:
    """The check that nobody is told who gets a parcel, unless it is in their hands and they ask for it."""

    def check(_context: Any, response: Any, case: Any) -> None:
        told = response.content.decode("utf-8", "replace")
        found = [part for part in CANARIES if part in told]
        if found and case.operation.path.endswith("/recipient"):
            with estate.road.acting_as(estate.road.cast.minji, reading=True) as scope:
                task = scope.session.get_one(Task, case.path_parameters["task_id"])
                if task.holder_id == estate.road.cast.minji.partner_id and task.state in HELD:
                    return
        assert found == [], f"{case.method} {case.path} told {found}"

    return check


def paths(operation: Any, ids: dict[str, list[int]]) -> st.SearchStrategy[dict[str, Any]]:
    """Ids that are there, mostly; the schema's own otherwise."""
    named = {
        parameter.name: st.sampled_from([*ids.get(parameter.name, []), 987654321])
        if parameter.name in ids
        else st.sampled_from(["packed_photo", "weight", "nothing"])
        for parameter in operation.path_parameters
    }
    return st.fixed_dictionaries(named)


@ON_SQLITE
@pytest.mark.parametrize("role", ROLES)
def test_no_program_breaks_the_api(estate: Estate, role: str) -> None:
    from schemathesis import GenerationMode

    token = estate.tokens[role]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    tried: dict[str, int] = {}
    for result in estate.schema.get_all_operations():
        operation = result.ok()
        for mode, usually in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
            how_many = TRIES or (usually if token else 1)
            attack(estate, operation, mode, headers, how_many, tried)
    assert len(tried) == len(list(estate.schema.get_all_operations()))


def attack(  # noqa: PLR0917 (what is tried, how, and how often)
    estate: Estate,
    operation: Any,
    mode: Any,
    headers: dict[str, str],
    how_many: int,
    tried: dict[str, int],
) -> None:
    """Sends examples of one call and checks every answer against the description."""
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as of_openapi

    wanted = [
        checks.not_a_server_error,
        of_openapi.status_code_conformance,
        of_openapi.content_type_conformance,
        of_openapi.response_schema_conformance,
    ]
    unseen = no_canary(estate)

    @seed(20261123)
    @settings(
        max_examples=how_many,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def once(data: st.DataObject) -> None:
        known = data.draw(paths(operation, estate.ids)) if operation.path_parameters else None
        case = data.draw(operation.as_strategy(generation_mode=mode, path_parameters=known))
        response = case.call(headers=headers)
        case.validate_response(response, checks=wanted, additional_checks=[unseen], headers=headers)
        tried[operation.label] = tried.get(operation.label, 0) + 1

    once()
