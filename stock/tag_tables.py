"""Tables of the tags that stand on products, and of the words they are found by."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop
from stock.picture_tables import ProductPicture


class Tag(InShop, Base):
    """A word of a vocabulary as it is shown today; what is kept on products points here."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("shop_id", "vocabulary_id", "attribute", "key"),)

    id: Mapped[Id]
    vocabulary_id: Mapped[int]
    attribute: Mapped[str]
    key: Mapped[str]
    names: Mapped[Doc]  # {"attribute": {"ko", "en"}, "tag": {"ko", "en"}}


class TagWord(InShop, Base):
    """A word by which a tag is found: its names, its synonyms, and those of whatever it is a kind of."""

    __tablename__ = "tag_words"
    __table_args__ = (UniqueConstraint("tag_id", "word"), Index("ix_tag_words_word", "shop_id", "word"))

    id: Mapped[Id]
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))
    word: Mapped[str]  # as stock.tag_words has it


class ProductTag(InShop, Base):
    """A tag that is held to be true of a picture of a product, and how sure that is."""

    __tablename__ = "product_tags"
    __table_args__ = (
        Index("ix_product_tags_tag", "shop_id", "tag_id", "product_id"),
        Index("ix_product_tags_product", "shop_id", "product_id"),
        Index("ix_product_tags_picture", "shop_id", "picture_id"),
        CheckConstraint("sure BETWEEN 0 AND 1000", name="sure"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    picture_id: Mapped[int] = mapped_column(ForeignKey("product_pictures.id"))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))
    sure: Mapped[int]  # per mille; 1000 where a person decided
    answers: Mapped[int]  # how many hands it was weighed from
    place: Mapped[Doc]  # {"at": […]} per mille of the picture, empty where the whole is meant
    at: Mapped[datetime]

    tag: Mapped[Tag] = relationship(lazy="joined")
    picture: Mapped[ProductPicture] = relationship()
