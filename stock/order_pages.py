"""Pages about orders: the list, one order, and what the owner takes out of it."""

import re
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from security import people
from security.doors import keep_no_copy, needs
from stock import claim_reads, dossier, orders, queries, recipients
from stock.anomalies import reads as odd
from stock.front import csv_file, pages, said, wall
from stock.lifecycle import CANCEL, HELD, steps_from
from stock.models import Order
from stock.profiles import PROFILES
from stock.queries import ALL, OPEN, VIEWS, Find
from stock.sets import selling

FIELDS = (recipients.PHONE, recipients.LAST4, recipients.NAME)
TOKEN = re.compile(r"[0-9a-f]{32}")
HEAD = (
    "number",
    "channel",
    "state",
    "placed_at",
    "ship_by",
    "shipped_at",
    "sku",
    "name",
    "quantity",
    "cancelled",
    "price",
)


class TooManySets(Invalid):
    """More sets are to be cancelled than the order still has. Facts: set_id, left."""

    code = "sets.too_many"


class NothingChosen(Invalid):
    """No line has units to cancel."""

    code = "stock.nothing_chosen"


class NothingToFind(Invalid):
    """The search was blank."""

    code = "stock.nothing_to_find"


@pages.get("/orders", endpoint="orders")
@needs("order.see")
def orders_page(scope: Scope) -> ResponseReturnValue:
    return _orders(scope, _find())


def _orders(scope: Scope, find: Find, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/orders.html",
        error.status if error else 200,
        page=queries.orders(scope, find, after=request.args.get("after", "")),
        counts=queries.counts(scope, zone=zone()),
        channels=queries.channels(scope),
        views=VIEWS,
        find=find,
        link=_link(find),
        tonight=queries.tonight(scope.now, zone()),
        most=queries.MOST_COUNTED,
        most_exported=queries.MOST_EXPORTED,
        error=error,
    )


@pages.get("/orders.csv")
@needs("order.see")
def orders_csv(scope: Scope) -> ResponseReturnValue:
    return csv_file("orders", HEAD, map(_spoken, queries.exported(scope, _find())))


@pages.post("/orders/search")
@needs("order.see")
def search(scope: Scope) -> ResponseReturnValue:
    """Leads to what was looked for: an order by its number, a recipient by a blind index, never by name."""
    keep_no_copy()
    text = request.form.get("q", "").strip()
    token = recipients.search_token(scope, text[:300])
    if token is None:
        return _orders(scope, Find(), NothingToFind(field="q"))
    numbered = queries.numbered(scope, text)
    if len(numbered) == 1:
        return redirect(url_for("stock.order", order_id=numbered[0]))
    return redirect(url_for("stock.orders", field=token[0], token=token[1].hex()))


@pages.get("/orders/<int:order_id>", endpoint="order")
@needs("order.see")
def order_page(scope: Scope, order_id: int) -> ResponseReturnValue:
    return _order(scope, order_id)


def _order(
    scope: Scope, order_id: int, error: Refused | None = None, form: MultiDict[str, str] | None = None
) -> ResponseReturnValue:
    view = dossier.order(scope, order_id)
    return render(
        scope,
        "stock/order.html",
        error.status if error else 200,
        order=view,
        claims=claim_reads.of_order(scope, order_id),
        odd=odd.of_order(scope, order_id) if view.state == HELD else [],
        sets=selling.on_orders(scope, [order_id]),
        names=people.names(scope),
        may_cancel=CANCEL in steps_from(view.state, who="owner"),
        why_codes=orders.WHY,
        tonight=queries.tonight(scope.now, zone()),
        form=form or MultiDict(),
        error=error,
    )


@pages.get("/orders/<int:order_id>.csv")
@needs("order.see")
def order_csv(scope: Scope, order_id: int) -> ResponseReturnValue:
    one(scope, Order, order_id)
    return csv_file(f"order-{order_id}", HEAD, map(_spoken, queries.exported_one(scope, order_id)))


@pages.post("/orders/<int:order_id>/cancel")
@needs("order.cancel")
def cancel(scope: Scope, order_id: int) -> ResponseReturnValue:
    return _take_out(scope, order_id, "cancel")


@pages.post("/orders/<int:order_id>/cancel-lines")
@needs("order.cancel")
def cancel_lines(scope: Scope, order_id: int) -> ResponseReturnValue:
    return _take_out(scope, order_id, "cancel-lines")


def _take_out(scope: Scope, order_id: int, act: str) -> ResponseReturnValue:
    one(scope, Order, order_id)
    why = request.form.get("why", "")
    try:
        if act == "cancel":
            orders.cancel(scope, order_id, why=why)
        else:
            orders.cancel_lines(scope, order_id, _units(scope, order_id), why=why)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        form = request.form.copy()
        form["act"] = act
        return _order(scope, order_id, error, form)
    tell("ok", "stock.order.cancelled" if act == "cancel" else "stock.order.lines_cancelled")
    return redirect(url_for("stock.order", order_id=order_id))


def _units(scope: Scope, order_id: int) -> dict[int, int]:
    """Units by line id as the form says, those of whole sets among them; blanks and zeros are not meant."""
    units = _told("line")
    if chosen := _told("set"):
        for sold in selling.on_orders(scope, [order_id]):
            count = chosen.get(sold.id, 0)
            if count > sold.left:
                raise TooManySets(set_id=sold.id, left=sold.left)
            units |= sold.units(count) if count else {}
    if not units:
        raise NothingChosen(field="lines")
    return units


def _told(kind: str) -> dict[int, int]:
    """The numbers of the fields called so, by the id in their names."""
    told = {
        int(name.removeprefix(f"{kind}-")): text.strip()
        for name, text in request.form.items()
        if re.fullmatch(rf"{kind}-\d{{1,18}}", name)
    }
    return {id_: _whole(text, id_) for id_, text in told.items() if text.strip("0")}


def _whole(text: str, line: int) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise orders.TooMuchCancelled(line_id=line, left=0)
    return int(text)


def _find() -> Find:
    """What the address asks for; what it cannot mean is not found."""
    args = request.args
    field, token, view, channel = (args.get(n, "") for n in ("field", "token", "view", "channel"))
    if token or field:
        if field not in FIELDS or not TOKEN.fullmatch(token):
            raise NotFound
        return Find(ALL, "", field, bytes.fromhex(token))
    if view not in ("", *VIEWS) or channel not in ("", *PROFILES):
        raise NotFound
    return Find(view or OPEN, channel)


def _link(find: Find) -> dict[str, str]:
    """The arguments that lead back to what is shown."""
    if find.token:
        return {"field": find.field, "token": find.token.hex()}
    return {"view": find.view} | ({"channel": find.channel} if find.channel else {})


def _spoken(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A line for a spreadsheet: codes in words, moments in the shop's zone."""
    number, channel, state, placed_at, ship_by, shipped_at, *rest = row
    codes = said("stock.channel", channel), said("stock.state", state)
    return number, *codes, wall(placed_at), wall(ship_by), wall(shipped_at), *rest
