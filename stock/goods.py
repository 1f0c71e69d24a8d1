"""Products: known by their normalised SKU, added when a file or a form first names them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from base.scope import Scope
from stock.batches import batches
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
    new = {each.sku: each for each in goods if each.sku not in there}
    _add(scope, [new[sku] for sku in sorted(new)])
    return there | known(scope, new), len(new)


def _add(scope: Scope, goods: Sequence[Goods]) -> None:
    """Adds products; one that somebody else adds at the same moment stays theirs."""
    insert = sqlite.insert if scope.world.engines.dialect == "sqlite" else postgresql.insert
    rows = [
        {
            "shop_id": scope.shop_id,
            "sku": each.sku,
            "name": each.name,
            "option": each.option,
            "made_at": scope.now,
        }
        for each in goods
    ]
    if rows:
        scope.session.connection().execute(insert(Product).on_conflict_do_nothing(), rows)
