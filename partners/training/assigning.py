"""Giving a module to learn, or to learn again: by the owner, a corrective action, or a drop in standing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from base.errors import Invalid
from base.rows import mine, one
from base.scope import Scope
from partners import clearing
from partners.lifecycle import LEFT
from partners.models import Partner, StandingChange
from partners.news import StandingChanged, TrainingAssigned
from partners.standing import WATCHED
from partners.training import demands
from partners.training.models import BY_STANDING, ONCE_MORE, Assignment, Module, QuizTry
from partners.training.writing import MOST_AHEAD, BadDay
from security import audit

AFTER_DROP = timedelta(days=7)  # in which it is learned again before it keeps anybody from work


class NotTaught(Invalid):
    """Only what is published can be given, and only to who works here. Facts: field."""

    code = "training.not_taught"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is to be learned: a code, and the row that says more."""

    code: str
    id: int | None = None


def assign(
    scope: Scope, module_id: int, partner_ids: Collection[int], *, holds_from: datetime, cause: Cause
) -> int:
    """Gives a module to partners to learn by a day; gives to how many. Only a pass from now on will do.

    Raises NotFound, NotTaught, BadDay.
    """
    module = one(scope, Module, module_id)
    if module.id not in {row.module.id for row in demands.taught(scope)}:
        raise NotTaught(field="module")
    if not scope.now <= holds_from <= scope.now + MOST_AHEAD:
        raise BadDay(field="since")
    here = mine(scope, Partner).where(Partner.id.in_(partner_ids), Partner.state != LEFT)
    cards = scope.session.scalars(here.order_by(Partner.id)).all()
    if not cards or len(cards) < len(set(partner_ids)):
        raise NotTaught(field="partners")
    last = _last(scope, module.id)
    for card in cards:
        _give(scope, card, module, after_id=last.get(card.id, 0), holds_from=holds_from, cause=cause)
    return len(cards)


def _last(scope: Scope, module_id: int) -> dict[int, int]:
    """The last try of each partner in a module."""
    here = (QuizTry.shop_id == scope.shop_id, QuizTry.module_id == module_id)
    rows = select(QuizTry.partner_id, func.max(QuizTry.id)).where(*here).group_by(QuizTry.partner_id)
    return dict(scope.session.execute(rows).all())


def _give(
    scope: Scope, card: Partner, module: Module, *, after_id: int, holds_from: datetime, cause: Cause
) -> None:
    row = Assignment(
        shop_id=scope.shop_id,
        partner_id=card.id,
        module_id=module.id,
        after_id=after_id,
        holds_from=holds_from,
        cause=cause.code,
        cause_id=cause.id,
        by=scope.actor.id,
        at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    facts: dict[str, str | int] = {"module": module.id, "cause": cause.code}
    audit.note(scope, "training.assigned", subject="partner", subject_id=card.id, **facts)
    clearing.settle(scope, card.id)
    scope.tell(TrainingAssigned(row.id, card.id))


def once_more(scope: Scope, module_id: int, partner_id: int) -> None:
    """Gives a partner their tries anew; what was asked of them by a day is asked by the same.

    Raises NotFound, NotTaught.
    """
    card = one(scope, Partner, partner_id)
    (lessons,) = demands.lessons(scope, [card], [card.id]).values()
    found = [lesson for lesson in lessons if lesson.taught.module.id == module_id]
    if not found:
        raise NotTaught(field="module")
    begun = max(scope.now, *(demand.holds_from for demand in found[0].demands))
    assign(scope, module_id, [card.id], holds_from=begun, cause=Cause(ONCE_MORE))


def on_standing_changed(scope: Scope, news: StandingChanged) -> None:
    """Gives again what the owner has marked for it to whom the standing now says is to be watched."""
    change = one(scope, StandingChange, news.change_id)
    card = one(scope, Partner, news.partner_id)
    if change.after != WATCHED or card.state == LEFT:
        return
    house = scope.as_house()
    for taught in demands.taught(scope):
        if taught.module.on_drop:
            cause = Cause(BY_STANDING, change.id)
            assign(house, taught.module.id, [card.id], holds_from=scope.now + AFTER_DROP, cause=cause)


def given_by(scope: Scope, cause: str, cause_id: int) -> Sequence[Assignment]:
    """What one cause gave to learn, the first first."""
    rows = mine(scope, Assignment).where(Assignment.cause == cause, Assignment.cause_id == cause_id)
    return scope.session.scalars(rows.order_by(Assignment.id)).all()


def met(scope: Scope, rows: Sequence[Assignment]) -> dict[int, datetime]:
    """When each of these was met by a pass, by the assignment's id; without those that still wait."""
    tries = select(QuizTry.partner_id, QuizTry.module_id, QuizTry.id, QuizTry.at).where(
        QuizTry.shop_id == scope.shop_id,
        QuizTry.passed,
        QuizTry.partner_id.in_([row.partner_id for row in rows]),
    )
    passed = scope.session.execute(tries.order_by(QuizTry.id.desc())).all()
    return {
        row.id: at
        for row in rows
        for partner_id, module_id, id_, at in passed
        if (partner_id, module_id) == (row.partner_id, row.module_id) and id_ > row.after_id
    }
