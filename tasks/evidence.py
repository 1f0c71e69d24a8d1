"""Photos as evidence: attached to an item, taken off again; what was handed in stays."""

from collections.abc import Sequence

from sqlalchemy import func, select

from base import files
from base.errors import NotFound, Refused
from base.images import Picture
from base.rows import mine, one
from base.scope import Scope
from stock import pictures
from tasks import dispatch, holding, seeing
from tasks.holding import held, looked_at
from tasks.items import MOST_PHOTOS
from tasks.kinds.known import kind
from tasks.models import Photo, Task
from tasks.sheet import UnknownItem, check_editable, item_of

PHOTO = 26_000_000  # bytes of one photo as it is sent


class TooManyPhotos(Refused):
    """An item takes up to ten photos."""

    code = "tasks.too_many_photos"


def attach(scope: Scope, task_id: int, *, item: str, picture: Picture) -> Photo:
    """Keeps a cleaned picture for a photo item; the same picture again is the one that is there.

    Raises NotFound, LeaseEnded, HandedIn, UnknownItem, NotThisItem, TooManyPhotos.
    """
    task = held(scope, task_id)
    _check_item(scope, task, item)
    photo = _same(scope, task, item, picture) or _kept(scope, task, item, picture)
    dispatch.renew(scope, task)
    return photo


def check_may_attach(scope: Scope, task_id: int, *, item: str) -> None:
    """Asked before a picture is worked on; reads only. Raises as `attach`."""
    _check_item(scope, looked_at(scope, task_id), item)


def remove_photo(scope: Scope, task_id: int, photo_id: int) -> None:
    """Takes a photo off the task; what was handed in with it stays. Raises as `attach`."""
    task = held(scope, task_id)
    photo = one(scope, Photo, photo_id)
    if photo.task_id != task.id:
        raise NotFound
    check_editable(scope, task, photo.item)
    photo.removed_at = photo.removed_at or scope.now


def visible_to(scope: Scope, photo_id: int) -> Photo:
    """A photo of the shop; partners see those they took. Raises NotFound."""
    photo = one(scope, Photo, photo_id)
    if scope.actor.role == "partner" and photo.by != scope.actor.id:
        raise NotFound
    return photo


def shown(scope: Scope, task_id: int, name: str) -> bytes:
    """The product picture that a task of the actor's hands shows under this name. Raises NotFound."""
    task = one(scope, Task, task_id)
    if not holding.ever_held(scope, task):
        raise NotFound
    picture_id = kind(scope, task.kind).picture(scope, task, name)
    if picture_id is None:
        raise NotFound
    return pictures.data(scope, picture_id)


def troubled(scope: Scope, photo_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Of these photos, those that a machine sees something wrong with, and what (see tasks.seeing)."""
    wrong = mine(scope, Photo).where(Photo.id.in_(photo_ids), Photo.troubles != "")
    rows = scope.session.execute(wrong.with_only_columns(Photo.id, Photo.troubles))
    return {id_: tuple(codes.split()) for id_, codes in rows}


def _check_item(scope: Scope, task: Task, item: str) -> None:
    if item_of(scope, task, item).type != "photo":
        raise UnknownItem(item=item)
    check_editable(scope, task, item)


def _same(scope: Scope, task: Task, item: str, picture: Picture) -> Photo | None:
    photo = scope.session.scalar(
        mine(scope, Photo).where(Photo.task_id == task.id, Photo.item == item, Photo.sha256 == picture.sha256)
    )
    if photo is not None:
        photo.removed_at, photo.round, photo.by = None, task.round, scope.actor.id
    return photo


def _kept(scope: Scope, task: Task, item: str, picture: Picture) -> Photo:
    live = select(func.count()).select_from(Photo).where(Photo.task_id == task.id, Photo.item == item)
    count = scope.session.scalar(live.where(Photo.shop_id == scope.shop_id, Photo.removed_at.is_(None)))
    if (count or 0) >= MOST_PHOTOS:
        raise TooManyPhotos(item=item, most=MOST_PHOTOS)
    twin = _twin(scope, picture)
    photo = Photo(
        shop_id=scope.shop_id,
        task_id=task.id,
        item=item,
        round=task.round,
        file_key=twin.file_key if twin else files.put(scope.world.files, picture.jpeg),
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        size=len(picture.jpeg),
        troubles=" ".join((*_troubles(picture), *(("seen_before",) if _is_elsewhere(task, twin) else ()))),
        by=scope.actor.id,
        at=scope.now,
    )
    scope.session.add(photo)
    scope.session.flush()
    return photo


def _twin(scope: Scope, picture: Picture) -> Photo | None:
    """A photo of the shop that is the same picture, whoever took it: its file serves both."""
    same = mine(scope, Photo).where(Photo.sha256 == picture.sha256)
    return scope.session.scalar(same.order_by(Photo.id.desc()).limit(1))


def _is_elsewhere(task: Task, twin: Photo | None) -> bool:
    """Whether the picture was evidence of other work: two parcels never look the same to the last pixel."""
    return twin is not None and twin.task_id != task.id


def _troubles(picture: Picture) -> tuple[str, ...]:
    return seeing.troubles(
        width=picture.width, height=picture.height, softness=picture.softness, light=picture.light
    )
