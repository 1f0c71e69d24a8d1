"""What figures can be about, in words, and how many of its pieces were bad in a span."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import func, select

from base.errors import Invalid
from base.i18n import knows, t
from base.rows import mine
from base.scope import Scope
from base.shares import Share
from partners.queries import names as partner_names
from qa.board.drill import Window
from qa.models import Tally
from qa.tallies.rules import (
    CODE,
    ESCAPED,
    FOUND,
    HOUR,
    ITEM,
    OUT,
    PARTNER,
    QUALITY,
    SHOP,
    SKU,
    SOP,
    WHY,
)
from stock.claim_life import REASONS
from stock.models import Product
from tasks.models import Sop, SopRevision
from tasks.wording import criteria


class NoSubject(Invalid):
    """These figures are about nothing that the shop has. Facts: field."""

    code = "causes.no_subject"


def check(scope: Scope, dim: str, dim_id: int) -> None:
    """Raises NoSubject unless the shop has such a partner, procedure, product or reason."""
    known: Mapping[str, Callable[[Scope], Mapping[int, str]]] = {PARTNER: partner_names, SOP: sops}
    if dim == SHOP or (dim == HOUR and 0 <= dim_id < 24):
        return
    if dim.startswith(WHY) and dim.removeprefix(WHY) in REASONS:
        return
    if dim == SKU and dim_id in products(scope, [dim_id]):
        return
    if dim_id == 0 and dim.startswith((CODE, ITEM)):
        if dim.partition(":")[2] not in (codes if dim.startswith(CODE) else items)(scope, "ko"):
            raise NoSubject(field="dim")
        return
    read = known.get(dim)
    if read is None or dim_id not in read(scope):
        raise NoSubject(field="dim")


def named(scope: Scope, dim: str, dim_id: int, locale: str) -> str:
    """What the figures are about, in words; a code that has none stands for itself."""
    prefix, _, key = dim.partition(":")
    read: dict[str, Callable[[], str]] = {
        PARTNER: lambda: partner_names(scope).get(dim_id, ""),
        SOP: lambda: sops(scope).get(dim_id, ""),
        SKU: lambda: products(scope, [dim_id]).get(dim_id, ""),
        HOUR: lambda: t(locale, "quality.hour", hour=dim_id),
        "why": lambda: t(locale, f"claims.reason.{key}"),
        "code": lambda: codes(scope, locale).get(key, key),
        "item": lambda: items(scope, locale).get(key, key),
        SHOP: lambda: t(locale, "quality.whole_shop"),
    }
    return read.get(prefix, lambda: dim)()


def bad(scope: Scope, dim: str, dim_id: int, window: Window) -> Share:
    """Bad pieces of those first looked at; pieces with a defect; or escapes of lines that left."""
    if dim.startswith(WHY):
        escapes = _sum(scope, ESCAPED, dim, 0, window)[0]
        lines = _sum(scope, OUT, SHOP, 0, window)[0]
        return Share(min(max(0, escapes), lines), lines)
    if dim.startswith((CODE, ITEM)):  # of every procedure that has it
        pieces = _sum(scope, FOUND, dim, None, window)[1]
        looked = _sum(scope, QUALITY, SHOP, 0, window)[0]
        return Share(min(pieces, looked), looked)
    n, passed = _sum(scope, QUALITY, dim, dim_id, window)
    return Share(n - passed, n)


def products(scope: Scope, ids: Collection[int]) -> Mapping[int, str]:
    """What these products are called."""
    rows = scope.session.execute(
        select(Product.id, Product.sku, Product.name).where(
            Product.shop_id == scope.shop_id, Product.id.in_(ids)
        )
    )
    return {id_: f"{sku} {name}" for id_, sku, name in rows}


def codes(scope: Scope, locale: str) -> dict[str, str]:
    """What defect codes are called, by the latest editions of the shop's procedures."""
    found: dict[str, str] = {}
    for revision in _editions(scope):
        found |= criteria(locale, revision.rubric)
    return found


def items(scope: Scope, locale: str) -> dict[str, str]:
    """What the items of procedures are called, by their latest editions."""
    found: dict[str, str] = {}
    for revision in _editions(scope):
        for item in revision.items["items"]:
            key = f"kinds.{revision.sop.kind}.item.{item['key']}"
            label = item.get("label") or {}
            said = label.get(locale) or label.get("ko") or (t(locale, key) if knows(key) else item["key"])
            found[item["key"]] = said
    return found


def _editions(scope: Scope) -> Collection[SopRevision]:
    stmt = mine(scope, SopRevision).where(SopRevision.state.in_(["published", "retired"]))
    return scope.session.scalars(stmt.order_by(SopRevision.id)).all()


def sops(scope: Scope) -> Mapping[int, str]:
    """What the shop's procedures are called."""
    rows = scope.session.execute(select(Sop.id, Sop.title).where(Sop.shop_id == scope.shop_id))
    return {id_: title for id_, title in rows}  # noqa: C416 (rows are not pairs to the type checker)


def _sum(scope: Scope, measure: str, dim: str, dim_id: int | None, window: Window) -> tuple[int, int]:
    stmt = (
        select(func.coalesce(func.sum(Tally.n), 0), func.coalesce(func.sum(Tally.hits), 0))
        .where(Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.measure == measure)
        .where(Tally.day >= window.first, Tally.day <= window.last)
    )
    row = scope.session.execute(stmt if dim_id is None else stmt.where(Tally.dim_id == dim_id)).one()
    return int(row[0]), int(row[1])
