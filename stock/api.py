"""The API of goods: products, levels, the ledger, and the two acts that programs do with them."""

import secrets

from flask import Blueprint

from base.calls import After, call
from base.openapi import PREFIX
from base.rows import mine, one, page
from base.scope import Scope
from security.doors import client_id, needs
from stock import books, goods, handling, shelves
from stock.catalogue import Ware
from stock.counts import reads
from stock.ledger import demand
from stock.models import Product
from stock.move_pages import UnknownSkus
from stock.moves import Goods
from stock.shapes import (
    Adjustment,
    Arrived,
    Corrected,
    Level,
    Levels,
    Movements,
    NewProducts,
    OwnGoods,
    ProductRow,
    Products,
    ProductsSaved,
    Receipt,
    Which,
    WhichMoves,
)

api = Blueprint("stock_api", __name__, url_prefix=PREFIX)


@api.get("/products")
@needs("stock.see")
@call(Products, query=After)
def products(scope: Scope, query: After) -> object:
    """Lists the shop's products by SKU."""
    by = (Product.sku,)
    return page(scope, mine(scope, Product), by=by, after=query.after, size=query.size, newest_first=False)


@api.get("/products/<int:product_id>")
@needs("stock.see")
@call(ProductRow)
def product(scope: Scope, product_id: int) -> object:
    """Shows a product."""
    return one(scope, Product, product_id)


@api.post("/products")
@needs("stock.move")
@call(ProductsSaved, body=NewProducts)
def save_products(scope: Scope, body: NewProducts) -> object:
    """Adds products or changes them, by SKU; of two with one SKU the last stands."""
    wares = {each.sku: Ware(**each.model_dump()) for each in body.products}
    added, changed = goods.update_from(scope, list(wares.values()))
    return ProductsSaved(added=added, changed=changed)


@api.get("/levels")
@needs("stock.see")
@call(Levels, query=Which)
def levels(scope: Scope, query: Which) -> object:
    """Lists how the products stand."""
    wanted = shelves.demand(scope)
    return shelves.stands(
        scope, wanted, view=query.view, text=query.q.strip(), after=query.after, size=query.size
    )


@api.get("/levels/<int:product_id>")
@needs("stock.see")
@call(Level)
def level(scope: Scope, product_id: int) -> object:
    """Shows how one product stands."""
    return shelves.stand(scope, one(scope, Product, product_id))


@api.get("/movements")
@needs("stock.see")
@call(Movements, query=WhichMoves)
def movements(scope: Scope, query: WhichMoves) -> object:
    """Lists the ledger, newest first."""
    if query.product_id:
        one(scope, Product, query.product_id)
    return books.moved(scope, product_id=query.product_id or 0, after=query.after, size=query.size)


@api.post("/stock/receipts")
@needs("stock.move")
@call(Levels, body=Receipt)
def receive(scope: Scope, body: Receipt) -> object:
    """Books goods that came into the warehouse; orders that waited for them are filled."""
    units = _units(scope, body.goods)
    handling.receive(scope, key=_key(scope), goods=units, reason=body.reason)
    return _levels(scope, units)


@api.post("/stock/adjustments")
@needs("stock.move")
@call(Levels, body=Adjustment)
def adjust(scope: Scope, body: Adjustment) -> object:
    """Corrects the warehouse's book by signed units, never below what is promised."""
    units = {id_: count for id_, count in _units(scope, body.goods).items() if count}
    if units:
        handling.adjust(scope, key=_key(scope), goods=units, reason=body.reason)
    return _levels(scope, units)


@api.get("/stock/own")
@needs("stock.own")
@call(OwnGoods)
def own(scope: Scope) -> object:
    """Lists what lies at the partner's own home."""
    return {"rows": reads.own_goods(scope)}


def _units(scope: Scope, told: list[Arrived] | list[Corrected]) -> Goods:
    """Units by product id. Raises UnknownSkus."""
    ids = goods.known(scope, {each.sku for each in told})
    if unknown := sorted({each.sku for each in told} - set(ids)):
        raise UnknownSkus(field="goods", n=len(unknown), skus=", ".join(unknown[:10]))
    return demand((ids[each.sku], each.units) for each in told)


def _levels(scope: Scope, units: Goods) -> dict[str, object]:
    return {"rows": [shelves.stand(scope, one(scope, Product, id_)) for id_ in units], "next": ""}


def _key(scope: Scope) -> str:
    """The ledger's key of this act: its id among this person's, so that it is booked once."""
    return f"api-{scope.actor.id}-{client_id() or secrets.token_hex(12)}"


from stock import claim_api, figures_api, order_api, picture_api  # noqa: E402, F401 (its doors open on `api`)
