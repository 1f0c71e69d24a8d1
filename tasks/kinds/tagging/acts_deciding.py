"""What is held of a picture comes to stand on its product; where hands disagree, a person says what is so."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select, update

from base.errors import Forbidden, Invalid, Stale
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from security.models import Membership
from stock import tags
from stock.picture_tables import ProductPicture
from stock.tags import Standing
from tasks.checklist import Problem
from tasks.kinds.tagging import reads, results, saying
from tasks.kinds.tagging.models import (
    DECIDED,
    DISPUTED,
    AlbumPicture,
    KnownPicture,
    PictureAnswer,
    Vocabulary,
    VocabularyEdition,
)
from tasks.kinds.tagging.results import Found
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Vocabulary as Words
from tasks.kinds.tagging.vocabulary import parse


class BadDescription(Invalid):
    """What was said of a picture cannot stand. Facts: field, problem (a code) and its own."""

    code = "kinds.bad_description"


class DecidedAlready(Stale):
    """Somebody decided about this picture first."""

    code = "kinds.decided_already"


class OwnAnswer(Forbidden):
    """Nobody decides about a picture they answered themselves."""

    code = "kinds.own_answer"


def settle(scope: Scope, picture_id: int, *, said: Mapping[str, Any]) -> AlbumPicture:
    """A person decides what is so of a picture the hands disagree about; it stands on the product.

    Raises NotFound, BadDescription, OwnAnswer, DecidedAlready.
    """
    picture = one(scope, AlbumPicture, picture_id)
    words = reads.words_of(scope, picture.album.edition_id)
    read = described(words, said)
    if is_own(scope, picture):
        raise OwnAnswer
    answers = len(reads.answers_about(scope, picture.album, [picture]))
    stand(scope, picture, DISPUTED, results.of_person(read, words, answers=answers), by=scope.actor.id)
    audit.note(scope, "picture.decided", "album", picture.album_id, picture=picture.id)
    return picture


def know(scope: Scope, vocabulary_id: int, picture_id: int, *, said: Mapping[str, Any]) -> None:
    """The owner says what is so of a picture, so that methods and hands can be measured; it stands at once.

    Raises NotFound, BadDescription.
    """
    vocabulary, picture = one(scope, Vocabulary, vocabulary_id), one(scope, ProductPicture, picture_id)
    words = words_in_use(scope, vocabulary)
    read = described(words, said)
    told = {"said": read.plain(), "by": scope.actor.id, "at": scope.now}
    this = (KnownPicture.shop_id == scope.shop_id, KnownPicture.vocabulary_id == vocabulary.id)
    anew = update(KnownPicture).where(*this, KnownPicture.picture_id == picture.id)
    if changed(scope, anew.values(**told)) == 0:
        whose = {"shop_id": scope.shop_id, "vocabulary_id": vocabulary.id, "picture_id": picture.id}
        scope.session.add(KnownPicture(**whose, **told))
    _put(scope, vocabulary.id, picture, results.of_person(read, words, answers=0))
    audit.note(scope, "picture.known", "vocabulary", vocabulary.id, picture=picture.id)


def words_in_use(scope: Scope, vocabulary: Vocabulary) -> Words:
    """The newest edition's words; none before the first save."""
    stmt = mine(scope, VocabularyEdition).where(VocabularyEdition.vocabulary_id == vocabulary.id)
    row = scope.session.scalar(stmt.order_by(VocabularyEdition.number.desc()).limit(1))
    return parse(row.words) if row else Words(())


def described(words: Words, said: Mapping[str, Any]) -> Described:
    """A whole description. Raises BadDescription for one that cannot stand or says too little."""
    read = saying.read(words, said)
    if isinstance(read, Problem):
        raise BadDescription(field="said", problem=read.code, **read.facts)
    if (lack := saying.lacking(words, read)) is not None:
        raise BadDescription(field="said", problem=lack.code, **lack.facts)
    return read


def is_own(scope: Scope, picture: AlbumPicture) -> bool:
    """Whether the actor's own hands answered about this picture, under whichever role they are here now."""
    hands = select(Membership.id).where(
        Membership.shop_id == scope.shop_id, Membership.account_id == scope.actor.id
    )
    answered = exists().where(
        PictureAnswer.shop_id == scope.shop_id,
        PictureAnswer.album_picture_id == picture.id,
        PictureAnswer.partner_id.in_(hands),
    )
    return bool(scope.session.scalar(select(answered)))


def stand(scope: Scope, picture: AlbumPicture, seen: str, found: Found, *, by: int | None = None) -> None:
    """What is held of a picture is decided, and stands on its product. Raises DecidedAlready."""
    _move(scope, picture, seen, {"state": DECIDED, "found": found, "decided_by": by, "decided_at": scope.now})
    _put(scope, picture.album.edition.vocabulary_id, picture.picture, found)


def dispute(scope: Scope, picture: AlbumPicture, found: Found) -> None:
    """The hands disagree and no more are asked: a person is to decide. Raises DecidedAlready."""
    _move(scope, picture, "waiting", {"state": DISPUTED, "found": found})


def _move(scope: Scope, picture: AlbumPicture, seen: str, values: Mapping[str, Any]) -> None:
    this = (AlbumPicture.shop_id == scope.shop_id, AlbumPicture.id == picture.id)
    moved = changed(scope, update(AlbumPicture).where(*this, AlbumPicture.state == seen).values(**values))
    if moved != 1:
        raise DecidedAlready
    scope.session.refresh(picture)


def _put(scope: Scope, vocabulary_id: int, picture: ProductPicture, found: Found) -> None:
    tags.put(scope, vocabulary_id, picture, [Standing(*one_) for one_ in results.held(found)])
