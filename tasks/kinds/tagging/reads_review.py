"""Reads for whoever judges: answers to a picture side by side, with agreement and how sure they make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from base.rows import Page, mine, page
from base.scope import Scope
from tasks.kinds.tagging import reads, results
from tasks.kinds.tagging.deciding import Answered, decide
from tasks.kinds.tagging.models import DISPUTED, AlbumPicture
from tasks.kinds.tagging.results import Found
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Attribute, Vocabulary
from tasks.models import Task

THIS = 0  # the hand whose work is being judged, in what is shown


@dataclass(frozen=True, slots=True)
class Column:
    """What one hand said of a picture; hands are numbered, not named."""

    hand: int
    said: Described
    this: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """A picture's answers side by side, and what they come to by attribute (see results.Found)."""

    picture: AlbumPicture
    columns: tuple[Column, ...]
    found: Found

    @property
    def sure(self) -> int:
        """Per mille of the least certain attribute."""
        return min((of_it["sure"] for of_it in self.found.values()), default=0)

    def split(self, attribute: Attribute) -> bool:
        """Whether hands said different things of an attribute."""
        return len({column.said.said(attribute) for column in self.columns if not column.said.unclear}) > 1


def beside(
    scope: Scope, task: Task, pictures: Mapping[str, AlbumPicture], this: Mapping[str, Described]
) -> dict[str, Beside]:
    """The answers accepted so far beside those being judged, by field.

    What is judged stands there once, whether it was accepted before or not: a second judge sees no more.
    """
    album, _sheet = reads.album_of(scope, task)
    words = reads.words_of(scope, album.edition_id)
    others = reads.answers_about(scope, album, list(pictures.values()), but=task.id)
    mine_ = [Answered(pictures[key].id, THIS, said) for key, said in this.items()]
    found = decide(words, [*others, *mine_], {})
    return {
        key: _beside(picture, [one for one in [*mine_, *others] if one.picture == picture.id], found, words)
        for key, picture in pictures.items()
    }


def _beside(picture: AlbumPicture, answers: list[Answered], outcome: Any, words: Vocabulary) -> Beside:
    columns = tuple(Column(nth, one.said, one.hand == THIS) for nth, one in enumerate(answers, start=1))
    return Beside(picture, columns, results.of_hands(outcome, words, picture.id) if answers else {})


def disputes(scope: Scope, *, after: str = "") -> Page[AlbumPicture]:
    """The pictures hands disagree about and a person is to decide, the oldest first."""
    stmt = mine(scope, AlbumPicture).where(AlbumPicture.state == DISPUTED)
    return page(scope, stmt, by=(AlbumPicture.album_id, AlbumPicture.id), after=after, newest_first=False)


def dispute(scope: Scope, picture: AlbumPicture) -> Beside:
    """A picture with everything that was said of it, and what the hands came to when it was weighed."""
    answers = reads.answers_about(scope, picture.album, [picture])
    columns = tuple(Column(nth, one.said, this=False) for nth, one in enumerate(answers, start=1))
    return Beside(picture, columns, picture.found)


def first_guess(of: Beside) -> Described:
    """What the hands came to, as a description to begin from."""
    tags: dict[str, tuple[str, ...]] = {}
    for attribute, of_it in of.found.items():
        tags[attribute] = tuple(tag for tag, _sure, at in of_it["held"] if not at)
    return Described(tags)
