"""A partner's pages of training: what is asked, reading a module, its questions, what came of them."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.training import accompanying, content, forms, giving_pages, learning, trying
from partners.training.learning import OtherEdition
from partners.training.quiz import mark
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/my-training", endpoint="own_training")(every)
    pages.get("/my-training/<int:module_id>", endpoint="own_module")(module)
    pages.post("/my-training/<int:module_id>/read", endpoint="tick_module")(tick)
    pages.get("/my-training/<int:module_id>/quiz", endpoint="own_quiz")(quiz)
    pages.post("/my-training/<int:module_id>/quiz", endpoint="hand_in_quiz")(hand_in)
    pages.get("/my-training/tries/<int:try_id>", endpoint="own_try")(result)
    pages.get("/my-training/tries/<int:try_id>/certificate", endpoint="own_certificate")(certificate)


@needs("joining.own")
def every(scope: Scope) -> ResponseReturnValue:
    """What is to be learned and tried, the pilot, and what is done."""
    return render(
        scope,
        "partners/training/own.html",
        200,
        modules=learning.own(scope),
        samples=trying.own(scope),
        pilot=accompanying.own(scope),
    )


@needs("joining.own")
def module(scope: Scope, module_id: int) -> ResponseReturnValue:
    return _module(scope, module_id)


def _module(scope: Scope, module_id: int, error: Refused | None = None) -> ResponseReturnValue:
    own = learning.own_of(scope, module_id)
    status = error.status if error else 200
    return render(scope, "partners/training/read.html", status, own=own, content=own.content, error=error)


@needs("joining.own")
def tick(scope: Scope, module_id: int) -> ResponseReturnValue:
    """Keeps what was read, and goes on to the questions once that is everything."""
    own = learning.own_of(scope, module_id)
    if learning.tick(scope, module_id, _edition(), parts=forms.ticked(len(own.content.parts))):
        return redirect(url_for("partners.own_quiz", module_id=module_id))
    tell("info", "training.read.kept")
    return redirect(url_for("partners.own_module", module_id=module_id))


@needs("joining.own")
def quiz(scope: Scope, module_id: int) -> ResponseReturnValue:
    return _quiz(scope, module_id)


def _quiz(scope: Scope, module_id: int, error: Refused | None = None) -> ResponseReturnValue:
    own = learning.own_of(scope, module_id)
    return render(
        scope,
        "partners/training/quiz.html",
        error.status if error else 200,
        own=own,
        content=own.content,
        form=request.form,
        error=error,
    )


@needs("joining.own")
def hand_in(scope: Scope, module_id: int) -> ResponseReturnValue:
    own = learning.own_of(scope, module_id)
    if own.edition.id != _edition():
        raise OtherEdition(next_url=url_for("partners.own_module", module_id=module_id))
    picked = forms.picked(len(own.content.questions))
    try:
        row = learning.hand_in(scope, module_id, own.edition.id, picked=picked)
    except Invalid as error:
        if wants_json():
            raise
        return _quiz(scope, module_id, error)
    return redirect(url_for("partners.own_try", try_id=row.id))


def _edition() -> int:
    typed = request.form.get("edition", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else 0


@needs("joining.own")
def result(scope: Scope, try_id: int) -> ResponseReturnValue:
    """What a try came to: every question with what was picked, what is right, and why."""
    row, edition = learning.own_try(scope, try_id)
    told = content.told(edition.content)
    picked = [frozenset(said) for said in row.picked["picked"]]
    return render(
        scope,
        "partners/training/result.html",
        200,
        row=row,
        edition=edition,
        content=told,
        picked=picked,
        marked=mark(told.questions, picked, pass_pct=told.pass_pct),
        own=next((one for one in learning.own(scope) if one.edition.module_id == row.module_id), None),
    )


@needs("joining.own")
def certificate(scope: Scope, try_id: int) -> ResponseReturnValue:
    return giving_pages.certificate(scope, try_id)
