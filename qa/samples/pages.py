"""Pages of samples: the owner makes one and sees who tried it; a newcomer does it and reads why."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.rows import mine, one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import queries
from partners.training import trying
from partners.training.models import Sample, SampleTry
from qa.causes import asking
from qa.samples import making
from qa.samples.making import Wanted
from security.doors import needs

MOST = 200


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/training/samples/new", endpoint="new_sample")(new)
    pages.post("/training/samples/new", endpoint="make_sample")(make)
    pages.get("/training/samples/<int:sample_id>", endpoint="sample")(sample)
    pages.post("/training/samples/<int:sample_id>/retire", endpoint="retire_sample")(retire)
    pages.get("/my-training/samples/<int:sample_id>", endpoint="own_sample")(own)
    pages.post("/my-training/samples/<int:sample_id>", endpoint="hand_in_sample")(hand_in)


@needs("training.manage")
def new(scope: Scope) -> ResponseReturnValue:
    """Which procedure it is of, then what lies on the table and what is right."""
    return _new(scope, asking.number("sop"), asking.number("gold"))


def _new(scope: Scope, sop_id: int, gold_id: int, error: Refused | None = None) -> ResponseReturnValue:
    row = making.revision(scope, sop_id) if sop_id else None
    known = making.gold(scope, row) if row else []
    return render(
        scope,
        "qa/samples/new.html",
        error.status if error else 200,
        procedures=making.usable(scope),
        revision=row,
        items=making.items(row.items) if row else (),
        known=known,
        begun=next((one_ for one_ in known if one_.submission_id == gold_id), None),
        form=request.form,
        error=error,
    )


@needs("training.manage")
def make(scope: Scope) -> ResponseReturnValue:
    sop_id, gold_id = (max(0, asking.whole(request.form.get(name, ""))) for name in ("sop", "gold"))
    row = making.revision(scope, sop_id)
    form = request.form
    keys = [item.key for item in making.items(row.items)]
    try:
        wanted = Wanted(
            title=form.get("title", ""),
            story=form.get("story", ""),
            right={key: form.get(f"right-{key}", "") for key in keys},
            why={key: form.get(f"why-{key}", "") for key in keys},
            from_id=gold_id or None,
        )
        made = making.make(scope, sop_id, wanted)
    except Invalid as error:
        if wants_json():
            raise
        return _new(scope, sop_id, gold_id, error)
    tell("ok", "training.samples.made")
    return redirect(url_for("qa.sample", sample_id=made))


@needs("training.manage")
def sample(scope: Scope, sample_id: int) -> ResponseReturnValue:
    """A sample with what is right of it, and everybody's tries."""
    row = one(scope, Sample, sample_id)
    tries = mine(scope, SampleTry).where(SampleTry.sample_id == row.id).order_by(SampleTry.id.desc())
    return render(
        scope,
        "qa/samples/sample.html",
        200,
        sample=row,
        items=making.items(row.items),
        tries=scope.session.scalars(tries.limit(MOST)).all(),
        names=queries.names(scope),
    )


@needs("training.manage")
def retire(scope: Scope, sample_id: int) -> ResponseReturnValue:
    trying.retire(scope, sample_id)
    tell("ok", "training.samples.retired")
    return redirect(url_for("partners.training", _anchor="samples"))


@needs("joining.own")
def own(scope: Scope, sample_id: int) -> ResponseReturnValue:
    """A sample to do, with what was said to the last try."""
    found = trying.own_of(scope, sample_id)
    seen = trying.marked(found.sample, found.last.answers) if found.last else ()
    return render(
        scope,
        "qa/samples/own.html",
        200,
        own=found,
        items=making.items(found.sample.items),
        seen={one_.key: one_ for one_ in seen},
    )


@needs("joining.own")
def hand_in(scope: Scope, sample_id: int) -> ResponseReturnValue:
    """Marks a try, and shows it item by item."""
    found = trying.own_of(scope, sample_id)
    row = trying.hand_in(scope, sample_id, _answers(found.sample))
    tell("ok" if row.passed else "warn", f"training.samples.{'passed' if row.passed else 'missed'}")
    return redirect(url_for("qa.own_sample", sample_id=sample_id))


def _answers(row: Sample) -> Mapping[str, Any]:
    form = request.form
    return {
        item.key: form.get(f"answer-{item.key}") == "1"
        if item.type == "check"
        else form.get(f"answer-{item.key}", "").strip()[:60]
        for item in making.items(row.items)
    }
