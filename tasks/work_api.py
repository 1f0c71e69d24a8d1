"""The API of doing a task: its sheet, answers, photos, handing in, and the recipient for the lease holder."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import request
from pydantic import Field, JsonValue

from base import images
from base.calls import AnyJson, BadRequest, Sent, Told, call, text
from base.images import Picture
from base.scope import Scope
from security.doors import keep_no_copy, needs
from security.privacy import RevealsSpent
from tasks import cards, evidence, holding, practice, work
from tasks.api import State, api
from tasks.evidence import PHOTO
from tasks.recipients import journal_refusal

Stands = Literal["done", "failed", "todo"]
Key = Annotated[str, text(60, shortest=1)]


class Asked(Told):
    """An item as it is asked now: its answer so far, that answer's version, and what is wrong with it."""

    key: str
    type: Literal["check", "number", "choice", "text", "scan", "photo", "own"]
    label: dict[str, str]
    help: dict[str, str]
    section: str
    severity: Literal["critical", "major", "minor"]
    required: bool
    choices: list[str]
    value: JsonValue
    version: int
    photos: list[int]
    stands: Stands
    problem: str


class Wanted(Told):
    """Units of a product that belong into the parcel, and how many were scanned."""

    sku: str
    name: str
    units: int
    scanned: int


class Sheet(Told):
    """A task as its holder sees it; `fence` goes with the submission, `missing` still stands in its way."""

    id: int
    title: str
    state: State
    round: int
    fence: int
    due_at: datetime
    lease_until: datetime | None
    items: list[Asked]
    goods: list[Wanted]
    missing: list[str]


class NewAnswer(Sent):
    """An answer to an item, and the version it was given on (0: none yet)."""

    item: Key
    value: AnyJson
    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Saved(Told):
    """An answer as it stands: its version, what is wrong with it, and how long the task is held."""

    item: str
    version: int
    problem: str
    lease_until: datetime | None


class NewPhoto(Told):
    """A photo that was kept; `troubles` is what a machine sees wrong with it, and holds nothing up."""

    id: int
    item: str
    width: int
    height: int
    sha256: str
    troubles: list[Literal["too_small", "too_dark", "too_bright", "blurred"]]


class HandingIn(Sent):
    """The number of the hold that hands in, from the sheet."""

    fence: Annotated[int, Field(ge=1, le=1_000_000_000)]


class Submitted(Told):
    """What was handed in."""

    id: int
    task_id: int
    round: int
    at: datetime


class Looking(Sent):
    """What the recipient is looked at for."""

    purpose: Literal["label", "call", "check"]


class RecipientShown(Told):
    """The recipient of the parcel in hand; the look is in the journal, and no copy is kept."""

    name: str
    phone: str
    postcode: str
    address: str
    memo: str


def _picture(scope: Scope, task_id: int, item: str) -> Picture:
    """The photo of the part `photo`, cleaned while nothing is locked."""
    evidence.check_may_attach(scope, task_id, item=item)
    upload = request.files.get("photo")
    if upload is None:
        raise BadRequest(where="photo (missing)", errors=[{"at": "photo", "problem": "missing"}])
    return images.clean(upload.read())


@api.get("/work/<int:task_id>")
@needs("task.work")
@call(Sheet)
def show_work(scope: Scope, task_id: int) -> object:
    """Shows a task in hand: what is asked, what is answered, what is missing."""
    return _sheet(cards.sheet_of(scope, holding.looked_at(scope, task_id)))


@api.post("/work/<int:task_id>/read")
@needs("task.work")
@call()
def have_read(scope: Scope, task_id: int) -> None:
    """Says that the holder has read what the task's edition changes; asked for once an edition."""
    practice.read(scope, holding.in_hand(scope, task_id))


@api.post("/work/<int:task_id>/answers")
@needs("task.work")
@call(Saved, body=NewAnswer)
def answer(scope: Scope, task_id: int, body: NewAnswer) -> object:
    """Saves one answer if nobody answered since the version seen; the hold is renewed."""
    kept = work.answer(scope, task_id, item=body.item, value=body.value, version=body.version)
    problem = kept.problem.code if kept.problem else ""
    return Saved(item=body.item, version=kept.version, problem=problem, lease_until=kept.lease_until)


@api.post("/work/<int:task_id>/photos/<item>")
@needs("task.work", largest=PHOTO, prepare=_picture)
@call(NewPhoto, file="photo", status=201)
def attach(scope: Scope, task_id: int, item: str, prepared: Picture) -> object:
    """Attaches a photo to an item; the same picture again is the one that is there."""
    kept = work.attach(scope, task_id, item=item, picture=prepared)
    told = {name: getattr(kept, name) for name in ("id", "item", "width", "height", "sha256")}
    return told | {"troubles": kept.troubles.split()}


@api.post("/work/<int:task_id>/photos/<int:photo_id>/remove")
@needs("task.work")
@call()
def remove_photo(scope: Scope, task_id: int, photo_id: int) -> None:
    """Takes a photo off the task; what was handed in with it stays."""
    work.remove_photo(scope, task_id, photo_id)


@api.post("/work/<int:task_id>/submission")
@needs("task.work")
@call(Submitted, body=HandingIn, status=201)
def submit(scope: Scope, task_id: int, body: HandingIn) -> object:
    """Hands the work in, or names what is missing; the same hold again gives what was handed in."""
    return work.submit(scope, task_id, fence=body.fence)


@api.post("/work/<int:task_id>/recipient")
@needs("task.reveal")
@call(RecipientShown, body=Looking)
def recipient(scope: Scope, task_id: int, body: Looking) -> object:
    """Shows the recipient to whoever holds the parcel, for a purpose, within the hour's budget."""
    keep_no_copy()
    try:
        return work.recipient(scope, task_id, purpose=body.purpose)
    except RevealsSpent:
        journal_refusal(scope, task_id)
        raise


def _sheet(found: cards.Sheet) -> Sheet:
    task = found.task
    return Sheet(
        id=task.id,
        title=task.title,
        state=task.state,  # type: ignore[arg-type]  # the table holds no other
        round=task.round,
        fence=task.fence,
        due_at=task.due_at,
        lease_until=task.lease_until,
        items=[_asked(card) for card in found.cards],
        goods=[
            Wanted(sku=line.good.sku, name=line.good.name, units=line.good.quantity, scanned=line.scanned)
            for line in found.goods
        ],
        missing=[lack.item for lack in found.missing],
    )


def _asked(card: cards.Card) -> Asked:
    item = card.item
    told: dict[str, Any] = {
        "stands": card.stands,
        "severity": item.severity,
        "problem": card.problem.code if card.problem else "",
    }
    return Asked(
        key=item.key,
        type=item.type,
        label=dict(item.label),
        help=dict(item.help),
        section=item.section,
        required=item.required,
        choices=[choice.value for choice in item.choices],
        value=card.value,
        version=card.version,
        photos=[photo.id for photo in card.photos],
        **told,
    )
