"""The way of one order or one product: its spans in lanes, a lane for each task, and what waited how long."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, select

from base import calendars
from base.rows import mine, one
from base.scope import Scope
from base.workdays import elapsed
from qa.process import spans
from qa.process.spans import Act, Span
from security import journal
from stock import dossier
from stock.lifecycle import CANCELLED, SHIPPED
from stock.models import OrderLine, Product
from tasks.models import Task

MOST_TASKS = 24
MOST_LINES = 2 * MOST_TASKS  # of a product, the newest: parcels that had no work are passed over


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture; `task` is none for what came before there was work."""

    task: Task | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Way:
    """A way from its first moment to its last, or to now; `open_s` is how much of it the shop was open."""

    lanes: tuple[Lane, ...]
    now: datetime
    lasts: bool
    open_s: int = 0
    more: bool = False

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """All spans, in the order in which they began."""
        return tuple(sorted((span for lane in self.lanes for span in lane.spans), key=lambda one: one.began))

    @property
    def began(self) -> datetime:
        """The first moment."""
        return self.spans[0].began if self.spans else self.now

    @property
    def ended(self) -> datetime:
        """The last moment, now while it lasts."""
        return (
            self.now if self.lasts else max((span.ended or self.now for span in self.spans), default=self.now)
        )

    @property
    def took(self) -> timedelta:
        """From the first moment to the last."""
        return self.ended - self.began

    @property
    def waited(self) -> timedelta:
        """How long nobody's hands were on it."""
        return spans.waited(self.spans, self.now)

    @property
    def worked(self) -> timedelta:
        """How long somebody's hands were on it."""
        return spans.worked(self.spans, self.now)

    @property
    def longest(self) -> Span | None:
        """Where it stayed longest."""
        return spans.longest(self.spans, self.now)

    @property
    def at_hand(self) -> tuple[Span, ...]:
        """Where it is now."""
        return tuple(span for span in self.spans if span.ended is None)

    def placed(self, span: Span) -> tuple[float, float]:
        """Left edge and width of a span in hundredths of the picture."""
        return spans.placed(span, self.began, self.ended)


def of_order(scope: Scope, order_id: int) -> Way:
    """The way of one order, from the customer to the parcel that left. Raises NotFound."""
    order = dossier.order(scope, order_id)
    over = order.state in {SHIPPED, CANCELLED}
    tasks, more = _tasks(scope, Task.order_id == order_id)
    told = {moment.what: moment.at for moment in order.story}
    came = told.get("imported", order.placed_at)
    cancelled = told.get("order.cancelled") if order.state == CANCELLED else None
    ready = min((task.opened_at for task in tasks), default=told.get("promised", cancelled))
    before = spans.before_work(order.placed_at, came, ready)
    lanes = (Lane(None, before), *_lanes(scope, tasks)) if before else tuple(_lanes(scope, tasks))
    return _measured(scope, Way(lanes, scope.now, lasts=not over, more=more))


def of_product(scope: Scope, product_id: int) -> Way:
    """The way of one product: the work on it and the parcels it was in, the latest. Raises NotFound."""
    one(scope, Product, product_id)
    lines = select(OrderLine.order_id).where(
        OrderLine.shop_id == scope.shop_id, OrderLine.product_id == product_id
    )
    newest = lines.order_by(OrderLine.id.desc()).limit(MOST_LINES)
    tasks, more = _tasks(scope, Task.order_id.in_(newest))
    lanes = tuple(_lanes(scope, tasks))
    lasts = any(task.ended_at is None for task in tasks)
    return _measured(scope, Way(lanes, scope.now, lasts=lasts, more=more))


def _tasks(scope: Scope, which: ColumnElement[bool]) -> tuple[list[Task], bool]:
    """The latest, in the order in which they were opened; and whether there are more."""
    latest = mine(scope, Task).where(which).order_by(Task.id.desc()).limit(MOST_TASKS + 1)
    found = list(scope.session.scalars(latest))
    return found[:MOST_TASKS][::-1], len(found) > MOST_TASKS


def _lanes(scope: Scope, tasks: Sequence[Task]) -> Iterable[Lane]:
    acts = defaultdict[int, list[Act]](list)
    for line in journal.of_many(scope, subject="task", subject_ids=[task.id for task in tasks]):
        acts[line.subject_id].append(Act(line.at, line.act, line.actor_id))
    return (
        Lane(task, spans.of_task(task.id, task.opened_at, acts[task.id], task.ended_at)) for task in tasks
    )


def _measured(scope: Scope, way: Way) -> Way:
    """The same with its open seconds, by today's calendar."""
    open_s = elapsed(calendars.current(scope), way.began, way.ended)
    return Way(way.lanes, way.now, way.lasts, open_s, way.more)
