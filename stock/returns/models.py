"""The table of returns: one for each claim whose goods come back, with what became of every unit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Id, InShop
from stock.claim_tables import Claim
from stock.lifecycle import quoted
from stock.models import Order, Product
from stock.returns.life import ASKED, CLOSED, STATES, WITHDRAWN


class Return(InShop, Base):
    """Units of an order line on their way back; what was asked for, what came, what became of it."""

    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("shop_id", "claim_id"),
        Index("ix_returns_state", "shop_id", "state", "since", "id"),
        Index("ix_returns_line", "shop_id", "line_id"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("arrived >= 0 AND arrived <= units", name="arrived"),
        CheckConstraint("good >= 0 AND mending >= 0 AND scrap >= 0", name="fates"),
        CheckConstraint("good + mending + scrap <= arrived", name="sum"),
        CheckConstraint(
            f"state <> '{CLOSED}' OR (mending = 0 AND good + scrap = arrived AND arrived > 0)", name="closed"
        ),
        CheckConstraint(f"state NOT IN ({quoted((ASKED, WITHDRAWN))}) OR arrived = 0", name="not_here"),
        CheckConstraint("(refund IS NULL) = (refunded_at IS NULL)", name="refund"),
    )

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    units: Mapped[int]
    arrived: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    mending: Mapped[int] = mapped_column(default=0)
    scrap: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=ASKED)
    since: Mapped[datetime]  # in this state
    made_at: Mapped[datetime]
    refund: Mapped[int | None]  # won that the customer got back
    refunded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    claim: Mapped[Claim] = relationship()
    order: Mapped[Order] = relationship()
    product: Mapped[Product] = relationship()
