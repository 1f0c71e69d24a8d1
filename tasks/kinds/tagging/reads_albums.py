"""Reads of how albums stand: how far, how sure, who answered how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from base.errors import NotFound
from base.rows import mine, one
from base.scope import Scope
from partners.pay import pricing
from stock.models import Product
from tasks.kinds.tagging import reads
from tasks.kinds.tagging.deciding import Answered
from tasks.kinds.tagging.models import DECIDED, DISPUTED, WAITING, Album, AlbumPicture, PictureAnswer, Sheet
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Vocabulary
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pictures of an album wait for answers, are disputed, are decided."""

    waiting: int
    disputed: int
    decided: int

    @property
    def total(self) -> int:
        return self.waiting + self.disputed + self.decided


def tallies(scope: Scope, album_ids: Sequence[int]) -> dict[int, Tally]:
    """How albums stand, counted at once."""
    rows = scope.session.execute(
        select(AlbumPicture.album_id, AlbumPicture.state, func.count())
        .where(AlbumPicture.shop_id == scope.shop_id, AlbumPicture.album_id.in_(album_ids))
        .group_by(AlbumPicture.album_id, AlbumPicture.state)
    )
    counted: dict[int, dict[str, int]] = {id_: {} for id_ in album_ids}
    for album_id, state, n in rows:
        counted[album_id][state] = n
    return {
        id_: Tally(by.get(WAITING, 0), by.get(DISPUTED, 0), by.get(DECIDED, 0)) for id_, by in counted.items()
    }


@dataclass(frozen=True, slots=True)
class HandRow:
    """How often a hand was right about known pictures, and how many answers it gave."""

    partner_id: int
    answers: int
    right: int
    known: int


def hands(
    vocabulary: Vocabulary, answers: Sequence[Answered], gold: Mapping[int, Described]
) -> list[HandRow]:
    """Every hand of an album with its share of known pictures described exactly as they are."""
    rows: dict[int, list[int]] = {}
    for answer in answers:
        row = rows.setdefault(answer.hand, [0, 0, 0])
        row[0] += 1
        true = gold.get(answer.picture)
        if true is not None:
            row[1] += same(vocabulary, answer.said, true)
            row[2] += 1
    return [HandRow(hand, *row) for hand, row in sorted(rows.items())]


def same(vocabulary: Vocabulary, said: Described, true: Described) -> bool:
    """Whether a description says of every attribute what is true."""
    return all(set(said.said(one_)) == set(true.said(one_)) for one_ in vocabulary.attributes)


def disputed(scope: Scope) -> int:
    """How many pictures wait for a person to decide."""
    of_shop = (AlbumPicture.shop_id == scope.shop_id, AlbumPicture.state == DISPUTED)
    return scope.session.scalar(select(func.count()).where(*of_shop)) or 0


@dataclass(frozen=True, slots=True)
class Standing:
    """An album's words, how many answers were given, on the average to a picture, and by whom how well."""

    words: Vocabulary
    answers: int
    each: str
    known: int
    hands: list[HandRow]
    paid: int
    at_most: int


def standing(scope: Scope, album: Album) -> Standing:
    """How an album stands, from its latest answers."""
    words, known = reads.words_of(scope, album.edition_id), reads.known_of(scope, album)
    counted = scope.session.execute(
        select(func.count(), func.count(PictureAnswer.album_picture_id.distinct())).where(
            PictureAnswer.shop_id == scope.shop_id, PictureAnswer.album_id == album.id
        )
    ).one()
    given, of = counted
    rows = hands(words, reads.answers_of(scope, album), known)
    paid, at_most = _cost(scope, album)
    return Standing(words, given, f"{given / of:.1f}" if of else "–", len(known), rows, paid, at_most)


def _cost(scope: Scope, album: Album) -> tuple[int, int]:
    """What the accepted answers were paid, and the most the album can come to, in won.

    Every answer pays a whole task, also one that is asked again about a few pictures: whoever takes a task is
    given what Today says it pays.
    """
    done = select(PictureAnswer.task_id).where(
        PictureAnswer.shop_id == scope.shop_id, PictureAnswer.album_id == album.id
    )
    of_tasks = (Task.shop_id == scope.shop_id, Task.id.in_(done.distinct()))
    count, won = scope.session.execute(
        select(func.count(), func.coalesce(func.sum(Task.won), 0)).where(*of_tasks)
    ).one()
    of_album = (Sheet.shop_id == scope.shop_id, Sheet.album_id == album.id)
    sheets_ = scope.session.scalar(select(func.count()).where(*of_album)) or 0
    price = pricing.prices_at(scope, scope.now).get(reads.KIND, 0)
    spent = int(won or 0)
    return spent, spent + max(0, sheets_ * album.most - count) * price


def pictures(scope: Scope, album: Album, *, most: int) -> list[AlbumPicture]:
    """The album's pictures, those in dispute first."""
    stmt = mine(scope, AlbumPicture).where(AlbumPicture.album_id == album.id)
    order = (AlbumPicture.state != DISPUTED, AlbumPicture.sheet, AlbumPicture.place)
    return list(scope.session.scalars(stmt.order_by(*order).limit(most)))


def picture(scope: Scope, album_id: int, picture_id: int) -> AlbumPicture:
    """A picture of this album. Raises NotFound."""
    found = one(scope, AlbumPicture, picture_id)
    if found.album_id != album_id:
        raise NotFound
    return found


def idle(scope: Scope, album_id: int) -> set[int]:
    """The sheets of an album of which an answer was called off and nothing else is waited for."""
    of_album = (Sheet.shop_id == scope.shop_id, Sheet.album_id == album_id, Sheet.off > 0)
    return set(
        scope.session.scalars(select(Sheet.number).where(*of_album, Sheet.got >= Sheet.asked - Sheet.off))
    )


def product_names(scope: Scope, shown: Sequence[AlbumPicture]) -> dict[int, str]:
    """The names of the products the pictures belong to."""
    ids = {one_.picture.product_id for one_ in shown}
    rows = select(Product.id, Product.name).where(Product.shop_id == scope.shop_id, Product.id.in_(ids))
    return {id_: name for id_, name in scope.session.execute(rows)}  # noqa: C416 (rows are no pairs)
