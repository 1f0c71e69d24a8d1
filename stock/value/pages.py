"""Pages about the money in the stock: a sentence, the numbers, and the products behind each."""

from flask import request
from flask.typing import ResponseReturnValue

from base.errors import NotFound
from base.scope import Scope
from base.web import locale, render
from security.doors import needs
from stock.buying.standing import MISSED, TARGET
from stock.front import pages
from stock.value import reads
from stock.value.saying import rough


@pages.get("/buying/money", endpoint="money")
@needs("buying.see")
def money_page(scope: Scope) -> ResponseReturnValue:
    """What is tied up, what sleeps, what is too much, what was missed."""
    found = reads.money(scope)
    return render(scope, "stock/money.html", money=found, rough=_rough, target=TARGET, missed_days=MISSED)


@pages.get("/buying/money/<what>")
@needs("buying.see")
def money_rows(scope: Scope, what: str) -> ResponseReturnValue:
    """The products behind one of the numbers."""
    if what not in reads.LISTS:
        raise NotFound
    found = reads.ranked(scope, what, after=request.args.get("after", ""))
    return render(
        scope,
        "stock/money_rows.html",
        what=what,
        lists=list(reads.LISTS),
        page=found,
        money=reads.money(scope),
        rough=_rough,
        target=TARGET,
        missed_days=MISSED,
    )


def _rough(amount: int) -> str:
    return rough(amount, locale())
