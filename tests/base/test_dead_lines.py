"""Lines to PostgreSQL that died while they lay idle: whoever comes next does not notice."""

import pytest
from sqlalchemy import text

from base import db
from base.scope import THE_HOUSE, World, acting
from security import shops
from tests.cast import Cast

OTHERS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)


def cut_off(world: World) -> int:
    """Ends every line of this database from outside, so that its pool knows nothing; how many it were."""
    outside = db.open_engines(world.settings.database_url)
    with outside.write.connect() as connection:
        ended: int = connection.scalar(OTHERS) or 0
    outside.dispose()
    return ended


def name_of(world: World, cast: Cast) -> str:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        return shops.shop(scope).name


@pytest.mark.parametrize("stage", ["postgres"], indirect=True)
def test_an_act_begins_again_on_a_fresh_line(world: World, cast: Cast) -> None:
    name = name_of(world, cast)
    assert cut_off(world) > 0
    assert name_of(world, cast) == name


@pytest.mark.parametrize("stage", ["postgres"], indirect=True)
def test_a_line_that_rested_is_asked_whether_it_lives(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "RESTED_S", -1.0)
    name_of(world, cast)
    assert cut_off(world) > 0
    with world.engines.read.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
