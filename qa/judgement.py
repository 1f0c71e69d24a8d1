"""What a judgement must be to count: not on one's own work, with reasons, about things that are there."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Exists, Select, exists, select

from base.errors import Invalid, Refused
from base.personal import resident_number
from base.rows import one
from base.scope import Scope
from partners.lifecycle import LEFT
from partners.models import Partner
from qa import scoring
from qa.marking import LONGEST_QUOTE, Seen
from qa.models import Inspection
from qa.reviewers.models import Look
from qa.scoring import ACCEPT, CRITICAL, OTHER, REJECT, SEND_BACK, SEVERITIES, VERDICTS, Rubric
from security.models import Membership
from security.shops import rules
from stock.lifecycle import CANCELLED
from stock.models import Order
from tasks import sheet
from tasks.models import Photo, Submission, Task

LONGEST_NOTE = 500
MOST_DEFECTS = 40


class OwnWork(Refused):
    """Nobody judges what their own hands did."""

    code = "qa.own_work"
    status = 403


class NotAgain(Refused):
    """This shop lets mended work be looked at by somebody else than the first time."""

    code = "qa.not_again"
    status = 403


class UnknownVerdict(Invalid):
    """A verdict is accept, send_back or reject."""

    code = "qa.unknown_verdict"


class ReasonMissing(Invalid):
    """Work that does not pass needs a reason. Facts: field, verdict."""

    code = "qa.reason_missing"


class CriticalFails(Invalid):
    """Work with a critical defect cannot be accepted."""

    code = "qa.critical_fails"


class LastRound(Refused):
    """The work was sent back as often as the shop allows. Facts: most."""

    code = "qa.last_round"


class HandGone(Refused):
    """The partner left, so there is nobody to send it back to."""

    code = "qa.hand_gone"


class OrderCancelled(Refused):
    """The order was cancelled: there is nothing to mend any more."""

    code = "qa.order_cancelled"


class BadDefect(Invalid):
    """A defect names something the work does not have. Facts: field, why (a code)."""

    code = "qa.bad_defect"


class NotesOfPeople(Invalid):
    """A note holds what looks like a 주민등록번호, or is too long. Facts: field, most."""

    code = "qa.bad_note"


def check(
    scope: Scope,
    inspection: Inspection | Look,
    task: Task,
    *,
    verdict: str,
    defects: Sequence[Seen],
    note: str,
) -> list[Seen]:
    """The defects as they are kept: item and severity from the rubric where none were given.

    Raises OwnWork, NotAgain, LastRound, HandGone, OrderCancelled, and as `check_seen`.
    """
    if is_own(scope, inspection):
        raise OwnWork
    if inspection.barred_id == scope.actor.id:
        raise NotAgain
    seen = check_seen(scope, task, inspection.submission_id, verdict=verdict, defects=defects, note=note)
    _check_reasons(verdict, seen, note)
    if verdict == SEND_BACK:
        _check_way_back(scope, inspection, task)
    return seen


def check_seen(
    scope: Scope, task: Task, submission_id: int, *, verdict: str, defects: Sequence[Seen], note: str
) -> list[Seen]:
    """What was seen of a submission, completed by its rubric and by the words that were marked.

    Raises UnknownVerdict, CriticalFails, BadDefect, NotesOfPeople.
    """
    if verdict not in VERDICTS:
        raise UnknownVerdict(field="verdict")
    if len(defects) > MOST_DEFECTS:
        raise BadDefect(field="defects", why="too_many")
    for text in (note, *(defect.note for defect in defects)):
        _check_note(text)
    rubric = scoring.parse(task.revision.rubric)
    items = {item.key for item in sheet.items_of(scope, task)}
    seen = [_complete(rubric, items, defect) for defect in defects]
    _check_photos(scope, task, seen)
    seen = _quoted(scope, submission_id, seen)
    if verdict == ACCEPT and any(defect.severity == CRITICAL for defect in seen):
        raise CriticalFails(field="verdict")
    return seen


def is_own(scope: Scope, inspection: Inspection | Look) -> bool:
    """Whether the actor's own hands did this work, under whichever role they are here now."""
    did = select(Submission.id).where(
        Submission.shop_id == scope.shop_id,
        Submission.id == inspection.submission_id,
        Submission.partner_id.in_(own_hands(scope)),
    )
    return scope.session.scalar(did) is not None


def own_work(scope: Scope, of: type[Inspection | Look] = Inspection) -> Exists:
    """Inspections, or looks, of what the actor's own hands did."""
    return (
        select(Submission.id)
        .where(
            Submission.shop_id == scope.shop_id,
            Submission.id == of.submission_id,
            Submission.partner_id.in_(own_hands(scope)),
        )
        .exists()
    )


def own_hands(scope: Scope) -> Select[int]:
    """The partner cards of the account that acts."""
    return select(Membership.id).where(
        Membership.shop_id == scope.shop_id,
        Membership.account_id == scope.actor.id,
        Membership.role == "partner",
    )


def may_send_back(scope: Scope, inspection: Inspection | Look) -> bool:
    """Whether the shop allows another round."""
    return inspection.round < rules(scope).max_rounds


def _check_reasons(verdict: str, seen: Sequence[Seen], note: str) -> None:
    if verdict == REJECT and not seen and not note.strip():
        raise ReasonMissing(field="note", verdict=verdict)
    if verdict == SEND_BACK and not seen:
        raise ReasonMissing(field="defects", verdict=verdict)


def _check_way_back(scope: Scope, inspection: Inspection | Look, task: Task) -> None:
    """Sending back needs another round, an order still wanted, and a hand that is still here."""
    if not may_send_back(scope, inspection):
        raise LastRound(most=rules(scope).max_rounds)
    if _is(scope, _of(Order, scope, task.order_id).where(Order.state == CANCELLED)):
        raise OrderCancelled
    if _is(scope, _of(Partner, scope, task.holder_id).where(Partner.state == LEFT)):
        raise HandGone


def _of(table: type[Order | Partner], scope: Scope, id_: int | None) -> Exists:
    return exists().where(table.shop_id == scope.shop_id, table.id == id_)


def _is(scope: Scope, condition: Exists) -> bool:
    return bool(scope.session.scalar(select(condition)))


def _complete(rubric: Rubric, items: Collection[str], defect: Seen) -> Seen:
    """The defect with what the rubric knows of it. Raises BadDefect."""
    criterion = rubric.criterion(defect.code)
    if criterion is None and (defect.code != OTHER or not defect.note.strip()):
        raise BadDefect(field="defects", why="code")
    severity = defect.severity or (criterion.severity if criterion else "minor")
    if severity not in SEVERITIES:
        raise BadDefect(field="defects", why="severity")
    if defect.item and defect.item not in items:
        raise BadDefect(field="defects", why="item")
    known = criterion.item if criterion and criterion.item in items else ""
    return replace(defect, item=defect.item or known, severity=severity, note=defect.note.strip())


def _check_note(text: str) -> None:
    if len(text) > LONGEST_NOTE or resident_number(text):
        raise NotesOfPeople(field="note", most=LONGEST_NOTE)


def _quoted(scope: Scope, submission_id: int, seen: Sequence[Seen]) -> list[Seen]:
    """With the words that are marked: within a text that was handed in. Raises BadDefect."""
    if all(defect.begins is None and defect.ends is None for defect in seen):
        return list(seen)
    answers = one(scope, Submission, submission_id).answers
    return [_quote(defect, answers.get(defect.item)) for defect in seen]


def _quote(defect: Seen, text: object) -> Seen:
    begins, ends = defect.begins, defect.ends
    if begins is None and ends is None:
        return defect
    if begins is None or ends is None or not isinstance(text, str) or not 0 <= begins < ends <= len(text):
        raise BadDefect(field="mark", why="span")
    return replace(defect, quote=text[begins:ends][:LONGEST_QUOTE])


def _check_photos(scope: Scope, task: Task, seen: Sequence[Seen]) -> None:
    """Marks lie on photos of this task, within them. Raises BadDefect."""
    marked = {defect.photo_id for defect in seen if defect.photo_id is not None}
    for defect in seen:
        spot = (defect.x, defect.y, defect.w or 0, defect.h or 0)
        if (defect.photo_id is None) != (defect.x is None) or (defect.x is None) != (defect.y is None):
            raise BadDefect(field="mark", why="spot")
        if not all(0 <= side <= 1000 for side in spot if side is not None):
            raise BadDefect(field="mark", why="spot")
    if not marked:
        return
    of_task = select(Photo.id).where(
        Photo.shop_id == scope.shop_id, Photo.task_id == task.id, Photo.id.in_(marked)
    )
    if marked - set(scope.session.scalars(of_task)):
        raise BadDefect(field="mark", why="photo")
