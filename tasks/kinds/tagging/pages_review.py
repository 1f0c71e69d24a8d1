"""The pages of whoever decides where hands disagree: what waits, and one picture with all that was said."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from tasks.kinds.tagging import acts_deciding, forms, reads, reads_review
from tasks.kinds.tagging.models import AlbumPicture
from tasks.kinds.tagging.pages import pages, words_of


@pages.get("/disputes")
@needs("review.judge")
def disputes(scope: Scope) -> ResponseReturnValue:
    found = reads_review.disputes(scope, after=request.args.get("after", ""))
    return render(scope, "tagging/disputes.html", page=found)


@pages.get("/disputes/<int:picture_id>")
@needs("review.judge")
def dispute(scope: Scope, picture_id: int) -> ResponseReturnValue:
    return _page(scope, picture_id)


@pages.post("/disputes/<int:picture_id>")
@needs("review.judge")
def settle_dispute(scope: Scope, picture_id: int) -> ResponseReturnValue:
    """Decides, and leads to the next picture in dispute."""
    said = forms.described("said", request.form) or {}
    try:
        acts_deciding.settle(scope, picture_id, said=said)
    except Refused as error:
        if wants_json():
            raise
        return _page(scope, picture_id, error)
    tell("ok", "kinds.tagging.dispute.saved")
    waiting = reads_review.disputes(scope).rows
    if not waiting:
        return redirect(url_for("tagging.disputes"))
    return redirect(url_for("tagging.dispute", picture_id=waiting[0].id))


def _page(scope: Scope, picture_id: int, error: Refused | None = None) -> ResponseReturnValue:
    picture = one(scope, AlbumPicture, picture_id)
    of = reads_review.dispute(scope, picture)
    typed = forms.described("said", request.form) if error else reads_review.first_guess(of).plain()
    return render(
        scope,
        "tagging/dispute.html",
        error.status if error else 200,
        of=of,
        words=reads.words_of(scope, picture.album.edition_id),
        own=acts_deciding.is_own(scope, picture),
        said=typed,
        trouble=words_of(error) if error else "",
    )
