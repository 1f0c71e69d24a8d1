"""Kinds an owner makes herself: named, priced, begun with a procedure of her own, and given work by hand."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from base.errors import Invalid, NotFound, Refused
from base.i18n import t
from base.rows import changed, one
from base.scope import Scope, forget
from base.sheet import Sheet
from partners.kinds import own_name
from partners.models import OwnKind
from partners.pay import pricing
from security import audit
from stock.models import Product
from tasks import issuing, product_work, queues, sops, work_lists
from tasks.kinds import known
from tasks.models import SopRevision, Task
from tasks.product_work import Wanted
from tasks.work_lists import Line, Trouble

ICONS = ("clipboard-document-list", "pencil-square", "magnifying-glass", "photo", "phone", "wrench")
LONGEST_NAME = 30
MOST_AT_ONCE = 200


class BadName(Invalid):
    """A kind is called something in up to 30 characters, and no other is so. Facts: field, why, most."""

    code = "tasks.kind_name"


class BadWork(Invalid):
    """Work cannot be opened as it was written. Facts: field, why (a code of `work_lists`)."""

    code = "tasks.bad_work"


class BadList(Invalid):
    """A list of work has rows that cannot be opened: nothing was. Facts: n, troubles."""

    code = "tasks.bad_list"


class ListTaken(Refused):
    """This very file was opened before. Facts: task_id, the first of its work."""

    code = "tasks.list_taken"


class NoProcedure(Refused):
    """The kind's procedure was never published: nobody would know what to do."""

    code = "tasks.kind_without_procedure"


def make(scope: Scope, *, ko: str, en: str, icon: str, won: int) -> tuple[OwnKind, SopRevision]:
    """Makes a kind with its queue, price and the draft of its procedure. Raises BadName, BadPrice."""
    words = _named(scope, ko, en, but=0)
    pricing.check_price(won)
    made = OwnKind(
        shop_id=scope.shop_id,
        name=words,
        icon=icon if icon in ICONS else ICONS[0],
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    forget(scope, "own kinds")
    name = own_name(made.id)
    pricing.first_price(scope, kind=name, won=won)
    queues.begin(scope, name)
    audit.note(scope, "kind.made", kind=name, won=won)
    return made, sops.create(scope, kind=name, title=words["ko"])


def rename(scope: Scope, kind_id: int, *, ko: str, en: str) -> None:
    """Calls a kind something else, wherever it stands. Raises NotFound, BadName."""
    row = one(scope, OwnKind, kind_id)
    words = _named(scope, ko, en, but=row.id)
    this = (OwnKind.shop_id == scope.shop_id, OwnKind.id == row.id)
    changed(scope, update(OwnKind).where(*this).values(name=words))
    forget(scope, "own kinds")
    audit.note(scope, "kind.renamed", kind=own_name(row.id))


def open_by_hand(
    scope: Scope, kind: str, *, title: str, note: str = "", sku: str = "", count: int = 1
) -> tuple[int, ...]:
    """Opens so many pieces of work; about a product they are as many people's independent answers.

    Raises NotFound, NoProcedure, QueueRetired, BadWork, NoProduct.
    """
    _check_ready(scope, kind)
    line = Line(0, title.strip(), note.strip(), sku.strip())
    for trouble in work_lists.troubles(line):
        raise BadWork(field=trouble.column, why=trouble.code)
    most = product_work.MOST_SLOTS if line.sku else MOST_AT_ONCE
    if not 1 <= count <= most:
        raise BadWork(field="count", why="count", most=most)
    products = _products(scope, [line])
    if line.sku and line.sku.upper() not in products:
        raise BadWork(field="sku", why="no_product")
    wanted = Wanted(products.get(line.sku.upper()), title=line.title, note=line.note)
    if line.sku:
        return product_work.open_for_products(scope, kind=kind, wanted=[_of_many(wanted, count)])
    return product_work.open_for_products(scope, kind=kind, wanted=[wanted] * count)


def open_list(scope: Scope, kind: str, *, data: bytes, sheet: Sheet) -> tuple[int, ...]:
    """Opens one piece of work for every row of a file; all or nothing, and the same file once.

    Raises NotFound, NoProcedure, QueueRetired, BadList, ListTaken.
    """
    _check_ready(scope, kind)
    lines, wrong = work_lists.read(sheet)
    products = _products(scope, lines)
    lost = [line for line in lines if line.sku and line.sku.upper() not in products]
    wrong += tuple(Trouble(line.number, "sku", "no_product") for line in lost)
    if wrong:
        raise BadList(n=len(wrong), troubles=wrong, field="file")
    of_file = f"file:{hashlib.sha256(data).hexdigest()[:16]}"
    first = select(Task.id).where(
        Task.shop_id == scope.shop_id, Task.kind == kind, Task.target == f"{of_file}:{lines[0].number}"
    )
    if task_id := scope.session.scalar(first.limit(1)):
        raise ListTaken(task_id=task_id)
    wanted = [
        Wanted(products.get(line.sku.upper()), f"{of_file}:{line.number}", title=line.title, note=line.note)
        for line in lines
    ]
    return product_work.open_for_products(scope, kind=kind, wanted=wanted)


def pictured(scope: Scope) -> dict[str, str]:
    """The picture of each of her kinds."""
    rows = select(OwnKind.id, OwnKind.icon).where(OwnKind.shop_id == scope.shop_id)
    return {own_name(id_): icon for id_, icon in scope.session.execute(rows)}


def procedure_of(scope: Scope, kind: str) -> SopRevision | None:
    """The edition its work is done under now, None while none was published."""
    return issuing.in_force(scope, kind)


def _of_many(wanted: Wanted, count: int) -> Wanted:
    return Wanted(wanted.product_id, slots=count, title=wanted.title, note=wanted.note)


def _check_ready(scope: Scope, kind: str) -> None:
    """Only her own kinds are opened by hand. Raises NotFound, NoProcedure, QueueRetired."""
    if kind in known.coded():
        raise NotFound
    known.kind(scope, kind)
    queues.check_not_retired(scope, kind)
    if procedure_of(scope, kind) is None:
        raise NoProcedure


def _products(scope: Scope, lines: Sequence[Line]) -> dict[str, int]:
    """The products of the codes, by code as it is kept."""
    codes = sorted({line.sku.upper() for line in lines if line.sku})
    rows = select(Product.sku, Product.id).where(Product.shop_id == scope.shop_id, Product.sku.in_(codes))
    return dict(scope.session.execute(rows).all()) if codes else {}


def _named(scope: Scope, ko: str, en: str, *, but: int) -> dict[str, Any]:
    """The words of a kind; where English is not given the Korean ones. Raises BadName."""
    words = {"ko": ko.strip(), "en": en.strip() or ko.strip()}
    for language, said in words.items():
        if not 0 < len(said) <= LONGEST_NAME:
            raise BadName(field=language, why="length", most=LONGEST_NAME)
    others = select(OwnKind.name).where(OwnKind.shop_id == scope.shop_id, OwnKind.id != but)
    taken = {name["ko"] for name in scope.session.scalars(others)}
    if words["ko"] in taken | {t("ko", f"kinds.{name}.name") for name in known.coded()}:
        raise BadName(field="ko", why="taken", most=LONGEST_NAME)
    return words
