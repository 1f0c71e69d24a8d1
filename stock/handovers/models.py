"""Tables of hand-overs: what was sent to or from a home, what came of it, and what may lie in a home."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Id, InShop, partial
from stock.handovers.life import LIVE, OUTCOMES, STATES, WAYS, WHOLE
from stock.lifecycle import quoted
from stock.models import Product


class Handover(InShop, Base):
    """Goods on their way to a partner's home or back; `key` is the act that sent them."""

    __tablename__ = "handovers"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_handovers_partner", "shop_id", "partner_id", "id"),
        partial("ix_handovers_live", "shop_id", "partner_id", where=f"state IN ({quoted(LIVE)})"),
        CheckConstraint(f"way IN ({quoted(WAYS)})", name="way"),
        CheckConstraint(f"state IN ({quoted(WHOLE)})", name="state"),
        CheckConstraint("(state = 'under_way') = (arrived_at IS NULL)", name="arrived"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    way: Mapped[str]
    partner_id: Mapped[int]  # partners stand beside stock, so only the id is known
    state: Mapped[str]
    alone: Mapped[bool] = mapped_column(default=False)  # fetched from somebody who works here no more
    sent_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]  # nothing of it was on the way any more


class HandoverLine(InShop, Base):
    """A product of a hand-over: units sent, units that came, and where the difference went."""

    __tablename__ = "handover_lines"
    __table_args__ = (
        UniqueConstraint("handover_id", "product_id"),
        CheckConstraint("sent > 0", name="sent"),
        CheckConstraint("received >= 0", name="received"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(
            "(state IN ('received', 'differs', 'settled')) = (received IS NOT NULL)", name="told"
        ),
        CheckConstraint("state <> 'received' OR received = sent", name="agrees"),
        CheckConstraint(f"outcome IN ({quoted(('', *OUTCOMES))})", name="outcome"),
        CheckConstraint("(state = 'settled') = (outcome <> '')", name="settled"),
    )

    id: Mapped[Id]
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    sent: Mapped[int]
    received: Mapped[int | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str] = mapped_column(default="")
    told_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    told_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]

    product: Mapped[Product] = relationship()


class HomeLimit(InShop, Base):
    """How much a home may hold, in won; of partner 0: every home of which nothing else is said."""

    __tablename__ = "home_limits"
    __table_args__ = (
        UniqueConstraint("shop_id", "partner_id"),
        CheckConstraint("won >= 0", name="won"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(default=0)
    won: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime]
