"""Pages of sampling: the plans of a shop, choosing one, where partners stand, and the draws of a day."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.scope import Scope
from base.web import render, tell
from qa.sampling import checking, forms, lines, months, offers, plans, states
from qa.sampling.curves import SEES
from qa.sampling.iso2859 import AQLS
from qa.sampling.plans import WHOLE_SHOP, Chosen
from security import people
from security.doors import needs
from security.policy import PARTNER
from security.shops import rules
from tasks.kinds.known import every

FIRST, LAST = 2000, 2100  # years of days that are looked at
ALL = "all"  # how the shop's own plan is called in an address


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/sampling", endpoint="sampling")(sampling)
    pages.get("/sampling/kinds/<work>", endpoint="sampling_plan")(sampling_plan)
    pages.post("/sampling/kinds/<work>", endpoint="choose_plan")(choose_plan)
    pages.post("/sampling/states/<int:state_id>/agree", endpoint="agree_to_less")(agree_to_less)
    pages.post("/sampling/states/<int:state_id>/resume", endpoint="resume_work")(resume_work)
    pages.get("/draws", endpoint="draws")(draws)
    pages.get("/own-sampling", endpoint="own_sampling")(own_sampling)


@needs("sampling.manage")
def sampling(scope: Scope) -> ResponseReturnValue:
    """Every kind with its plan, and the partners whose work wants a look."""
    kinds = [WHOLE_SHOP, *every(scope)]
    found = [(kind, plans.row(scope, kind), plans.in_force(scope, kind)) for kind in kinds]
    whole = months.month(scope, WHOLE_SHOP)
    told = [line for line in lines.of_kind(scope, WHOLE_SHOP) if line.colour in ("bad", "warn")]
    return render(scope, "qa/sampling.html", found=found, month=whole, told=told, all=ALL)


@needs("sampling.manage")
def sampling_plan(scope: Scope, work: str) -> ResponseReturnValue:
    """The chooser of a kind of work."""
    return _chooser(scope, _kind(scope, work), {})


@needs("sampling.manage")
def choose_plan(scope: Scope, work: str) -> ResponseReturnValue:
    """Puts a plan in force, or reckons with other numbers first."""
    kind, way = _kind(scope, work), request.form.get("method", "")
    in_force = plans.in_force(scope, kind)
    try:
        asked = forms.every_typed(request.form, in_force)
        if request.form.get("act") == "look":
            return _chooser(scope, kind, asked)
        plans.choose(scope, kind, asked.get(way) or Chosen(way, in_force.percent))
    except Refused as error:
        return _chooser(scope, kind, {}, error=error, field=forms.field_of(error, way))
    tell("ok", "sampling.chosen")
    return redirect(url_for("qa.sampling_plan", work=work))


@needs("sampling.manage")
def agree_to_less(scope: Scope, state_id: int) -> ResponseReturnValue:
    """The owner's word that the work is steady."""
    state = states.agree(scope, state_id)
    tell("ok", "sampling.agreed")
    return redirect(url_for("qa.sampling_plan", work=state.kind))


@needs("sampling.manage")
def resume_work(scope: Scope, state_id: int) -> ResponseReturnValue:
    """Stopped work begins again, after something was done about it."""
    state = states.resume(scope, state_id, action=request.form.get("action", ""))
    tell("ok", "sampling.resumed")
    return redirect(url_for("qa.sampling_plan", work=state.kind))


@needs("draw.see")
def draws(scope: Scope) -> ResponseReturnValue:
    """The draws of a day, made again; a partner sees those of her own work."""
    day = checking.local_day(scope, _day(request.args.get("day", "")))
    own = scope.actor.partner_id if scope.actor.role == PARTNER else None
    found = checking.of_day(scope, day.begin, day.end, partner_id=own)
    return render(scope, "qa/draws.html", rows=found, day=day.days[0], faults=checking.counted(found))


@needs("sampling.own")
def own_sampling(scope: Scope) -> ResponseReturnValue:
    """How much of one's own work is inspected, and why."""
    ruled = rules(scope)
    return render(scope, "qa/own_sampling.html", lines=lines.own(scope), rules=ruled)


def _chooser(
    scope: Scope, kind: str, asked: dict[str, Chosen], *, error: Refused | None = None, field: str = ""
) -> ResponseReturnValue:
    return render(
        scope,
        "qa/sampling_plan.html",
        error.status if error else 200,
        choice=offers.choice(scope, kind, asked),
        lines=lines.of_kind(scope, kind) if kind else [],
        batches=lines.waiting(scope, kind) if kind else [],
        actions=lines.actions(scope, kind) if kind else [],
        editions=plans.editions(scope, kind),
        names=people.names(scope),
        aqls=[(aql, aql) for aql in AQLS],
        asks=forms.ASKED,
        sees=round(100 * SEES),
        rules=rules(scope),
        work=kind or ALL,
        form=request.form,
        error=error,
        error_field=field,
    )


def _kind(scope: Scope, work: str) -> str:
    """The kind that an address names. Raises NotFound."""
    kind = WHOLE_SHOP if work == ALL else work
    if kind != WHOLE_SHOP and kind not in every(scope):
        raise NotFound
    return kind


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST <= found.year <= LAST else None
