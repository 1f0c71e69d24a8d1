"""Products: known by their normalised SKU, added when a file or a form first names them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from base.scope import Scope
from stock.batches import batches
from stock.catalogue import Ware
from stock.drafts import Goods
from stock.models import Product


def known(scope: Scope, skus: Iterable[str]) -> dict[str, int]:
    """The ids of the products the shop has under these normalised SKUs."""
    found: dict[str, int] = {}
    for some in batches(sorted(set(skus))):
        stmt = select(Product.sku, Product.id).where(Product.shop_id == scope.shop_id, Product.sku.in_(some))
        found |= dict(scope.session.execute(stmt).all())
    return found


def ensure(scope: Scope, goods: Sequence[Goods]) -> tuple[dict[str, int], int]:
    """The ids of these products by SKU, those the shop lacks added; and how many were."""
    there = known(scope, (each.sku for each in goods))
    new = {each.sku: asdict(each) for each in goods if each.sku not in there}
    _add(scope, new)
    return there | known(scope, new), len(new)


def update_from(scope: Scope, wares: Sequence[Ware]) -> tuple[int, int]:
    """Adds and changes products as a file says; what it does not say stays. Returns how many of each."""
    there = _as_they_are(scope, [ware.sku for ware in wares])
    _add(scope, {ware.sku: _said(ware) for ware in wares if ware.sku not in there})
    changed = [
        _changed(scope, there[ware.sku], _said(ware))
        for ware in wares
        if ware.sku in there and not _same(there[ware.sku], _said(ware))
    ]
    if changed:
        scope.session.connection().execute(_CHANGE, changed)
    return len(wares) - len(there), len(changed)


def _said(ware: Ware) -> dict[str, Any]:
    return {name: value for name, value in asdict(ware).items() if value is not None}


def _as_they_are(scope: Scope, skus: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    columns = [_PRODUCTS.c[name] for name in ("id", "sku", *_FIELDS)]
    for some in batches(skus):
        stmt = select(*columns).where(Product.shop_id == scope.shop_id, Product.sku.in_(some))
        found |= {row["sku"]: row for row in scope.session.execute(stmt.with_for_update()).mappings()}
    return found


def _same(now: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return all(now[name] == value for name, value in said.items())


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
