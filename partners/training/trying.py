"""Samples: a piece of work made up, done as a real one, and marked item by item against what is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from base.errors import Invalid, NotFound
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearing, people
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import demands, marking
from partners.training.marking import Seen
from partners.training.models import Sample, SampleTry
from security import audit

MOST, LONGEST_TITLE, LONGEST_STORY, LONGEST_WHY = 10, 60, 1000, 400


class BadSample(Invalid):
    """A sample cannot be made as it is. Facts: field, why (a code), most."""

    code = "training.bad_sample"


@dataclass(frozen=True, slots=True)
class Made:
    """What a sample is made of; `gold` holds for some of the items what is right, and why."""

    kind: str
    title: str
    story: str
    sop_id: int
    items: Sequence[Mapping[str, Any]]
    gold: Mapping[str, Mapping[str, Any]]
    pass_pct: int = 100
    from_id: int | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """A sample with the actor's last try, and when one of theirs was right enough.

    It is asked on the way in; whoever works here already may practise as well.
    """

    sample: Sample
    last: SampleTry | None
    passed_at: datetime | None
    asked: bool


def make(scope: Scope, made: Made) -> int:
    """Adds a sample that newcomers try before real work; gives its id. Raises BadSample."""
    title, story = " ".join(made.title.split()), made.story.strip()
    for field, text, most in (("title", title, LONGEST_TITLE), ("story", story, LONGEST_STORY)):
        _check_text(field, text, most)
    if not made.gold:
        raise BadSample(field="items", why="no_gold", most=0)
    for key, told in made.gold.items():
        _check_text(f"why-{key}", str(told["why"]), LONGEST_WHY)
    if len(demands.samples(scope)) >= MOST:
        raise BadSample(field="title", why="many", most=MOST)
    row = Sample(
        shop_id=scope.shop_id,
        kind=made.kind,
        title=title,
        story=story,
        sop_id=made.sop_id,
        items={"items": list(made.items)},
        gold={key: dict(told) for key, told in made.gold.items()},
        pass_pct=made.pass_pct,
        from_id=made.from_id,
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "training_sample.made", subject="training_sample", subject_id=row.id)
    clearing.settle_all(scope)
    return row.id


def _check_text(field: str, text: str, most: int) -> None:
    if not 1 <= len(text) <= most:
        raise BadSample(field=field, why="length", most=most)
    if resident_number(text):
        raise BadSample(field=field, why="resident_number", most=most)


def retire(scope: Scope, sample_id: int) -> None:
    """Takes a sample out; whoever stood before it goes on. Raises NotFound."""
    row = one(scope, Sample, sample_id)
    this = (Sample.shop_id == scope.shop_id, Sample.id == row.id, Sample.retired_at.is_(None))
    if changed(scope, update(Sample).where(*this).values(retired_at=scope.now)):
        audit.note(scope, "training_sample.retired", subject="training_sample", subject_id=row.id)
        clearing.settle_all(scope)
        people.lead_all_on(scope)


def own(scope: Scope) -> list[Own]:
    """The samples for the actor, with their tries. Raises NotFound for who has left."""
    partner_id = scope.actor.partner_id or 0
    card = one(scope, Partner, partner_id)
    rows = mine(scope, SampleTry).where(SampleTry.partner_id == partner_id).order_by(SampleTry.id)
    tries: dict[int, list[SampleTry]] = {}
    for row in scope.session.scalars(rows):
        tries.setdefault(row.sample_id, []).append(row)
    if card.state == LEFT:
        raise NotFound
    asked = card.state in demands.BEFORE_WORK
    return [_own(sample, tries.get(sample.id, ()), asked=asked) for sample in demands.samples(scope)]


def _own(sample: Sample, tries: Sequence[SampleTry], *, asked: bool) -> Own:
    passed = next((row.at for row in tries if row.passed), None)
    return Own(sample, tries[-1] if tries else None, passed, asked and passed is None)


def own_of(scope: Scope, sample_id: int) -> Own:
    """One of them. Raises NotFound."""
    found = [one_ for one_ in own(scope) if one_.sample.id == sample_id]
    if not found:
        raise NotFound
    return found[0]


def hand_in(scope: Scope, sample_id: int, answers: Mapping[str, Any]) -> SampleTry:
    """Marks what the actor answered; who may try as often as they like: each try is kept. Raises NotFound."""
    sample, partner_id = own_of(scope, sample_id).sample, scope.actor.partner_id or 0
    seen = marked(sample, answers)
    row = SampleTry(
        shop_id=scope.shop_id,
        partner_id=partner_id,
        sample_id=sample.id,
        answers={one_.key: one_.said for one_ in seen},
        hits=sum(one_.good for one_ in seen),
        asked=len(seen),
        passed=marking.passed(seen, pass_pct=sample.pass_pct),
        at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    facts = {"sample": sample.id, "hits": row.hits, "asked": row.asked}
    act = "training_sample.passed" if row.passed else "training_sample.missed"
    audit.note(scope, act, subject="partner", subject_id=partner_id, **facts)
    clearing.settle(scope, partner_id)
    people.lead_on(scope, partner_id)
    return row


def marked(sample: Sample, answers: Mapping[str, Any]) -> tuple[Seen, ...]:
    """Answers to a sample beside what is right, item by item."""
    return marking.mark([entry["key"] for entry in sample.items["items"]], sample.gold, answers)
