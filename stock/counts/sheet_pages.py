"""The blind sheet on a phone: for a partner what lies in her home, for the owner the rest."""

import re
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json
from security.doors import needs
from security.policy import PARTNER
from stock.counting import BadCount
from stock.counts import entering, life, reads
from stock.counts.models import CountLine
from stock.front import pages

WHOLE = re.compile(r"[0-9]{1,18}")


@pages.get("/stock/rounds/sheet")
@needs("stock.move")
def round_sheet(scope: Scope) -> ResponseReturnValue:
    """What the owner counts herself."""
    return _sheet(scope)


@pages.get("/my-stock/sheet")
@needs("stock.own")
def own_sheet(scope: Scope) -> ResponseReturnValue:
    """What the partner is asked to count at home."""
    return _sheet(scope)


@pages.post("/stock/lines/<int:count_line_id>/count")
@needs("stock.move")
def tell_line(scope: Scope, count_line_id: int) -> ResponseReturnValue:
    return _told(scope, count_line_id)


@pages.post("/my-stock/lines/<int:count_line_id>/count")
@needs("stock.own")
def tell_own_line(scope: Scope, count_line_id: int) -> ResponseReturnValue:
    return _told(scope, count_line_id)


def _sheet(scope: Scope, error: Refused | None = None, line_id: int = 0) -> ResponseReturnValue:
    partner = _counter(scope)
    return render(
        scope,
        "stock/round_sheet.html",
        error.status if error else 200,
        places=reads.asked(scope, partner_id=partner),
        progress_of=reads.progress(scope, partner_id=partner),
        door=_door(partner),
        back=url_for("stock.own" if partner else "stock.rounds"),
        error=error,
        wrong=line_id,
        typed=request.form.get("units", "") if error else "",
    )


def _told(scope: Scope, line_id: int) -> ResponseReturnValue:
    entering.theirs(scope, line_id)  # another's is not there, whatever else is wrong
    form = request.form
    try:
        units = _number(form.get("units", ""))
        begun, seen = _number(form.get("begun", "")), _number(form.get("version", ""))
        line = entering.tell(scope, line_id, units=units, begun=begun, seen=seen)
    except Refused as error:
        if wants_json() or error.status == 404:
            raise
        return _sheet(scope, error, line_id)
    if wants_json():
        return answer(_heard(scope, line))
    name = one(scope, CountLine, line_id).product.name
    tell("ok" if line.state != life.AGAIN else "info", f"counts.heard.{line.state}", name=name)
    return redirect(url_for("stock.own_sheet" if _counter(scope) else "stock.round_sheet"))


def _heard(scope: Scope, line: CountLine) -> dict[str, Any]:
    """What the phone is told: how the line stands, never what the book expected."""
    done, total = reads.progress(scope, partner_id=_counter(scope))
    again = reads.one_asked(scope, line) if line.state == life.AGAIN else None
    fields = {"version": str(line.version), "begun": str(again.begun)} if again else {}
    return {
        "stands": "todo" if again else "done",
        "again": again is not None,
        "text": t(locale(), f"counts.heard.{line.state}", name=line.product.name),
        "fields": fields,
        "progress": {"done": done, "total": total},
    }


def _counter(scope: Scope) -> int:
    """The partner whose sheet this is, 0 for the owner's."""
    return scope.actor.partner_id or 0 if scope.actor.role == PARTNER else 0


def _door(partner: int) -> str:
    return "stock.tell_own_line" if partner else "stock.tell_line"


def _number(typed: str) -> int:
    """A whole number as people write it. Raises BadCount."""
    plain = typed.replace(",", "").strip()
    if not WHOLE.fullmatch(plain):
        raise BadCount(field="units")
    return int(plain)
