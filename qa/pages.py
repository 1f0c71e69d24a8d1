"""Pages of judging: the reviewer's queue and desk, and their own record."""

from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.i18n import t
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json
from qa import (
    beside,
    forms,
    holding,
    lapsing,
    own_work_pages,
    phrase_pages,
    phrases,
    queries,
    records,
    review,
    scoring,
    story_pages,
    veil,
    waiting,
)
from qa.appeals import pages as appeal_pages
from qa.appeals import reads as appeal_reads
from qa.beside import Beside
from qa.board import drill_pages, errand_pages, first_pages, measures
from qa.board import pages as board_pages
from qa.causes import action_pages, escape_pages
from qa.causes import pages as cause_pages
from qa.process import pages as process_pages
from qa.queries import Desk
from qa.reviewers import figures
from qa.reviewers import pages as reviewer_pages
from qa.rituals import pages as ritual_pages
from qa.samples import pages as sample_pages
from qa.sampling import pages as sampling_pages
from qa.scoring import SEVERITIES
from qa.vendors import pages as vendor_pages
from security.doors import needs
from tasks import evidence, wording

pages = Blueprint("qa", __name__)
board_pages.register(pages)
own_work_pages.register(pages)
first_pages.register(pages)
story_pages.register(pages)
drill_pages.register(pages)
errand_pages.register(pages)
process_pages.register(pages)
reviewer_pages.register(pages)
cause_pages.register(pages)
escape_pages.register(pages)
action_pages.register(pages)
appeal_pages.register(pages)
ritual_pages.register(pages)
sampling_pages.register(pages)
phrase_pages.register(pages)
vendor_pages.register(pages)
sample_pages.register(pages)


@pages.get("/inspections")
@needs("review.queue")
def queue(scope: Scope) -> ResponseReturnValue:
    after = request.args.get("after", "")
    found = waiting.queue(scope, after=after)
    facts: dict[str, Any] = {
        "waiting": waiting.count(scope),
        "elsewhere": waiting.elsewhere(scope),
        "appeals": appeal_reads.waiting(scope),
        "lapsed": lapsing.passed(scope),
    }
    return render(scope, "qa/queue.html", rows=found.rows, next=found.next, **facts)


@pages.get("/own-record")
@needs("review.own")
def own_record(scope: Scope) -> ResponseReturnValue:
    return render(
        scope,
        "qa/own_record.html",
        record=records.own(scope),
        days=measures.fortnight(scope).days,
        together=figures.together(scope),
        appeals=appeal_reads.against(scope),
    )


@pages.post("/inspections/next")
@needs("review.judge")
def start(scope: Scope) -> ResponseReturnValue:
    """Begins with what will be late first."""
    return _go_on(scope)


@pages.get("/inspections/<int:inspection_id>")
@needs("review.judge")
def desk(scope: Scope, inspection_id: int) -> ResponseReturnValue:
    appeal_id = appeal_reads.is_blind(scope, inspection_id)
    if appeal_id is not None:
        return redirect(url_for("qa.second_look", appeal_id=appeal_id))
    look = veil.look_before(scope, inspection_id)
    if look is not None and look.number is None:
        return redirect(url_for("qa.round", round_id=look.calibration_id))
    if look is not None:
        return redirect(url_for("qa.desk", inspection_id=look.number))
    return _desk(scope, queries.desk(scope, inspection_id))


@pages.post("/inspections/<int:inspection_id>/hold")
@needs("review.judge")
def hold(scope: Scope, inspection_id: int) -> ResponseReturnValue:
    """Keeps the open submission for this reviewer; asked again while the desk stays open."""
    holding.hold(scope, inspection_id)
    here = url_for("qa.desk", inspection_id=inspection_id)
    return answer({"seconds": int(holding.HELD_FOR.total_seconds())}) if wants_json() else redirect(here)


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
    return _go_on(scope, said=f"qa.desk.done.{verdict}", title=at_hand.at_hand.title)


def _go_on(scope: Scope, *, said: str = "", title: str = "") -> ResponseReturnValue:
    """To the submission that is expected next, else to what will be late first, else to the empty queue.

    A script that has the expected desk at hand says itself what was done; any other page is told.
    """
    wanted = forms.whole(request.form.get("next", ""))
    next_id = holding.hold_next(scope, wanted=wanted)
    here = url_for("qa.desk", inspection_id=next_id) if next_id else url_for("qa.queue")
    if said and not (wants_json() and next_id == wanted):
        tell("ok", said, title=title)
    if not wants_json():
        return redirect(here)
    return answer({"next_url": here} | ({"text": t(locale(), said, title=title)} if said else {}))


def _desk(scope: Scope, at_hand: Desk, error: Refused | None = None) -> ResponseReturnValue:
    """The desk; after a refusal with everything the reviewer had put down.

    `done` names the submission from whose desk this one is fetched ahead: by the time it is shown, that one
    is decided.
    """
    rows = waiting.queue(scope, but=forms.whole(request.args.get("done", ""))).rows
    before, after = waiting.around(rows, at_hand.at_hand.id)
    return render(
        scope,
        "qa/desk.html",
        error.status if error else 200,
        desk=at_hand,
        rows=rows,
        before=before,
        after=after,
        photos=_photos(at_hand),
        beside=[_beside(one, at_hand) for one in beside.beside(scope, at_hand)],
        troubled=evidence.troubled(scope, [id_ for id_, _item in at_hand.photos]),
        form=request.form,
        error=error,
        phrases=phrases.offered(scope),
        severities=SEVERITIES,
        points=scoring.POINTS,
        full=scoring.FULL,
        problem_words=partial(wording.problem, locale()),
        finding_words=partial(wording.finding, locale(), at_hand.at_hand.kind),
    )


def _photos(at_hand: Desk) -> list[tuple[str, Any, int, list[tuple[int, int, int, int]]]]:
    """Url, item, id and marks of every photo."""
    return [(photo_url(id_), item, id_, at_hand.marks.get(id_, [])) for id_, item in at_hand.photos]


def _beside(of: Beside, at_hand: Desk) -> tuple[str, str, str, list[tuple[int, int, int, int]]]:
    """Url, title, item and marks of what a photo may be held against."""
    words, named = "round" if of.round else "example", of.item.named(locale())
    url = photo_url(of.photo_id) if of.round else url_for("tasks.sop_picture", name=of.example)
    title = t(locale(), f"qa.desk.beside_{words}", n=of.round, item=named)
    return url, title, of.item.key, at_hand.marks.get(of.photo_id, [])


def photo_url(photo_id: int) -> str:
    """Where the work's room serves a photo."""
    return url_for("tasks.photo", photo_id=photo_id)
