"""From what happened to a task to the spans of its way: who had it from when to when (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

IMPORT, GOODS, CLAIM, DO, REVIEW, REWORK = STAGES = (
    "import", "goods", "claim", "do", "review", "rework",
)  # fmt: skip
#: Stages in which somebody's hands are on the work; in all others it waits.
HANDS = frozenset({DO, REWORK})
#: The stage that each act of the journal leads to; after any other the task stays where it is.
LEADS_TO = {
    "task.claimed": DO,
    "task.assigned": DO,
    "task.released": CLAIM,
    "task.expired": CLAIM,
    "task.submitted": REVIEW,
    "task.sent_back": REWORK,
}
JUDGEMENTS = frozenset({"task.accepted", "task.sent_back", "task.rejected"})
SHORTEST = timedelta(minutes=1)  # what was over sooner is not a wait
LEAST = 0.8  # hundredths of the picture's width: a span of seconds can still be seen


@dataclass(frozen=True, slots=True)
class Act:
    """Something journalled of a task; `who` is an account, 0 the house."""

    at: datetime
    name: str
    who: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a way in one stage; `ended` is none while it lasts, `who` is an account, 0 nobody."""

    stage: str
    began: datetime
    ended: datetime | None
    who: int = 0
    task_id: int = 0

    def lasted(self, now: datetime) -> timedelta:
        """How long, until now where it lasts."""
        return (self.ended or now) - self.began

    @property
    def waits(self) -> bool:
        """Whether nobody's hands were on the work."""
        return self.stage not in HANDS


def of_task(task_id: int, opened: datetime, acts: Iterable[Act], ended: datetime | None) -> tuple[Span, ...]:
    """The spans of one task, in the order of its life; a review is its judge's."""
    spans, at_hand = list[Span](), Span(CLAIM, opened, None, task_id=task_id)
    for act in acts:
        if at_hand.stage == REVIEW and act.name in JUDGEMENTS:
            at_hand = replace(at_hand, who=act.who)
        stage = LEADS_TO.get(act.name, at_hand.stage)
        if stage != at_hand.stage:
            spans.append(replace(at_hand, ended=act.at))
            at_hand = Span(stage, act.at, None, act.who if stage == DO else 0, task_id)
    spans.append(replace(at_hand, ended=ended))
    return tuple(span for span in _same_hands(spans) if span.ended is None or span.ended > span.began)


def before_work(placed: datetime, came: datetime, ready: datetime | None) -> tuple[Span, ...]:
    """What an order waits for before there is work: being brought into the house, and its goods."""
    spans = (Span(IMPORT, placed, came), Span(GOODS, came, ready))
    return tuple(span for span in spans if span.ended is None or span.lasted(span.ended) > SHORTEST)


def waited(spans: Sequence[Span], now: datetime) -> timedelta:
    """How long nobody's hands were on it; spans of several tasks may lie beside each other and all count."""
    return sum((span.lasted(now) for span in spans if span.waits), timedelta())


def worked(spans: Sequence[Span], now: datetime) -> timedelta:
    """How long somebody's hands were on it, pauses included."""
    return sum((span.lasted(now) for span in spans if not span.waits), timedelta())


def longest(spans: Sequence[Span], now: datetime) -> Span | None:
    """Where it stayed longest."""
    return max(spans, key=lambda span: span.lasted(now), default=None)


def placed(span: Span, first: datetime, last: datetime) -> tuple[float, float]:
    """Where a span lies in a picture from first to last: left edge and width in hundredths of it."""
    whole = (last - first) / timedelta(seconds=1) or 1
    left = (span.began - first) / timedelta(seconds=1) / whole * 100
    width = max(span.lasted(last) / timedelta(seconds=1) / whole * 100, LEAST)
    return round(min(left, 100 - LEAST), 2), round(min(width, 100 - min(left, 100 - LEAST)), 2)


def _same_hands(spans: Sequence[Span]) -> Iterator[Span]:
    """What is sent back is mended by the hands that did it."""
    hands = 0
    for span in spans:
        hands = span.who if span.stage == DO else hands
        yield replace(span, who=hands) if span.stage == REWORK else span
