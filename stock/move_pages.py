"""Forms that move goods: brought in, put right, handed over, taken back, put aside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.personal import resident_number
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import goods, handling, normalise, pasted, shelves
from stock.front import act_key, pages
from stock.handovers import sending
from stock.ledger import demand
from stock.levels import HOME
from stock.models import Product
from stock.moves import Goods, NoUnits
from stock.normalise import Unreadable
from stock.pasted import Pasted
from stock.shelves import Place

WHY = ("damaged", "lost", "found", "sample", "mistake", "other")
LONGEST_NOTE = 100
MOST_NAMED = 5
HERE, LEFT = "here", "left"
MOST_OFFERED = 300  # products a form suggests


class UnknownSkus(Invalid):
    """The shop has no products under these SKUs; nothing was done. Facts: skus, n."""

    code = "stock.unknown_skus"


class WhyMissing(Invalid):
    """A correction says why: one of the known reasons, or a few words."""

    code = "stock.why_missing"


class NoteTooLong(Invalid):
    """A note is a few words. Fact: limit."""

    code = "stock.note_too_long"


class PersonalNote(Invalid):
    """The note holds what looks like a 주민등록번호; it is not kept."""

    code = "stock.personal_note"


class PartnerMissing(Invalid):
    """To whose home, or from whose, was not said."""

    code = "stock.partner_missing"


@dataclass(frozen=True, slots=True)
class Handled:
    """What a form says."""

    goods: Goods
    partner_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form that moves goods: what it asks beside them, and the desk it calls.

    `partner`: whether those who work here are asked for, or those who have left. A desk may give a hand-over.
    """

    icon: str
    act: Callable[[Scope, str, Handled], int | None]
    partner: str = ""
    why: bool = False
    note: bool = False


def _receive(scope: Scope, key: str, told: Handled) -> None:
    handling.receive(scope, key=key, goods=told.goods, reason=told.reason)


def _adjust(scope: Scope, key: str, told: Handled) -> None:
    handling.adjust(scope, key=key, goods=told.goods, reason=told.reason)


def _hand_over(scope: Scope, key: str, told: Handled) -> int:
    return sending.hand_over(scope, key=key, goods=told.goods, partner_id=told.partner_id)


def _bring_back(scope: Scope, key: str, told: Handled) -> int:
    return sending.fetch(scope, key=key, goods=told.goods, partner_id=told.partner_id)


def _quarantine(scope: Scope, key: str, told: Handled) -> None:
    handling.quarantine(scope, key=key, goods=told.goods)


def _clear(scope: Scope, key: str, told: Handled) -> None:
    handling.clear(scope, key=key, goods=told.goods)


def _scrap(scope: Scope, key: str, told: Handled) -> None:
    handling.scrap(scope, key=key, goods=told.goods)


FORMS = {
    "receive": Form("arrow-down-on-square", _receive, note=True),
    "adjust": Form("pencil-square", _adjust, why=True),
    "hand-over": Form("home", _hand_over, partner=HERE),
    "bring-back": Form("arrow-uturn-left", _bring_back, partner=LEFT),
    "quarantine": Form("archive-box-x-mark", _quarantine),
    "clear": Form("check-badge", _clear),
    "scrap": Form("trash", _scrap),
}


@pages.get("/stock/<act>")
@needs("stock.move")
def move_form(scope: Scope, act: str) -> ResponseReturnValue:
    return _form(scope, act)


def _form(scope: Scope, act: str, error: Refused | None = None) -> ResponseReturnValue:
    if act not in FORMS:
        raise NotFound
    told = request.form if error else request.args
    return render(
        scope,
        "stock/move.html",
        error.status if error else 200,
        act=act,
        asks=FORMS[act],
        homes=_homes(scope, FORMS[act]),
        known=list(
            scope.session.scalars(shelves.matching(scope, "").order_by(Product.sku).limit(MOST_OFFERED))
        ),
        why_codes=WHY,
        told=told,
        error=error,
    )


@pages.post("/stock/<act>")
@needs("stock.move")
def move(scope: Scope, act: str) -> ResponseReturnValue:
    if act not in FORMS:
        raise NotFound
    try:
        told = _handled(scope, act)
        made = FORMS[act].act(scope, act_key(act), told)
    except Refused as error:
        if wants_json():
            raise
        return _form(scope, act, error)
    units = sum(abs(count) for count in told.goods.values())
    tell("ok", f"stock.move.{act}.done", n=units, products=len(told.goods))
    if made:
        return redirect(url_for("stock.handover", handover_id=made))
    if len(told.goods) == 1:
        return redirect(url_for("stock.product", product_id=next(iter(told.goods))))
    return redirect(url_for("stock.levels"))


def _homes(scope: Scope, asks: Form) -> list[Place]:
    """The homes that a form may name."""
    homes = (place for place in shelves.places(scope).values() if place.kind == HOME)
    return [place for place in homes if place.here == (asks.partner == HERE)]


def _handled(scope: Scope, act: str) -> Handled:
    asks = FORMS[act]
    partner_id = _partner(scope, asks) if asks.partner else 0
    reason = _reason(asks) if asks.why or asks.note else ""
    return Handled(_goods(scope, signed=asks.why), partner_id, reason)


def _goods(scope: Scope, *, signed: bool) -> Goods:
    """Units by product id, from the pasted lines and the one line typed apart."""
    lines = pasted.lines(request.form.get("lines", ""))
    field = "lines" if lines else "sku"
    told = lines + _single()
    ids = goods.known(scope, {line.sku for line in told})
    unknown = sorted({line.sku for line in told} - set(ids))
    if unknown:
        raise UnknownSkus(field=field, n=len(unknown), skus=", ".join(unknown[:MOST_NAMED]))
    units = demand((ids[line.sku], line.units) for line in told)
    if not units or 0 in units.values() or (not signed and min(line.units for line in told) <= 0):
        raise NoUnits(field="lines" if lines else "quantity")
    return units


def _single() -> list[Pasted]:
    """The product and quantity typed apart from the pasted lines."""
    sku, quantity = (request.form.get(name, "").strip() for name in ("sku", "quantity"))
    if not sku:
        return []
    try:
        return [Pasted(0, normalise.sku(sku), normalise.whole(quantity))]
    except Unreadable as bad:
        raise NoUnits(field="quantity") from bad


def _partner(scope: Scope, asks: Form) -> int:
    chosen: Any = request.form.get("partner_id", 0, type=int)
    if chosen not in {place.partner_id for place in _homes(scope, asks)}:
        raise PartnerMissing(field="partner_id")
    return int(chosen)


def _reason(asks: Form) -> str:
    """The note where there is one, else the code of the reason chosen."""
    note, why = " ".join(request.form.get("note", "").split()), request.form.get("why", "")
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(field="note", limit=LONGEST_NOTE)
    if resident_number(note):
        raise PersonalNote(field="note")
    if asks.why and (why not in WHY or (why == "other" and not note)):
        raise WhyMissing(field="note" if why == "other" else "why")
    return note or (why if asks.why else "")
