"""Planning second looks: drawn by a recorded seed when a verdict stands, in the queue some time after.

Nobody who judges may tell a second look from a first one. So it comes neither at once nor with the verdict's
time on it, and it gets its number only when it comes.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session

from base import calendars
from base.rows import changed, mine
from base.scope import Scope
from base.workdays import add
from qa.models import Inspection
from qa.reviewers import rules
from qa.reviewers.models import Look, LookDraw
from qa.reviewers.rules import DROPPED, GOLD, PLANNED, ROUND, SECOND, WAITING
from security import audit
from security.keystore import KeyStore, KeysUnavailable, NoKey
from security.shops import rules as rules_of_shop

STALE = timedelta(days=14)

SeedOf = Callable[[Scope, int], str]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a look is planned for: whom (none: anybody else), and as what."""

    purpose: str
    for_id: int | None = None
    barred_id: int | None = None
    known_id: int | None = None
    calibration_id: int | None = None
    latest_s: int = rules.LATEST


def seed_of(scope: Scope, inspection_id: int) -> str:
    """The seed of what follows a verdict: the shop's key binds it, so nobody foresees or chooses it."""
    keys: KeyStore = scope.world.keys
    try:
        key = keys.derived(scope.shop_id, "look")
    except (KeysUnavailable, NoKey):
        return secrets.token_hex(16)
    return hmac.digest(key, str(inspection_id).encode(), "sha256").hex()[:32]


def on_judged(scope: Scope, inspection: Inspection, *, seed_of: SeedOf) -> None:
    """Draws whether somebody else looks at this a second time; the draw is kept either way."""
    percent, seed = rules_of_shop(scope).second_percent, seed_of(scope, inspection.id)
    rolled = rules.roll(seed, inspection.id)
    is_drawn = rules.drawn(rolled, percent)
    scope.session.add(
        LookDraw(
            shop_id=scope.shop_id,
            inspection_id=inspection.id,
            percent=percent,
            seed=seed,
            roll=rolled,
            drawn=is_drawn,
            at=scope.now,
        )
    )
    if is_drawn:
        plan(scope, inspection, Meant(SECOND, barred_id=inspection.reviewer_id), seed=seed)


def plan(scope: Scope, inspection: Inspection, meant: Meant, *, seed: str) -> Look:
    """Plans a look at what was judged; it comes into the queue at a time the seed picks."""
    of = meant.for_id if meant.purpose == ROUND else None  # a round's one seed is for all who take part
    wait = rules.wait_s(seed, of or 0, latest=meant.latest_s)
    look = Look(
        shop_id=scope.shop_id,
        purpose=meant.purpose,
        task_id=inspection.task_id,
        submission_id=inspection.submission_id,
        first_id=inspection.id,
        known_id=meant.known_id,
        calibration_id=meant.calibration_id,
        for_id=meant.for_id,
        barred_id=meant.barred_id,
        round=inspection.round,
        reason=inspection.reason,
        opens_at=scope.now + timedelta(seconds=wait),
        made_at=scope.now,
    )
    scope.session.add(look)
    return look


def issue_due(scope: Scope) -> int:
    """Brings the planned look whose time has come into the queue, one a turn; periodic.

    One, because no two submissions are drawn at the same instant.
    """
    house = scope.as_house()
    _drop_stale(house)
    due = mine(house, Look).where(Look.state == PLANNED, Look.opens_at <= house.now)
    look = house.session.scalar(due.order_by(Look.opens_at, Look.id).limit(1))
    if look is None:
        return 0
    target_s = rules_of_shop(house).review_s
    moved = changed(
        house,
        update(Look)
        .where(Look.shop_id == house.shop_id, Look.id == look.id, Look.state == PLANNED)
        .values(
            state=WAITING,
            number=next_number(house.session),
            drawn_at=house.now,
            due_at=add(calendars.current(house), house.now, target_s),
        )
        .execution_options(synchronize_session="fetch"),
    )
    if moved:
        audit.note(house, "look.opened", subject="look", subject_id=look.id, task=look.task_id)
    return moved


def _drop_stale(house: Scope) -> None:
    """What nobody looked at in two weeks is asked no more: nobody was there who might."""
    waits = (Look.shop_id == house.shop_id, Look.state == WAITING)
    stale = update(Look).where(*waits, Look.drawn_at < house.now - STALE).values(state=DROPPED)
    changed(house, stale.execution_options(synchronize_session="fetch"))


def planned(session: Session, shop_id: int) -> bool:
    """Whether a look of the shop waits for its time."""
    return session.scalar(_planned(shop_id)) is not None


def _planned(shop_id: int) -> Select[int]:
    return select(Look.id).where(Look.shop_id == shop_id, Look.state == PLANNED).limit(1)


def next_number(session: Session) -> int:
    """The next number of an inspection, which no inspection will have any more."""
    if session.get_bind().dialect.name == "postgresql":
        asked = "SELECT nextval(pg_get_serial_sequence('inspections', 'id'))"
    else:
        asked = "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'inspections' RETURNING seq"
    return int(session.execute(text(asked)).scalar_one())


def begin_of_day(scope: Scope) -> datetime:
    """When the shop's day began."""
    zone = calendars.current(scope).zone
    return datetime.combine(scope.now.astimezone(zone).date(), time(), tzinfo=zone).astimezone(UTC)


def judged_today(scope: Scope, account_id: int) -> int:
    """How many inspections and looks somebody judged today."""
    begin = begin_of_day(scope)
    counted = 0
    for table in (Inspection, Look):
        mine_today = (table.shop_id == scope.shop_id, table.reviewer_id == account_id)
        asked = select(func.count()).where(*mine_today, table.judged_at >= begin)
        counted += scope.session.scalar(asked) or 0
    return counted


def gold_today(scope: Scope, account_id: int) -> int:
    """How many known pieces were planned for somebody today."""
    asked = select(func.count()).where(
        Look.shop_id == scope.shop_id,
        Look.for_id == account_id,
        Look.purpose == GOLD,
        Look.made_at >= begin_of_day(scope),
    )
    return scope.session.scalar(asked) or 0
