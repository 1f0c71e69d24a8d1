"""What a photo is held against: the photo of the last submission, and the procedure's own example."""

from dataclasses import dataclass

from base.rows import mine
from base.scope import Scope
from qa.queries import Desk
from tasks.items import Item
from tasks.models import Submission


@dataclass(frozen=True, slots=True)
class Beside:
    """A picture to hold a photo of an item against: of an earlier submission, or the example (round 0)."""

    item: Item
    round: int
    photo_id: int = 0
    example: str = ""


def beside(scope: Scope, desk: Desk) -> tuple[Beside, ...]:
    """For every item with photos: those of the submission before, and the pictures of its instruction."""
    asked = [answered.item for answered in desk.items if answered.photos]
    return (*_before(scope, desk, asked), *_examples(asked))


def _before(scope: Scope, desk: Desk, asked: list[Item]) -> list[Beside]:
    last = desk.at_hand.round - 1
    if last < 1:
        return []
    made = mine(scope, Submission).where(Submission.task_id == desk.at_hand.task_id, Submission.round == last)
    submission = scope.session.scalar(made)
    photos = submission.photos if submission else {}
    again = {id_ for id_, _item in desk.photos}  # handed in once more, so it stands there already
    old = ((item, id_) for item in asked for id_ in photos.get(item.key, ()) if id_ not in again)
    return [Beside(item, last, photo_id=id_) for item, id_ in old]


def _examples(asked: list[Item]) -> list[Beside]:
    shown = ((item, media) for item in asked for media in item.media if media.kind == "picture")
    return [Beside(item, 0, example=media.name) for item, media in shown]
