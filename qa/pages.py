"""Pages of judging: the reviewer's queue and desk, and their own record."""

from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json
from qa import board_pages, forms, measures, queries, records, review
from qa.queries import Desk, Waiting
from qa.scoring import SEVERITIES
from security.doors import needs
from tasks import wording

pages = Blueprint("qa", __name__)
board_pages.register(pages)


@pages.get("/inspections")
@needs("review.queue")
def queue(scope: Scope) -> ResponseReturnValue:
    after = request.args.get("after", "")
    found = queries.queue(scope, after=after)
    waiting = queries.count(scope)
    return render(scope, "qa/queue.html", rows=found.rows, next=found.next, waiting=waiting, after=after)


@pages.get("/own-record")
@needs("review.own")
def own_record(scope: Scope) -> ResponseReturnValue:
    return render(scope, "qa/own_record.html", record=records.own(scope), days=measures.fortnight(scope).days)


@pages.get("/inspections/<int:inspection_id>")
@needs("review.judge")
def desk(scope: Scope, inspection_id: int) -> ResponseReturnValue:
    return _desk(scope, queries.desk(scope, inspection_id))


@pages.post("/inspections/<int:inspection_id>/verdict")
@needs("review.judge")
def judge(scope: Scope, inspection_id: int) -> ResponseReturnValue:
    at_hand = queries.desk(scope, inspection_id)
    verdict = request.form.get("verdict", "")
    try:
        with scope.session.begin_nested():  # what was half done is undone, and the page shown as it stands
            forms.judge(scope, at_hand, request.form)
    except (NotFound, review.OwnWork):
        raise
    except Refused as error:
        if wants_json():
            raise
        scope.session.expire_all()
        return _desk(scope, queries.desk(scope, inspection_id), error)
    tell("ok", f"qa.desk.done.{verdict}", title=at_hand.at_hand.title)
    return _go_on(scope)


def _go_on(scope: Scope) -> ResponseReturnValue:
    """To what will be late next, or to the empty queue."""
    rows = queries.queue(scope, size=1).rows
    here = url_for("qa.desk", inspection_id=rows[0].id) if rows else url_for("qa.queue")
    return answer({"next_url": here}) if wants_json() else redirect(here)


def _desk(scope: Scope, at_hand: Desk, error: Refused | None = None) -> ResponseReturnValue:
    """The desk; after a refusal with everything the reviewer had put down."""
    rows = queries.queue(scope).rows
    before, after = queries.around(rows, at_hand.at_hand.id)
    return render(
        scope,
        "qa/desk.html",
        error.status if error else 200,
        desk=at_hand,
        rows=rows,
        before=before,
        after=after,
        photos=_photos(at_hand),
        preload=_preload(scope, rows, after),
        form=request.form,
        error=error,
        severities=SEVERITIES,
        problem_words=partial(wording.problem, locale()),
    )


def _photos(at_hand: Desk) -> list[tuple[str, Any, int, list[tuple[int, int, int, int]]]]:
    """Url, item, id and marks of every photo."""
    return [(photo_url(id_), item, id_, at_hand.marks.get(id_, [])) for id_, item in at_hand.photos]


def _preload(scope: Scope, rows: list[Waiting], next_id: int | None) -> list[str]:
    """The photos of the next submission, fetched while this one is judged."""
    upcoming = [row for row in rows if row.id == next_id]
    return [photo_url(id_) for row in upcoming for id_ in queries.photos_of(scope, row.id)]


def photo_url(photo_id: int) -> str:
    """Where the work's room serves a photo."""
    return url_for("tasks.photo", photo_id=photo_id)
