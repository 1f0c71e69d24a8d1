"""What is suggested of a picture: the tags that stand on other pictures of its product.

Only where one answer is wanted. Where several hands are asked, each is to look for itself: hands that saw the
same suggestion would agree with it, and with one another, and agreement would say nothing any more.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from base.scope import Scope
from stock.picture_tables import ProductPicture
from stock.tag_tables import ProductTag, Tag
from tasks.kinds.tagging import reads
from tasks.kinds.tagging.models import Album, AlbumPicture
from tasks.models import Task
from tasks.suggestions import noting
from tasks.suggestions.rule import is_shown

SOURCE = "pictures"
Hinted = Mapping[str, Mapping[str, frozenset[str]]]  # by field, by attribute: the tags


def shown(scope: Scope, task: Task, album: Album) -> Hinted:
    """The suggestions of a task: by field and attribute, without those that rest."""
    if album.most > 1:
        return {}
    rest, words = noting.resting(scope, reads.KIND), reads.words_of(scope, album.edition_id)
    awake = {
        one.key: frozenset(one.by_key)
        for one in words.attributes
        if one.region == "none" and is_shown((one.key, SOURCE), rest, task.id)
    }
    pictures = reads.pictures_of(scope, task)
    standing = _standing(scope, album.edition.vocabulary_id, [one.picture.product_id for one in pictures])
    return {reads.field(one): _of(one, standing, awake) for one in pictures}


def _of(
    picture: AlbumPicture,
    standing: Sequence[tuple[int, int, str, str]],
    awake: Mapping[str, frozenset[str]],
) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for product_id, picture_id, attribute, tag in standing:
        is_other = product_id == picture.picture.product_id and picture_id != picture.picture_id
        if is_other and tag in awake.get(attribute, ()):
            found.setdefault(attribute, set()).add(tag)
    return {attribute: frozenset(tags) for attribute, tags in found.items()}


def _standing(
    scope: Scope, vocabulary_id: int, product_ids: Sequence[int]
) -> list[tuple[int, int, str, str]]:
    """Product, picture, attribute and tag of what stands on the pictures that products show today."""
    stmt = (
        select(ProductTag.product_id, ProductTag.picture_id, Tag.attribute, Tag.key)
        .join(Tag, Tag.id == ProductTag.tag_id)
        .join(ProductPicture, ProductPicture.id == ProductTag.picture_id)
        .where(
            ProductTag.shop_id == scope.shop_id,
            Tag.shop_id == scope.shop_id,
            Tag.vocabulary_id == vocabulary_id,
            ProductTag.product_id.in_(product_ids),
            ProductPicture.shop_id == scope.shop_id,
            ProductPicture.removed_at.is_(None),
        )
    )
    return [(row[0], row[1], row[2], row[3]) for row in scope.session.execute(stmt)]
