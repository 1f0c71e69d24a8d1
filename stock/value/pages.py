"""Pages about the money in the stock: a sentence, the numbers, and the products behind each."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound
from base.rows import Page
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs
from stock.buying import asking
from stock.buying.standing import MISSED, TARGET, TURNED
from stock.front import pages
from stock.value import reads, storing
from stock.value.reads import BRINGS, STEADY, Ranked
from stock.value.saying import rough

CLASSES = {brings + steady for brings in BRINGS for steady in STEADY}


@pages.get("/buying/money", endpoint="money")
@needs("buying.see")
def money_page(scope: Scope) -> ResponseReturnValue:
    """What is tied up, what sleeps, what is too much, what was missed, what it earns and costs to keep."""
    return _money(scope)


def _money(scope: Scope, error: Invalid | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/money.html",
        error.status if error else 200,
        money=reads.money(scope),
        rough=_rough,
        target=TARGET,
        missed_days=MISSED,
        span=TURNED,
        form=request.form,
        error=error,
    )


@pages.post("/buying/money/storage")
@needs("buying.manage")
def set_storage(scope: Scope) -> ResponseReturnValue:
    """Says what keeping everything costs a month."""
    try:
        storing.set_cost(scope, asking.whole(request.form.get("storage", "")))
    except Invalid as error:
        if wants_json():
            raise
        return _money(scope, error)
    tell("ok", "money.storage_saved")
    return redirect(url_for("stock.money"))


@pages.get("/buying/money/<what>")
@needs("buying.see")
def money_rows(scope: Scope, what: str) -> ResponseReturnValue:
    """The products behind one of the numbers, or of a class (AX to CZ)."""
    after = request.args.get("after", "")
    if what in CLASSES:
        return _rows(scope, "cash", reads.of_class(scope, what, after=after), what)
    if what not in reads.LISTS:
        raise NotFound
    return _rows(scope, what, reads.ranked(scope, what, after=after))


def _rows(scope: Scope, what: str, page: Page[Ranked], class_name: str = "") -> ResponseReturnValue:
    return render(
        scope,
        "stock/money_rows.html",
        what=what,
        class_name=class_name,
        lists=list(reads.LISTS),
        page=page,
        money=reads.money(scope),
        rough=_rough,
        target=TARGET,
        missed_days=MISSED,
        span=TURNED,
    )


def _rough(amount: int) -> str:
    return rough(amount, locale())
