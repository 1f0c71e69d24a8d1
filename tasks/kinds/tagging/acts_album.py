"""Opening albums: product pictures cut into sheets, and as many tasks on each as answers are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from base import outbox
from base.errors import Invalid
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock.batches import batches
from stock.picture_tables import ProductPicture
from tasks import opening
from tasks.kinds.tagging import acts_mixing, reads, sheets
from tasks.kinds.tagging.models import Album, AlbumPicture, Sheet, Vocabulary, VocabularyEdition
from tasks.lifecycle import OPEN
from tasks.models import Task
from tasks.opening import Wanted

MOST_ANSWERS = 9
LONGEST_NAME = 60
WEIGH = "tagging.weigh"


class BadAlbum(Invalid):
    """An album cannot be opened so. Facts: field, why (a code)."""

    code = "kinds.bad_album"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an album asks: in which words, of how many hands and at most how many, how sure is enough (%)."""

    name: str
    vocabulary_id: int
    answers: int = 3
    most: int = 5
    enough: int = 80
    per_sheet: int = sheets.PER_SHEET


def open_album(scope: Scope, asked: Asked, *, picture_ids: Sequence[int]) -> Album:
    """Opens an album of product pictures: sheets of them, and on each as many tasks as answers are wanted.

    Raises NotFound, BadAlbum.
    """
    album, wanted = _laid_out(scope, asked, picture_ids)
    opening.open_for_products(scope, kind=reads.KIND, wanted=wanted)
    return album


def ready(scope: Scope, wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """Makes albums for whoever wants products tagged without one, by hand or by itself: one for each number
    of answers, in the words named by the target, else the newest. Raises BadAlbum where there are no words.

    Products without a picture that is new to these words are passed over.
    """
    albums = [one_ for one_ in wanted if one_.target.startswith(sheets.TARGET)]
    loose = [one_ for one_ in wanted if not one_.target.startswith(sheets.TARGET)]
    for (target, slots), of_it in _together(loose).items():
        words = _words_named(scope, target)
        fresh = _fresh_pictures(scope, words, [one_.product_id for one_ in of_it if one_.product_id])
        answers = min(slots, MOST_ANSWERS)
        asked = Asked(of_it[0].note or words.name, words.id, answers, min(answers + 2, MOST_ANSWERS))
        for some in _handfuls(fresh):
            albums += _laid_out(scope, asked, some)[1]
    return albums


def _together(wanted: Sequence[Wanted]) -> dict[tuple[str, int], list[Wanted]]:
    found: dict[tuple[str, int], list[Wanted]] = {}
    for one_ in wanted:
        found.setdefault((one_.target, one_.slots), []).append(one_)
    return found


def _handfuls(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + sheets.MOST_PICTURES] for at in range(0, len(ids), sheets.MOST_PICTURES)]


def _words_named(scope: Scope, name: str) -> Vocabulary:
    """The vocabulary of this name that has words, else the newest that has. Raises BadAlbum."""
    known = (
        mine(scope, Vocabulary)
        .where(Vocabulary.edition > 0)
        .order_by(Vocabulary.name != name, Vocabulary.id.desc())
    )
    found = scope.session.scalars(known.limit(1)).first()
    if found is None:
        raise BadAlbum(field="vocabulary", why="no_words")
    return found


def _fresh_pictures(scope: Scope, words: Vocabulary, product_ids: Sequence[int]) -> list[int]:
    """The products' pictures that no album described in these words yet."""
    done = (
        select(AlbumPicture.picture_id)
        .join(Album, Album.id == AlbumPicture.album_id)
        .join(VocabularyEdition, VocabularyEdition.id == Album.edition_id)
        .where(AlbumPicture.shop_id == scope.shop_id, VocabularyEdition.vocabulary_id == words.id)
    )
    found: list[int] = []
    for some in batches(sorted(set(product_ids))):
        shown = mine(scope, ProductPicture).where(
            ProductPicture.product_id.in_(some),
            ProductPicture.removed_at.is_(None),
            ProductPicture.id.not_in(done),
        )
        found += [picture.id for picture in scope.session.scalars(shown.order_by(ProductPicture.id))]
    return found


def _laid_out(scope: Scope, asked: Asked, picture_ids: Sequence[int]) -> tuple[Album, list[Wanted]]:
    """An album with its sheets, and the tasks that are wanted for them. Raises NotFound, BadAlbum."""
    edition = _edition(scope, asked)
    ids = _there(scope, picture_ids)
    _check(asked, ids)
    album = Album(
        shop_id=scope.shop_id,
        name=" ".join(asked.name.split()),
        edition_id=edition.id,
        answers=asked.answers,
        most=asked.most,
        enough=asked.enough,
        methods={},
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(album)
    scope.session.flush()
    mixed = acts_mixing.chosen(scope, album, ids, per_sheet=asked.per_sheet)
    cut = sheets.cut(ids, seed=album.id, per_sheet=asked.per_sheet, mixed=list(mixed))
    _lay_out(scope, album, cut)
    acts_mixing.note(scope, album, mixed)
    facts = {"pictures": len(ids), "sheets": len(cut), "answers": album.answers}
    audit.note(scope, "album.opened", "album", album.id, **facts)
    return album, [
        Wanted(
            target=sheets.target(album.id, number), slots=album.answers, title=_title(album, number, len(cut))
        )
        for number in range(1, len(cut) + 1)
    ]


def _title(album: Album, number: int, of: int) -> str:
    return f"{album.name} {number}/{of}" if of > 1 else album.name


def _edition(scope: Scope, asked: Asked) -> VocabularyEdition:
    """The newest edition of the vocabulary. Raises NotFound, BadAlbum."""
    vocabulary = one(scope, Vocabulary, asked.vocabulary_id)
    row = scope.session.scalar(
        mine(scope, VocabularyEdition).where(
            VocabularyEdition.vocabulary_id == vocabulary.id, VocabularyEdition.number == vocabulary.edition
        )
    )
    if row is None:
        raise BadAlbum(field="vocabulary", why="no_words")
    return row


def _there(scope: Scope, picture_ids: Sequence[int]) -> list[int]:
    """Those of the pictures that the shop's products show, each once."""
    found: list[int] = []
    for some in batches(sorted(set(picture_ids))):
        stmt = select(ProductPicture.id).where(
            ProductPicture.shop_id == scope.shop_id,
            ProductPicture.id.in_(some),
            ProductPicture.removed_at.is_(None),
        )
        found += scope.session.scalars(stmt)
    return sorted(found)


def _check(asked: Asked, ids: Sequence[int]) -> None:
    wrong = {
        "name": not asked.name.strip() or len(asked.name) > LONGEST_NAME,
        "pictures": not 1 <= len(ids) <= sheets.MOST_PICTURES,
        "answers": not 1 <= asked.answers <= MOST_ANSWERS,
        "most": not asked.answers <= asked.most <= MOST_ANSWERS,
        "enough": not 50 <= asked.enough <= 100,
        "per_sheet": not 1 <= asked.per_sheet <= 30,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise BadAlbum(field=field, why=field)


def _lay_out(scope: Scope, album: Album, cut: Sequence[Sequence[int]]) -> None:
    of_album = {"shop_id": scope.shop_id, "album_id": album.id}
    laid = [of_album | {"number": number, "asked": album.answers} for number in range(1, len(cut) + 1)]
    rows = [
        of_album | {"picture_id": id_, "sheet": number, "place": place, "found": {}}
        for number, ids in enumerate(cut, start=1)
        for place, id_ in enumerate(ids, start=1)
    ]
    scope.session.execute(insert(Sheet), laid)
    for some in batches(rows):
        scope.session.execute(insert(AlbumPicture), list(some))


def close(scope: Scope, album_id: int) -> None:
    """Asks for no more answers: open work is called off, what is in is weighed as it is. Raises NotFound."""
    album = one(scope, Album, album_id)
    this = update(Album).where(
        Album.shop_id == scope.shop_id, Album.id == album.id, Album.closed_at.is_(None)
    )
    if changed(scope, this.values(closed_at=scope.now)) != 1:
        return
    numbers = list(
        scope.session.scalars(
            select(Sheet.number).where(Sheet.shop_id == scope.shop_id, Sheet.album_id == album.id)
        )
    )
    targets = [sheets.target(album.id, number) for number in numbers]
    for task_id in _open_tasks(scope, targets):
        opening.cancel(scope, task_id)
    for number in numbers:
        outbox.put(scope, WEIGH, key=f"{album.id}-{number}-closed", album_id=album.id, number=number)
    audit.note(scope, "album.closed", "album", album.id)


def _open_tasks(scope: Scope, targets: Sequence[str]) -> list[int]:
    found: list[int] = []
    for some in batches(targets):
        stmt = select(Task.id).where(
            Task.shop_id == scope.shop_id, Task.kind == reads.KIND, Task.state == OPEN, Task.target.in_(some)
        )
        found += scope.session.scalars(stmt)
    return sorted(found)
