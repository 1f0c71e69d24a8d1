"""The owner's quality page, the cases behind its numbers, what slipped through, and what it all costs."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import NotFound
from base.i18n import t
from base.scope import Scope
from base.web import locale, render, tell
from partners.queries import names as partner_names
from qa.board import drill
from qa.board.drill import Window
from qa.causes import action_life, actions, alarms, asking, cases, escapes, reads, subjects
from qa.causes.control import Chart
from qa.causes.models import QualityAlarm
from qa.tallies.rules import CODE, HOUR, ITEM, PARTNER, SHOP, SKU
from security import people
from security.doors import needs

#: How the ranked causes of a sort lead to their cases.
DIM_OF = {"code": CODE, "item": ITEM, "product": SKU, "partner": PARTNER, "hour": HOUR}


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/quality", endpoint="quality")(quality)
    pages.get("/quality/cases", endpoint="quality_cases")(cases_page)
    pages.post("/quality/alarms/<int:alarm_id>", endpoint="answer_alarm")(answer_alarm)


@needs("board.see")
def quality(scope: Scope) -> ResponseReturnValue:
    """One page: a sentence, what comes in and goes out, what is more than chance, causes, actions, cost."""
    window, by = _span(scope), _by()
    charts = reads.charts(scope)
    return render(
        scope,
        "qa/quality.html",
        found=reads.quality(scope, window),
        before=reads.quality(scope, window.before),
        charts={kind: _points(chart) for kind, chart in charts.items()},
        centres={kind: _centre(chart) for kind, chart in charts.items()},
        alarms=[_alarm(scope, each) for each in alarms.waiting(scope)],
        by=by,
        sorts=tuple(reads.BY),
        bars=bars(scope, by, window),
        reasons=reads.reasons(scope, window),
        actions=actions.listed(scope, *action_life.LIVE),
        untied=escapes.untied(scope)[0],
        today=calendars.today(scope),
        rates=reads.rates(scope),
        names=people.names(scope),
        window=window,
        spans=drill.SPANS,
        span={"first": window.first.isoformat(), "last": window.last.isoformat()},
    )


@needs("board.see")
def cases_page(scope: Scope) -> ResponseReturnValue:
    """The bad pieces behind a number."""
    dim, dim_id, window = request.args.get("dim", SHOP), asking.number("id"), asking.window(scope)
    found = cases.cases(scope, dim, dim_id, window, after=request.args.get("after", ""))
    return render(
        scope,
        "qa/quality_cases.html",
        page=found,
        about=subjects.named(scope, dim, dim_id, locale()),
        codes=subjects.codes(scope, locale()),
        window=window,
        args={name: value for name, value in request.args.items() if name in {"dim", "id", "first", "last"}},
        dim=dim,
        dim_id=dim_id,
    )


@needs("action.manage")
def answer_alarm(scope: Scope, alarm_id: int) -> ResponseReturnValue:
    """Says that it was chance, or that the cause is known and over."""
    alarms.answer(scope, alarm_id, request.form.get("answer", ""))
    tell("ok", "quality.answered")
    return redirect(url_for("qa.quality"))


def bars(scope: Scope, by: str, window: Window) -> list[dict[str, Any]]:
    """Ranked causes with their words and where their cases are."""
    found = reads.causes(scope, by, window)
    span: dict[str, Any] = {"first": window.first.isoformat(), "last": window.last.isoformat()}
    words = _words(scope, by, [bar.key for bar in found])
    return [
        {
            "name": words.get(bar.key, bar.key),
            "n": bar.n,
            "running": round(100 * bar.running),
            "vital": bar.vital,
            "dim": _dim(by, bar.key),
            "url": url_for("qa.quality_cases", **_dim(by, bar.key), **span),
        }
        for bar in found[:50]
    ]


def _dim(by: str, key: str) -> dict[str, Any]:
    """The dimension of a cause; a code or an item is of every procedure that has it."""
    prefix = DIM_OF[by]
    return {"dim": prefix + key, "id": 0} if prefix.endswith(":") else {"dim": prefix, "id": int(key)}


def _words(scope: Scope, by: str, keys: list[str]) -> dict[str, str]:
    if by == "code":
        return subjects.codes(scope, locale())
    if by == "item":
        return subjects.items(scope, locale())
    if by == "product":
        return {str(id_): name for id_, name in subjects.products(scope, [int(key) for key in keys]).items()}
    if by == "partner":
        return {str(id_): name for id_, name in partner_names(scope).items()}
    return {key: t(locale(), "quality.hour", hour=int(key)) for key in keys}


def _points(chart: Chart) -> list[tuple[Any, ...]]:
    """Days as the chart draws them: shares in percent, things by hundred pieces."""
    return [
        (
            f"{point.day:%m/%d}",
            100 * point.value,
            100 * point.low,
            100 * point.high,
            point.n,
            point.alarms,
            url_for(
                "qa.quality_cases", dim=SHOP, id=0, first=point.day.isoformat(), last=point.day.isoformat()
            ),
        )
        for point in chart.points
    ]


def _day_url(day: date) -> str:
    return url_for("qa.quality_cases", dim=SHOP, id=0, first=day.isoformat(), last=day.isoformat())


def _centre(chart: Chart) -> float | None:
    return None if chart.centre is None else 100 * chart.centre


def _alarm(scope: Scope, row: QualityAlarm) -> dict[str, Any]:
    day = row.day.isoformat()
    return {
        "row": row,
        "about": subjects.named(scope, row.dim, row.dim_id, locale()),
        "usual": round(100 * row.centre_ppm / alarms.MILLION, 1),
        "seen": round(100 * row.found / row.n, 1),
        "cases": url_for("qa.quality_cases", dim=row.dim, id=row.dim_id, first=day, last=day),
        "act": url_for("qa.new_action", dim=row.dim, id=row.dim_id, alarm=row.id),
    }


def _span(scope: Scope) -> Window:
    days = request.args.get("days", drill.WINDOW, type=int)
    if days not in drill.SPANS:
        raise NotFound
    return drill.window(scope, days)


def _by() -> str:
    by = request.args.get("by", "code")
    if by not in reads.BY:
        raise NotFound
    return by
