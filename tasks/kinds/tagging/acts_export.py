"""Taking accepted tags out: a line for each product, a column for each attribute of a vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass

from base.errors import Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from stock import tags
from stock.tags import OnProduct
from tasks.kinds.tagging.acts_deciding import words_in_use
from tasks.kinds.tagging.models import Vocabulary

MOST = 5000  # products of one file


class NothingTagged(Refused):
    """No tag of this vocabulary stands on a product yet."""

    code = "kinds.nothing_tagged"


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and rows of cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def tag_file(scope: Scope, vocabulary_id: int) -> Table:
    """What stands on products in a vocabulary's words, by SKU. Raises NotFound, NothingTagged.

    An attribute that has been dropped from the vocabulary stands last while tags of it are left.
    """
    vocabulary, locale = one(scope, Vocabulary, vocabulary_id), scope.actor.locale
    found = tags.by_product(scope, vocabulary_id, most=MOST)
    if not found:
        raise NothingTagged
    names = {it.key: it.named(locale) for it in words_in_use(scope, vocabulary).attributes}
    for held in found.values():
        names |= {key: one_.attribute(locale) for key, one_ in held if key not in names}
    fixed = [t(locale, f"kinds.tagging.file.{name}") for name in ("sku", "product", "sure")]
    rows = (
        (sku, name, _sure(held), *(_cell(held, key, locale) for key in names))
        for (sku, name), held in found.items()
    )
    return Table((*fixed, *names.values()), tuple(rows))


def _cell(held: Sequence[tuple[str, OnProduct]], attribute: str, locale: str) -> str:
    """The tags of an attribute, the surest first."""
    return ", ".join(one_.named(locale) for key, one_ in held if key == attribute)


def _sure(held: Sequence[tuple[str, OnProduct]]) -> int:
    """How sure the least sure of a product's tags is, in percent."""
    return min(one_.sure for _key, one_ in held) // 10
