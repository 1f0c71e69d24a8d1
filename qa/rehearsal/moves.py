"""What a partner's hands do, one act each: take, look, answer, photograph, hand in, give back.

Each tells whether the parcel is still in hand (handing in: whether it was taken in).
"""

from collections.abc import Callable, Collection
from functools import partial

from base.errors import NotFound
from base.images import Picture
from base.scope import Scope
from qa.rehearsal import answers, parcels, pictures
from qa.rehearsal.parcels import Parcel
from qa.rehearsal.slips import Slip
from qa.rehearsal.stage import Player, Stage, act, look
from security.privacy import RevealsSpent
from tasks import dispatch, practice, work
from tasks.checklist import Item
from tasks.dispatch import AtCapacity, NotActive, NotHeld, NothingOpen, NotReady
from tasks.opening import PACKING
from tasks.work import HandedIn, LeaseEnded, Unfinished

REASONS = ("no_time", "goods_missing", "goods_damaged", "unclear")
CANCELLED = (HandedIn, NotFound, NotHeld)  # taken out of one's hands: the order is not wanted any more

Do = Callable[[Scope], object]


def next_parcel(stage: Stage, who: Player) -> Parcel | None:
    """What is in hand, else the next task, if there is one to have; nobody reaches for an empty list."""
    parcel, offered = look(stage, who.actor, _at_hand)
    if parcel is not None or not offered:
        return parcel
    try:
        return act(stage, who.actor, _taken, called="claimed")
    except (NothingOpen, AtCapacity, NotActive, NotReady):
        return None


def _at_hand(scope: Scope) -> tuple[Parcel | None, bool]:
    parcel = parcels.in_hand(scope)
    return parcel, parcel is None and parcels.offered(scope)


def _taken(scope: Scope) -> Parcel:
    task = dispatch.claim_next(scope, PACKING)
    if task.revision.number > 1:
        practice.read(scope, task)
    return parcels.parcel(scope, task)


def give_back(stage: Stage, who: Player, parcel: Parcel) -> bool:
    """Gives the task back for one of the usual reasons."""
    reason = who.random.choice(REASONS)
    _holding(stage, who, "released", partial(dispatch.release, task_id=parcel.task_id, reason=reason))
    return False


def look_at_label(stage: Stage, who: Player, parcel: Parcel) -> bool:
    """Opens the recipient to write the label, as far as the hour's budget goes."""
    task_id = parcel.task_id
    try:
        return _holding(stage, who, "revealed", lambda scope: work.recipient(scope, task_id, purpose="label"))
    except RevealsSpent:
        stage.tally["reveals_spent"] += 1
        return True


def do(stage: Stage, who: Player, parcel: Parcel, item: Item, slips: Collection[str]) -> bool:
    """Does one item: an answer, or a photo in the place of those that are there.

    An answer that comes after the lease has ended is kept as a late draft.
    """
    if item.type == "photo":
        return _photograph(stage, who, parcel, item, clear="photo_unclear" not in slips)
    value = answers.of(item, parcel.facts, slips=slips, random=who.random)
    said = {"task_id": parcel.task_id, "item": item.key, "value": value}
    answered = partial(work.answer, version=parcel.versions.get(item.key, 0), **said)
    return _holding(stage, who, "answered", answered, late=partial(work.keep_late, **said))


def _photograph(stage: Stage, who: Player, parcel: Parcel, item: Item, *, clear: bool) -> bool:
    picture = _another(who, parcel, item, clear=clear)

    def attach(scope: Scope) -> None:
        for old in parcel.photos.get(item.key, ()):
            work.remove_photo(scope, parcel.task_id, old)
        work.attach(scope, parcel.task_id, item=item.key, picture=picture)

    return _holding(stage, who, "photographed", attach)


def _another(who: Player, parcel: Parcel, item: Item, *, clear: bool) -> Picture:
    variant = (who.random.randrange(pictures.VARIANTS) + parcel.round) % pictures.VARIANTS
    drawn = pictures.photo(item.key, variant, clear=clear)
    return pictures.of_parcel(drawn, f"{parcel.task_id}/{item.key}/{parcel.round}/{variant}")


def hand_in(stage: Stage, who: Player, parcel: Parcel, wrong: frozenset[Slip]) -> bool:
    """Hands the parcel in; false when something is still missing or it is not in hand any more."""
    task_id, fence = parcel.task_id, parcel.fence
    try:
        taken_in = _holding(stage, who, "submitted", lambda scope: work.submit(scope, task_id, fence=fence))
    except Unfinished:
        stage.tally["unfinished"] += 1
        return False
    if taken_in:
        stage.wrong[parcel.task_id, parcel.round] = wrong
    return taken_in


def _holding(stage: Stage, who: Player, called: str, do: Do, *, late: Do | None = None) -> bool:
    """An act on a parcel in hand; false when it was cancelled, or the lease ended, meanwhile."""
    try:
        act(stage, who.actor, do, called=called)
    except CANCELLED:
        stage.tally["lost"] += 1
        return False
    except LeaseEnded:
        stage.tally["too_late"] += 1
        if late is not None:
            act(stage, who.actor, late, called="kept_late")
        return False
    return True
