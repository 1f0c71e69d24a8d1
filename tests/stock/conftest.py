"""The cast's shop as the stock room knows it: places are opened and waiting orders are filled."""

from dataclasses import replace

import pytest

from base.scope import World
from security.news import MemberJoined, ShopOpened
from stock import orders, places
from stock.news import StockArrived

REACTIONS = {
    ShopOpened: (places.furnish,),
    MemberJoined: (places.open_home,),
    StockArrived: (orders.fill_waiting,),
}


@pytest.fixture
def world(world: World) -> World:
    """This room's reactions alone."""
    return replace(world, reactions=dict(REACTIONS))
