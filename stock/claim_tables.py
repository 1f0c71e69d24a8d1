"""The table of claims: what a customer says went wrong with a line of an order, and how it was settled."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Id, InShop, partial
from stock.claim_life import OUTCOMES, REASONS, SETTLED, STATES, WISHES
from stock.lifecycle import quoted
from stock.models import Order, OrderLine, Product


class Claim(InShop, Base):
    """A claim on one line of an order; what the customer wrote is sealed under the order's own key."""

    __tablename__ = "claims"
    __table_args__ = (
        partial("uq_claims_number", "shop_id", "order_id", "number", where="number <> ''", unique=True),
        Index("ix_claims_state", "shop_id", "state", "claimed_at", "id"),
        Index("ix_claims_made", "shop_id", "made_at"),
        Index("ix_claims_order", "shop_id", "order_id"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"wish IN ({quoted(WISHES)})", name="wish"),
        CheckConstraint(f"reason IN ({quoted(REASONS)})", name="reason"),
        CheckConstraint(f"outcome IN ('', {quoted(OUTCOMES)})", name="outcome"),
        CheckConstraint(f"(state = '{SETTLED}') = (outcome <> '')", name="settled_outcome"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("cost >= 0", name="cost"),
    )

    id: Mapped[Id]
    uid: Mapped[str]  # names the spot of its words
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    number: Mapped[str] = mapped_column(default="")  # what the channel calls it, if it does
    wish: Mapped[str]
    reason: Mapped[str]
    units: Mapped[int]
    claimed_at: Mapped[datetime]
    words: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="")
    cost: Mapped[int] = mapped_column(default=0)  # won: what settling it cost the shop
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    made_by: Mapped[int]
    made_at: Mapped[datetime]

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship()
    product: Mapped[Product] = relationship()
