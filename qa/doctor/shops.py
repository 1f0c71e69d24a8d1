"""Every shop: its invariants, its journal, its calendar, its background work, its photos."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import func, select, text

from base import calendars, files
from base.errors import NotFound
from base.hours import Calendar
from base.models import ERRAND_OPEN, Errand
from base.scope import Scope
from base.workdays import NeverOpen, opens_next
from partners.training.models import TrainingPicture
from qa.doctor.found import Found, listed
from qa.tallies import keeping
from security import journal
from security.keystore import KeysUnavailable, NoKey
from stock import rolling
from stock.picture_tables import ProductPicture
from tasks.models import Photo, SopPicture, Task
from tasks.steps import IS_HELD

AHEAD = timedelta(days=60)
SOON = timedelta(days=21)  # longer than any run of holidays
STUCK = timedelta(minutes=15)
PHOTOS_TRIED, PHOTOS_TRIED_AWAY = 20_000, 20


def chain(scope: Scope) -> Iterator[Found]:
    """The journal is what was written."""
    try:
        verdict = journal.verify(scope)
    except (KeysUnavailable, NoKey) as away:
        yield Found("journal_unread", facts={"why": str(away.facts.get("why", ""))})
        return
    if not verdict.held:
        yield Found("journal", facts={"line": verdict.first_bad or 0, "why": verdict.why})


def calendar(scope: Scope) -> Iterator[Found]:
    """The calendar knows the coming weeks and opens in them."""
    try:
        hours = calendars.current(scope)
    except NotFound:
        yield Found("calendar_missing")
        return
    last = _last_known(scope)
    if last and last < (scope.now + AHEAD).date():
        yield Found("calendar_ends", facts={"day": last.isoformat()})
    yield from _opens(scope, hours)


def _last_known(scope: Scope) -> date | None:
    """The end of the last year whose holidays the calendar has; None where it follows no almanac."""
    days = calendars.holidays_of(scope)
    return date(max(days).year, 12, 31) if days and calendars.plan(scope).almanac else None


def _opens(scope: Scope, hours: Calendar) -> Iterator[Found]:
    try:
        opens = opens_next(hours, scope.now)
    except NeverOpen:
        yield Found("never_open")
        return
    if opens > scope.now + SOON:
        yield Found("closed_for_long", "warning", facts={"day": opens.date().isoformat()})


def background(scope: Scope) -> Iterator[Found]:
    """Nothing is given up, and somebody does what is promised."""
    dead = list(
        scope.session.scalars(
            select(Errand.id).where(Errand.shop_id == scope.shop_id, Errand.state == "dead")
        )
    )
    if dead:
        yield Found("dead_letters", "warning", facts={"n": len(dead), "ids": listed(dead)})
    waiting = select(func.count()).where(
        Errand.shop_id == scope.shop_id, text(ERRAND_OPEN), Errand.due_at <= scope.now - STUCK
    )
    if stuck := scope.session.scalar(waiting):
        yield Found("errands_wait", "warning", facts={"n": stuck})
    over = select(func.count()).where(
        Task.shop_id == scope.shop_id, IS_HELD, Task.lease_until <= scope.now - STUCK
    )
    if ended := scope.session.scalar(over):
        yield Found("leases_over", "warning", facts={"n": ended})


def photos(scope: Scope) -> Iterator[Found]:
    """Every photo that a row names is kept; the newest are looked for."""
    tried = PHOTOS_TRIED_AWAY if scope.world.settings.files_url.startswith("s3://") else PHOTOS_TRIED
    gone: list[int] = []
    for kept in (Photo, SopPicture, ProductPicture, TrainingPicture):
        newest = select(kept.id, kept.file_key).where(kept.shop_id == scope.shop_id).order_by(kept.id.desc())
        rows = islice(scope.session.execute(newest.limit(tried)), tried)
        gone += [id_ for id_, key in rows if not files.exists(scope.world.files, key)]
    if gone:
        yield Found("photos_missing", facts={"n": len(gone), "ids": listed(gone)})


def sums(scope: Scope) -> Iterator[Found]:
    """What the board counts is what the rows say."""
    differs = keeping.differences(scope)
    if differs:
        yield Found("tallies", facts={"n": len(differs), "ids": listed(differs)})


def goods(scope: Scope) -> Iterator[Found]:
    """What is rolled up of the stock is what its movements say: of some products, others every day."""
    differs = rolling.sampled(scope)
    if differs:
        yield Found("stock_sums", facts={"n": len(differs), "ids": listed(differs)})
