"""Taking in accepted answers, and weighing a sheet when all that were asked are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, insert, select, update

from base import outbox
from base.rows import mine, one
from base.scope import Scope
from partners.lifecycle import WORKING
from partners.models import Partner
from security import audit
from tasks import opening
from tasks.kinds.tagging import reads, results, saying
from tasks.kinds.tagging.acts_album import WEIGH
from tasks.kinds.tagging.acts_deciding import dispute, stand
from tasks.kinds.tagging.choosing import another
from tasks.kinds.tagging.deciding import Outcome, decide
from tasks.kinds.tagging.models import WAITING, Album, AlbumPicture, PictureAnswer, Sheet, SheetExtra
from tasks.kinds.tagging.saying import Described
from tasks.models import Submission, Task


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a sheet's answers come to, how often each waiting picture was answered, what is known of it."""

    outcome: Outcome
    told: Mapping[int, int]
    known: Mapping[int, Described]


@dataclass(frozen=True, slots=True)
class Settling:
    """A sheet that is being settled, with those of its pictures that wait and were weighed."""

    album: Album
    sheet: Sheet
    waiting: Sequence[AlbumPicture]
    outcome: Outcome
    told: Mapping[int, int]
    known: Mapping[int, Described]


def take_in(scope: Scope, task: Task) -> None:
    """Keeps the accepted answers of a task; with the last that was asked the sheet is weighed, as an errand.

    The errand keeps the weighing out of the transaction in which somebody hands in or judges.
    """
    album, number = reads.album_of(scope, task)
    answers = scope.session.scalars(
        select(Submission.answers).where(
            Submission.shop_id == scope.shop_id, Submission.task_id == task.id, Submission.round == task.round
        )
    ).one()
    words = reads.words_of(scope, album.edition_id)
    read = {
        one_.id: saying.read(words, answers.get(reads.field(one_))) for one_ in reads.pictures_of(scope, task)
    }
    common = {
        "shop_id": scope.shop_id,
        "album_id": album.id,
        "task_id": task.id,
        "partner_id": task.holder_id,
    }
    rows = [
        common | {"album_picture_id": id_, "said": said.plain(), "at": scope.now}
        for id_, said in read.items()
        if isinstance(said, Described)
    ]
    if rows:
        scope.session.execute(insert(PictureAnswer), rows)
    _count(scope, task, album, number, got=Sheet.got + 1)


def call_off(scope: Scope, task: Task) -> None:
    """The owner wants no answer of this task: nobody waits for it, and of its sheet no more is asked."""
    album, number = reads.album_of(scope, task)
    _count(scope, task, album, number, off=Sheet.off + 1)


def _count(scope: Scope, task: Task, album: Album, number: int, **values: ColumnElement[int]) -> None:
    """Counts on a sheet that a task of it has ended; it is weighed when nothing else is waited for."""
    this = update(Sheet).where(
        Sheet.shop_id == scope.shop_id, Sheet.album_id == album.id, Sheet.number == number
    )
    counted = this.values(**values).returning(Sheet.asked, Sheet.got, Sheet.off)
    row = scope.session.execute(counted.execution_options(synchronize_session=False)).one()
    if row.got and row.got >= row.asked - row.off:
        outbox.put(scope, WEIGH, key=f"{album.id}-{number}-{task.id}", album_id=album.id, number=number)


def weigh(scope: Scope, *, album_id: int, number: int) -> Weighed:
    """What the answers to a sheet's waiting pictures come to, beside the album's latest; writes nothing."""
    album = one(scope, Album, album_id)
    waiting = [one_ for one_ in reads.on_sheet(scope, album.id, number) if one_.state == WAITING]
    about, ids = reads.answers_about(scope, album, waiting), {picture.id for picture in waiting}
    others = [answer for answer in reads.answers_of(scope, album) if answer.picture not in ids]
    told = dict.fromkeys(ids, 0)
    for answer in about:
        told[answer.picture] += 1
    known = reads.known_of(scope, album)
    outcome = decide(reads.words_of(scope, album.edition_id), [*others, *about], known)
    return Weighed(outcome, told, known)


def settle_sheet(scope: Scope, weighed: Weighed, *, album_id: int, number: int) -> None:
    """Decides the weighed pictures of a sheet whose answers are all in, asks for another answer, or calls a
    person. Done again it changes nothing: what is decided waits no more.
    """
    album = one(scope, Album, album_id)
    sheet = scope.session.scalars(
        mine(scope, Sheet).where(Sheet.album_id == album.id, Sheet.number == number).with_for_update()
    ).one()
    on_sheet = reads.on_sheet(scope, album.id, number)
    waiting = [one_ for one_ in on_sheet if one_.state == WAITING and one_.id in weighed.told]
    if waiting and (sheet.is_all_in or album.closed_at is not None):
        _settle(scope, Settling(album, sheet, waiting, weighed.outcome, weighed.told, weighed.known))


def _settle(scope: Scope, of: Settling) -> None:
    is_wanted = of.album.closed_at is None and not of.sheet.off
    may_ask = is_wanted and _somebody_is_left(scope, of)
    again = [picture for picture in of.waiting if may_ask and _needs_another(scope, of, picture)]
    disputed = sum(_end(scope, of, picture) for picture in of.waiting if picture not in again)
    of.album.methods = {key: chosen.plain() for key, chosen in of.outcome.methods.items()}
    if again:
        _ask_again(scope, of, again)
    facts = {"sheet": of.sheet.number, "pictures": len(of.waiting), "again": len(again), "disputed": disputed}
    audit.note(scope, "album.weighed", "album", of.album.id, **facts)


def _needs_another(scope: Scope, of: Settling, picture: AlbumPicture) -> bool:
    return picture.id not in of.known and another(
        confidence=_sure(scope, of, picture),
        answers=of.told[picture.id],
        least=of.album.answers,
        most=of.album.most,
        enough=of.album.enough / 100,
    )


def _sure(scope: Scope, of: Settling, picture: AlbumPicture) -> float:
    if not of.told[picture.id]:
        return 0.0
    return of.outcome.confidence(picture.id, reads.words_of(scope, of.album.edition_id).attributes)


def _end(scope: Scope, of: Settling, picture: AlbumPicture) -> bool:
    """No more is asked of a picture: what is held stands, or a person is called; tells whether one is.

    What nobody answered in an album that was closed stays as it is.
    """
    words, told = reads.words_of(scope, of.album.edition_id), of.told[picture.id]
    if picture.id in of.known:
        stand(scope, picture, WAITING, results.of_person(of.known[picture.id], words, answers=told))
    elif told and _sure(scope, of, picture) >= of.album.enough / 100:
        stand(scope, picture, WAITING, results.of_hands(of.outcome, words, picture.id))
    elif told:
        dispute(scope, picture, results.of_hands(of.outcome, words, picture.id))
        return True
    return False


def _somebody_is_left(scope: Scope, of: Settling) -> bool:
    """Whether an active partner has not answered on this sheet yet; else nobody could give another answer."""
    ids = [picture.id for picture in of.waiting]
    answered = select(PictureAnswer.partner_id).where(
        PictureAnswer.shop_id == scope.shop_id, PictureAnswer.album_picture_id.in_(ids)
    )
    left = exists().where(
        Partner.shop_id == scope.shop_id, Partner.state.in_(WORKING), Partner.id.not_in(answered)
    )
    return bool(scope.session.scalar(select(left)))


def _ask_again(scope: Scope, of: Settling, pictures: Sequence[AlbumPicture]) -> None:
    """Opens one more answer on the pictures in doubt, for a hand that gave none on this sheet."""
    (task_id,) = opening.another(scope, _latest_task(scope, of))
    slot = one(scope, Task, task_id).slot
    of_sheet = {"album_id": of.album.id, "sheet": of.sheet.number, "slot": slot}
    scope.session.add(
        SheetExtra(shop_id=scope.shop_id, pictures={"ids": [picture.id for picture in pictures]}, **of_sheet)
    )
    of.sheet.asked += 1
    scope.session.flush()


def _latest_task(scope: Scope, of: Settling) -> Task:
    """A task of the sheet that was accepted: the set another answer belongs to."""
    ids = [picture.id for picture in of.waiting]
    stmt = select(PictureAnswer.task_id).where(
        PictureAnswer.shop_id == scope.shop_id, PictureAnswer.album_picture_id.in_(ids)
    )
    task_id = scope.session.scalars(stmt.order_by(PictureAnswer.id.desc()).limit(1)).one()
    return one(scope, Task, task_id)
