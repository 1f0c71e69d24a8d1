"""The partner's pages of being given work: why this or none, what they wish, some at once, saying no."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json
from partners import wishes
from security.doors import needs
from tasks import dispatch, explaining, offering
from tasks.kinds.known import every
from tasks.models import Task
from tasks.pages import pages


@pages.get("/why", endpoint="why_work")
@needs("task.offers")
def why_page(scope: Scope) -> ResponseReturnValue:
    return _why(scope)


def _why(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    own = wishes.own(scope)
    found = explaining.explain(scope, own.id)
    return render(
        scope,
        "tasks/why_work.html",
        error.status if error else 200,
        found=found,
        words=explaining.words(scope, found.choice.trace, locale()),
        kinds=every(scope),
        objects=found.seen.who.objects,
        waiting_since=explaining.in_line_since(scope, own),
        form=request.form,
        error=error,
    )


@pages.post("/why/wait")
@needs("task.offers")
def wait(scope: Scope) -> ResponseReturnValue:
    """Scarce work goes first to those who say that they wait and had less lately."""
    wishes.stand_in_line(scope)
    tell("ok", "dispatch.done.wait")
    return redirect(url_for("tasks.why_work"))


@pages.post("/why/limit")
@needs("task.offers")
def limit_day(scope: Scope) -> ResponseReturnValue:
    typed = request.form.get("limit", "").strip()
    try:
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 5):
            raise wishes.BadDayLimit(field="limit", low=1, high=wishes.MOST_A_DAY)
        wishes.limit_day(scope, int(typed) if typed else None)
    except Invalid as error:
        if wants_json():
            raise
        return _why(scope, error)
    tell("ok", "dispatch.done.limit")
    return redirect(url_for("tasks.why_work"))


@pages.post("/why/kinds")
@needs("task.offers")
def choose_kinds(scope: Scope) -> ResponseReturnValue:
    """The kinds that are ticked are given; of the others none is, until they are ticked again."""
    wanted = set(request.form.getlist("kinds"))
    for name in every(scope):
        (wishes.allow if name in wanted else wishes.object_to)(scope, name)
    tell("ok", "dispatch.done.kinds")
    return redirect(url_for("tasks.why_work"))


@pages.post("/offers/together")
@needs("task.claim")
def claim_together(scope: Scope) -> ResponseReturnValue:
    """Some of one kind at once, which share one lease."""
    typed = request.form.get("count", "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    tasks = dispatch.claim_together(scope, request.form.get("kind", ""), count=count)
    if wants_json():
        return answer({"task_ids": [task.id for task in tasks]})
    tell("ok", "dispatch.done.together", n=len(tasks))
    return redirect(url_for("tasks.today"))


@pages.post("/work/<int:task_id>/release-together")
@needs("task.work")
def release_together(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Gives back what is left of the tasks taken together with this one."""
    task = one(scope, Task, task_id)
    if task.batch_id is None:
        raise NotFound
    n = dispatch.release_together(scope, task.batch_id, reason=request.form.get("reason", ""))
    tell("ok", "dispatch.done.released", n=n)
    return redirect(url_for("tasks.today"))


@pages.post("/offers/<int:task_id>/decline")
@needs("task.claim")
def decline(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Says no to what the owner offered or assigned: it counts against nobody."""
    offering.decline(scope, task_id)
    tell("ok", "dispatch.done.declined")
    return redirect(url_for("tasks.today"))
