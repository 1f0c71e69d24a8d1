"""What must always hold of albums, their sheets and answers, and of the tags that stand on products."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select, text
from sqlalchemy.orm import aliased

from base.invariants import Ask
from base.models import ERRAND_OPEN, Errand
from base.scope import Scope
from stock.picture_tables import ProductPicture
from stock.tag_tables import ProductTag, Tag
from tasks.kinds.tagging import reads, sheets
from tasks.kinds.tagging.acts_album import WEIGH
from tasks.kinds.tagging.models import (
    DECIDED,
    DISPUTED,
    WAITING,
    Album,
    AlbumPicture,
    KnownPicture,
    PictureAnswer,
    Sheet,
    VocabularyEdition,
)
from tasks.lifecycle import ACCEPTED, CANCELLED, REJECTED, STATES
from tasks.models import Task

HOLDS_SOMETHING = '%"held": [[%'  # in what was found of a picture, as both engines write it


def _sheets(scope: Scope) -> Select[int]:
    return select(Sheet.id).where(Sheet.shop_id == scope.shop_id).order_by(Sheet.id)


def _pictures(scope: Scope) -> Select[int]:
    return select(AlbumPicture.id).where(AlbumPicture.shop_id == scope.shop_id).order_by(AlbumPicture.id)


def _tasks_in(*states: str) -> ColumnElement[int]:
    """How many tasks of a sheet are in these states."""
    target = literal(sheets.TARGET) + cast(Sheet.album_id, String) + "/" + cast(Sheet.number, String)
    of_sheet = (Task.shop_id == Sheet.shop_id, Task.queue == reads.KIND, Task.target == target)
    counted: Any = select(func.count()).select_from(Task).where(*of_sheet, Task.state.in_(states))
    found: ColumnElement[int] = counted.correlate(Sheet).scalar_subquery()
    return found


def _not_as_many(scope: Scope) -> Select[int]:
    """Every answer asked is a task: under way, accepted, or called off; a rejected one has its successor."""
    counted = _tasks_in(*(state for state in STATES if state != REJECTED))
    return _sheets(scope).where(Sheet.asked != counted)


def _counted_wrongly(scope: Scope) -> Select[int]:
    """A sheet has as many answers as tasks of it were accepted, and as many called off as were cancelled."""
    return _sheets(scope).where(or_(Sheet.got != _tasks_in(ACCEPTED), Sheet.off != _tasks_in(CANCELLED)))


def _asked_too_often(scope: Scope) -> Select[int]:
    """Never more than the album says."""
    return _sheets(scope).join(Album, Album.id == Sheet.album_id).where(Sheet.asked > Album.most)


def _forgotten(scope: Scope) -> Select[int]:
    """A sheet with all its answers is weighed, or about to be."""
    waits = exists().where(
        AlbumPicture.album_id == Sheet.album_id,
        AlbumPicture.sheet == Sheet.number,
        AlbumPicture.state == WAITING,
        AlbumPicture.id == PictureAnswer.album_picture_id,
    )
    about = cast(Sheet.album_id, String) + "-" + cast(Sheet.number, String) + "-%"
    promised = exists().where(
        Errand.shop_id == Sheet.shop_id, Errand.job == WEIGH, Errand.key.like(about), text(ERRAND_OPEN)
    )
    return _sheets(scope).where(Sheet.got >= Sheet.asked - Sheet.off, waits, ~promised)


def _answered_twice(scope: Scope) -> Select[int]:
    """Answers are independent: of one picture in an album nobody gives two."""
    first = aliased(PictureAnswer)
    same = and_(
        first.album_picture_id == PictureAnswer.album_picture_id,
        first.partner_id == PictureAnswer.partner_id,
        first.id < PictureAnswer.id,
    )
    answers = select(PictureAnswer.id).where(PictureAnswer.shop_id == scope.shop_id)
    return answers.where(exists().where(same)).order_by(PictureAnswer.id)


def _answer_of_nobody(scope: Scope) -> Select[int]:
    """An answer is of the accepted work of whoever did it."""
    done = exists().where(
        Task.id == PictureAnswer.task_id,
        Task.shop_id == PictureAnswer.shop_id,
        Task.holder_id == PictureAnswer.partner_id,
        Task.state == ACCEPTED,
    )
    answers = select(PictureAnswer.id).where(PictureAnswer.shop_id == scope.shop_id, ~done)
    return answers.order_by(PictureAnswer.id)


def _too_few_answers(scope: Scope) -> Select[int]:
    """What is decided or disputed was answered by as many hands as asked, unless the owner wanted no more."""
    given: Any = select(func.count()).where(PictureAnswer.album_picture_id == AlbumPicture.id)
    of_sheet = and_(Sheet.album_id == AlbumPicture.album_id, Sheet.number == AlbumPicture.sheet)
    return (
        _pictures(scope)
        .join(Album, Album.id == AlbumPicture.album_id)
        .join(Sheet, of_sheet)
        .where(AlbumPicture.state.in_([DECIDED, DISPUTED]), Album.closed_at.is_(None), Sheet.off == 0)
        .where(given.correlate(AlbumPicture).scalar_subquery() < Album.answers)
    )


def _decided_at_no_time(scope: Scope) -> Select[int]:
    is_decided = AlbumPicture.state == DECIDED
    return _pictures(scope).where(is_decided != AlbumPicture.decided_at.is_not(None))


def _not_on_product(scope: Scope) -> Select[int]:
    """What is held of a picture stands on its product, unless something newer was said of it."""
    words = VocabularyEdition.vocabulary_id
    stands = exists().where(
        ProductTag.picture_id == AlbumPicture.picture_id,
        Tag.id == ProductTag.tag_id,
        Tag.vocabulary_id == words,
    )
    known = exists().where(
        KnownPicture.picture_id == AlbumPicture.picture_id, KnownPicture.vocabulary_id == words
    )
    return (
        _pictures(scope)
        .join(Album, Album.id == AlbumPicture.album_id)
        .join(VocabularyEdition, VocabularyEdition.id == Album.edition_id)
        .where(AlbumPicture.state == DECIDED, cast(AlbumPicture.found, String).like(HOLDS_SOMETHING))
        .where(~stands, ~known, ~_decided_again(words))
    )


def _decided_again(words: Any) -> ColumnElement[bool]:
    """Whether another album in the same words decided about the picture since."""
    later, album, edition = aliased(AlbumPicture), aliased(Album), aliased(VocabularyEdition)
    return exists().where(
        later.picture_id == AlbumPicture.picture_id,
        later.id != AlbumPicture.id,
        later.decided_at >= AlbumPicture.decided_at,
        album.id == later.album_id,
        edition.id == album.edition_id,
        edition.vocabulary_id == words,
    )


def _tag_of_nobody(scope: Scope) -> Select[int]:
    """A tag on a product was decided or is known, and of a picture of that product."""
    words = Tag.vocabulary_id
    known = exists().where(
        KnownPicture.picture_id == ProductTag.picture_id, KnownPicture.vocabulary_id == words
    )
    decided = exists().where(
        AlbumPicture.picture_id == ProductTag.picture_id,
        AlbumPicture.state == DECIDED,
        Album.id == AlbumPicture.album_id,
        VocabularyEdition.id == Album.edition_id,
        VocabularyEdition.vocabulary_id == words,
    )
    shown = exists().where(
        ProductPicture.id == ProductTag.picture_id, ProductPicture.product_id == ProductTag.product_id
    )
    tags = select(ProductTag.id).join(Tag, Tag.id == ProductTag.tag_id)
    wrong = or_(~(known | decided), ~shown)
    return tags.where(ProductTag.shop_id == scope.shop_id, wrong).order_by(ProductTag.id)


ASKED: dict[str, Ask] = {
    "not_as_many": _not_as_many,
    "counted_wrongly": _counted_wrongly,
    "asked_too_often": _asked_too_often,
    "forgotten": _forgotten,
    "answered_twice": _answered_twice,
    "answer_of_nobody": _answer_of_nobody,
    "too_few_answers": _too_few_answers,
    "decided_at_no_time": _decided_at_no_time,
    "not_on_product": _not_on_product,
    "tag_of_nobody": _tag_of_nobody,
}
