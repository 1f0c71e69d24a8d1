"""Keeping vocabularies: every save is a new edition, and products are found by its words from then on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from base.errors import Invalid, Stale
from base.once import once
from base.rows import changed, one
from base.scope import Scope
from security import audit
from stock import tags
from stock.tag_words import normal
from tasks.kinds.tagging import outline
from tasks.kinds.tagging.acts_deciding import words_in_use
from tasks.kinds.tagging.models import Vocabulary, VocabularyEdition
from tasks.kinds.tagging.vocabulary import Attribute, Region, check, plain
from tasks.kinds.tagging.vocabulary import Vocabulary as Words

LONGEST_NAME = 60


class NameTaken(Invalid):
    """A vocabulary of this name stands already, or the name is empty or too long. Facts: field, why."""

    code = "kinds.vocabulary_name"


@dataclass(frozen=True, slots=True)
class Drafted:
    """An attribute as the owner wrote it; `key` is empty for a new one."""

    key: str
    ko: str
    en: str
    several: bool
    required: bool
    region: Region
    outline: str


def create(scope: Scope, *, name: str) -> Vocabulary:
    """Begins a vocabulary, without words yet. Raises NameTaken."""
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME:
        raise NameTaken(field="name", why="unnamed" if not named else "long_name")
    id_ = once(
        scope.session,
        Vocabulary,
        {"shop_id": scope.shop_id, "name": named, "edition": 0, "made_at": scope.now},
    )
    if id_ is None:
        raise NameTaken(field="name", why="taken_name")
    audit.note(scope, "vocabulary.made", "vocabulary", id_)
    return one(scope, Vocabulary, id_)


def save(scope: Scope, vocabulary_id: int, *, attributes: Sequence[Drafted], seen: int) -> VocabularyEdition:
    """Keeps the words as a new edition, over the one that was seen. Raises NotFound, BadVocabulary, Stale."""
    vocabulary = one(scope, Vocabulary, vocabulary_id)
    words = check(_read(words_in_use(scope, vocabulary), attributes))
    this = update(Vocabulary).where(Vocabulary.shop_id == scope.shop_id, Vocabulary.id == vocabulary.id)
    if changed(scope, this.where(Vocabulary.edition == seen).values(edition=seen + 1)) != 1:
        raise Stale
    edition = VocabularyEdition(
        shop_id=scope.shop_id,
        vocabulary_id=vocabulary.id,
        number=seen + 1,
        words=plain(words),
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(edition)
    scope.session.flush()
    tags.learn(scope, vocabulary.id, _said(words))
    audit.note(scope, "vocabulary.saved", "vocabulary", vocabulary.id, edition=edition.number)
    return edition


def _read(before: Words, drafted: Sequence[Drafted]) -> list[Attribute]:
    taken: set[str] = set()
    found = []
    for draft in drafted:
        known = before.by_key.get(draft.key)
        key = known.key if known and known.key not in taken else _free(draft.ko, taken | set(before.by_key))
        taken.add(key)
        tags_ = outline.read(draft.outline, attribute=draft.ko, before=known.tags if known else ())
        found.append(Attribute(key, draft.ko, draft.en, draft.several, draft.required, draft.region, tags_))
    return found


def _free(name: str, taken: set[str]) -> str:
    """A key of the attribute's own that none had before: what stands on products keeps its meaning."""
    key, number = normal(name), 1
    while key in taken or not key:
        number += 1
        key = f"{normal(name)}-{number}"
    return key


def _said(words: Words) -> list[tags.Word]:
    return [
        tags.Word(
            attribute.key,
            tag.key,
            {"attribute": {"ko": attribute.ko, "en": attribute.en}, "tag": {"ko": tag.ko, "en": tag.en}},
            attribute.found_by(tag.key),
        )
        for attribute in words.attributes
        for tag in attribute.tags
    ]
