"""Pages of rituals: the reviews with their minutes, and the monthly talks, for owner and partner."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import Invalid, NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.queries import names as partner_names
from qa.board.pages import WHERE, link
from qa.causes import asking
from qa.rituals import figures, reviews, spans, talks
from qa.rituals.models import Minutes, PartnerTalk
from security import people
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/reviews", endpoint="reviews")(listed)
    pages.post("/reviews", endpoint="begin_review")(begin)
    pages.get("/reviews/<int:minutes_id>", endpoint="minutes")(minutes)
    pages.post("/reviews/<int:minutes_id>", endpoint="write_minutes")(write)
    pages.get("/talks", endpoint="talks")(talks_page)
    pages.post("/talks", endpoint="begin_talk")(begin_talk)
    pages.get("/talks/<int:talk_id>", endpoint="talk")(talk)
    pages.post("/talks/<int:talk_id>", endpoint="write_talk")(write_talk)
    pages.get("/my-talks", endpoint="own_talks")(own_talks)
    pages.get("/my-talks/<int:talk_id>", endpoint="own_talk")(own_talk)
    pages.post("/my-talks/<int:talk_id>", endpoint="sign_talk")(sign_talk)


@needs("ritual.lead")
def listed(scope: Scope) -> ResponseReturnValue:
    """What is due, and a page of the minutes."""
    return render(
        scope,
        "qa/reviews.html",
        due=reviews.due(scope),
        page=reviews.listed(scope, after=request.args.get("after", "")),
        names=people.names(scope),
    )


@needs("ritual.lead")
def begin(scope: Scope) -> ResponseReturnValue:
    """Begins the minutes of a week or month, or of another edition of them."""
    made = reviews.begin(scope, request.form.get("kind", ""), _day(request.form.get("first", "")))
    return redirect(url_for("qa.minutes", minutes_id=made))


@needs("ritual.lead")
def minutes(scope: Scope, minutes_id: int) -> ResponseReturnValue:
    """The walk through a week or month while it is written, the minutes once they are signed."""
    return _minutes(scope, one(scope, Minutes, minutes_id))


def _minutes(scope: Scope, row: Minutes, error: Refused | None = None) -> ResponseReturnValue:
    places = {code: link(*where) for code, where in WHERE.items()}
    return render(
        scope,
        "qa/minutes.html",
        error.status if error else 200,
        row=row,
        chapters=reviews.CHAPTERS[row.kind],
        notes=request.form if error else row.notes,
        share=figures.share,
        places=places,
        names=people.names(scope),
        span={"first": row.first.isoformat(), "last": row.last.isoformat()},
        error=error,
    )


@needs("ritual.lead")
def write(scope: Scope, minutes_id: int) -> ResponseReturnValue:
    """Keeps the notes, and signs where that button was pressed."""
    row = one(scope, Minutes, minutes_id)
    version = asking.whole(request.form.get("version", ""))
    try:
        reviews.write(scope, minutes_id, request.form, version=version)
        if "sign" in request.form:
            reviews.sign(scope, minutes_id, version=version + 1)
    except Invalid as error:
        if wants_json():
            raise
        return _minutes(scope, row, error)
    tell("ok", "rituals.signed" if "sign" in request.form else "rituals.kept")
    return redirect(url_for("qa.minutes", minutes_id=minutes_id))


@needs("ritual.lead")
def talks_page(scope: Scope) -> ResponseReturnValue:
    """Every partner with last month's talk."""
    first, _last = spans.last_ended(spans.MONTH, calendars.today(scope))
    rows = scope.session.scalars(mine(scope, Partner).where(Partner.state != LEFT).order_by(Partner.id))
    return render(
        scope,
        "qa/talks.html",
        first=first,
        partners=[row.id for row in rows],
        talks=talks.of_month(scope, first),
        names=partner_names(scope),
    )


@needs("ritual.lead")
def begin_talk(scope: Scope) -> ResponseReturnValue:
    """Begins a talk about a partner's month."""
    form = request.form
    made = talks.begin(scope, asking.whole(form.get("partner", "")), _day(form.get("first", "")))
    return redirect(url_for("qa.talk", talk_id=made))


@needs("ritual.lead")
def talk(scope: Scope, talk_id: int) -> ResponseReturnValue:
    """The owner's side of a talk."""
    return _talk(scope, one(scope, PartnerTalk, talk_id))


def _talk(scope: Scope, row: PartnerTalk, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "qa/talk.html",
        error.status if error else 200,
        row=row,
        own=scope.actor.partner_id is not None,
        share=figures.share,
        partner=partner_names(scope).get(row.partner_id, ""),
        names=people.names(scope),
        typed=request.form if error else {},
        error=error,
    )


@needs("ritual.lead")
def write_talk(scope: Scope, talk_id: int) -> ResponseReturnValue:
    """Keeps what was agreed, signs and offers it, or takes it back."""
    row, form = one(scope, PartnerTalk, talk_id), request.form
    version = asking.whole(form.get("version", ""))
    try:
        if "back" in form:
            talks.take_back(scope, talk_id, version=version)
        elif "sign" in form:
            talks.offer(scope, talk_id, form.get("agreed", ""), version=version)
        else:
            talks.write(scope, talk_id, form.get("agreed", ""), version=version)
    except Invalid as error:
        if wants_json():
            raise
        return _talk(scope, row, error)
    tell("ok", "rituals.offered" if "sign" in form else "rituals.kept")
    return redirect(url_for("qa.talk", talk_id=talk_id))


@needs("ritual.own")
def own_talks(scope: Scope) -> ResponseReturnValue:
    """The partner's own talks."""
    return render(scope, "qa/own_talks.html", rows=talks.owns(scope))


@needs("ritual.own")
def own_talk(scope: Scope, talk_id: int) -> ResponseReturnValue:
    """One of them, to be signed."""
    return _talk(scope, talks.own(scope, talk_id))


@needs("ritual.own")
def sign_talk(scope: Scope, talk_id: int) -> ResponseReturnValue:
    """Signs it."""
    row = talks.own(scope, talk_id)
    version = asking.whole(request.form.get("version", ""))
    try:
        talks.confirm(scope, talk_id, word=request.form.get("word", ""), version=version)
    except Invalid as error:
        if wants_json():
            raise
        return _talk(scope, row, error)
    tell("ok", "rituals.signed")
    return redirect(url_for("qa.own_talk", talk_id=talk_id))


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise NotFound from error
