"""What of training is asked of partners, and what they have of it: read for many in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from base.rows import mine
from base.scope import Scope
from partners.clearance import FOREVER, SAMPLE, TRAINING, Piece
from partners.lifecycle import AHEAD, PILOT
from partners.training import quiz
from partners.training.models import ALL, Assignment, Module, ModuleEdition, QuizTry, Sample, SampleTry
from partners.training.quiz import Demand, Pass

BEFORE_WORK = frozenset(AHEAD) - {PILOT}  # samples are asked on the way in alone


@dataclass(frozen=True, slots=True)
class Taught:
    """A module that stands, with its published editions, the first first."""

    module: Module
    editions: tuple[ModuleEdition, ...]

    @property
    def newest(self) -> ModuleEdition:
        """The edition that is read now."""
        return self.editions[-1]

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.newest.content["title"])


@dataclass(frozen=True, slots=True)
class Lesson:
    """A module for one partner: what is asked of it, and what they passed."""

    taught: Taught
    demands: tuple[Demand, ...]
    passes: tuple[Pass, ...]

    @property
    def good_until(self) -> datetime:
        """Until when they have what is asked."""
        return quiz.good_until(self.demands, self.passes)


def asks(scope: Scope) -> bool:
    """Whether the shop asks a newcomer for any module or sample."""
    published = select(ModuleEdition.id).where(
        ModuleEdition.shop_id == scope.shop_id,
        ModuleEdition.module_id == Module.id,
        ModuleEdition.published_at.is_not(None),
    )
    standing = (Module.shop_id == scope.shop_id, Module.retired_at.is_(None), Module.whom == ALL)
    modules = select(Module.id).where(*standing, published.exists()).limit(1)
    samples = _samples(scope).with_only_columns(Sample.id).order_by(None).limit(1)
    return any(scope.session.scalar(asked) is not None for asked in (modules, samples))


def taught(scope: Scope) -> Sequence[Taught]:
    """The modules that stand and are published."""
    rows = scope.session.execute(
        select(Module, ModuleEdition)
        .join(ModuleEdition, ModuleEdition.module_id == Module.id)
        .where(Module.shop_id == scope.shop_id, Module.retired_at.is_(None))
        .where(ModuleEdition.shop_id == scope.shop_id, ModuleEdition.published_at.is_not(None))
        .order_by(Module.id, ModuleEdition.number)
    )
    found: dict[int, tuple[Module, list[ModuleEdition]]] = {}
    for module, edition in rows:
        found.setdefault(module.id, (module, []))[1].append(edition)
    return tuple(Taught(module, tuple(editions)) for module, editions in found.values())


def lessons(
    scope: Scope, cards: Sequence[Any], partner_ids: Collection[int] | None
) -> Mapping[int, list[Lesson]]:
    """The modules asked of these cards (with `id` and `joined_at`), in three statements.

    `partner_ids` are those of the cards, or none where they are all.
    """
    modules = taught(scope)
    if not modules:
        return {card.id: [] for card in cards}
    passes, given = _passes(scope, partner_ids), _given(scope, partner_ids)
    return {
        card.id: [
            Lesson(one, demands, tuple(passes.get((card.id, one.module.id), ())))
            for one in modules
            if (demands := _demands(one, card.joined_at, given.get((card.id, one.module.id), ())))
        ]
        for card in cards
    }


def pieces(
    scope: Scope, cards: Sequence[Any], partner_ids: Collection[int] | None
) -> Mapping[int, list[Piece]]:
    """The same as pieces that keep from work, and the samples of who is on the way in."""
    learned = lessons(scope, cards, partner_ids)
    tried = _tried(scope, cards)
    return {card.id: [*map(_piece, learned[card.id]), *tried.get(card.id, ())] for card in cards}


def _piece(lesson: Lesson) -> Piece:
    begins, until = min(one.holds_from for one in lesson.demands), lesson.good_until
    good = until if until > begins else None
    return Piece(TRAINING, lesson.taught.module.id, lesson.taught.title, begins, good)


def _demands(one: Taught, joined_at: datetime, given: Sequence[Assignment]) -> tuple[Demand, ...]:
    """What is asked: of everybody by the editions, of who was given it by that, and by editions after."""
    since = None if one.module.whom == ALL else min((row.at for row in given), default=FOREVER)
    again = [row for row in one.editions if row is one.editions[0] or row.asks_again]
    if since is not None:
        again = [row for row in again if row.published_at is not None and row.published_at > since]
    of_editions = (Demand(_from(row, joined_at), row.number) for row in again)
    return (*of_editions, *(Demand(row.holds_from, after_id=row.after_id) for row in given))


def _from(row: ModuleEdition, joined_at: datetime) -> datetime:
    """From when on an edition is asked of somebody: who came after it was published learns it at once."""
    assert row.published_at is not None  # only the published are read
    assert row.holds_from is not None
    return joined_at if row.published_at < joined_at else row.holds_from


def _passes(scope: Scope, partner_ids: Collection[int] | None) -> Mapping[tuple[int, int], list[Pass]]:
    columns = (QuizTry.partner_id, QuizTry.module_id, QuizTry.id, QuizTry.edition, QuizTry.ends_at)
    asked = select(*columns).where(QuizTry.shop_id == scope.shop_id, QuizTry.passed)
    if partner_ids is not None:
        asked = asked.where(QuizTry.partner_id.in_(partner_ids))
    found: dict[tuple[int, int], list[Pass]] = defaultdict(list)
    for partner_id, module_id, id_, edition, ends_at in scope.session.execute(asked.order_by(QuizTry.id)):
        found[partner_id, module_id].append(Pass(id_, edition, ends_at))
    return found


def _given(scope: Scope, partner_ids: Collection[int] | None) -> Mapping[tuple[int, int], list[Assignment]]:
    asked = mine(scope, Assignment).order_by(Assignment.id)
    if partner_ids is not None:
        asked = asked.where(Assignment.partner_id.in_(partner_ids))
    found: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in scope.session.scalars(asked):
        found[row.partner_id, row.module_id].append(row)
    return found


def samples(scope: Scope) -> Sequence[Sample]:
    """The samples that are asked on the way in."""
    return scope.session.scalars(_samples(scope)).all()


def _samples(scope: Scope) -> Any:
    return mine(scope, Sample).where(Sample.retired_at.is_(None)).order_by(Sample.id)


def _tried(scope: Scope, cards: Iterable[Any]) -> Mapping[int, list[Piece]]:
    coming = [card for card in cards if card.state in BEFORE_WORK]
    rows = samples(scope) if coming else ()
    if not rows:
        return {}
    asked = select(SampleTry.partner_id, SampleTry.sample_id).where(
        SampleTry.shop_id == scope.shop_id,
        SampleTry.passed,
        SampleTry.partner_id.in_([card.id for card in coming]),
    )
    passed = set(scope.session.execute(asked).all())
    return {
        card.id: [
            Piece(SAMPLE, row.id, row.title, card.joined_at, FOREVER if (card.id, row.id) in passed else None)
            for row in rows
        ]
        for card in coming
    }
