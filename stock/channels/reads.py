"""What channels may sell now: a page of it, the whole for the file, and what stands of each channel."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from base.rows import Page, mine, page
from base.scope import Scope
from stock import levels
from stock.channels import rule
from stock.channels.models import Channel, ChannelCode
from stock.channels.rule import Offer
from stock.levels import WAREHOUSE
from stock.models import Level, Product
from stock.sets import recipes

MOST_TOLD = 100_000  # products of one file


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel: what is kept back, how many of its codes are known, when its file was last taken out."""

    name: str
    buffer: int
    codes: int
    told_at: datetime | None
    version: int


def channels(scope: Scope) -> list[ChannelView]:
    """Every channel, in the order of the rule."""
    rows = {row.name: row for row in scope.session.scalars(mine(scope, Channel))}
    stmt = select(ChannelCode.channel, func.count()).where(ChannelCode.shop_id == scope.shop_id)
    codes = dict(scope.session.execute(stmt.group_by(ChannelCode.channel)).all())
    return [_view(name, rows.get(name), codes.get(name, 0)) for name in rule.CHANNELS]


def offers(scope: Scope, name: str, *, buffer: int, after: str = "", size: int = 50) -> Page[Offer]:
    """A page of what a channel may sell, by code. Raises BadCursor."""
    found = page(
        scope, mine(scope, ChannelCode).where(ChannelCode.channel == name), by=(ChannelCode.code,),
        after=after, size=size, newest_first=False,
    )  # fmt: skip
    ids = [row.product_id for row in found.rows]
    stmt = _free(scope).where(Product.id.in_(ids))
    goods = {row.id: row for row in scope.session.execute(stmt)}
    sets = recipes.available(scope, ids)
    rows = ((row.code, goods[row.product_id]) for row in found.rows)
    return Page([_offer(code, row, sets, buffer) for code, row in rows], found.next)


def every_offer(scope: Scope, name: str, *, buffer: int) -> Iterator[Offer]:
    """All that a channel may sell, by code; in the shop's own codes where the channel has none of its own."""
    sets = recipes.available(scope, recipes.every(scope))
    if name == rule.OWN_CODES and not _has_codes(scope, name):
        stmt = _free(scope).order_by(Product.sku).limit(MOST_TOLD)
        return (_offer(row.sku, row, sets, buffer) for row in scope.session.execute(stmt))
    coded = _free(scope).add_columns(ChannelCode.code).join(ChannelCode, ChannelCode.product_id == Product.id)
    here = (ChannelCode.shop_id == scope.shop_id, ChannelCode.channel == name)
    rows = scope.session.execute(coded.where(*here).order_by(ChannelCode.code).limit(MOST_TOLD))
    return (_offer(row.code, row, sets, buffer) for row in rows)


def _has_codes(scope: Scope, name: str) -> bool:
    stmt = mine(scope, ChannelCode).where(ChannelCode.channel == name).limit(1)
    return scope.session.scalar(stmt) is not None


def _free(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Products with what is free in the warehouse; what lies apart or at homes is not offered."""
    here = and_(
        Level.shop_id == scope.shop_id,
        Level.product_id == Product.id,
        Level.location_id == levels.location(scope, WAREHOUSE),
    )
    free = func.coalesce(Level.on_hand - Level.reserved, 0).label("free")
    columns = select(Product.id, Product.sku, Product.name, Product.option, free)
    return columns.join(Level, here, isouter=True).where(Product.shop_id == scope.shop_id)


def _offer(code: str, row: Any, sets: Mapping[int, int], buffer: int) -> Offer:
    """What is free of a product, or of a set what its parts make, less what is kept back."""
    name = " ".join(filter(None, (row.name, row.option)))
    return Offer(code, row.sku, name, rule.sellable(sets.get(row.id, row.free), buffer))


def _view(name: str, row: Channel | None, codes: int) -> ChannelView:
    if row is None:
        return ChannelView(name, 0, codes, None, 0)
    return ChannelView(name, row.buffer, codes, row.told_at, row.version)
