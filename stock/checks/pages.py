"""Pages of the weekly stock check: what is due, the walk through it, and what was signed."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.shares import Share
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.buying import asking
from stock.checks import checking
from stock.checks.checking import CHAPTERS, LONGEST
from stock.checks.models import StockCheck
from stock.front import pages


@pages.get("/stock/checks", endpoint="checks")
@needs("buying.see")
def checks_page(scope: Scope) -> ResponseReturnValue:
    """This week's check, and a page of those before."""
    return render(
        scope,
        "stock/checks.html",
        due=checking.is_due(scope),
        first=checking.this_week(scope),
        page=checking.listed(scope, after=request.args.get("after", "")),
        names=people.names(scope),
    )


@pages.post("/stock/checks")
@needs("buying.manage")
def begin_check(scope: Scope) -> ResponseReturnValue:
    """Begins this week's check, or another edition of it."""
    return redirect(url_for("stock.check", stock_check_id=checking.begin(scope)))


@pages.get("/stock/checks/<int:stock_check_id>", endpoint="check")
@needs("buying.see")
def check_page(scope: Scope, stock_check_id: int) -> ResponseReturnValue:
    """The walk while it is written, the summary once it is signed."""
    return _check(scope, one(scope, StockCheck, stock_check_id))


@pages.post("/stock/checks/<int:stock_check_id>")
@needs("buying.manage")
def write_check(scope: Scope, stock_check_id: int) -> ResponseReturnValue:
    """Keeps the notes, and signs where that button was pressed."""
    row, form = one(scope, StockCheck, stock_check_id), request.form
    version = asking.whole(form.get("version", ""))
    try:
        checking.write(scope, stock_check_id, form, version=version)
        if "sign" in form:
            checking.sign(scope, stock_check_id, version=version + 1)
    except Invalid as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _check(scope, row, error)
    tell("ok", "weekly.signed" if "sign" in form else "weekly.kept")
    return redirect(url_for("stock.check", stock_check_id=stock_check_id))


def _check(scope: Scope, row: StockCheck, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/check.html",
        error.status if error else 200,
        row=row,
        chapters=CHAPTERS,
        notes=request.form if error else row.notes,
        share=lambda pair: Share(*pair),
        longest=LONGEST,
        again=row.first == checking.this_week(scope),
        names=people.names(scope),
        error=error,
    )
