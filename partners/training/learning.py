"""Learning a module: its parts are ticked as they are read, its questions answered; what came of it stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from base import i18n
from base.errors import Invalid, NotFound, Refused
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearance, clearing, people
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import content, demands, quiz
from partners.training.content import Content
from partners.training.demands import Lesson
from partners.training.models import ModuleEdition, QuizTry, Reading
from partners.training.quiz import Picked, Retake
from security import audit

NEW, DUE, AGAIN, SOON, DONE = "new", "due", "again", "soon", "done"


class OtherEdition(Refused):
    """A newer edition was published meanwhile."""

    code = "training.other_edition"


class NotRead(Invalid):
    """There are parts that have not been ticked. Facts: field, n."""

    code = "training.not_read"


class Unanswered(Invalid):
    """A question has no answer. Facts: field, number."""

    code = "training.unanswered"


class NotYet(Refused):
    """The next try is open later. Facts: at (as words), left."""

    code = "training.not_yet"


class NoTriesLeft(Refused):
    """Every try is used; the owner may give more."""

    code = "training.no_tries_left"


class PassedAlready(Refused):
    """It is passed, and counts for a while yet."""

    code = "training.passed_already"


@dataclass(frozen=True, slots=True)
class Own:
    """A module as a partner meets it: how it stands, by when it is wanted, until when it counts, tries."""

    lesson: Lesson
    stands: str
    wanted_by: datetime | None
    good_until: datetime | None
    retake: Retake
    read: frozenset[int]
    last: QuizTry | None

    @property
    def edition(self) -> ModuleEdition:
        """What is read now."""
        return self.lesson.taught.newest

    @property
    def content(self) -> Content:
        """The same as a rule knows it."""
        return content.told(self.edition.content)

    @property
    def is_read(self) -> bool:
        """Whether every part is ticked."""
        return self.read >= set(range(len(self.content.parts)))

    @property
    def to_do(self) -> bool:
        """Whether it is to be passed, or may be passed again because it ends soon."""
        return self.stands != DONE


def own(scope: Scope) -> list[Own]:
    """The modules asked of the actor, what is missing first."""
    card = _card(scope)
    lessons = demands.lessons(scope, [card], [card.id])[card.id]
    read = _read(scope, [one_.taught.newest.id for one_ in lessons])
    tries = _tries(scope, card.id)
    found = [told(one_, read=read, tries=tries, at=scope.now) for one_ in lessons]
    return sorted(found, key=lambda one_: (not one_.to_do, one_.wanted_by or clearance.FOREVER))


def own_of(scope: Scope, module_id: int) -> Own:
    """One of them. Raises NotFound."""
    found = [one_ for one_ in own(scope) if one_.lesson.taught.module.id == module_id]
    if not found:
        raise NotFound
    return found[0]


def _card(scope: Scope) -> Partner:
    card = one(scope, Partner, scope.actor.partner_id or 0)
    if card.state == LEFT:
        raise NotFound
    return card


def _read(scope: Scope, edition_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    rows = mine(scope, Reading).where(
        Reading.partner_id == (scope.actor.partner_id or 0), Reading.edition_id.in_(edition_ids)
    )
    return {row.edition_id: frozenset(row.done["parts"]) for row in scope.session.scalars(rows)}


def _tries(scope: Scope, partner_id: int) -> Sequence[QuizTry]:
    rows = mine(scope, QuizTry).where(QuizTry.partner_id == partner_id).order_by(QuizTry.id)
    return scope.session.scalars(rows).all()


def told(lesson: Lesson, *, read: dict[int, frozenset[int]], tries: Sequence[QuizTry], at: datetime) -> Own:
    """A module as the partner of a lesson meets it, with all of their tries and what they have read."""
    of_it = [row for row in tries if row.module_id == lesson.taught.module.id]
    until = _until(lesson)
    return Own(
        lesson=lesson,
        stands=stands(lesson, at=at),
        wanted_by=quiz.wanted_by(lesson.demands, lesson.passes, at=at),
        good_until=until if until is not None and until < clearance.FOREVER else None,
        retake=retake_of(lesson, of_it),
        read=read.get(lesson.taught.newest.id, frozenset()),
        last=of_it[-1] if of_it else None,
    )


def _until(lesson: Lesson) -> datetime | None:
    """When the last of what was passed ends."""
    return max((one_.ends_at or clearance.FOREVER for one_ in lesson.passes), default=None)


def stands(lesson: Lesson, *, at: datetime) -> str:
    """How a module stands: to be passed (again), coming, ending soon, or done."""
    wanted = quiz.wanted_by(lesson.demands, lesson.passes, at=at)
    if wanted is not None:
        return (AGAIN if lesson.passes else DUE) if wanted <= at else NEW
    until = _until(lesson)
    return SOON if until is not None and until <= at + clearance.SOON else DONE


def retake_of(lesson: Lesson, tries: Sequence[QuizTry]) -> Retake:
    """What is left after the misses since it was last passed or given, under the edition that is read now."""
    newest = lesson.taught.newest
    asked = content.told(newest.content)
    since = max(
        [*(one_.id for one_ in lesson.passes), *(one_.after_id for one_ in lesson.demands)], default=0
    )
    missed = [row.at for row in tries if row.edition_id == newest.id and row.id > since and not row.passed]
    return quiz.retake(missed, wait_h=asked.wait_h, tries=asked.tries)


def tick(scope: Scope, module_id: int, edition_id: int, *, parts: Sequence[int]) -> bool:
    """Keeps which parts the actor has read; says whether these are all. Raises NotFound, OtherEdition."""
    found = _opened(scope, module_id, edition_id)
    done = sorted({place for place in parts if 0 <= place < len(found.content.parts)})
    whose = {"shop_id": scope.shop_id, "partner_id": scope.actor.partner_id, "edition_id": edition_id}
    if once(scope.session, Reading, whose | {"done": {"parts": done}, "at": scope.now}) is None:
        here = (Reading.shop_id == scope.shop_id, Reading.partner_id == (scope.actor.partner_id or 0))
        kept = update(Reading).where(*here, Reading.edition_id == edition_id)
        changed(scope, kept.values(done={"parts": done}, at=scope.now))
    return len(done) == len(found.content.parts)


def _opened(scope: Scope, module_id: int, edition_id: int) -> Own:
    found = own_of(scope, module_id)
    if found.edition.id != edition_id:
        raise OtherEdition
    return found


def hand_in(scope: Scope, module_id: int, edition_id: int, *, picked: Picked) -> QuizTry:
    """Marks the actor's answers; a pass is the certificate, and leads their card on.

    Raises NotFound, OtherEdition, PassedAlready, NotRead, NotYet, NoTriesLeft, Unanswered.
    """
    scope.session.execute(_held(scope))
    found = _opened(scope, module_id, edition_id)
    _check_open(scope, found)
    asked = found.content
    for number, said in enumerate(picked):
        if not said or not said <= set(range(len(asked.questions[number].choices))):
            raise Unanswered(field=f"question-{number}", number=number + 1)
    marked = quiz.mark(asked.questions, picked, pass_pct=asked.pass_pct)
    ends_at = quiz.ends_at(scope.now, asked.months, zone=i18n.SEOUL) if marked.passed else None
    row = QuizTry(
        shop_id=scope.shop_id,
        partner_id=scope.actor.partner_id,
        module_id=module_id,
        edition_id=edition_id,
        edition=found.edition.number,
        picked={"picked": [sorted(said) for said in picked]},
        hits=marked.hits,
        asked=len(marked.right),
        passed=marked.passed,
        at=scope.now,
        ends_at=ends_at,
    )
    scope.session.add(row)
    scope.session.flush()
    act = "training.passed" if row.passed else "training.missed"
    facts = {"module": module_id, "edition": row.edition, "hits": row.hits, "asked": row.asked}
    audit.note(scope, act, subject="partner", subject_id=row.partner_id, **facts)
    clearing.settle(scope, row.partner_id)
    people.lead_on(scope, row.partner_id)
    return row


def _held(scope: Scope) -> Any:
    """The card is theirs until the end: two tries at once stand in a row."""
    here = (Partner.shop_id == scope.shop_id, Partner.id == (scope.actor.partner_id or 0))
    return select(Partner.id).where(*here).with_for_update()


def _check_open(scope: Scope, found: Own) -> None:
    if not found.to_do:
        raise PassedAlready
    if not found.is_read:
        raise NotRead(field="parts", n=len(found.content.parts) - len(found.read))
    if not found.retake.left:
        raise NoTriesLeft
    opens = found.retake.opens_at
    if not found.retake.may(scope.now) and opens is not None:
        raise NotYet(at=i18n.exact(opens, scope.actor.locale), left=found.retake.left)


def own_try(scope: Scope, try_id: int) -> tuple[QuizTry, ModuleEdition]:
    """A try of the actor's with what was asked; the owner sees everybody's. Raises NotFound."""
    row = one(scope, QuizTry, try_id)
    if scope.actor.partner_id is not None and row.partner_id != scope.actor.partner_id:
        raise NotFound
    return row, one(scope, ModuleEdition, row.edition_id)
