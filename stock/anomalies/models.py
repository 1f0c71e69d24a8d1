"""The table of odd lines: why an order was held, and who let it pass."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop
from stock.anomalies.rule import WHY
from stock.lifecycle import quoted
from stock.models import Order, OrderLine


class OddLine(InShop, Base):
    """A line that looked wrong when its order was placed; whether it still waits the order says."""

    __tablename__ = "odd_lines"
    __table_args__ = (
        UniqueConstraint("shop_id", "line_id", "why"),
        Index("ix_odd_lines_order", "shop_id", "order_id"),
        Index("ix_odd_lines_newest", "shop_id", "id"),
        CheckConstraint(f"why IN ({quoted(WHY)})", name="why"),
        CheckConstraint("(passed_by IS NULL) = (passed_at IS NULL)", name="passed"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    why: Mapped[str]
    facts: Mapped[Doc]
    held_at: Mapped[datetime]
    passed_by: Mapped[int | None]
    passed_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship()
