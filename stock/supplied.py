"""What the supplier says of a product: kept as plain text, changed unless somebody else was first."""

from dataclasses import dataclass

from sqlalchemy import update

from base.errors import Invalid, Stale
from base.once import once
from base.personal import hyphenated_resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock.models import Product
from stock.picture_tables import SupplierText

LONGEST = 20_000  # characters


class BadSupplierText(Invalid):
    """The text is too long, or holds what looks like a 주민등록번호. Facts: field, why (a code), most."""

    code = "stock.bad_supplier_text"


@dataclass(frozen=True, slots=True)
class Supplied:
    """The text as it stands, and its edition; 0 is none yet."""

    text: str = ""
    version: int = 0


def text_of(scope: Scope, product_id: int) -> Supplied:
    """What the supplier says of a product."""
    row = scope.session.scalar(mine(scope, SupplierText).where(SupplierText.product_id == product_id))
    return Supplied(row.text, row.version) if row else Supplied()


def write(scope: Scope, product_id: int, *, text: str, seen: int) -> None:
    """Keeps the text over the edition that was seen. Raises NotFound, BadSupplierText, Stale."""
    one(scope, Product, product_id)
    told = tidy(text)
    values = {"text": told, "by": scope.actor.id, "at": scope.now}
    if seen == 0:
        whose = {"shop_id": scope.shop_id, "product_id": product_id, "version": 1}
        stands = once(scope.session, SupplierText, values | whose) is not None
    else:
        this = SupplierText.product_id == product_id, SupplierText.version == seen
        anew = update(SupplierText).where(SupplierText.shop_id == scope.shop_id, *this)
        stands = changed(scope, anew.values(version=seen + 1, **values)) == 1
    if not stands:
        raise Stale
    audit.note(scope, "product.text_saved", "product", product_id, edition=seen + 1)


def tidy(text: str) -> str:
    """The text with one sort of line end and no blanks around it. Raises BadSupplierText."""
    told = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    if len(told) > LONGEST:
        raise BadSupplierText(field="text", why="too_long", most=LONGEST)
    if hyphenated_resident_number(told):  # 13 digits in a row may as well be a barcode
        raise BadSupplierText(field="text", why="resident_number", most=LONGEST)
    return told
