"""The gate of outlooks: how each product stands, rolled up from what is rolled up. Sole writer of them.

Pages read one row a product and one number a question, however many movements there were. Products that
something happened to are looked at after each roll-up; all of them once a day, since days pass for all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import case, func, select, update

from base.scope import Scope
from stock.batches import batches
from stock.buying import gathering, standing
from stock.buying.models import Outlook, StockSum
from stock.buying.reorder import restlessness
from stock.buying.standing import AGES, SEEN
from stock.demand import classes, counting, season
from stock.demand.season import Season
from stock.models import Product
from stock.upserts import upsert
from stock.value.returns import UNKNOWN

AT_ONCE = 500  # products
CLASSES = tuple(f"class_{brings}{steady}" for brings in "ABC" for steady in "XYZ")
USUAL = "usual_milli"
MONTH, MONTHS = "month_", range(1, 13)  # thousandths of the usual
COLUMNS = tuple(
    column.name for column in Outlook.__table__.c if column.name not in {"id", "shop_id", "product_id", "abc"}
)


def refresh(scope: Scope, products: Collection[int]) -> None:
    """Looks at these products anew."""
    known = sums(scope)
    for some in batches(sorted(products), AT_ONCE):
        _look(scope, some, known[USUAL] / 1000 if known.get(USUAL) else None, _year(known))
    if products:
        _sum_up(scope)


def refresh_all(scope: Scope) -> None:
    """Looks at every product anew, and at how they stand to each other. Periodic."""
    ids = list(scope.session.scalars(select(Product.id).where(Product.shop_id == scope.shop_id)))
    usual, year = _usual(scope, ids), season.of_shop(counting.months(scope), gathering.today(scope))
    _put(scope, {USUAL: round(usual * 1000) if usual else 0})
    _put(scope, {f"{MONTH}{at}": round(1000 * year.get(at, 0)) for at in MONTHS})
    for some in batches(sorted(ids), AT_ONCE):
        _look(scope, some, usual, _year(sums(scope)))
    _class(scope)
    _sum_up(scope)


def _usual(scope: Scope, products: Sequence[int]) -> float | None:
    """How the shop's products usually vary: the middle one of those that say enough."""
    since, found = gathering.today(scope) - timedelta(days=SEEN), list[float]()
    for some in batches(sorted(products), AT_ONCE):
        for asked in counting.asked(scope, some, since=since).values():
            if not asked:
                continue
            first = min(asked)
            days = [
                asked.get(first + timedelta(days=n), 0) for n in range((gathering.today(scope) - first).days)
            ]
            if (one := restlessness(days)) is not None:
                found.append(one)
    return median(found) if found else None


def _year(sums: Mapping[str, int]) -> Season:
    """The shop's season as it was last looked at; flat where no whole year is known."""
    return {at: sums[f"{MONTH}{at}"] / 1000 for at in MONTHS if sums.get(f"{MONTH}{at}")}


def _look(scope: Scope, products: Sequence[int], usual: float | None, year: Season) -> None:
    rows = [
        {"product_id": id_, "abc": ""} | standing.rolled(facts, usual)
        for id_, facts in gathering.facts(scope, products, year).items()
    ]
    upsert(scope, Outlook, rows, keys=("shop_id", "product_id"), put=COLUMNS)


def _class(scope: Scope) -> None:
    """A, B and C by what went out of the house in the last ninety days."""
    here = Outlook.shop_id == scope.shop_id
    worth = dict(scope.session.execute(select(Outlook.product_id, Outlook.issued_parts).where(here)).all())
    by_class: defaultdict[str, list[int]] = defaultdict(list)
    for id_, name in classes.abc(worth).items():
        by_class[name].append(id_)
    for name, ids in sorted(by_class.items()):
        for some in batches(sorted(ids)):
            stmt = update(Outlook).where(here, Outlook.product_id.in_(some), Outlook.abc != name)
            scope.session.execute(stmt.values(abc=name))


def _sum_up(scope: Scope) -> None:
    """The numbers about all products together, in two statements over their figures."""
    earns = Outlook.returns != UNKNOWN
    one = {
        "products": func.count(),
        "cash": func.sum(Outlook.parts),
        "asleep": func.sum(Outlook.asleep),
        **{name: func.sum(getattr(Outlook, name)) for name in AGES},
        "over": func.sum(Outlook.over_parts),
        "missed": func.sum(Outlook.missed_won),
        "issued": func.sum(Outlook.issued_parts),
        "proposed": func.sum(case((Outlook.propose > 0, 1), else_=0)),
        "out": func.sum(case(((Outlook.free <= 0) & (Outlook.rate_milli > 0), 1), else_=0)),
        "unsure": func.sum(case((Outlook.demands < 3, 1), else_=0)),
        "unpriced": func.sum(case(((Outlook.units > 0) & (Outlook.parts == 0), 1), else_=0)),
        "margin": func.sum(case((earns, Outlook.margin_won), else_=0)),
        "mean": func.sum(case((earns, Outlook.mean_parts), else_=0)),
        "room": func.sum(Outlook.room),
    }
    row = scope.session.execute(select(*one.values()).where(Outlook.shop_id == scope.shop_id)).one()
    _put(scope, {name: int(value or 0) for name, value in zip(one, row, strict=True)} | _classes(scope))


def _classes(scope: Scope) -> dict[str, int]:
    """Products and the money in them by class: what they bring by how steadily it is asked for."""
    of = select(Outlook.abc, Outlook.xyz, func.count(), func.sum(Outlook.parts))
    here = of.where(Outlook.shop_id == scope.shop_id).group_by(Outlook.abc, Outlook.xyz)
    found = {f"{name}{kind}": 0 for name in CLASSES for kind in ("", "_parts")}
    for brings, steady, n, parts in scope.session.execute(here):
        if (name := f"class_{brings}{steady}") in found:
            found |= {name: int(n), f"{name}_parts": int(parts)}
    return found


def _put(scope: Scope, sums: Mapping[str, int]) -> None:
    rows: list[Any] = [{"name": name, "n": n} for name, n in sorted(sums.items())]
    upsert(scope, StockSum, rows, keys=("shop_id", "name"), put=("n",))


def sums(scope: Scope) -> dict[str, int]:
    """The numbers about all products together; none before the first roll-up."""
    rows = scope.session.execute(select(StockSum.name, StockSum.n).where(StockSum.shop_id == scope.shop_id))
    return dict(rows.all())
