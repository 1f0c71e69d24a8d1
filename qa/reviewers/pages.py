"""Pages of measuring reviewers: how they judge, cases to settle, rounds, and what is known of past work."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from base.errors import NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from base.web import render, tell, wants_json
from qa import forms, queries, scoring
from qa.models import Inspection
from qa.reviewers import figures, knowing, round_reads, rounds, settling
from qa.reviewers.pairs import codes_of, seen
from qa.reviewers.rules import opinion
from security import people
from security.doors import needs
from security.shops import rules
from tasks.models import Sop, SopRevision, Task


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/reviewers", endpoint="reviewers")(team)
    pages.get("/reviewers/<int:account_id>", endpoint="reviewer")(reviewer)
    pages.get("/reviewers/cases/<int:look_id>", endpoint="case")(case)
    pages.post("/reviewers/cases/<int:look_id>", endpoint="settle")(settle)
    pages.post("/reviewers/known/<int:known_id>/retirement", endpoint="retire_known")(retire_known)
    pages.get("/rounds", endpoint="rounds")(all_rounds)
    pages.get("/rounds/new", endpoint="new_round")(new_round)
    pages.post("/rounds", endpoint="open_round")(open_round)
    pages.get("/rounds/<int:round_id>", endpoint="round")(round_)
    pages.post("/rounds/<int:round_id>/end", endpoint="close_round")(close_round)
    pages.post("/rounds/<int:round_id>/remarks", endpoint="remark")(remark)
    pages.post("/rounds/<int:round_id>/outcome", endpoint="conclude")(conclude)


@needs("reviewers.measure")
def team(scope: Scope) -> ResponseReturnValue:
    """Everybody who judges, and what waits for the owner's word."""
    known = knowing.every(scope)
    return render(
        scope,
        "qa/reviewers/team.html",
        team=figures.team(scope),
        cases=settling.open_cases(scope),
        names=people.names(scope),
        sops=_sops(scope),
        rules=rules(scope),
        judges=len(rounds.judges(scope)),
        known=[one_ for one_ in known if one_.retired_at is None],
        titles=_titles(scope, [one_.inspection_id for one_ in known]),
        seen=knowing.times_seen(scope),
    )


@needs("reviewers.measure")
def reviewer(scope: Scope, account_id: int) -> ResponseReturnValue:
    """One reviewer beside the others."""
    names = people.names(scope)
    if account_id not in names:
        raise NotFound
    of = figures.of(scope, account_id)
    return render(
        scope,
        "qa/reviewers/reviewer.html",
        of=of,
        name=names[account_id],
        sops=_sops(scope),
        labels=_labels(scope, set(of.codes)),
    )


@needs("reviewers.measure")
def case(scope: Scope, look_id: int) -> ResponseReturnValue:
    """Two opinions of one submission, and what is so."""
    return _case(scope, look_id)


@needs("reviewers.measure")
def settle(scope: Scope, look_id: int) -> ResponseReturnValue:
    """The owner says what is so."""
    try:
        with scope.session.begin_nested():
            settling.settle(
                scope,
                look_id,
                verdict=request.form.get("verdict", ""),
                codes=request.form.getlist("codes"),
            )
    except NotFound:
        raise
    except Refused as error:
        if wants_json():
            raise
        scope.session.expire_all()
        return _case(scope, look_id, error)
    tell("ok", "reviewers.case.settled")
    return redirect(url_for("qa.reviewers"))


def _case(scope: Scope, look_id: int, error: Refused | None = None) -> ResponseReturnValue:
    look = settling.case(scope, look_id)
    desk = queries.desk(scope, look.first_id)
    first = one(scope, Inspection, look.first_id)
    return render(
        scope,
        "qa/reviewers/case.html",
        error.status if error else 200,
        look=look,
        desk=desk,
        first=opinion(first.verdict, codes_of(scope, [first.id]).get(first.id, ())),
        second=seen(look),
        reviewers=(first.reviewer_id, look.reviewer_id),
        notes=(first.note, look.note),
        names=people.names(scope),
        photos=[(url_for("tasks.photo", photo_id=id_), item, id_) for id_, item in desk.photos],
        verdicts=scoring.VERDICTS,
        form=request.form,
        error=error,
    )


@needs("reviewers.measure")
def retire_known(scope: Scope, known_id: int) -> ResponseReturnValue:
    """Takes a known piece out of use."""
    knowing.retire(scope, known_id)
    tell("ok", "reviewers.known.retired")
    return redirect(url_for("qa.reviewers"))


@needs("reviewers.round")
def all_rounds(scope: Scope) -> ResponseReturnValue:
    """The rounds that this person may read."""
    return render(scope, "qa/reviewers/rounds.html", rounds=round_reads.every(scope), actor=scope.actor)


@needs("reviewers.measure")
def new_round(scope: Scope) -> ResponseReturnValue:
    """Pieces to choose from."""
    return _new_round(scope)


@needs("reviewers.measure")
def open_round(scope: Scope) -> ResponseReturnValue:
    """Opens a round of the chosen pieces."""
    ids = [forms.whole(text) for text in request.form.getlist("pieces")]
    try:
        made = rounds.open_round(scope, title=request.form.get("title", ""), inspection_ids=ids)
    except rounds.BadRound as error:
        if wants_json():
            raise
        return _new_round(scope, error)
    tell("ok", "reviewers.round.opened")
    return redirect(url_for("qa.round", round_id=made.id))


def _new_round(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "qa/reviewers/new_round.html",
        error.status if error else 200,
        rows=round_reads.candidates(scope),
        judges=len(rounds.judges(scope)),
        wanted=rounds.WANTED,
        form=request.form,
        chosen=request.form.getlist("pieces") or _mixed(scope),
        error=error,
    )


def _mixed(scope: Scope) -> list[str]:
    """What chance picks, where it is asked to."""
    ids = round_reads.mixed(scope, rounds.WANTED) if request.args.get("mixed") else ()
    return [str(id_) for id_ in ids]


@needs("reviewers.round")
def round_(scope: Scope, round_id: int) -> ResponseReturnValue:
    """A round: how far it is, or all marks side by side."""
    return _round(scope, round_id)


@needs("reviewers.measure")
def close_round(scope: Scope, round_id: int) -> ResponseReturnValue:
    """Ends a round with what there is."""
    rounds.close(scope, round_id)
    tell("ok", "reviewers.round.closed")
    return redirect(url_for("qa.round", round_id=round_id))


@needs("reviewers.round")
def remark(scope: Scope, round_id: int) -> ResponseReturnValue:
    """Somebody who took part says something."""
    try:
        rounds.remark(scope, round_id, text=request.form.get("text", ""))
    except rounds.BadRemark as error:
        if wants_json():
            raise
        return _round(scope, round_id, error)
    return redirect(url_for("qa.round", round_id=round_id, _anchor="remarks"))


@needs("reviewers.measure")
def conclude(scope: Scope, round_id: int) -> ResponseReturnValue:
    """The owner writes what everybody does from now on."""
    try:
        rounds.conclude(scope, round_id, text=request.form.get("outcome", ""))
    except rounds.BadRemark as error:
        if wants_json():
            raise
        return _round(scope, round_id, error)
    tell("ok", "reviewers.round.concluded")
    return redirect(url_for("qa.round", round_id=round_id))


def _round(scope: Scope, round_id: int, error: Refused | None = None) -> ResponseReturnValue:
    told = round_reads.told(scope, round_id)
    codes = {
        code for piece in told.pieces for said in (piece.first, *piece.by.values()) for code in said.codes
    }
    return render(
        scope,
        "qa/reviewers/round.html",
        error.status if error else 200,
        told=told,
        actor=scope.actor,
        names=people.names(scope),
        sops=_sops(scope),
        labels=_labels(scope, codes),
        form=request.form,
        error=error,
    )


def _sops(scope: Scope) -> dict[int, str]:
    return {sop.id: sop.title for sop in scope.session.scalars(mine(scope, Sop))}


def _titles(scope: Scope, inspection_ids: list[int]) -> dict[int, str]:
    rows = (
        select(Inspection.id, Task.title)
        .join(Task, Task.id == Inspection.task_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.id.in_(inspection_ids))
    )
    return {id_: value for id_, value in scope.session.execute(rows)}  # noqa: C416 (rows are no pairs)


def _labels(scope: Scope, codes: set[str]) -> dict[str, Any]:
    """What defects are called, by code: in the newest rubric that names them."""
    found: dict[str, Any] = {}
    if not codes:
        return found
    for revision in scope.session.scalars(mine(scope, SopRevision).order_by(SopRevision.id.desc()).limit(50)):
        for criterion in scoring.parse(revision.rubric).criteria:
            if criterion.code in codes:
                found.setdefault(criterion.code, criterion)
    return found
