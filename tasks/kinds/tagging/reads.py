"""Reads of tagging: what a task asks, what was said of a picture, how an album stands."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from base.rows import mine, one
from base.scope import Scope, for_good, remembered
from tasks.kinds.tagging import saying, sheets
from tasks.kinds.tagging.deciding import Answered
from tasks.kinds.tagging.models import (
    Album,
    AlbumPicture,
    KnownPicture,
    MixedPicture,
    PictureAnswer,
    SheetExtra,
    ShownPicture,
    VocabularyEdition,
)
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Vocabulary, parse
from tasks.models import Task

KIND = "tagging"
LOOKED_BACK = 3000  # answers that are weighed together: bounded, whatever the album's size


def words_of(scope: Scope, edition_id: int) -> Vocabulary:
    """The words of an edition; it never changes."""
    return for_good(
        scope, ("vocabulary", edition_id), lambda: parse(one(scope, VocabularyEdition, edition_id).words)
    )


def album_of(scope: Scope, task: Task) -> tuple[Album, int]:
    """The album and sheet a task is about."""
    album_id, sheet = sheets.album_and_sheet(task.target)
    return one(scope, Album, album_id), sheet


def pictures_of(scope: Scope, task: Task) -> list[AlbumPicture]:
    """The pictures a task asks about, in order: the sheet's, or those an extra answer was asked for."""
    return remembered(scope, ("tag_pictures", task.id), lambda: _pictures(scope, task))


def _pictures(scope: Scope, task: Task) -> list[AlbumPicture]:
    album_id, sheet = sheets.album_and_sheet(task.target)
    spared = select(ShownPicture.album_picture_id).where(
        ShownPicture.shop_id == scope.shop_id, ShownPicture.task_id == task.id, ShownPicture.spared.is_(True)
    )
    left_out = set(scope.session.scalars(spared))
    found = [one_ for one_ in on_sheet(scope, album_id, sheet) if one_.id not in left_out]
    only = scope.session.scalar(
        select(SheetExtra.pictures).where(
            SheetExtra.shop_id == scope.shop_id,
            SheetExtra.album_id == album_id,
            SheetExtra.sheet == sheet,
            SheetExtra.slot == task.slot,
        )
    )
    return found if only is None else [one_ for one_ in found if one_.id in set(only["ids"])]


def on_sheet(scope: Scope, album_id: int, sheet: int) -> list[AlbumPicture]:
    """The pictures of a sheet, in order."""
    stmt = mine(scope, AlbumPicture).where(AlbumPicture.album_id == album_id, AlbumPicture.sheet == sheet)
    return list(scope.session.scalars(stmt.order_by(AlbumPicture.place)))


def field(picture: AlbumPicture) -> str:
    """The key of the answer about a picture."""
    return f"own-p{picture.id}"


def answers_of(scope: Scope, album: Album, *, most: int = LOOKED_BACK) -> list[Answered]:
    """What hands said whose work was accepted, of the latest so many pictures."""
    stmt = mine(scope, PictureAnswer).where(PictureAnswer.album_id == album.id)
    rows = scope.session.scalars(stmt.order_by(PictureAnswer.id.desc()).limit(most))
    return _answered(words_of(scope, album.edition_id), rows)


def answers_about(
    scope: Scope, album: Album, pictures: Sequence[AlbumPicture], *, but: int = 0
) -> list[Answered]:
    """What hands said of these pictures; `but` a task, whose own answers are left out."""
    ids = [picture.id for picture in pictures]
    of_these = (PictureAnswer.album_picture_id.in_(ids), PictureAnswer.task_id != but)
    stmt = mine(scope, PictureAnswer).where(*of_these)
    return _answered(
        words_of(scope, album.edition_id), scope.session.scalars(stmt.order_by(PictureAnswer.id))
    )


def _answered(words: Vocabulary, rows: Iterable[PictureAnswer]) -> list[Answered]:
    read = ((row, saying.read(words, row.said)) for row in rows)
    return [
        Answered(row.album_picture_id, row.partner_id, said)
        for row, said in read
        if isinstance(said, Described)
    ]


def known_of(scope: Scope, album: Album) -> dict[int, Described]:
    """What is known of the album's pictures, by album picture: from before, or by the owner's word."""
    words = words_of(scope, album.edition_id)
    mixed = select(MixedPicture.album_picture_id, MixedPicture.said).where(
        MixedPicture.shop_id == scope.shop_id, MixedPicture.album_id == album.id
    )
    rows = scope.session.execute(
        select(AlbumPicture.id, KnownPicture.said)
        .join(KnownPicture, KnownPicture.picture_id == AlbumPicture.picture_id)
        .where(AlbumPicture.shop_id == scope.shop_id, AlbumPicture.album_id == album.id)
        .where(KnownPicture.shop_id == scope.shop_id)
        .where(KnownPicture.vocabulary_id == album.edition.vocabulary_id)
    )
    read = {id_: saying.read(words, said) for id_, said in [*scope.session.execute(mixed), *rows]}
    return {id_: said for id_, said in read.items() if isinstance(said, Described)}
