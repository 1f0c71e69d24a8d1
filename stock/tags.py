"""Tags on products: what stands on which picture, and by which words a product is found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, insert, select, update

from base.rows import changed, mine
from base.scope import Scope
from stock.batches import batches
from stock.models import Product
from stock.picture_tables import ProductPicture
from stock.tag_tables import ProductTag, Tag, TagWord
from stock.tag_words import normal

MOST_WORDS = 6  # of a search


@dataclass(frozen=True, slots=True)
class Word:
    """A tag of a vocabulary: its names by language, and every word it is found by, as compared."""

    attribute: str
    key: str
    names: Mapping[str, Mapping[str, str]]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A tag held to be true of a picture: how sure in per mille, from how many answers, where on it."""

    attribute: str
    key: str
    sure: int
    answers: int
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OnProduct:
    """A tag of a product: as sure as the picture that shows it best, and on how many pictures it is."""

    names: Mapping[str, Mapping[str, str]]
    sure: int
    answers: int
    pictures: int

    def attribute(self, locale: str) -> str:
        """The attribute's name."""
        return self.names["attribute"].get(locale) or self.names["attribute"]["ko"]

    def named(self, locale: str) -> str:
        """The tag's name."""
        return self.names["tag"].get(locale) or self.names["tag"]["ko"]


def learn(scope: Scope, vocabulary_id: int, words: Sequence[Word]) -> None:
    """Brings names and words of a vocabulary's tags up to date; what was dropped keeps its last words."""
    known = {(tag.attribute, tag.key): tag for tag in _tags(scope, vocabulary_id)}
    for word in words:
        tag = known.get((word.attribute, word.key))
        if tag is None:
            tag = Tag(
                shop_id=scope.shop_id, vocabulary_id=vocabulary_id, attribute=word.attribute, key=word.key
            )
            tag.names = dict(word.names)
            scope.session.add(tag)
            known[word.attribute, word.key] = tag
        elif tag.names != word.names:
            this = update(Tag).where(Tag.shop_id == scope.shop_id, Tag.id == tag.id)
            changed(scope, this.values(names=dict(word.names)))
    scope.session.flush()
    _reword(scope, [(known[word.attribute, word.key].id, word.words) for word in words])


def _reword(scope: Scope, told: Sequence[tuple[int, Iterable[str]]]) -> None:
    for some in batches([id_ for id_, _words in told]):
        gone = delete(TagWord).where(TagWord.shop_id == scope.shop_id, TagWord.tag_id.in_(some))
        scope.session.execute(gone)
    rows = [
        {"shop_id": scope.shop_id, "tag_id": id_, "word": word}
        for id_, words in told
        for word in dict.fromkeys(words)
    ]
    for some_rows in batches(rows):
        scope.session.execute(insert(TagWord), list(some_rows))


def put(scope: Scope, vocabulary_id: int, picture: ProductPicture, held: Sequence[Standing]) -> None:
    """Makes these the tags of a picture in a vocabulary; what stood there before goes."""
    known = {(tag.attribute, tag.key): tag.id for tag in _tags(scope, vocabulary_id)}
    here = (ProductTag.shop_id == scope.shop_id, ProductTag.picture_id == picture.id)
    scope.session.execute(delete(ProductTag).where(*here, ProductTag.tag_id.in_(list(known.values()))))
    for one in held:
        row = ProductTag(
            shop_id=scope.shop_id,
            product_id=picture.product_id,
            picture_id=picture.id,
            tag_id=known[one.attribute, one.key],
            sure=one.sure,
            answers=one.answers,
            place={"at": list(one.at)} if one.at else {},
            at=scope.now,
        )
        scope.session.add(row)
    scope.session.flush()


def _tags(scope: Scope, vocabulary_id: int) -> list[Tag]:
    return list(scope.session.scalars(mine(scope, Tag).where(Tag.vocabulary_id == vocabulary_id)))


def of(scope: Scope, product_id: int) -> list[OnProduct]:
    """The tags of a product, from the pictures it has today, by attribute, the surest first."""
    stmt = mine(scope, ProductTag).join(ProductPicture, ProductPicture.id == ProductTag.picture_id)
    rows = scope.session.scalars(
        stmt.where(ProductTag.product_id == product_id, ProductPicture.removed_at.is_(None)).order_by(
            ProductTag.tag_id, ProductTag.sure.desc(), ProductTag.id
        )
    )
    by_tag: dict[int, list[ProductTag]] = {}
    for row in rows:
        by_tag.setdefault(row.tag_id, []).append(row)
    found = [_on_product(rows) for _id, rows in by_tag.items()]
    return sorted(found, key=lambda one: (one.attribute("ko"), -one.sure, one.named("ko")))


def _on_product(rows: Sequence[ProductTag]) -> OnProduct:
    best = rows[0]
    return OnProduct(best.tag.names, best.sure, best.answers, len({row.picture_id for row in rows}))


def any_of(scope: Scope, vocabulary_id: int) -> bool:
    """Whether any tag of a vocabulary stands on a product."""
    here = select(ProductTag.id).join(Tag, Tag.id == ProductTag.tag_id)
    here = here.where(ProductTag.shop_id == scope.shop_id, Tag.shop_id == scope.shop_id)
    return scope.session.scalar(here.where(Tag.vocabulary_id == vocabulary_id).limit(1)) is not None


def by_product(
    scope: Scope, vocabulary_id: int, *, most: int
) -> dict[tuple[str, str], list[tuple[str, OnProduct]]]:
    """The tags of a vocabulary that stand on products, by SKU and name; attribute keys, the surest first."""
    here = (
        ProductTag.shop_id == scope.shop_id,
        ProductTag.tag_id == Tag.id,
        ProductTag.product_id == Product.id,
    )
    carries = exists().where(*here, Tag.shop_id == scope.shop_id, Tag.vocabulary_id == vocabulary_id)
    products = list(
        scope.session.execute(
            select(Product.id, Product.sku, Product.name)
            .where(Product.shop_id == scope.shop_id, carries)
            .order_by(Product.sku, Product.id)
            .limit(most)
        )
    )
    held: dict[int, dict[int, list[ProductTag]]] = {}
    for some in batches([product.id for product in products]):
        for row in scope.session.scalars(_on(scope, vocabulary_id, some)):
            held.setdefault(row.product_id, {}).setdefault(row.tag_id, []).append(row)
    found = {}
    for id_, sku, name in products:
        each = [(rows[0].tag.attribute, _on_product(rows)) for rows in held.get(id_, {}).values()]
        if each:
            found[sku, name] = sorted(each, key=lambda one: (one[0], -one[1].sure, one[1].named("ko")))
    return found


def _on(scope: Scope, vocabulary_id: int, product_ids: Sequence[int]) -> Select[ProductTag]:
    """The tags of a vocabulary on these products, from the pictures they have today, the surest first."""
    stmt = mine(scope, ProductTag).join(ProductPicture, ProductPicture.id == ProductTag.picture_id)
    stmt = stmt.where(ProductTag.product_id.in_(product_ids), ProductPicture.removed_at.is_(None))
    words = select(Tag.id).where(Tag.shop_id == scope.shop_id, Tag.vocabulary_id == vocabulary_id)
    stmt = stmt.where(ProductTag.tag_id.in_(words))
    return stmt.order_by(ProductTag.product_id, ProductTag.tag_id, ProductTag.sure.desc(), ProductTag.id)


def tagged(scope: Scope, text: str) -> ColumnElement[bool]:
    """Whether a product carries a tag called so, or for each of several words one called so."""
    each = [_carries(scope, normal(word)) for word in text.split()[:MOST_WORDS]]
    return _carries(scope, normal(text)) | and_(*each)


def _carries(scope: Scope, word: str) -> ColumnElement[bool]:
    named: Any = select(TagWord.tag_id).where(TagWord.shop_id == scope.shop_id, TagWord.word == word)
    return exists().where(
        ProductTag.shop_id == scope.shop_id,
        ProductTag.product_id == Product.id,
        ProductTag.tag_id.in_(named),
        ProductPicture.id == ProductTag.picture_id,
        ProductPicture.removed_at.is_(None),
    )
