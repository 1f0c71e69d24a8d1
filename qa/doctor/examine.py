"""The whole examination: the installation once, then every shop; what breaks while looking is found too."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

import partners.invariants
import qa.invariants
import stock.invariants
import tasks.invariants
from base.errors import Refused
from base.scope import THE_HOUSE, Scope, World, acting
from qa.doctor import bell, engine, house, seals, shops
from qa.doctor.found import Examined, Found, listed
from security.models import Shop

Look = Callable[[Scope], Iterator[Found]]

log = logging.getLogger("dari.doctor")

HOUSE: Mapping[str, Callable[[World], Iterator[Found]]] = {
    "settings": house.settings,
    "files": house.private_files,
    "disk": house.disk,
    "engine": engine.engine,
    "schema": house.schema,
    "bell": bell.bell,
}
ROOMS = (partners.invariants, tasks.invariants, qa.invariants)


def invariants(scope: Scope) -> Iterator[Found]:
    """What must always hold of goods, people, work and judgement."""
    for room in ROOMS:
        for broken in room.findings(scope):
            yield Found(broken.code, facts={"n": broken.count, "ids": listed(broken.ids)})
    yield from _of_the_book(scope)


def _of_the_book(scope: Scope) -> Iterator[Found]:
    """The stock room names every row by itself: here they are counted by what is wrong with them."""
    rows: dict[str, list[int]] = {}
    for broken in stock.invariants.findings(scope):
        rows.setdefault(broken.code, []).append(next(iter(broken.facts.values()), 0))
    for code, ids in rows.items():
        yield Found(code, facts={"n": len(ids), "ids": listed(ids)})


SHOP: Mapping[str, Look] = {
    "invariants": invariants,
    "journal": shops.chain,
    "seals": seals.seals,
    "calendar": shops.calendar,
    "background": shops.background,
    "photos": shops.photos,
    "tallies": shops.sums,
    "goods": shops.goods,
}


def examine(world: World) -> Iterator[Examined]:
    """Looks at everything, one thing after the other."""
    for code, look in HOUSE.items():
        yield Examined(code, tuple(_safely(partial(look, world))))
    places = _shops(world)
    yield Examined("house_journal", tuple(_safely(partial(_in_shop, world, 0, shops.chain))))
    for code, look_at in SHOP.items():
        yield Examined(code, tuple(_everywhere(world, places, look_at)))


def _everywhere(world: World, places: Mapping[int, str], look: Look) -> Iterator[Found]:
    for shop_id, slug in places.items():
        for one in _safely(partial(_in_shop, world, shop_id, look)):
            yield replace(one, shop=slug)


def _shops(world: World) -> dict[int, str]:
    """The shops by id; none while the database has no tables to ask, which the schema's look names."""
    try:
        with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
            return dict(scope.session.execute(select(Shop.id, Shop.slug).order_by(Shop.id)).all())
    except SQLAlchemyError:
        return {}


def _in_shop(world: World, shop_id: int, look: Look) -> list[Found]:
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        return list(look(scope))


def _safely(look: Callable[[], Iterable[Found]]) -> list[Found]:
    """What a look finds; one that cannot be finished is a finding of its own."""
    try:
        return list(look())
    except (SQLAlchemyError, OSError, Refused, ValueError) as failed:
        log.exception("a look could not be finished")
        return [Found("unexamined", facts={"error": type(failed).__name__})]
