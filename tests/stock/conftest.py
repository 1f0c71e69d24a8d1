"""The cast's shop as the stock room knows it: places are opened and waiting orders are filled."""

from dataclasses import replace

import pytest

from base import config
from base.scope import World
from security.news import MemberJoined, ShopOpened
from stock import orders, places
from stock.news import StockArrived
from tests.engines import Database

REACTIONS = {
    ShopOpened: (places.furnish,),
    MemberJoined: (places.open_home,),
    StockArrived: (orders.fill_waiting,),
}


@pytest.fixture
def world(world: World) -> World:
    """This room's reactions alone."""
    return replace(world, reactions=REACTIONS)


@pytest.fixture
def settings(database: Database, tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    return config.load(
        {
            "DARI_ENV": "test",
            "DARI_DATA": str(tmp_path_factory.mktemp("var")),
            "DATABASE_URL": database.url,
            "DATABASE_OWNER_URL": database.owner_url,
        }
    )
