"""Background work of tagging: a sheet whose answers are all in is weighed by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from base.background import External, Job
from base.scope import THE_HOUSE, Scope, World, acting, persistently
from tasks.kinds.tagging.acts_album import WEIGH
from tasks.kinds.tagging.acts_weighing import settle_sheet, weigh

LONGEST = 30  # seconds


@dataclass(frozen=True, slots=True)
class Due:
    """A sheet that is to be weighed."""

    shop_id: int
    album_id: int
    number: int
    now: datetime


def _due(scope: Scope, *, album_id: int, number: int) -> Due:
    return Due(scope.shop_id, album_id, number, scope.now)


def _weigh(world: World, _key: str, due: Due) -> None:
    """Weighs while nothing is locked, which may take a second or two; then settles in a short transaction."""
    sheet = {"album_id": due.album_id, "number": due.number}
    with acting(world, shop_id=due.shop_id, actor=THE_HOUSE, now=due.now, reading=True) as scope:
        weighed = weigh(scope, **sheet)

    def settle() -> None:
        with acting(world, shop_id=due.shop_id, actor=THE_HOUSE, now=due.now) as scope:
            settle_sheet(scope, weighed, **sheet)

    persistently(settle)


JOBS: Mapping[str, Job] = {WEIGH: External(_due, _weigh, LONGEST)}
