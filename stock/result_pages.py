"""The page of an import: watched while it runs, told in sentences when it has ended."""

from decimal import Decimal
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from base.i18n import t, won
from base.rows import one
from base.scope import Scope
from base.web import locale, render
from security import people
from security.doors import needs
from stock import imports, telling
from stock.front import pages
from stock.models import Import

MOST_TOLD = 200  # problems and corrections a page lists; the rest is counted


@pages.get("/imports/<int:import_id>")
@needs("order.import")
def import_result(scope: Scope, import_id: int) -> ResponseReturnValue:
    row = one(scope, Import, import_id)
    told = telling.sentences(row.report) if row.ended_at else []
    return render(
        scope,
        "stock/import_result.html",
        row=row,
        running=row.state in imports.ACTIVE,
        told=[(t(locale(), key, **_shown(facts)), _rows_behind(key)) for key, facts in told],
        report=row.report,
        problems=row.report.get("problems", [])[:MOST_TOLD],
        who=people.names(scope).get(row.actor_id, ""),
        most=MOST_TOLD,
    )


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a sentence with its amount as people write money; one with a fraction is not won."""
    if "amount" not in facts:
        return facts
    amount = Decimal(facts["amount"])
    return facts | {"amount": won(amount, locale()) if amount == int(amount) else f"{amount:,.2f}"}


def _rows_behind(key: str) -> str:
    """Where the rows are that a sentence counts; empty where this page itself lists them."""
    name = key.removeprefix("stock.report.")
    if name in {"ready", "short"}:
        return url_for("stock.orders", view=name)
    if name == "held":
        return url_for("stock.held")
    return url_for("stock.products") if name == "new_products" else ""
