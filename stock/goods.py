"""Products: known by their normalised SKU, added when a file or a form first names them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from base.scope import Scope
from stock.batches import batches
from stock.catalogue import Ware
from stock.drafts import Goods
from stock.models import Product
from stock.news import ProductsAdded, ProductsChanged

Standing = Mapping[str, Any]


def known(scope: Scope, skus: Iterable[str]) -> dict[str, int]:
    """The ids of the products the shop has under these normalised SKUs."""
    found: dict[str, int] = {}
    for some in batches(sorted(set(skus))):
        stmt = select(Product.sku, Product.id).where(Product.shop_id == scope.shop_id, Product.sku.in_(some))
        found |= dict(scope.session.execute(stmt).all())
    return found


def ensure(scope: Scope, goods: Sequence[Goods]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The ids of these products by SKU, those the shop lacks added; and which were."""
    there = known(scope, (each.sku for each in goods))
    new = {each.sku: asdict(each) for each in goods if each.sku not in there}
    _add(scope, new)
    added = known(scope, new)
    if added:
        scope.tell(ProductsAdded(tuple(sorted(added.values()))))
    return there | added, tuple(new)


def update_from(scope: Scope, wares: Sequence[Ware]) -> tuple[int, int]:
    """Adds and changes products as a file says; what it does not say stays. Returns how many of each."""
    there = _held(scope, [ware.sku for ware in wares])
    new = {ware.sku: _said(ware) for ware in wares if ware.sku not in there}
    _add(scope, new)
    changed = [
        _changed(scope, there[ware.sku], _said(ware))
        for ware in wares
        if ware.sku in there and differing(there[ware.sku], ware)
    ]
    if changed:
        scope.session.connection().execute(_CHANGE, changed)
        scope.tell(ProductsChanged(tuple(sorted(row["product"] for row in changed))))
    if new:
        scope.tell(ProductsAdded(tuple(sorted(known(scope, new).values()))))
    return len(wares) - len(there), len(changed)


def differing(now: Standing, ware: Ware) -> list[str]:
    """The fields of a product that a file says otherwise."""
    return [name for name, value in _said(ware).items() if now[name] != value]


def standing(scope: Scope, skus: Sequence[str]) -> dict[str, Standing]:
    """The products of these SKUs as they are, by SKU."""
    return {row["sku"]: row for some in batches(skus) for row in _mappings(scope, _as_they_are(scope, some))}


def _held(scope: Scope, skus: Sequence[str]) -> dict[str, Standing]:
    """As `standing`, and nobody else changes them until this transaction ends."""
    locked = (_as_they_are(scope, some).with_for_update() for some in batches(skus))
    return {row["sku"]: row for stmt in locked for row in _mappings(scope, stmt)}


def _said(ware: Ware) -> dict[str, Any]:
    """What a file says of the product itself."""
    return {name: value for name in ("sku", *_FIELDS) if (value := getattr(ware, name)) is not None}


def _as_they_are(scope: Scope, skus: Sequence[str]) -> Select[Any]:
    columns = [_PRODUCTS.c[name] for name in ("id", "sku", *_FIELDS)]
    return select(*columns).where(Product.shop_id == scope.shop_id, Product.sku.in_(skus))


def _mappings(scope: Scope, stmt: Select[Any]) -> list[Standing]:
    return [dict(row) for row in scope.session.execute(stmt).mappings()]


def _changed(scope: Scope, now: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    after = {f"new_{name}": said.get(name, now[name]) for name in _FIELDS}
    return after | {"product": now["id"], "shop": scope.shop_id}


_PRODUCTS: Any = Product.__table__
_FIELDS = ("name", "option", "barcode", "unit", "weight_g", "price", "fragile")
_CHANGE = (
    update(_PRODUCTS)
    .where(_PRODUCTS.c.shop_id == bindparam("shop"), _PRODUCTS.c.id == bindparam("product"))
    .values({name: bindparam(f"new_{name}") for name in _FIELDS} | {"version": _PRODUCTS.c.version + 1})
)
_BLANK: dict[str, Any] = {
    "option": "",
    "barcode": "",
    "unit": "ea",
    "weight_g": None,
    "price": None,
    "fragile": False,
}


def _add(scope: Scope, new: Mapping[str, Mapping[str, Any]]) -> None:
    """Adds products by SKU; one that somebody else adds at the same moment stays theirs."""
    insert = sqlite.insert if scope.world.engines.dialect == "sqlite" else postgresql.insert
    made = {"shop_id": scope.shop_id, "made_at": scope.now}
    rows = [{**_BLANK, **new[sku], **made} for sku in sorted(new)]
    if rows:
        scope.session.connection().execute(insert(Product).on_conflict_do_nothing(), rows)
