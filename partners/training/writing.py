"""Writing modules: a draft the owner changes, its publication, and taking a module out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearing, people
from partners.training import content as rule
from partners.training import pictures
from partners.training.content import BadContent, Content
from partners.training.models import ALL, WHOM, Module, ModuleEdition
from security import audit

MOST = 30
MOST_AHEAD = timedelta(days=366)


class NoDraft(Refused):
    """There is no draft of this module."""

    code = "training.no_draft"


class TooManyModules(Invalid):
    """A shop teaches so many modules and no more. Facts: field, most."""

    code = "training.too_many"


class BadDay(Invalid):
    """An edition is asked from now on or later, within a year, and not before the last one. Facts: field."""

    code = "training.bad_day"


def make(scope: Scope, content: Content) -> int:
    """Begins a module for everybody, with a draft; gives its id. Raises TooManyModules, BadContent."""
    clean, there = rule.checked(content), len(standing(scope))
    if there >= MOST:
        raise TooManyModules(field="title", most=MOST)
    made = Module(shop_id=scope.shop_id, whom=ALL, on_drop=False, made_by=scope.actor.id, made_at=scope.now)
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "training.made", subject="training", subject_id=made.id)
    _begin(scope, made.id, clean, number=1)
    return made.id


def _begin(scope: Scope, module_id: int, content: Content, *, number: int) -> ModuleEdition:
    row = ModuleEdition(
        shop_id=scope.shop_id,
        module_id=module_id,
        number=number,
        content=rule.kept(content),
        locale=scope.actor.locale,
        asks_again=False,
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    return row


def standing(scope: Scope) -> Sequence[Module]:
    """The modules that were not taken out."""
    return scope.session.scalars(
        mine(scope, Module).where(Module.retired_at.is_(None)).order_by(Module.id)
    ).all()


def editions(scope: Scope, module_id: int) -> Sequence[ModuleEdition]:
    """The editions of a module, the draft last."""
    rows = mine(scope, ModuleEdition).where(ModuleEdition.module_id == module_id)
    return scope.session.scalars(rows.order_by(ModuleEdition.number)).all()


def draft(scope: Scope, module_id: int) -> ModuleEdition | None:
    """The draft of a module, where there is one."""
    rows = mine(scope, ModuleEdition).where(ModuleEdition.module_id == module_id)
    return scope.session.scalar(rows.where(ModuleEdition.published_at.is_(None)))


def module(scope: Scope, module_id: int) -> Module:
    """A module that was not taken out. Raises NotFound."""
    row = one(scope, Module, module_id)
    if row.retired_at is not None:
        raise NotFound
    return row


def save(scope: Scope, module_id: int, content: Content) -> None:
    """Keeps the draft, and begins one where there is none. Raises NotFound, BadContent."""
    row, clean = module(scope, module_id), rule.checked(content)
    there = draft(scope, row.id)
    if there is None:
        last = select(func.max(ModuleEdition.number)).where(
            ModuleEdition.shop_id == scope.shop_id, ModuleEdition.module_id == row.id
        )
        _begin(scope, row.id, clean, number=(scope.session.scalar(last) or 0) + 1)
        return
    open_ = (ModuleEdition.shop_id == scope.shop_id, ModuleEdition.id == there.id)
    kept = update(ModuleEdition).where(*open_, ModuleEdition.published_at.is_(None))
    changed(scope, kept.values(content=rule.kept(clean), locale=scope.actor.locale))


def publish(scope: Scope, module_id: int, *, asks_again: bool, holds_from: datetime) -> int:
    """Publishes the draft; gives the edition's id.

    Newcomers read it from now on. Who passed an edition before it is asked again only where the owner says
    so, from the day it holds. Raises NotFound, NoDraft, BadContent, BadDay.
    """
    row = module(scope, module_id)
    there = draft(scope, row.id)
    if there is None:
        raise NoDraft
    if wrong := rule.unfinished(rule.told(there.content), pictures=pictures.known(scope)):
        raise wrong
    before = [one_.holds_from for one_ in editions(scope, row.id) if one_.holds_from]
    if not max([scope.now, *before]) <= holds_from <= scope.now + MOST_AHEAD:
        raise BadDay(field="since")
    frozen = {
        "asks_again": asks_again and there.number > 1,
        "holds_from": holds_from,
        "published_by": scope.actor.id,
        "published_at": scope.now,
    }
    open_ = (ModuleEdition.shop_id == scope.shop_id, ModuleEdition.id == there.id)
    moved = update(ModuleEdition).where(*open_, ModuleEdition.published_at.is_(None)).values(frozen)
    if changed(scope, moved) != 1:
        raise NoDraft
    facts = {"number": there.number, "again": int(asks_again)}
    audit.note(scope, "training.published", subject="training", subject_id=row.id, **facts)
    clearing.settle_all(scope)
    return there.id


def set_whom(scope: Scope, module_id: int, *, whom: str, on_drop: bool) -> None:
    """Says who learns it: everybody, or whom it is given; and whether a drop in standing gives it again.

    Raises NotFound, BadContent.
    """
    row = module(scope, module_id)
    if whom not in WHOM:
        raise BadContent(field="whom", why="whom", most=0)
    this = (Module.shop_id == scope.shop_id, Module.id == row.id)
    changed(scope, update(Module).where(*this).values(whom=whom, on_drop=on_drop))
    audit.note(scope, "training.whom_set", subject="training", subject_id=row.id, whom=whom)
    _asked_otherwise(scope)


def retire(scope: Scope, module_id: int) -> None:
    """Takes a module out: it is asked of nobody any more, what was passed stays. Raises NotFound."""
    row = module(scope, module_id)
    this = (Module.shop_id == scope.shop_id, Module.id == row.id, Module.retired_at.is_(None))
    if changed(scope, update(Module).where(*this).values(retired_at=scope.now)):
        audit.note(scope, "training.retired", subject="training", subject_id=row.id)
        _asked_otherwise(scope)


def _asked_otherwise(scope: Scope) -> None:
    clearing.settle_all(scope)
    people.lead_all_on(scope)
