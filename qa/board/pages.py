"""The owner's board: one sentence, four numbers, what needs a decision, the flow, and the rows behind."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Blueprint, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from base.i18n import t
from base.scope import Scope
from base.sheets_out import csv_bytes
from base.web import locale, render, zone
from qa import records
from qa.board import decisions, drill, measures, outlook
from qa.board.drill import Line
from qa.board.outlook import InDanger
from qa.tallies import keeping
from security.doors import needs
from tasks import queries

#: Where a decision is taken: the page and its arguments.
WHERE: dict[str, tuple[str, dict[str, str]]] = {
    "short_orders": ("stock.orders", {"view": "short"}),
    "odd_orders": ("stock.held", {}),
    "returns_here": ("stock.returns", {}),
    "dead_letters": ("qa.errands", {}),
    "overdue_inspections": ("qa.queue", {}),
    "goods_missing": ("stock.levels", {"view": "missing"}),
    "refused_imports": ("stock.import_form", {}),
    "stopped_automations": ("tasks.automations", {}),
    "quality_alarms": ("qa.quality", {}),
    "untied_escapes": ("qa.escapes", {}),
    "overdue_actions": ("qa.actions", {}),
    "pay_questions": ("partners.pay_questions", {}),
    "pay_proposals": ("partners.pay_adjustments", {}),
    "pay_due": ("partners.pay_months", {}),
    "waits_for_owner": ("tasks.tasks", {}),
    "counts_differ": ("stock.rounds", {}),
    "handovers": ("stock.homes", {}),
    "keys_away": ("security.journal", {}),
}
KINDS = {"open": "quiet", "claimed": "info", "submitted": "quiet", "inspection": "ok", "rework": "warn"}
RISK_HEAD = ("level", "reason", "title", "state", "holder", "due")
WORKER_HEAD = (
    "name",
    "accepted",
    "inspected",
    "passed",
    "low",
    "high",
    "in_time",
    "judged",
    "minutes",
    "won",
)


def register(pages: Blueprint) -> None:
    """Hangs the board's doors into the room's."""
    pages.get("/board", endpoint="board")(board)
    pages.get("/board/at-risk.csv", endpoint="board_at_risk")(at_risk_csv)
    pages.get("/board/partners.csv", endpoint="board_partners")(workers_csv)


@needs("board.see")
def board(scope: Scope) -> ResponseReturnValue:
    """The page an owner's day begins with."""
    seen = outlook.outlook(scope)
    week = drill.window(scope, drill.WEEK)
    return render(
        scope,
        "qa/board.html",
        verdict=seen.verdict,
        rows=seen.rows,
        links=[_row_link(row) for row in seen.rows],
        tiles=measures.tiles(scope, seen.horizon),
        short=decisions.short_orders(scope),
        decisions=[(one, link(*WHERE[one.code])) for one in decisions.decisions(scope)],
        flow=_flow(scope),
        workers=records.workers(scope),
        link=link,
        week={"first": week.first.isoformat(), "last": week.last.isoformat()},
        today=week.last.isoformat(),
        kept=keeping.kept(scope),
    )


@needs("board.see")
def at_risk_csv(scope: Scope) -> ResponseReturnValue:
    """What is in danger, as a sheet."""
    return sheet("at-risk", RISK_HEAD, (_risk_row(row) for row in outlook.outlook(scope).rows))


@needs("board.see")
def workers_csv(scope: Scope) -> ResponseReturnValue:
    """How the partners work, as a sheet."""
    return sheet("partners", WORKER_HEAD, (worker_row(worker) for worker in records.workers(scope)))


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table for a spreadsheet, its head in the reader's language."""
    words = [t(locale(), f"qa.csv.{column}") for column in head]
    response = Response(csv_bytes(words, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-{name}.csv"'
    return response


def link(endpoint: str, arguments: Mapping[str, str]) -> str:
    """The address of a page, empty where this installation has none."""
    return url_for(endpoint, **arguments) if endpoint in current_app.view_functions else ""  # type: ignore[arg-type]


def _flow(scope: Scope) -> list[tuple[str, int, str, object, str]]:
    """State, how many, colour, the oldest, and the rows behind it."""
    counted = measures.counts(scope)
    oldest = queries.oldest(scope)
    shown = [(state, counted.get(f"flow.{state}", 0)) for state in queries.LIVE]
    return [
        (state, n, KINDS[state], oldest.get(state) if n else None, link("tasks.tasks", {"state": state}))
        for state, n in shown
        if state != "submitted" or n
    ]


def _row_link(row: InDanger) -> str:
    if row.order_id is not None:
        return link("stock.order", {"order_id": str(row.order_id)})
    return link("tasks.record", {"task_id": str(row.task_id)})


def _risk_row(row: InDanger) -> Sequence[object]:
    words = (t(locale(), f"qa.level.{row.level}"), t(locale(), f"qa.reason.{row.reason}"))
    return (
        *words,
        row.title,
        t(locale(), f"qa.state.{row.state}"),
        row.holder,
        f"{row.due_at.astimezone(zone()):%Y-%m-%d %H:%M}",
    )


def worker_row(worker: Line) -> Sequence[object]:
    """Shares with their interval where there are enough; without a number where there are not."""
    passed = worker.first_pass
    shares: tuple[object, ...] = (
        (passed.percent, round(100 * passed.low), round(100 * passed.high)) if passed.enough else ("", "", "")
    )
    in_time = worker.in_time.percent if worker.in_time.enough else ""
    minutes = "" if worker.seconds is None else round(worker.seconds / 60)
    return (worker.name, worker.accepted, passed.n, *shares, in_time, worker.in_time.n, minutes, worker.won)
