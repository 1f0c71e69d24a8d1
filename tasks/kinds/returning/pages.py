"""The owner gives a return out to be looked at."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from base.rows import one
from base.scope import Scope
from base.web import tell
from security.doors import needs
from stock.returns import reads
from stock.returns.models import Return
from tasks import opening
from tasks.kinds.returning import sorting

pages = Blueprint("returning", __name__)


@pages.post("/returns/<int:return_id>/give")
@needs("return.manage")
def give(scope: Scope, return_id: int) -> ResponseReturnValue:
    """Opens a task to look at a return that has come; one at a time."""
    one(scope, Return, return_id)
    found = reads.brief(scope, return_id)
    opened = opening.open_for_product(
        scope,
        kind="returning",
        product_id=found.product_id,
        target=sorting.target_of(return_id),
        title=f"{found.order_number} · {found.sku}",
    )
    tell("ok" if opened else "info", "returns.given" if opened else "returns.given_before")
    return redirect(url_for("stock.return_", return_id=return_id))
