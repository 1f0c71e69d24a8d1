"""What the owner reads of training: modules with how many have them, and one with who it is asked of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from base.rows import mine
from base.scope import Scope
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import demands, learning, writing
from partners.training.demands import Lesson
from partners.training.learning import DONE, NEW, SOON, Own
from partners.training.models import Module, ModuleEdition, QuizTry

MOST = 300  # of whom one page tells: who has something to do first
GOOD, COMING = frozenset({DONE, SOON}), frozenset({NEW})


@dataclass(frozen=True, slots=True)
class Overview:
    """A module: what it is called, its newest edition and its draft, and of how many it is asked.

    `good` have it, `coming` have until a day to learn it; the others lack it.
    """

    module: Module
    title: str
    newest: ModuleEdition | None
    draft: ModuleEdition | None
    asked: int
    good: int
    coming: int

    @property
    def lacking(self) -> int:
        """How many take no work for want of it."""
        return self.asked - self.good - self.coming


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody a module is asked of."""

    partner_id: int
    own: Own


def every(scope: Scope) -> list[Overview]:
    """The modules that stand, with how many of those asked have what is asked."""
    found = _lessons(scope)
    counted = Counter(
        (lesson.taught.module.id, learning.stands(lesson, at=scope.now))
        for lessons in found.values()
        for lesson in lessons
    )
    rows = mine(scope, ModuleEdition).order_by(ModuleEdition.number)
    editions: dict[int, list[ModuleEdition]] = {}
    for row in scope.session.scalars(rows):
        editions.setdefault(row.module_id, []).append(row)
    return [_overview(module, editions[module.id], counted) for module in writing.standing(scope)]


def _overview(
    module: Module, editions: Sequence[ModuleEdition], counted: Mapping[tuple[int, str], int]
) -> Overview:
    published = [row for row in editions if row.published_at is not None]
    newest = published[-1] if published else None
    draft = editions[-1] if editions[-1].published_at is None else None
    stands = {how: n for (id_, how), n in counted.items() if id_ == module.id}
    good, coming = (sum(stands.get(how, 0) for how in some) for some in (GOOD, COMING))
    title = str((newest or editions[-1]).content["title"])
    return Overview(module, title, newest, draft, sum(stands.values()), good, coming)


def _lessons(scope: Scope) -> Mapping[int, Sequence[Lesson]]:
    cards = scope.session.scalars(
        mine(scope, Partner).where(Partner.state != LEFT).order_by(Partner.id)
    ).all()
    return demands.lessons(scope, cards, None)


def learners(scope: Scope, module_id: int) -> list[Learner]:
    """Everybody a module is asked of, who has something to do first."""
    rows = scope.session.scalars(
        mine(scope, QuizTry).where(QuizTry.module_id == module_id).order_by(QuizTry.id)
    )
    tries: dict[int, list[QuizTry]] = {}
    for row in rows:
        tries.setdefault(row.partner_id, []).append(row)
    found = [
        Learner(id_, learning.told(lesson, read={}, tries=tries.get(id_, ()), at=scope.now))
        for id_, lessons in _lessons(scope).items()
        for lesson in lessons
        if lesson.taught.module.id == module_id
    ]
    order = (learning.AGAIN, learning.DUE, SOON, NEW, DONE)
    return sorted(found, key=lambda one: order.index(one.own.stands))[:MOST]
