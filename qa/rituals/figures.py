"""The figures of a week or a month as plain values, to be frozen in minutes: read once, from the sums."""

from typing import Any

from sqlalchemy import func, select

from base.i18n import LOCALES
from base.scope import Scope
from base.shares import Share
from qa.board import decisions, targets
from qa.board.drill import Window
from qa.causes import action_life, actions, reads, subjects
from qa.models import Tally
from qa.rituals import spans
from qa.tallies.rules import CODE, ESCAPED, OUT, PACE, PARTNER, PAY, PROMISE, QUALITY, SHOP

TOP = 3
TREND = 4  # months on a scorecard
Doc = dict[str, Any]


def of_shop(scope: Scope, kind: str, window: Window) -> Doc:
    """Target against actual, the largest causes, what waits for a decision, and the actions, as of now."""
    now, before = (_measures(scope, span) for span in (window, _before(kind, window)))
    wanted = targets.all_of(scope)
    quality = reads.quality(scope, window)
    return {
        "measures": [
            {"name": name, "now": now[name], "before": before[name], "target": wanted.get(name)}
            for name in ("promises", "quality", "cost")
        ],
        "incoming": [quality.incoming.hits, quality.incoming.n],
        "outgoing": [quality.outgoing.escapes, quality.outgoing.lines],
        "won": [quality.cost.inspection, quality.cost.rework, quality.cost.escape],
        "causes": _causes(scope, window),
        "decisions": [[one.code, one.count] for one in decisions.decisions(scope)],
        "actions": [
            {"id": row.id, "title": row.title, "state": row.state, "due": row.due.isoformat()}
            for row in actions.listed(scope, *action_life.LIVE)
        ],
    }


def of_partner(scope: Scope, partner_id: int, window: Window) -> Doc:
    """A partner's month and the three before it: work, first passes, in time, escapes, pay."""
    months, span = [], window
    for _ in range(TREND):
        sums = _sums(scope, span, PARTNER, partner_id)
        months.append(
            {
                "first": span.first.isoformat(),
                "accepted": sums[PAY][0],
                "won": sums[PAY][2],
                "passed": [sums[QUALITY][1], sums[QUALITY][0]],
                "in_time": [sums[PACE][1], sums[PACE][0]],
                "escapes": sums[ESCAPED][0],
                "lines": sums[OUT][0],
            }
        )
        span = _before(spans.MONTH, span)
    return {"months": months}


def share(pair: list[int]) -> Share:
    """A frozen share, with the interval that its counts have."""
    return Share(min(max(0, pair[0]), pair[1]), pair[1])


def _measures(scope: Scope, span: Window) -> dict[str, list[int]]:
    """Hits and n of shares; won and pieces of what work cost."""
    sums = _sums(scope, span, SHOP, 0)
    kept, passed, paid = sums[PROMISE], sums[QUALITY], sums[PAY]
    return {
        "promises": [kept[1], kept[0]],
        "quality": [passed[1], passed[0]],
        "cost": [paid[2], paid[0]],
    }


def _causes(scope: Scope, span: Window) -> list[Doc]:
    """The largest causes with their words in both languages: words of procedures change, minutes do not."""
    words = {locale: subjects.codes(scope, locale) for locale in LOCALES}
    return [
        {
            "dim": CODE + bar.key,
            "n": bar.n,
            "running": round(100 * bar.running),
            "name": {locale: words[locale].get(bar.key, bar.key) for locale in LOCALES},
        }
        for bar in reads.causes(scope, "code", span)[:TOP]
    ]


def _before(kind: str, window: Window) -> Window:
    return Window(*spans.before(kind, window.first))


def _sums(scope: Scope, span: Window, dim: str, dim_id: int) -> dict[str, tuple[int, int, int]]:
    rows = scope.session.execute(
        select(Tally.measure, func.sum(Tally.n), func.sum(Tally.hits), func.sum(Tally.amount))
        .where(Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.dim_id == dim_id)
        .where(Tally.day >= span.first, Tally.day <= span.last)
        .group_by(Tally.measure)
    )
    found = {measure: (int(n), int(hits), int(amount)) for measure, n, hits, amount in rows}
    return {name: found.get(name, (0, 0, 0)) for name in (PROMISE, QUALITY, PAY, PACE, ESCAPED, OUT)}
