"""The partner's pages: today, the work on offer, what was handed in. The pages of doing register here too."""

from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import answer, locale, render, wants_json
from partners import standing_reads
from security.doors import needs
from stock.counts import reads as counts
from stock.handovers import reads as handed
from tasks import day, dispatch, explaining, queries, surveyed, surveying, wording

pages = Blueprint("tasks", __name__)


@pages.get("/today")
@needs("task.offers")
def today(scope: Scope) -> ResponseReturnValue:
    choice = surveying.choice(scope)
    return render(
        scope,
        "tasks/today.html",
        day=day.today(scope, choice),
        reason=explaining.first_words(scope, choice, locale()),
        change=standing_reads.fresh(scope),
        to_count=counts.asked_of(scope),
        coming=handed.coming(scope),
        shown_at_most=surveyed.AT_HAND["nearest"],
        criteria=partial(wording.criteria, locale()),
    )


@pages.get("/offers")
@needs("task.offers")
def offers(scope: Scope) -> ResponseReturnValue:
    choice = surveying.choice(scope)
    kind = request.args.get("kind", "") or queries.shown_first(choice)
    found = queries.offers(scope, kind=kind, after=request.args.get("after", ""))
    facts: dict[str, Any] = {
        "offers": found.rows,
        "next": found.next,
        "kind": kind,
        "waiting": queries.theirs(scope, choice, kind),
        "shown_at_most": surveyed.AT_HAND["nearest"],
        "room": queries.room(scope),
    }
    return render(scope, "tasks/offers.html", **facts)


@pages.get("/offers/<int:task_id>")
@needs("task.offers")
def why(scope: Scope, task_id: int) -> ResponseReturnValue:
    return render(scope, "tasks/why.html", task_id=task_id, reasons=queries.why(scope, task_id))


@pages.post("/offers/next")
@needs("task.claim")
def claim_next(scope: Scope) -> ResponseReturnValue:
    """The work that is promised first, of the kind asked or of any."""
    return _go(dispatch.claim_next(scope, request.form.get("kind", "")).id)


@pages.post("/offers/<int:task_id>/claim")
@needs("task.claim")
def claim(scope: Scope, task_id: int) -> ResponseReturnValue:
    try:
        return _go(dispatch.claim(scope, task_id).id)
    except dispatch.Taken as refusal:
        return _taken(scope, refusal)


@pages.get("/done")
@needs("task.work")
def done(scope: Scope) -> ResponseReturnValue:
    found = queries.done(scope, after=request.args.get("after", ""))
    return render(scope, "tasks/done.html", tasks=found.rows, next=found.next, month=day.this_month(scope))


def _go(task_id: int) -> ResponseReturnValue:
    where = url_for("tasks.work_page", task_id=task_id)
    return answer({"task_id": task_id, "url": where}) if wants_json() else redirect(where)


def _taken(scope: Scope, refusal: dispatch.Taken) -> ResponseReturnValue:
    """Somebody else was first: said in words, with the next task under the thumb."""
    if wants_json():
        raise refusal
    return render(scope, "tasks/gone.html", refusal.status, refusal=refusal, next_id=refusal.facts["next_id"])


from tasks import choice_pages, evidence_pages, phone_pages, result_pages, work_pages  # noqa: E402, F401 (their doors open on `pages`)
