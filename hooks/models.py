"""Tables of webhooks: where messages go, and every message with how it went."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop


class Webhook(InShop, Base):
    """An address that is told of events; its secret is sealed under a key of its own."""

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("uid"), Index("ix_webhooks_shop", "shop_id", "id"))

    id: Mapped[Id]
    uid: Mapped[str]
    url: Mapped[str]
    events: Mapped[str]  # with blanks between
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # still signs until old_until
    old_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]  # after a failure: its waits hold up everybody's errands
    disabled_at: Mapped[datetime | None]  # by the owner, or after days of failures
    removed_at: Mapped[datetime | None]


class Delivery(InShop, Base):
    """One message to one webhook: ids and codes, and how the latest try went."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook", "shop_id", "webhook_id", "id"),
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    event: Mapped[str]
    facts: Mapped[Doc]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    errands: Mapped[int] = mapped_column(default=1)  # how often it was put into the outbox
    status: Mapped[int] = mapped_column(default=0)  # HTTP's, 0 where none came
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]

    webhook: Mapped[Webhook] = relationship()
