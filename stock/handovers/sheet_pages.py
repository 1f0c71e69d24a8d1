"""Saying what came, line by line: on a phone that may be without a network, or without scripts."""

import re
from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.i18n import t
from base.scope import Scope
from base.web import answer, locale, tell, wants_json
from security.policy import PARTNER
from stock.handovers import life, reads, receiving
from stock.handovers.models import HandoverLine
from stock.handovers.receiving import BadUnits

WHOLE = re.compile(r"[0-9]{1,18}")
#: A page of one hand-over, with what was refused of which line.
Shown = Callable[[Scope, int, Refused | None, int], ResponseReturnValue]


def told(scope: Scope, line_id: int, shown: Shown) -> ResponseReturnValue:
    """Takes what was said of a line, and says how it stands."""
    line = receiving.theirs(scope, line_id)  # another's is not there, whatever else is wrong
    form = request.form
    try:
        units = line.sent if form.get("all") else whole(form.get("units", ""))
        receiving.tell(scope, line_id, units=units, seen=whole(form.get("version", "")))
    except Refused as error:
        if wants_json() or error.status == 404:
            raise
        return shown(scope, line.handover_id, error, line_id)
    if wants_json():
        return answer(_heard(scope, line))
    tell(
        "info" if line.state == life.AGAIN else "ok", f"handovers.heard.{line.state}", name=line.product.name
    )
    page = "stock.own_handover" if scope.actor.role == PARTNER else "stock.handover"
    return redirect(url_for(page, handover_id=line.handover_id))


def _heard(scope: Scope, line: HandoverLine) -> dict[str, Any]:
    """What the phone is told: how the line stands."""
    slip = reads.slip(scope, line.handover_id)
    again = line.state == life.AGAIN
    return {
        "stands": "todo" if again else "done",
        "again": again,
        "text": t(locale(), f"handovers.heard.{line.state}", name=line.product.name),
        "fields": {"version": str(line.version)} if again else {},
        "progress": {"done": slip.told, "total": len(slip.lines)},
    }


def whole(typed: str) -> int:
    """A whole number as people write it. Raises BadUnits."""
    plain = typed.replace(",", "").strip()
    if not WHOLE.fullmatch(plain):
        raise BadUnits(field="units")
    return int(plain)
