"""What kinds of work are called: those that come with Dari by their words, an owner's own by her row."""

import re

from sqlalchemy import select

from base.i18n import t
from base.scope import Scope, remembered
from partners.models import OwnKind

OWN = re.compile(r"own-([1-9][0-9]{0,17})")


def own_name(id_: int) -> str:
    """How an owner's own kind stands in tasks, prices and pay."""
    return f"own-{id_}"


def named(scope: Scope, kind: str, locale: str) -> str:
    """What a kind is called in a language."""
    if not OWN.fullmatch(kind):
        return t(locale, f"kinds.{kind}.name")
    words = own(scope).get(kind, {})
    return words.get(locale) or words.get("ko") or kind


def own(scope: Scope) -> dict[str, dict[str, str]]:
    """The words of the shop's own kinds in the order they were made, read once."""
    return remembered(scope, "own kinds", lambda: _read(scope))


def _read(scope: Scope) -> dict[str, dict[str, str]]:
    rows = select(OwnKind.id, OwnKind.name).where(OwnKind.shop_id == scope.shop_id).order_by(OwnKind.id)
    return {own_name(id_): name for id_, name in scope.session.execute(rows)}
