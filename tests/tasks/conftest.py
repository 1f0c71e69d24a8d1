"""The packing bench of this room's stories."""

import pytest

from base.scope import World
from tests.cast import Cast
from tests.tasks.bench import Bench, set_up


@pytest.fixture
def bench(world: World, cast: Cast) -> Bench:
    """The cast's shop, ready for packing."""
    return set_up(world, cast)
