"""Who does the errands: a thread of the web process, or workers called by Redis/RQ. Neither remembers.

Both look into the outbox every second, so a lost ring costs seconds, never an errand.
"""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from base.background import Bell
from base.config import Settings
from base.errands import drain
from base.periodic import tick
from base.scope import World

log = logging.getLogger("dari.jobs")

TICK = 1.0
#: Seconds for the errand at hand when the loop is told to end.
DRAIN = 30.0


@dataclass(slots=True)
class ThreadBell:
    """Wakes the loop of this process; `ended` is a plain truth because a signal handler may take no lock."""

    rung: threading.Event = field(default_factory=threading.Event)
    ended: bool = False

    def ring(self, _errands: Sequence[int], /) -> None:
        """Wakes the loop, however many errands there are."""
        self.rung.set()


def bell(settings: Settings) -> Bell:
    """The bell that these settings ask for."""
    if not settings.redis_url:
        return ThreadBell()
    from base import rq_bell  # RQ takes half a second to import, which a shop without Redis need not wait

    return rq_bell.Beside(settings.redis_url)


def start(world: World) -> Callable[[], None]:
    """Starts what this web process does in the background; returns what ends it and waits for the end.

    With Redis that is nothing: the workers do the errands.
    """
    if not isinstance(world.bell, ThreadBell):
        return lambda: None
    own = world.bell
    loop = threading.Thread(target=attend, args=(world, own), daemon=True, name="errands")
    loop.start()

    def stop() -> None:
        own.ended = True
        own.rung.set()
        loop.join(DRAIN)

    return stop


def attend(world: World, own: ThreadBell) -> None:
    """Does errands and opens turns until told to end, whatever goes wrong meanwhile."""
    while not own.ended:
        try:
            tick(world)
            drain(world, until=lambda: own.ended)
        except Exception:
            log.exception("the loop of errands stumbled")
        own.rung.wait(TICK)
        own.rung.clear()


def work(world: World) -> None:
    """Works until SIGTERM or SIGINT, then finishes the errand at hand. Raises Unsafe for an unfit Redis."""
    own = ThreadBell()

    def end(*_: object) -> None:
        own.ended = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    if world.settings.redis_url:
        from base import rq_worker  # as above

        rq_worker.supervise(world, ended=lambda: own.ended)
    else:
        attend(replace(world, bell=own), own)
