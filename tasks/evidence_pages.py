"""The small doors beside a task: photos, barcodes, and the recipient for whoever holds the parcel."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from base import files, images
from base.errors import NotFound
from base.i18n import t
from base.images import Picture
from base.scope import Scope
from base.web import answer, locale, render, wants_json
from security.doors import keep_no_copy, needs, of_files
from security.privacy import RevealsSpent
from stock.drafts import Recipient
from tasks import cards, evidence, forms, holding, work
from tasks.evidence import PHOTO
from tasks.pages import pages
from tasks.recipients import journal_refusal

PHOTOS = 80_000_000  # bytes of a whole form, where no script sends the photos singly
SHOWN_S = 60
FIELDS = ("name", "phone", "postcode", "address", "memo")


@of_files(dict[str, list[Picture]])
def pictures(scope: Scope, task_id: int) -> dict[str, list[Picture]]:
    """The photos a form carries in its `photo-<item>` fields, cleaned while nothing is locked."""
    found: dict[str, list[Picture]] = {}
    for name, uploads in request.files.lists():
        item = name.removeprefix("photo-")
        for data in filter(None, [upload.read() for upload in uploads]):
            evidence.check_may_attach(scope, task_id, item=item)
            found.setdefault(item, []).append(images.clean(data))
    return found


def picture(scope: Scope, task_id: int, item: str) -> Picture:
    """The one photo a script sends."""
    evidence.check_may_attach(scope, task_id, item=item)
    return images.clean(_upload())


def codes(scope: Scope, task_id: int) -> list[str]:
    """The barcodes on a picture, read for whoever holds the task."""
    holding.looked_at(scope, task_id)
    return images.decode(_upload())


@pages.post("/work/<int:task_id>/photos/<item>")
@needs("task.work", largest=PHOTO, prepare=picture)
def add_photo(scope: Scope, task_id: int, item: str, prepared: Picture) -> ResponseReturnValue:
    if instead := forms.number(request.form, "instead"):
        work.remove_photo(scope, task_id, instead)  # it was turned
    photo = work.attach(scope, task_id, item=item, picture=prepared)
    found = cards.sheet_of(scope, holding.held(scope, task_id))
    card = found.card(item)
    return answer(
        {
            "id": photo.id,
            "url": url_for("tasks.photo", photo_id=photo.id),
            "says": " ".join(t(locale(), f"tasks.photo_trouble.{code}") for code in photo.troubles.split()),
            "stands": card.stands if card else "todo",
            "progress": {"done": found.done, "total": found.total},
        }
    )


@pages.post("/work/<int:task_id>/codes")
@needs("task.work", largest=PHOTO, prepare=codes)
def read_codes(_scope: Scope, task_id: int, prepared: list[str]) -> ResponseReturnValue:
    return answer({"task_id": task_id, "codes": [{"format": "", "text": text} for text in prepared]})


@pages.get("/work/<int:task_id>/pictures/<string:name>")
@needs("task.work")
def shown_picture(scope: Scope, task_id: int, name: str) -> ResponseReturnValue:
    """A product picture that the task in hand shows, under the name it has there."""
    response = Response(evidence.shown(scope, task_id, name), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@pages.get("/photos/<int:photo_id>")
@needs("photo.see")
def photo(scope: Scope, photo_id: int) -> ResponseReturnValue:
    """A photo's bytes; they never change, and the browser keeps them only for a little while."""
    row = evidence.visible_to(scope, photo_id)
    response = Response(files.get(scope.world.files, row.file_key), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@pages.post("/work/<int:task_id>/recipient")
@needs("task.reveal")
def recipient(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Shows the recipient for a minute; no copy of this answer is kept anywhere."""
    keep_no_copy()
    try:
        found = work.recipient(scope, task_id, purpose=request.form.get("purpose", ""))
    except RevealsSpent:
        journal_refusal(scope, task_id)
        raise
    if wants_json():
        return answer({"fields": _fields(found), "seconds": SHOWN_S})
    return render(scope, "tasks/recipient.html", fields=_fields(found), task_id=task_id)


def _fields(found: Recipient) -> list[dict[str, str]]:
    """What there is of the recipient, with its words."""
    texts = {name: getattr(found, name) for name in FIELDS}
    return [
        {"label": t(locale(), f"tasks.recipient.{name}"), "text": text}
        for name, text in texts.items()
        if text
    ]


def _upload() -> bytes:
    upload = request.files.get("photo")
    if upload is None:
        raise NotFound
    data: bytes = upload.read()
    return data
