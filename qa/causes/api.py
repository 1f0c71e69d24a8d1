"""The API of quality: the owner's figures of a span, and how a partner's own work was seen."""

from datetime import date, datetime
from typing import Literal

from flask import Blueprint

from base.calls import Sent, Told, call
from base.scope import Scope
from base.shares import Share
from partners import standing_reads
from qa import own_work
from qa.board import drill
from qa.board.drill import Window
from qa.causes import alarms, reads
from qa.causes.control import Chart
from security.doors import needs

MOST_CAUSES = 50
By = Literal["code", "item", "product", "partner", "hour"]


class Asked(Sent):
    """The days that end today, and by what causes are ranked."""

    days: Literal["7", "28"] = "28"
    by: By = "code"


class Language(Sent):
    """The language of labels."""

    lang: Literal["ko", "en"] = "ko"


class Rate(Told):
    """A share of `n` in percent with its interval; none where too few were counted to say any."""

    n: int
    hits: int
    percent: int | None
    low: int | None
    high: int | None


class Escaped(Told):
    """Escapes among lines that left, by thousand, with the interval; none where too few left."""

    lines: int
    escapes: int
    inspected: int
    rate: float | None
    low: float | None
    high: float | None


class Won(Told):
    """What it cost in won: looking, mending, what slipped through."""

    inspection: int
    rework: int
    escape: int
    total: int


class Day(Told):
    """A day of a chart with its own limits, and the rules it breaks."""

    day: date
    n: int
    found: int
    low: float
    high: float
    broken: list[str]


class Control(Told):
    """A control chart; without a centre there is too little to know what is usual."""

    centre: float | None
    points: list[Day]


class Cause(Told):
    """A cause, how much it made, and what it and all before it made of the whole."""

    key: str
    n: int
    running: float


class Alarm(Told):
    """A day that was more than chance, and waits for the owner's answer."""

    id: int
    chart: Literal["p", "u"]
    dim: str
    dim_id: int
    day: date
    rule: str
    n: int
    found: int
    at: datetime


class Quality(Told):
    """The figures of quality of a span, as the owner's page shows them."""

    first: date
    last: date
    incoming: Rate
    found: int
    outgoing: Escaped
    cost: Won
    p: Control
    u: Control
    causes: list[Cause]
    alarms: list[Alarm]


class Marked(Told):
    """Something that was marked several times on one's own work, with the latest task."""

    label: str
    kind: str
    times: int
    task_id: int


class Good(Told):
    """A piece that passed with nothing found."""

    task_id: int
    kind: str
    at: datetime


class Stand(Told):
    """How one's work of a kind is trusted, and what it takes until more is."""

    kind: str
    band: str
    n: int
    share: int | None
    low: int | None
    high: int | None
    to_go: int | None
    missing: int


class OwnQuality(Told):
    """A partner's own work in ninety days: what passed, what was marked often, what was good; standing."""

    passed: Rate
    marked: list[Marked]
    good: list[Good]
    standing: list[Stand]


def register(api: Blueprint) -> None:
    """Hangs these calls into the room's."""
    api.get("/quality", endpoint="quality")(quality)
    api.get("/my-quality", endpoint="own_quality")(own_quality)


@needs("board.see")
@call(Quality, query=Asked)
def quality(scope: Scope, query: Asked) -> object:
    """Tells the shop's quality: coming in, going out, what it cost, what is more than chance, and causes."""
    whole = drill.window(scope, int(query.days))
    seen = reads.quality(scope, whole)
    charts = reads.charts(scope)
    return Quality(
        first=whole.first,
        last=whole.last,
        incoming=_rate(seen.incoming),
        found=seen.found,
        outgoing=_escaped(seen.outgoing),
        cost=Won.model_validate(seen.cost),
        p=_control(charts["p"]),
        u=_control(charts["u"]),
        causes=_causes(scope, query.by, whole),
        alarms=[Alarm.model_validate(row) for row in alarms.waiting(scope)],
    )


@needs("standing.own")
@call(OwnQuality, query=Language)
def own_quality(scope: Scope, query: Language) -> object:
    """Tells how one's own work was seen, and how it is trusted."""
    work = own_work.own_work(scope, query.lang)
    return OwnQuality(
        passed=_rate(work.passed),
        marked=[
            Marked(label=one.label, kind=one.kind, times=one.times, task_id=one.task_id)
            for one in work.patterns
        ],
        good=[Good(task_id=one.task_id, kind=one.kind, at=one.at) for one in work.good],
        standing=[_stand(one) for one in standing_reads.of_partner(scope, scope.actor.partner_id or 0)],
    )


def _rate(share: Share) -> Rate:
    counted = {"n": share.n, "hits": share.hits}
    if not share.enough:
        return Rate(**counted, percent=None, low=None, high=None)
    low, high = (round(100 * end) for end in (share.low, share.high))
    return Rate(**counted, percent=share.percent, low=low, high=high)


def _escaped(out: reads.Outgoing) -> Escaped:
    rate, low, high = (out.rate, out.low, out.high) if out.enough else (None, None, None)
    counted = {"lines": out.lines, "escapes": out.escapes, "inspected": out.inspected}
    return Escaped(**counted, rate=rate, low=low, high=high)


def _control(chart: Chart) -> Control:
    points = [
        Day(day=one.day, n=one.n, found=one.found, low=one.low, high=one.high, broken=list(one.broken))
        for one in chart.points
    ]
    return Control(centre=chart.centre, points=points)


def _causes(scope: Scope, by: str, whole: Window) -> list[Cause]:
    ranked = reads.causes(scope, by, whole)[:MOST_CAUSES]
    return [Cause(key=bar.key, n=bar.n, running=bar.running) for bar in ranked]


def _stand(one: standing_reads.Stand) -> Stand:
    return Stand(**{name: getattr(one, name) for name in Stand.model_fields})
