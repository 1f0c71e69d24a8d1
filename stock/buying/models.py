"""Tables of buying: who sells us what, what is ordered and came, and how each product stands."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop, partial
from stock.buying.lifecycle import LIVE, STATES
from stock.lifecycle import quoted


class Supplier(InShop, Base):
    """Who sells to the shop; `lead_days` is what they say, deliveries say the rest."""

    __tablename__ = "suppliers"
    __table_args__ = (
        UniqueConstraint("shop_id", "name"),
        CheckConstraint("lead_days > 0", name="lead_days"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    lead_days: Mapped[int]
    made_at: Mapped[datetime]


class Supply(InShop, Base):
    """On what terms a product is bought, and from whom."""

    __tablename__ = "supplies"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id"),
        Index("ix_supplies_supplier", "shop_id", "supplier_id"),
        CheckConstraint("least > 0", name="least"),
        CheckConstraint("pack > 0", name="pack"),
        CheckConstraint("parts >= 0", name="parts"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    least: Mapped[int]
    pack: Mapped[int]
    parts: Mapped[int]  # of a won, for a unit


class Purchase(InShop, Base):
    """Goods ordered from one supplier; `took` is how many days they needed, once all that comes has come."""

    __tablename__ = "purchases"
    __table_args__ = (
        Index("ix_purchases_newest", "shop_id", "id"),
        Index("ix_purchases_supplier", "shop_id", "supplier_id", "id"),
        partial("ix_purchases_live", "shop_id", "expected", where=f"state IN ({quoted(LIVE)})"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    state: Mapped[str]
    expected: Mapped[date] = mapped_column(Date)
    took: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    ordered_by: Mapped[int]
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PurchaseLine(InShop, Base):
    """Units of a product in a purchase: ordered, come in order, come damaged."""

    __tablename__ = "purchase_lines"
    __table_args__ = (
        UniqueConstraint("shop_id", "purchase_id", "product_id"),
        Index("ix_purchase_lines_product", "shop_id", "product_id"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("good >= 0", name="good"),
        CheckConstraint("damaged >= 0", name="damaged"),
    )

    id: Mapped[Id]
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    units: Mapped[int]
    parts: Mapped[int]  # of a won, for a unit
    good: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)

    @property
    def coming(self) -> int:
        return max(0, self.units - self.good - self.damaged)


class Arrival(InShop, Base):
    """What came of a line at once, as it was looked at; never changed."""

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("shop_id", "key", "line_id"),
        Index("ix_arrivals_line", "shop_id", "line_id"),
        CheckConstraint("good + damaged > 0", name="units"),
    )

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_lines.id"))
    key: Mapped[str]
    good: Mapped[int]
    damaged: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]


class Outlook(InShop, Base):
    """How a product stands, in figures that pages read; rolled up by stock.buying.looking alone."""

    __tablename__ = "outlooks"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id"),
        partial("ix_outlooks_proposed", "shop_id", "lasts", "product_id", where="propose > 0"),
        partial("ix_outlooks_asleep", "shop_id", "asleep", "product_id", where="asleep > 0"),
        partial("ix_outlooks_over", "shop_id", "over_parts", "product_id", where="over_parts > 0"),
        partial("ix_outlooks_missed", "shop_id", "missed_won", "product_id", where="missed_won > 0"),
        Index("ix_outlooks_parts", "shop_id", "parts", "product_id"),
        Index("ix_outlooks_class", "shop_id", "abc", "xyz", "parts", "product_id"),
        partial("ix_outlooks_room", "shop_id", "room", "product_id", where="room > 0"),
        partial("ix_outlooks_returns", "shop_id", "returns", "product_id", where="mean_parts > 0"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    day: Mapped[date] = mapped_column(Date)
    demands: Mapped[int]
    rate_milli: Mapped[int]  # thousandths of a unit a day, 0 where too little is known
    sd_milli: Mapped[int]
    noted: Mapped[int]  # percent of the usual that the owner's notes expect
    season: Mapped[int]  # percent of the usual that the time of the year brings, beside the notes
    free: Mapped[int]  # here and in homes, not promised; below none what waiting orders lack
    on_order: Mapped[int]
    point: Mapped[int]
    up_to: Mapped[int]
    propose: Mapped[int]
    lasts: Mapped[int]  # days until none is free; FOREVER where nobody asks
    lead_days: Mapped[int]
    units: Mapped[int]
    parts: Mapped[int]
    age_30: Mapped[int]  # parts in goods that have lain up to thirty days, and so on
    age_60: Mapped[int]
    age_90: Mapped[int]
    age_180: Mapped[int]
    age_old: Mapped[int]
    asleep: Mapped[int]  # parts in goods older than ninety days
    over_units: Mapped[int]
    over_parts: Mapped[int]
    mark_down: Mapped[int]  # percent
    missed_units: Mapped[int]  # in the last thirty days
    missed_won: Mapped[int]
    out_days: Mapped[int]
    issued_parts: Mapped[int]  # in the last ninety days
    margin_won: Mapped[int]  # in the last ninety days: what sales left over what their goods cost
    mean_parts: Mapped[int]  # held on average in the last ninety days
    returns: Mapped[int]  # hundredths of a won that a won in it earns a year; see stock.value.returns
    room: Mapped[int]  # tenths of the room of a usual unit that all of it takes
    abc: Mapped[str]
    xyz: Mapped[str]


class StockSum(InShop, Base):
    """A number about all products together, as of the last roll-up."""

    __tablename__ = "stock_sums"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    n: Mapped[int]
