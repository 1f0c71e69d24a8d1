"""Mixing pictures that are known into albums, and sparing a hand those it met before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import delete, func, insert, select

from base import calendars
from base.rows import changed, one
from base.scope import Scope, forget
from security.shops import rules
from stock.picture_tables import ProductPicture
from tasks.kinds.tagging import mixing, reads, saying
from tasks.kinds.tagging.models import (
    DECIDED,
    Album,
    AlbumPicture,
    KnownPicture,
    MixedPicture,
    PictureAnswer,
    ShownPicture,
    VocabularyEdition,
)
from tasks.kinds.tagging.saying import Described
from tasks.models import Task

LOOKED_BACK = 400  # pictures that were decided last


def chosen(scope: Scope, album: Album, ids: Sequence[int], *, per_sheet: int) -> dict[int, dict[str, Any]]:
    """Which pictures are mixed into an album of these, with what is known of them.

    None where one hand alone is asked: there tags are suggested from a product's other pictures, and more is
    suggested of what has been described before.
    """
    n = mixing.how_many(len(ids), per_sheet=per_sheet, percent=rules(scope).gold_percent)
    if not n or album.most == 1:
        return {}
    known = _known(scope, one(scope, VocabularyEdition, album.edition_id), set(ids))
    picked = mixing.pick(known, n, seen=_times_shown(scope, list(known)), seed=album.id)
    return {id_: known[id_] for id_ in picked}


def _known(scope: Scope, edition: VocabularyEdition, but: set[int]) -> dict[int, dict[str, Any]]:
    """What the owner said, and what every hand said alike, as far as today's words still say it."""
    words = reads.words_of(scope, edition.id)
    shape = [(attribute.key, attribute.region) for attribute in words.attributes]
    alike = (
        select(AlbumPicture.picture_id, AlbumPicture.found)
        .join(Album, Album.id == AlbumPicture.album_id)
        .join(VocabularyEdition, VocabularyEdition.id == Album.edition_id)
        .join(ProductPicture, ProductPicture.id == AlbumPicture.picture_id)
        .where(AlbumPicture.shop_id == scope.shop_id, AlbumPicture.state == DECIDED)
        .where(AlbumPicture.decided_by.is_(None), ProductPicture.removed_at.is_(None))
        .where(VocabularyEdition.vocabulary_id == edition.vocabulary_id)
        .order_by(AlbumPicture.id.desc())
        .limit(LOOKED_BACK)
    )
    by_owner = (
        select(KnownPicture.picture_id, KnownPicture.said)
        .join(ProductPicture, ProductPicture.id == KnownPicture.picture_id)
        .where(KnownPicture.shop_id == scope.shop_id, ProductPicture.removed_at.is_(None))
        .where(KnownPicture.vocabulary_id == edition.vocabulary_id)
    )
    told = {id_: mixing.agreed(found, shape) for id_, found in scope.session.execute(alike)}
    told |= {id_: said for id_, said in scope.session.execute(by_owner)}  # noqa: C416 (rows are no pairs)
    return {id_: said for id_, said in told.items() if said and id_ not in but and _holds(words, said)}


def _holds(words: Any, said: Mapping[str, Any]) -> bool:
    read = saying.read(words, said)
    return isinstance(read, Described) and saying.lacking(words, read) is None and not read.unclear


def _times_shown(scope: Scope, picture_ids: Sequence[int]) -> dict[int, int]:
    rows = scope.session.execute(
        select(MixedPicture.picture_id, func.count())
        .join(ShownPicture, ShownPicture.album_picture_id == MixedPicture.album_picture_id)
        .where(MixedPicture.shop_id == scope.shop_id, MixedPicture.picture_id.in_(picture_ids))
        .where(ShownPicture.shop_id == scope.shop_id, ShownPicture.spared.is_(False))
        .group_by(MixedPicture.picture_id)
    )
    return {id_: n for id_, n in rows}  # noqa: C416 (rows are no pairs)


def note(scope: Scope, album: Album, mixed: Mapping[int, Mapping[str, Any]]) -> None:
    """Keeps which of an album's pictures are mixed in, apart from the pictures themselves."""
    if not mixed:
        return
    placed = select(AlbumPicture.id, AlbumPicture.picture_id).where(
        AlbumPicture.shop_id == scope.shop_id,
        AlbumPicture.album_id == album.id,
        AlbumPicture.picture_id.in_(list(mixed)),
    )
    of_album = {"shop_id": scope.shop_id, "album_id": album.id}
    rows = [
        of_album | {"album_picture_id": id_, "picture_id": picture_id, "said": mixed[picture_id]}
        for id_, picture_id in scope.session.execute(placed)
    ]
    scope.session.execute(insert(MixedPicture), rows)


def on_claimed(scope: Scope, task: Task) -> None:
    """Keeps what a hand is shown, and spares it known pictures that it met or that are more than its share.

    The same is done for every sheet, whether or not anything is mixed into it.
    """
    partner_id = task.holder_id or 0
    of_task = (ShownPicture.shop_id == scope.shop_id, ShownPicture.task_id == task.id)
    changed(scope, delete(ShownPicture).where(*of_task))
    for known in (("tag_pictures", task.id), ("fields", task.id)):
        forget(scope, known)
    pictures = {picture.id: picture.picture_id for picture in reads.pictures_of(scope, task)}
    left_out = _spared(scope, partner_id, pictures)
    row = {"shop_id": scope.shop_id, "task_id": task.id, "partner_id": partner_id, "at": scope.now}
    rows = [
        row | {"album_picture_id": id_, "picture_id": picture_id, "spared": id_ in left_out}
        for id_, picture_id in pictures.items()
    ]
    if rows:
        scope.session.execute(insert(ShownPicture), rows)
    forget(scope, ("tag_pictures", task.id))


def _spared(scope: Scope, partner_id: int, pictures: Mapping[int, int]) -> set[int]:
    mixed = select(MixedPicture.album_picture_id, MixedPicture.picture_id).where(
        MixedPicture.shop_id == scope.shop_id, MixedPicture.album_picture_id.in_(list(pictures))
    )
    this_hand = (ShownPicture.shop_id == scope.shop_id, ShownPicture.partner_id == partner_id)
    these = list(pictures.values())
    shown = select(ShownPicture.picture_id).where(
        *this_hand, ShownPicture.spared.is_(False), ShownPicture.picture_id.in_(these)
    )
    answered = (
        select(AlbumPicture.picture_id)
        .join(PictureAnswer, PictureAnswer.album_picture_id == AlbumPicture.id)
        .where(PictureAnswer.shop_id == scope.shop_id, PictureAnswer.partner_id == partner_id)
        .where(AlbumPicture.picture_id.in_(these))
    )
    met = shown.union_all(answered)  # what was answered before it was kept who is shown what
    begin = _begin_of_day(scope)
    today = (
        select(func.count(), func.count(MixedPicture.id))
        .select_from(ShownPicture)
        .outerjoin(MixedPicture, MixedPicture.album_picture_id == ShownPicture.album_picture_id)
        .where(*this_hand, ShownPicture.spared.is_(False), ShownPicture.at >= begin)
    )
    shown_today, mixed_today = scope.session.execute(today).one()
    return mixing.spared(
        {id_: picture_id for id_, picture_id in scope.session.execute(mixed)},  # noqa: C416
        met=set(scope.session.scalars(met)),
        shown_today=shown_today + len(pictures),
        mixed_today=mixed_today,
        percent=rules(scope).gold_percent,
    )


def _begin_of_day(scope: Scope) -> datetime:
    zone = calendars.current(scope).zone
    return datetime.combine(scope.now.astimezone(zone).date(), time(), tzinfo=zone).astimezone(UTC)
