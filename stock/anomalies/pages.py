"""Pages of what is odd: the orders that wait for the owner's word, and the word."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import locale, render, tell
from security import people
from security.doors import needs
from stock.anomalies import deciding, reads, telling
from stock.front import pages


@pages.get("/orders/held", endpoint="held")
@needs("order.see")
def held_page(scope: Scope) -> ResponseReturnValue:
    """Orders that look wrong, each with its reason, and homes whose goods go missing more and more."""
    found = reads.held(scope, after=request.args.get("after", ""))
    return render(
        scope,
        "stock/held.html",
        page=found,
        decided=reads.decided(scope),
        growing=reads.growing(scope),
        names=people.names(scope),
    )


@pages.post("/orders/<int:order_id>/pass")
@needs("order.pass")
def let_pass(scope: Scope, order_id: int) -> ResponseReturnValue:
    """The order is meant as it is."""
    deciding.let_pass(scope, order_id)
    tell("ok", "anomalies.passed")
    return redirect(url_for("stock.order", order_id=order_id))


@pages.app_template_global("odd_words")
def odd_words(one: reads.OddView) -> str:
    """Why an order was held, in a sentence."""
    return telling.sentence(locale(), one.why, one.facts)
