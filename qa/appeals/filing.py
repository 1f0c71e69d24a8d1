"""Appealing: a partner says why a verdict is wrong, in her words, with photos of the work, in time."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from base import calendars, personal
from base.errors import Invalid, NotFound, Refused
from base.i18n import t
from base.rows import mine, one
from base.scope import Scope
from base.workdays import add
from qa.appeals import gate, sealing
from qa.appeals.gate import AppealedAlready, Filed
from qa.appeals.lifecycle import OPENED, WITHDRAW
from qa.appeals.models import Appeal
from qa.appeals.news import AppealEnded, AppealOpened
from qa.models import Inspection
from qa.scoring import ACCEPT
from security.shops import rules
from tasks import clocks, leases
from tasks.lifecycle import REJECTED, REWORK
from tasks.models import Photo, Submission, Task
from tasks.news import TaskSubmitted

LONGEST, MOST_PHOTOS = 1000, 10


class NothingToAppeal(Refused):
    """There is no verdict against this work that stands: it waits, it passed, or it is being mended."""

    code = "appeals.nothing_to_appeal"


class TooLate(Refused):
    """The time to appeal is over. Facts: until."""

    code = "appeals.too_late"


class NoReason(Invalid):
    """An appeal says why, and not too much. Facts: field, longest."""

    code = "appeals.no_reason"


class NotThisPhoto(Invalid):
    """An appeal points at photos of the work that was handed in. Facts: field."""

    code = "appeals.not_this_photo"


class PersonalWords(Invalid):
    """The words hold what looks like a 주민등록번호, a phone number or an address. Facts: field."""

    code = "appeals.personal_words"


@dataclass(frozen=True, slots=True)
class Chance:
    """What a partner may still do about a verdict: until when to appeal, and the appeal there is."""

    task: Task
    inspection: Inspection | None
    until: datetime | None
    appeal: Appeal | None
    photos: tuple[int, ...] = ()
    over: bool = False

    @property
    def open(self) -> bool:
        """Whether an appeal may be filed now."""
        return self.inspection is not None and self.appeal is None and not self.over


def chance(scope: Scope, task_id: int) -> Chance:
    """How the actor's own task stands. Raises NotFound for what is not their work."""
    task = one(scope, Task, task_id)
    verdict = _latest(scope, task)
    if verdict is None:
        if task.holder_id != scope.actor.partner_id:
            raise NotFound
        return Chance(task, None, None, None)
    appeal = scope.session.scalar(mine(scope, Appeal).where(Appeal.inspection_id == verdict.id))
    until = deadline(scope, verdict)
    stands = task.state in {REWORK, REJECTED} and verdict.verdict not in {"", ACCEPT}
    photos = [id_ for ids in verdict.submission.photos.values() for id_ in ids]
    told = verdict if stands or appeal else None
    return Chance(task, told, until, appeal, tuple(photos), over=until < scope.now)


def _latest(scope: Scope, task: Task) -> Inspection | None:
    """The latest inspection of what the actor handed in on this task."""
    handed_in = (
        mine(scope, Inspection)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(
            Inspection.task_id == task.id,
            Inspection.state != "lapsed",
            Submission.partner_id == scope.actor.partner_id,
        )
    )
    return scope.session.scalar(handed_in.order_by(Inspection.round.desc()).limit(1))


def deadline(scope: Scope, inspection: Inspection) -> datetime:
    """Until when a verdict may be appealed against: in business time from when it was given."""
    given = inspection.judged_at or scope.now
    return add(calendars.current(scope), given, rules(scope).appeal_s)


def appeal(scope: Scope, task_id: int, *, text: str, photos: Sequence[int] = ()) -> Appeal:
    """Appeals against the latest verdict on the actor's own work; what is to be mended waits meanwhile.

    Raises NotFound, NothingToAppeal, AppealedAlready, TooLate, NoReason, NotThisPhoto, PersonalWords.
    """
    found = chance(scope, task_id)
    if found.appeal is not None:
        raise AppealedAlready
    if found.inspection is None or found.until is None:
        raise NothingToAppeal
    if found.over:
        raise TooLate(until=found.until)
    said = _said(text)
    _check_photos(scope, found.task, photos)
    uid = secrets.token_hex(12)
    judge_by = add(calendars.current(scope), scope.now, rules(scope).appeal_judge_s)
    filed = Filed(
        uid=uid,
        words=sealing.seal(scope, found.task, uid=uid, text=said),
        photos=tuple(photos),
        judge_by=judge_by,
        paused=_let_wait(scope, found.task, judge_by),
    )
    partner_id = scope.actor.partner_id or 0
    made = gate.open_(scope, found.inspection, partner_id=partner_id, filed=filed)
    scope.tell(AppealOpened(made.id, made.task_id))
    return made


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST:
        raise NoReason(field="text", longest=LONGEST)
    if personal.resident_number(said) or personal.phone_number(said) or personal.address(said):
        raise PersonalWords(field="text")
    return said


def _check_photos(scope: Scope, task: Task, photos: Collection[int]) -> None:
    of_task = select(Photo.id).where(
        Photo.shop_id == scope.shop_id, Photo.task_id == task.id, Photo.id.in_(list(photos))
    )
    if len(photos) > MOST_PHOTOS or set(photos) - set(scope.session.scalars(of_task)):
        raise NotThisPhoto(field="photos")


def _let_wait(scope: Scope, task: Task, judge_by: datetime) -> bool:
    """Rework waits for the second look at the shop's cost: the lease outlasts it, the clock stands still."""
    if task.state != REWORK:
        return False
    leases.extend(scope, task, until=judge_by + timedelta(seconds=rules(scope).rework_lease_s))
    try:
        clocks.pause(scope, task.id, reason=t("ko", "appeals.wait"), owed_by="reviewer")
    except clocks.NotRunning:
        return False  # the owner had stopped it already
    return True


def withdraw(scope: Scope, appeal_id: int) -> Appeal:
    """Takes the actor's own appeal back. Raises NotFound, AppealOver."""
    found = one(scope, Appeal, appeal_id)
    if found.partner_id != scope.actor.partner_id:
        raise NotFound
    _end(scope, found)
    return found


def on_submitted(scope: Scope, news: TaskSubmitted) -> None:
    """Who hands mended work in has settled the matter: the appeal against what was mended is taken back."""
    if news.round == 1:
        return
    stmt = mine(scope, Appeal).where(Appeal.task_id == news.task_id, Appeal.state == OPENED)
    found = scope.session.scalar(stmt)
    if found is not None:
        gate.take(scope, found, WITHDRAW)
        scope.tell(AppealEnded(found.id, found.task_id, found.state))


def _end(scope: Scope, found: Appeal) -> None:
    gate.take(scope, found, WITHDRAW)
    go_on(scope, found)
    scope.tell(AppealEnded(found.id, found.task_id, found.state))


def go_on(scope: Scope, found: Appeal) -> None:
    """The rework goes on where it stood, with its whole time before it."""
    task = one(scope, Task, found.task_id)
    if task.state != REWORK:
        return
    leases.extend(scope, task, until=scope.now + timedelta(seconds=rules(scope).rework_lease_s))
    if not found.paused:
        return
    try:
        clocks.resume(scope, task.id)
    except clocks.NotRunning:
        return  # the owner let it run on meanwhile
