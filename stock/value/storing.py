"""What keeping goods costs, as the owner says: won a month for everything, and how much room a unit takes."""

from decimal import Decimal

from sqlalchemy import select

from base.errors import Invalid
from base.rows import one
from base.scope import Scope
from security import audit
from stock.buying import looking
from stock.models import Product
from stock.upserts import upsert
from stock.value.models import ProductRoom, StorageTerms

DEAREST = 10**10  # won a month
LARGEST = 1000  # times a usual unit


class BadStorage(Invalid):
    """Storage costs a whole number of won a month, a unit takes 0.1 to 1,000 times a usual one's room.

    Facts: field.
    """

    code = "money.bad_storage"


def set_cost(scope: Scope, won: int) -> None:
    """Says what keeping all goods costs a month. Raises BadStorage."""
    if not 0 <= won <= DEAREST:
        raise BadStorage(field="storage")
    row = {"won": won, "by": scope.actor.id, "at": scope.now}
    upsert(scope, StorageTerms, [row], keys=("shop_id",), put=tuple(row))
    audit.note(scope, "storage.set", won=won)


def set_room(scope: Scope, product_id: int, times: Decimal) -> None:
    """Says how many usual units a unit of a product takes the room of. Raises NotFound, BadStorage."""
    one(scope, Product, product_id)
    tenths = int(times * 10)
    if not 1 <= tenths <= 10 * LARGEST or tenths != times * 10:
        raise BadStorage(field="room")
    row = {"product_id": product_id, "tenths": tenths}
    upsert(scope, ProductRoom, [row], keys=("shop_id", "product_id"), put=("tenths",))
    audit.note(scope, "storage.room_set", "product", product_id, tenths=tenths)
    looking.refresh(scope, [product_id])


def cost(scope: Scope) -> int | None:
    """Won a month; None where nobody said."""
    return scope.session.scalar(select(StorageTerms.won).where(StorageTerms.shop_id == scope.shop_id))


def room(scope: Scope, product_id: int) -> Decimal:
    """How many usual units a unit of a product takes the room of."""
    here = (ProductRoom.shop_id == scope.shop_id, ProductRoom.product_id == product_id)
    tenths = scope.session.scalar(select(ProductRoom.tenths).where(*here))
    return Decimal(tenths or 10) / 10
