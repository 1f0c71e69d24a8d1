"""How listing is declared: its fields, its checks, what its pages show, and what acceptance brings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from base.i18n import t
from base.rows import mine
from base.scope import Scope
from stock.picture_tables import ProductPicture
from tasks.checklist import Answers, Facts, Problem
from tasks.items import Item
from tasks.kinds.kind import Kind
from tasks.kinds.listing import acts, comparing, content, fields, hints, looking, notices, reads, values
from tasks.kinds.listing.channels import Channel, channel
from tasks.kinds.listing.procedure import CRITERIA, ITEMS, TITLE
from tasks.models import Task
from tasks.own import Finding
from tasks.suggestions import noting
from tasks.suggestions.rule import Outcome, is_shown

LONGEST_NUMBER = 18  # digits


def asked(_scope: Scope, _task: Task) -> tuple[Item, ...]:
    """The same fields for every product and channel."""
    return fields.FIELDS


def check(item: Item, value: Any, _facts: Facts) -> Problem | None:
    """What cannot stand in a field at all; what a channel says otherwise is a finding, not a problem."""
    code = content.unfit(item.key, value)
    return Problem(code, {}, stands=False) if code else None


def look(scope: Scope, task: Task, answers: Answers) -> tuple[Finding, ...]:
    """What the machine sees, with the way out in the reader's words."""
    of = channel(task.target)
    if task.product_id is None or of is None:
        return ()
    written = acts.with_pictures(scope, task.product_id, content.listing(answers))
    found = looking.findings(written, reads.around(scope, of, task.product_id))
    return tuple(_worded(scope, one) for one in found)


def _worded(scope: Scope, found: Finding) -> Finding:
    """The finding with its reason and its suggestion said in words."""
    if "instead" not in found.facts:
        return found
    locale, facts = scope.actor.locale, dict(found.facts)
    words = str(facts["instead"])
    facts["instead"] = t(locale, f"kinds.listing.{'instead' if words else 'leave_out'}", words=words)
    if "why" in facts:
        facts["why"] = t(locale, f"kinds.listing.why.{facts['why']}")
    return replace(found, facts=facts)


def shown(scope: Scope, task: Task, answers: Answers) -> Mapping[str, object]:
    """What the partner's and the reviewer's page need besides the sheet."""
    of = channel(task.target)
    if task.product_id is None or of is None:
        return {}
    source = reads.source(scope, task.product_id)
    written = acts.with_pictures(scope, task.product_id, content.listing(answers))
    before = reads.before(scope, task)
    return {
        "channel": of,
        "source": source,
        "written": written,
        "group": notices.group(written.group),
        "groups": notices.groups(),
        "attributes": values.attributes(),
        "vocabulary": values.vocabulary,
        "options": fields.MOST_OPTIONS,
        "hints": _hints(scope, task, source, of),
        "guide": reads.guide(scope).guide,
        "before": before,
        "changes": comparing.changes(before, written) if before else (),
    }


def _hints(scope: Scope, task: Task, source: reads.Source, of: Channel) -> Mapping[str, list[hints.Hint]]:
    """What may be taken over, by the field of the form."""
    by_field: dict[str, list[hints.Hint]] = {}
    for one in _offered(scope, task, source, of):
        by_field.setdefault(one.field, []).append(one)
    return by_field


def _offered(scope: Scope, task: Task, source: reads.Source, of: Channel) -> list[hints.Hint]:
    """What is suggested for a task, from past work and from the product; what rests is left out."""
    product = source.product
    before = reads.before(scope, task)
    found = [*hints.taken_from(hints.BEFORE, before)] if before else []
    for key, written in reads.elsewhere(scope, product.id, of.key).items():
        found += hints.taken_from(key, written)
    found += hints.hints(
        name=product.name,
        option=product.option,
        price=int(product.price) if product.price else None,
        weight_g=product.weight_g,
        text=source.text,
        step=of.price.step,
    )
    sibling = reads.sibling(scope, product, of.key)
    found += hints.taken_from(hints.SIBLING, sibling) if sibling else []
    rest = noting.resting(scope, task.kind)
    return [one for one in hints.each_once(found) if is_shown((one.about, one.source), rest, task.id)]


def suggested(scope: Scope, task: Task, answers: Answers) -> tuple[Outcome, ...]:
    """What the sheet suggested, and whether the listing says so."""
    of = channel(task.target)
    if task.product_id is None or of is None:
        return ()
    written = content.listing(answers)
    offered = _offered(scope, task, reads.source(scope, task.product_id), of)
    return tuple(Outcome(one.about, one.source, hints.is_kept(one, written)) for one in offered)


def picture(scope: Scope, task: Task, name: str) -> int | None:
    """A picture of the task's product, by its number; one that was taken off stays to be seen."""
    if not name.isdecimal() or len(name) > LONGEST_NUMBER:
        return None
    of_product = mine(scope, ProductPicture).where(ProductPicture.product_id == task.product_id)
    found = scope.session.scalar(of_product.where(ProductPicture.id == int(name)))
    return found.id if found else None


KIND = Kind(
    name="listing",
    sop_title=TITLE,
    items=ITEMS,
    criteria=CRITERIA,
    first_price=2500,
    fields=asked,
    typed=fields.typed,
    check=check,
    look=look,
    shown=shown,
    suggested=suggested,
    accepted=acts.accept,
    picture=picture,
)
