"""How one product stands, from its days, its goods and its terms: the figures that pages show (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stock.buying import learning, reorder
from stock.buying.reorder import Held, Lead, Need, Terms
from stock.demand import classes, notes
from stock.demand.notes import Asked, Note
from stock.demand.season import Season
from stock.value import ageing, returns
from stock.value.ageing import Received
from stock.value.costing import share

SEEN = 182  # days of demand that are looked at
TARGET = 60  # days of demand; more than this is too much
MISSED, TURNED = 30, 90  # days over which lost sales, and goods gone, are counted
FOREVER = 100_000  # days
AGES = ("age_30", "age_60", "age_90", "age_180", "age_old")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a product today; `out` are days on which nothing was anywhere."""

    today: date
    since: date  # the first day that says anything of it
    asked: Mapping[date, int]
    notes: Sequence[Note]
    out: frozenset[date]
    free: int
    on_order: int
    lead: Lead
    terms: Terms
    units: int
    parts: int
    received: Sequence[Received]
    issued_parts: int
    price: int  # won, at which it sells
    season: Season = field(default_factory=dict)
    sold: tuple[int, int] = (0, 0)  # units and won asked for in the last ninety days
    each: int = 0  # parts a unit cost
    mean_parts: int = 0  # held on average in those days
    room: int = 10  # tenths of the room of a usual unit


def rolled(facts: Facts, usual: float | None) -> dict[str, Any]:
    """The figures of a product, by the names of their columns."""
    first = max(facts.since, facts.today - timedelta(days=SEEN))
    yesterday = facts.today - timedelta(days=1)
    asked = Asked(facts.asked, facts.notes, facts.out, facts.season)
    days = notes.usual(asked, first=first, last=yesterday)
    need = reorder.need(days, usual)
    span = round(facts.lead.days) + reorder.WEEK
    told = notes.ahead(facts.notes, facts.today, span)
    times = notes.ahead(facts.notes, facts.today, span, facts.season)
    expected = Need(need.rate * times, need.sd * max(times, 1.0)) if need else None
    demands = sum(day > 0 for day in days)
    held = {"day": facts.today, "demands": demands, "noted": round(told * 100), "units": facts.units}
    kept = {"parts": facts.parts, "issued_parts": facts.issued_parts, "lead_days": round(facts.lead.days)}
    steady = {"xyz": classes.xyz(classes.variation(days)) if need else "", "abc": ""}
    kept |= {"season": round(100 * times / told) if told else 100}
    ordering, missed = _ordering(facts, expected), _missed(facts, need)
    return held | kept | steady | ordering | _money(facts, need) | missed | _returns(facts)


def _ordering(facts: Facts, need: Need | None) -> dict[str, Any]:
    stands = {"free": facts.free, "on_order": facts.on_order}
    if need is None:
        nothing = dict.fromkeys(("rate_milli", "sd_milli", "point", "up_to", "propose"), 0)
        return stands | nothing | {"lasts": FOREVER}
    levels = reorder.levels(need, facts.lead)
    held = Held(facts.free, facts.on_order)
    lasts = reorder.lasts(facts.free, need.rate)
    rates = {"rate_milli": round(need.rate * 1000), "sd_milli": round(need.sd * 1000)}
    ends = {"lasts": FOREVER if lasts is None else min(FOREVER, int(lasts))}
    ordering = {"point": levels.point, "up_to": levels.up_to}
    return stands | rates | ends | ordering | {"propose": learning.proposed(held, need, levels, facts.terms)}


def _money(facts: Facts, need: Need | None) -> dict[str, Any]:
    """What lies how long, and what is too much; a product too new to say anything of is not too much."""
    units = max(0, facts.units)
    ages = _ages(facts, units)
    asleep = {"asleep": ages["age_180"] + ages["age_old"]}
    if need is None and (facts.today - facts.since).days <= ageing.SLEEPS:
        return ages | asleep | {"over_units": 0, "over_parts": 0, "mark_down": 0}
    over = ageing.overstock(units, need.rate if need else 0.0, TARGET, Decimal(0))
    beyond = int(over.units)
    return (
        ages
        | asleep
        | {
            "over_units": beyond,
            "over_parts": share(facts.parts, beyond, units) if beyond else 0,
            "mark_down": ageing.mark_down(over.cover, TARGET) if beyond else 0,
        }
    )


def _ages(facts: Facts, units: int) -> dict[str, Any]:
    """Parts by how long the goods have lain: the oldest left first, and what came before all is old."""
    lain = ageing.buckets(ageing.newest(facts.received, units), facts.today)
    counts = list(lain.values())
    counts[-1] += units - sum(counts)
    found, before = dict[str, Any](), 0
    for name, count in zip(AGES, counts, strict=True):
        upto = share(facts.parts, before + count, units) if units else 0
        found[name] = upto - (share(facts.parts, before, units) if units else 0)
        before += count
    return found


def _missed(facts: Facts, need: Need | None) -> dict[str, Any]:
    """Sales lost on days when nothing was there and nobody asked: as many as on a usual day."""
    span = (facts.today - timedelta(days=number) for number in range(1, MISSED + 1))
    out = sum(day in facts.out and not facts.asked.get(day) for day in span)
    units = round((need.rate if need else 0.0) * out)
    return {"out_days": out, "missed_units": units, "missed_won": units * facts.price}


def _returns(facts: Facts) -> dict[str, Any]:
    """What its sales left over their cost, what the money in it earned a year, and the room it takes."""
    units, won = facts.sold
    known = facts.each > 0
    margin = returns.margin(units, won, facts.each) if known else 0
    earned = returns.returned(margin, facts.mean_parts, TURNED) if known else returns.UNKNOWN
    room = max(0, facts.units) * facts.room
    return {"margin_won": margin, "mean_parts": facts.mean_parts, "returns": earned, "room": room}
