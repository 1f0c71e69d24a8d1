"""The main road of this room's stories."""

import pytest

from base.scope import World
from tests.cast import Cast
from tests.qa.road import Road, build


@pytest.fixture
def road(world: World, cast: Cast) -> Road:
    """The cast's shop, wired as the app is."""
    return build(world, cast)
