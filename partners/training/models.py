"""Tables of training: modules and their editions, what was read and answered, samples, pilots."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial

ALL, CHOSEN = "all", "chosen"
WHOM = (ALL, CHOSEN)
BY_OWNER, BY_ACTION, BY_STANDING, ONCE_MORE = "owner", "action", "standing", "tries"
CAUSES = (BY_OWNER, BY_ACTION, BY_STANDING, ONCE_MORE)


class Module(InShop, Base):
    """Something a shop teaches: everybody, or whom it is given to; what it holds stands in its editions."""

    __tablename__ = "training_modules"
    __table_args__ = (
        Index("ix_training_modules_shop", "shop_id", "id"),
        CheckConstraint(f"whom IN {WHOM}", name="whom"),
    )

    id: Mapped[Id]
    whom: Mapped[str]
    on_drop: Mapped[bool]  # learned again by whom the standing says is to be watched
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ModuleEdition(InShop, Base):
    """An edition of a module: a draft until it is published, and never changed afterwards."""

    __tablename__ = "training_editions"
    __table_args__ = (
        UniqueConstraint("module_id", "number"),
        partial("uq_training_editions_draft", "module_id", where="published_at IS NULL", unique=True),
        Index("ix_training_editions_shop", "shop_id", "module_id"),
        CheckConstraint("(published_at IS NULL) = (holds_from IS NULL)", name="holds_from"),
    )

    id: Mapped[Id]
    module_id: Mapped[int] = mapped_column(ForeignKey("training_modules.id"))
    number: Mapped[int]
    content: Mapped[Doc]  # see partners.training.content
    locale: Mapped[str]
    asks_again: Mapped[bool]  # of who passed an edition before it
    holds_from: Mapped[datetime | None]  # from when on it is asked of who works here already
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    published_by: Mapped[int | None]
    published_at: Mapped[datetime | None]


class TrainingPicture(InShop, Base):
    """A picture that modules show, already re-encoded; the same picture twice is one row."""

    __tablename__ = "training_pictures"
    __table_args__ = (UniqueConstraint("shop_id", "sha256"),)

    id: Mapped[Id]
    sha256: Mapped[str]
    file_key: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]


class Reading(InShop, Base):
    """Which parts of an edition a partner has ticked."""

    __tablename__ = "training_readings"
    __table_args__ = (
        UniqueConstraint("partner_id", "edition_id"),
        Index("ix_training_readings_shop", "shop_id", "partner_id"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_editions.id"))
    done: Mapped[Doc]  # {"parts": [places]}
    at: Mapped[datetime]


class QuizTry(InShop, Base):
    """What a partner answered and what it came to; a passed one is the certificate. Never changed."""

    __tablename__ = "training_tries"
    __table_args__ = (
        Index("ix_training_tries_partner", "shop_id", "partner_id", "module_id", "id"),
        Index("ix_training_tries_module", "shop_id", "module_id", "id"),
        CheckConstraint("hits >= 0 AND hits <= asked", name="hits"),
        CheckConstraint("passed OR ends_at IS NULL", name="ends_at"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("training_modules.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_editions.id"))
    edition: Mapped[int]  # its number
    picked: Mapped[Doc]  # {"picked": [[places of choices] of each question]}
    hits: Mapped[int]
    asked: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Assignment(InShop, Base):
    """That a partner learns a module (again) by a day: who or what asked for it. Never changed."""

    __tablename__ = "training_assignments"
    __table_args__ = (
        Index("ix_training_assignments_partner", "shop_id", "partner_id", "module_id", "id"),
        Index("ix_training_assignments_cause", "shop_id", "cause", "cause_id"),
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("training_modules.id"))
    after_id: Mapped[int]  # the last try before it: only a later one meets it
    holds_from: Mapped[datetime]
    cause: Mapped[str]
    cause_id: Mapped[int | None]  # the corrective action or the change of standing
    by: Mapped[int]
    at: Mapped[datetime]


class Sample(InShop, Base):
    """A piece of work made up to be tried: its items, what is right of each, and why."""

    __tablename__ = "training_samples"
    __table_args__ = (Index("ix_training_samples_shop", "shop_id", "id"),)

    id: Mapped[Id]
    kind: Mapped[str]
    title: Mapped[str]
    story: Mapped[str]  # what lies on the table
    sop_id: Mapped[int]  # procedures stand a floor above
    items: Mapped[Doc]  # {"items": [...]} as the procedure had them when it was made
    gold: Mapped[Doc]  # {key: {"right": value, "why": words}}
    pass_pct: Mapped[int]
    from_id: Mapped[int | None]  # the submission whose answers it began with
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class SampleTry(InShop, Base):
    """What somebody answered in a sample, and what it came to. Never changed."""

    __tablename__ = "training_sample_tries"
    __table_args__ = (
        Index("ix_training_sample_tries_partner", "shop_id", "partner_id", "sample_id", "id"),
        CheckConstraint("hits >= 0 AND hits <= asked", name="hits"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    sample_id: Mapped[int] = mapped_column(ForeignKey("training_samples.id"))
    answers: Mapped[Doc]
    hits: Mapped[int]
    asked: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]


class Pilot(InShop, Base):
    """A partner's first real work: how much is held at once, and how much is looked at until it ends."""

    __tablename__ = "training_pilots"
    __table_args__ = (
        partial("uq_training_pilots_open", "partner_id", where="ended_at IS NULL", unique=True),
        Index("ix_training_pilots_shop", "shop_id", "partner_id"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    held: Mapped[int]
    goal: Mapped[int]
    before: Mapped[int]  # pieces inspected before it began
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[int | None]  # pieces inspected in it, once it has ended
