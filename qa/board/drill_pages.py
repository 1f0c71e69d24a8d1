"""Pages under the board: by partner, procedure, product and day, the rows behind a number, and targets."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import forms
from base.errors import NotFound
from base.i18n import t
from base.scope import Scope
from base.web import locale, render, tell, zone
from qa.board import drill, targets
from qa.board.drill import DayLine, Line, Window
from qa.board.pages import WORKER_HEAD as LINE_HEAD
from qa.board.pages import sheet, worker_row
from qa.board.rows import Asked, Row, rows
from qa.board.target_form import TargetsForm
from qa.tallies.rules import PARTNER, SKU, SOP
from security.doors import needs

DIMS = {"by-partner": PARTNER, "by-procedure": SOP, "by-product": SKU}
SKU_HEAD = ("name", "parcels", "in_time", "units", "inspected", "passed", "low", "high")
DAY_HEAD = ("day", "promised", "judged_orders", "kept", "inspected", "passed_n", "accepted", "won")
ROW_HEAD = ("at", "title", "outcome", "who", "number")
IDS = ("partner", "procedure", "product")
EXPORTED = 5000


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    for by in DIMS:
        pages.get(f"/board/{by}", endpoint="drill", defaults={"by": by})(by_dim)
        pages.get(f"/board/{by}.csv", endpoint="drill_csv", defaults={"by": by})(by_dim_csv)
    pages.get("/board/by-day", endpoint="drill_days")(by_day)
    pages.get("/board/by-day.csv", endpoint="drill_days_csv")(by_day_csv)
    pages.get("/board/rows/<kind>", endpoint="rows")(rows_page)
    pages.get("/board/rows/<kind>.csv", endpoint="rows_csv")(rows_csv)
    pages.get("/board/targets", endpoint="targets")(targets_page)
    pages.post("/board/targets", endpoint="save_targets")(save_targets)


@needs("board.see")
def by_dim(scope: Scope, by: str) -> ResponseReturnValue:
    """Partners, procedures or products, who did most first."""
    asked = _span(scope)
    return render(
        scope,
        "qa/drill.html",
        by=by,
        dim=DIMS[by],
        lines=drill.lines(scope, DIMS[by], asked),
        **_around(asked),
    )


@needs("board.see")
def by_dim_csv(scope: Scope, by: str) -> ResponseReturnValue:
    """The same as a sheet."""
    found = drill.lines(scope, DIMS[by], _span(scope))
    if DIMS[by] == SKU:
        return sheet(by, SKU_HEAD, (_goods_row(line) for line in found))
    return sheet(by, LINE_HEAD, (worker_row(line) for line in found))


@needs("board.see")
def by_day(scope: Scope) -> ResponseReturnValue:
    """Every day, the latest first, with what the owner wants."""
    asked = _span(scope)
    found = drill.days(scope, asked)
    return render(
        scope, "qa/drill_days.html", by="by-day", lines=found, wanted=targets.all_of(scope), **_around(asked)
    )


@needs("board.see")
def by_day_csv(scope: Scope) -> ResponseReturnValue:
    """The same as a sheet."""
    return sheet("by-day", DAY_HEAD, (_day_row(line) for line in drill.days(scope, _span(scope))))


@needs("board.see")
def rows_page(scope: Scope, kind: str) -> ResponseReturnValue:
    """The rows behind a number."""
    found = rows(scope, kind, _asked(scope), after=request.args.get("after", ""))
    return render(scope, "qa/rows.html", kind=kind, page=found, args=_arguments(), outcome=_outcome)


@needs("board.see")
def rows_csv(scope: Scope, kind: str) -> ResponseReturnValue:
    """The same as a sheet, the first five thousand."""
    found = rows(scope, kind, _asked(scope), size=EXPORTED)
    return sheet(kind.replace("_", "-"), ROW_HEAD, (_sheet_row(row) for row in found.rows))


@needs("board.targets")
def targets_page(scope: Scope) -> ResponseReturnValue:
    """What the owner wants the four numbers to be."""
    return render(scope, "qa/targets.html", form=forms.shown(scope, TargetsForm, targets.all_of(scope)))


@needs("board.targets")
def save_targets(scope: Scope) -> ResponseReturnValue:
    """Sets them; an empty field wants nothing."""
    form = forms.typed(scope, TargetsForm)
    if not form.validate():
        return render(scope, "qa/targets.html", 422, form=form)
    targets.save(scope, form.data)
    tell("ok", "qa.targets.saved")
    return redirect(url_for("qa.board"))


def _span(scope: Scope) -> Window:
    """Seven days or four weeks. Raises NotFound for another span."""
    days = request.args.get("days", drill.WINDOW, type=int)
    if days not in drill.SPANS:
        raise NotFound
    return drill.window(scope, days)


def _around(asked: Window) -> dict[str, Any]:
    span = {"first": asked.first.isoformat(), "last": asked.last.isoformat()}
    return {"days": asked.days, "spans": drill.SPANS, "span": span, "tabs": (*DIMS, "by-day")}


def _asked(scope: Scope) -> Asked:
    """What the address asks for; four weeks where it names no days. Raises NotFound."""
    whole = drill.window(scope)
    try:
        first, last = (
            date.fromisoformat(request.args[name]) if name in request.args else day
            for name, day in (("first", whole.first), ("last", whole.last))
        )
        partner, procedure, product = (int(request.args.get(name, "0")) for name in IDS)
    except ValueError as error:
        raise NotFound from error
    if not (0 <= (last - first).days <= 3660 and first.year > 1970 and last.year < 2500):
        raise NotFound
    if not all(0 <= id_ < 2**53 for id_ in (partner, procedure, product)):
        raise NotFound
    return Asked(Window(first, last), partner, procedure, product, request.args.get("outcome", ""))


def _arguments() -> dict[str, str]:
    """What the next page and the sheet ask for again."""
    names = ("first", "last", *IDS, "outcome")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _outcome(row: Row) -> str:
    return t(locale(), f"qa.outcome.{row.outcome}")


def _sheet_row(row: Row) -> Sequence[object]:
    at = f"{row.at.astimezone(zone()):%Y-%m-%d %H:%M}" if row.at else ""
    return (at, row.title, _outcome(row), row.who, row.number)


def _goods_row(line: Line) -> Sequence[object]:
    passed = line.first_pass
    shares: tuple[object, ...] = (
        (passed.percent, round(100 * passed.low), round(100 * passed.high)) if passed.enough else ("", "", "")
    )
    in_time = line.parcels.percent if line.parcels.enough else ""
    return (line.name, line.parcels.n, in_time, line.units, passed.n, *shares)


def _day_row(line: DayLine) -> Sequence[object]:
    told = (line.promised, line.judged, line.kept, line.inspected, line.passed, line.accepted, line.won)
    return (line.day.isoformat(), *told)
