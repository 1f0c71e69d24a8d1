"""The pages of appeals: a partner's own, the list of those who may judge them, and the blind desk."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from qa import forms, scoring
from qa.appeals import filing, judging, reads, seconds
from qa.appeals.reads import Second
from qa.scoring import ACCEPT, SEVERITIES
from security.doors import needs
from tasks import evidence, wording

Form = Mapping[str, str]


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/work/<int:task_id>/appeal", endpoint="appeal")(appeal)
    pages.post("/work/<int:task_id>/appeal", endpoint="file_appeal")(file_appeal)
    pages.post("/appeals/<int:appeal_id>/withdraw", endpoint="withdraw_appeal")(withdraw)
    pages.get("/appeals", endpoint="appeals")(every)
    pages.get("/appeals/<int:appeal_id>", endpoint="second_look")(second_look)
    pages.post("/appeals/<int:appeal_id>/verdict", endpoint="judge_appeal")(judge)


@needs("appeal.file")
def appeal(scope: Scope, task_id: int) -> ResponseReturnValue:
    """How the actor's own work stands, and the form of an appeal where one is possible."""
    return _appeal(scope, task_id)


def _appeal(scope: Scope, task_id: int, error: Refused | None = None) -> ResponseReturnValue:
    chance = filing.chance(scope, task_id)
    status = error.status if error else 200
    return render(
        scope, "qa/appeal.html", status, chance=chance, task=chance.task, form=request.form, error=error
    )


@needs("appeal.file")
def file_appeal(scope: Scope, task_id: int) -> ResponseReturnValue:
    photos = [forms.whole(text) for text in request.form.getlist("photo")]
    try:
        filing.appeal(scope, task_id, text=request.form.get("text", ""), photos=photos)
    except Invalid as error:
        if wants_json():
            raise
        return _appeal(scope, task_id, error)
    tell("ok", "appeals.own.filed")
    return redirect(url_for("qa.appeal", task_id=task_id))


@needs("appeal.file")
def withdraw(scope: Scope, appeal_id: int) -> ResponseReturnValue:
    found = filing.withdraw(scope, appeal_id)
    tell("ok", "appeals.own.withdrawn")
    return redirect(url_for("qa.appeal", task_id=found.task_id))


@needs("review.judge")
def every(scope: Scope) -> ResponseReturnValue:
    """The appeals that the actor may judge."""
    found = reads.queue(scope, after=request.args.get("after", ""))
    return render(scope, "qa/appeals.html", rows=found.rows, next=found.next, waiting=reads.waiting(scope))


@needs("review.judge")
def second_look(scope: Scope, appeal_id: int) -> ResponseReturnValue:
    return _second(scope, reads.second(scope, appeal_id))


@needs("review.judge")
def judge(scope: Scope, appeal_id: int) -> ResponseReturnValue:
    look = reads.second(scope, appeal_id)
    form, verdict = request.form, request.form.get("verdict", "")
    try:
        with scope.session.begin_nested():
            seen = forms.seen(look.desk, form)
            judging.judge(scope, appeal_id, verdict=verdict, defects=seen, note=form.get("note", ""))
    except (seconds.OwnAppeal, seconds.FirstJudge):
        raise
    except Refused as error:
        if wants_json():
            raise
        scope.session.expire_all()
        return _second(scope, reads.second(scope, appeal_id), error)
    tell("ok", "appeals.desk.overturned" if verdict == ACCEPT else "appeals.desk.upheld")
    return redirect(url_for("qa.appeals"))


def _second(scope: Scope, look: Second, error: Refused | None = None) -> ResponseReturnValue:
    desk = look.desk
    return render(
        scope,
        "qa/second_look.html",
        error.status if error else 200,
        look=look,
        desk=desk,
        rows=[],
        before=None,
        after=None,
        photos=[(url_for("tasks.photo", photo_id=id_), item, id_, []) for id_, item in desk.photos],
        troubled=evidence.troubled(scope, [id_ for id_, _item in desk.photos]),
        form=request.form,
        error=error,
        severities=SEVERITIES,
        points=scoring.POINTS,
        full=scoring.FULL,
        problem_words=partial(wording.problem, locale()),
        finding_words=partial(wording.finding, locale(), desk.at_hand.kind),
    )
