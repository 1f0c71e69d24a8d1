"""Tables of tagging: vocabularies and their editions, albums of pictures, what is known and decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop
from stock.picture_tables import ProductPicture

#: A picture of an album: answers come in; hands disagree and a person decides; it is decided.
WAITING, DISPUTED, DECIDED = "waiting", "disputed", "decided"


class Vocabulary(InShop, Base):
    """The words that pictures are described with; those in use are its newest edition."""

    __tablename__ = "vocabularies"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    edition: Mapped[int] = mapped_column(default=0)  # the newest; whoever saves names the one they saw
    made_at: Mapped[datetime]


class VocabularyEdition(InShop, Base):
    """A vocabulary as it was saved once; never changed."""

    __tablename__ = "vocabulary_editions"
    __table_args__ = (UniqueConstraint("vocabulary_id", "number"),)

    id: Mapped[Id]
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("vocabularies.id"))
    number: Mapped[int]
    words: Mapped[Doc]  # {"attributes": [...]}, see tasks.kinds.tagging.vocabulary
    made_by: Mapped[int]
    made_at: Mapped[datetime]

    vocabulary: Mapped[Vocabulary] = relationship()


class Album(InShop, Base):
    """Pictures to be described together under one edition, by so many hands; cut into sheets, one a task."""

    __tablename__ = "tag_albums"
    __table_args__ = (
        Index("ix_tag_albums_shop", "shop_id", "id"),
        CheckConstraint("1 <= answers AND answers <= most AND most <= 25", name="answers"),
        CheckConstraint("enough BETWEEN 50 AND 100", name="enough"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    edition_id: Mapped[int] = mapped_column(ForeignKey("vocabulary_editions.id"))
    answers: Mapped[int]  # wanted of every picture
    most: Mapped[int]  # that may be asked while hands disagree
    enough: Mapped[int]  # percent of confidence at which a picture is decided
    methods: Mapped[Doc]  # how the answers were weighed last, by attribute
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # since when no more answers are asked

    edition: Mapped[VocabularyEdition] = relationship(lazy="joined")


class AlbumPicture(InShop, Base):
    """A picture of an album, on the sheet it is answered with; only guarded updates move its state."""

    __tablename__ = "tag_pictures"
    __table_args__ = (
        UniqueConstraint("album_id", "picture_id"),
        Index("ix_tag_pictures_sheet", "shop_id", "album_id", "sheet", "place"),
        Index("ix_tag_pictures_state", "shop_id", "state", "album_id", "id"),
        CheckConstraint("state IN ('waiting', 'disputed', 'decided')", name="state"),
    )

    id: Mapped[Id]
    album_id: Mapped[int] = mapped_column(ForeignKey("tag_albums.id"))
    picture_id: Mapped[int] = mapped_column(ForeignKey("product_pictures.id"))
    sheet: Mapped[int]
    place: Mapped[int]
    state: Mapped[str] = mapped_column(default=WAITING)
    found: Mapped[Doc]  # what was decided last, by attribute: {"held": [[tag, per mille, place]], "sure", …}
    decided_by: Mapped[int | None]  # the person; none where the hands agreed
    decided_at: Mapped[datetime | None]

    album: Mapped[Album] = relationship()
    picture: Mapped[ProductPicture] = relationship()


class Sheet(InShop, Base):
    """Some pictures of an album that are answered together: one task for each answer asked."""

    __tablename__ = "tag_sheets"
    __table_args__ = (UniqueConstraint("album_id", "number"), Index("ix_tag_sheets_shop", "shop_id"))

    id: Mapped[Id]
    album_id: Mapped[int] = mapped_column(ForeignKey("tag_albums.id"))
    number: Mapped[int]
    asked: Mapped[int]  # answers asked so far
    got: Mapped[int] = mapped_column(default=0)  # of them accepted: when it is all, the sheet is weighed
    off: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # of them called off by the owner: nobody waits for these

    @property
    def is_all_in(self) -> bool:
        """Whether every answer that is still wanted is in."""
        return self.got >= self.asked - self.off


class SheetExtra(InShop, Base):
    """An answer asked for because hands disagreed: which pictures of the sheet are on it, for good."""

    __tablename__ = "tag_extras"
    __table_args__ = (UniqueConstraint("album_id", "sheet", "slot"), Index("ix_tag_extras_shop", "shop_id"))

    id: Mapped[Id]
    album_id: Mapped[int] = mapped_column(ForeignKey("tag_albums.id"))
    sheet: Mapped[int]
    slot: Mapped[int]
    pictures: Mapped[Doc]  # {"ids": [...]} of tag_pictures


class PictureAnswer(InShop, Base):
    """What one hand said of one picture, once its work was accepted; never changed."""

    __tablename__ = "tag_answers"
    __table_args__ = (
        UniqueConstraint("task_id", "album_picture_id"),
        Index("ix_tag_answers_album", "shop_id", "album_id", "id"),
        Index("ix_tag_answers_picture", "album_picture_id"),
    )

    id: Mapped[Id]
    album_id: Mapped[int] = mapped_column(ForeignKey("tag_albums.id"))
    album_picture_id: Mapped[int] = mapped_column(ForeignKey("tag_pictures.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    said: Mapped[Doc]
    at: Mapped[datetime]


class MixedPicture(InShop, Base):
    """A picture of an album that is known from before: mixed in, and nobody can tell it apart."""

    __tablename__ = "tag_mixed"
    __table_args__ = (
        UniqueConstraint("album_picture_id"),
        Index("ix_tag_mixed_album", "shop_id", "album_id"),
        Index("ix_tag_mixed_picture", "shop_id", "picture_id"),
    )

    id: Mapped[Id]
    album_id: Mapped[int] = mapped_column(ForeignKey("tag_albums.id"))
    album_picture_id: Mapped[int] = mapped_column(ForeignKey("tag_pictures.id"))
    picture_id: Mapped[int] = mapped_column(ForeignKey("product_pictures.id"))
    said: Mapped[Doc]  # what is known of it


class ShownPicture(InShop, Base):
    """A picture that a hand was shown on a task, or was spared; of every picture alike, whatever it is."""

    __tablename__ = "tag_shown"
    __table_args__ = (
        UniqueConstraint("task_id", "album_picture_id"),
        Index("ix_tag_shown_hand", "shop_id", "partner_id", "at"),
        Index("ix_tag_shown_picture", "shop_id", "picture_id", "partner_id"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    album_picture_id: Mapped[int] = mapped_column(ForeignKey("tag_pictures.id"))
    picture_id: Mapped[int] = mapped_column(ForeignKey("product_pictures.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    spared: Mapped[bool]
    at: Mapped[datetime]


class KnownPicture(InShop, Base):
    """What the owner knows of a picture: the gold by which methods are chosen and hands are measured."""

    __tablename__ = "tag_known"
    __table_args__ = (
        UniqueConstraint("vocabulary_id", "picture_id"),
        Index("ix_tag_known_shop", "shop_id", "vocabulary_id"),
    )

    id: Mapped[Id]
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("vocabularies.id"))
    picture_id: Mapped[int] = mapped_column(ForeignKey("product_pictures.id"))
    said: Mapped[Doc]
    by: Mapped[int]
    at: Mapped[datetime]
