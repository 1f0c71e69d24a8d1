"""A hand's own descriptions beside what was decided, of whatever was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from base.scope import Scope
from tasks.kinds.tagging import habits, reads, saying
from tasks.kinds.tagging.habits import Case, Habit
from tasks.kinds.tagging.models import DECIDED, Album, AlbumPicture, PictureAnswer
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Vocabulary

LATEST = 600  # answers


@dataclass(frozen=True, slots=True)
class Own:
    """What a hand is told of its descriptions: how many were decided, and the habits seen in them."""

    decided: int
    enough: bool
    habits: tuple[tuple[Vocabulary, Habit], ...]


def own(scope: Scope) -> Own:
    """The actor's own."""
    latest = (
        select(PictureAnswer.said, AlbumPicture.found, Album.edition_id)
        .join(AlbumPicture, AlbumPicture.id == PictureAnswer.album_picture_id)
        .join(Album, Album.id == PictureAnswer.album_id)
        .where(PictureAnswer.shop_id == scope.shop_id, PictureAnswer.partner_id == scope.actor.partner_id)
        .where(AlbumPicture.state == DECIDED)
        .order_by(PictureAnswer.id.desc())
        .limit(LATEST)
    )
    by_edition: dict[int, list[Case]] = {}
    for said, found, edition_id in scope.session.execute(latest):
        case = _case(reads.words_of(scope, edition_id), said, found)
        if case is not None:
            by_edition.setdefault(edition_id, []).append(case)
    told = [
        (words, habit)
        for edition_id, cases in by_edition.items()
        for words in [reads.words_of(scope, edition_id)]
        for habit in habits.habits(words.attributes, cases)
    ]
    decided = sum(map(len, by_edition.values()))
    return Own(decided, decided >= habits.ENOUGH, tuple(told[: habits.MOST]))


def _case(words: Vocabulary, said: Any, found: Mapping[str, Any]) -> Case | None:
    read = saying.read(words, said)
    if not isinstance(read, Described) or read.unclear:
        return None
    plain = [attribute for attribute in words.attributes if attribute.region == "none"]
    held = {one.key: [tag[0] for tag in found.get(one.key, {}).get("held", ())] for one in plain}
    return Case({one.key: read.said(one) for one in plain}, held)
