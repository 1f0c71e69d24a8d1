"""`./dari worker` with Redis: an RQ worker kept alive, and somebody who rings again for what lies too long.

While Redis is away the supervisor does the errands itself: slower, and nothing waits for Redis.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from multiprocessing.process import BaseProcess

from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from base import rq_bell
from base.background import Silence
from base.config import Unsafe
from base.errands import drain, due, perform, warm
from base.periodic import tick
from base.scope import World

log = logging.getLogger("dari.worker")

TICK = 1.0
#: How long an errand may lie before its ring counts as lost, and seconds before it is rung for again.
LATE = timedelta(seconds=1)
REMIND = 5.0
#: Seconds for the job at hand when the worker is told to end.
DRAIN = 30.0
#: Seconds that a work-horse goes on with other due errands: a fork for each would cost more than the errand.
SHIFT = 5.0
PR_SET_PDEATHSIG = 1

#: What a work-horse inherits through the fork.
AT_WORK: ContextVar[World] = ContextVar("at_work")


def supervise(world: World, *, ended: Callable[[], bool]) -> None:
    """Keeps an RQ worker at work until told to end. Raises Unsafe when Redis is not fit for it."""
    if reasons := rq_bell.unfit(world.settings.redis_url):
        raise Unsafe("; ".join(reasons))
    caller, rung = rq_bell.Direct(world.settings.redis_url), dict[int, float]()
    silent = replace(world, bell=Silence())  # this process rings for everything that lies, itself
    worker = None
    while not ended():
        try:
            worker = _hired(silent, caller, worker)
            tick(silent)
            remind(silent, caller, rung, ended)
        except Exception:
            log.exception("the supervisor stumbled")
        time.sleep(TICK)
    _dismiss(worker)


def remind(world: World, caller: rq_bell.Direct, rung: dict[int, float], ended: Callable[[], bool]) -> None:
    """Rings for errands that lie, each at most every REMIND seconds; does them where Redis is away."""
    now = time.monotonic()
    for errand in [errand for errand, at in rung.items() if at + REMIND < now]:
        del rung[errand]
    lying = [errand for errand in due(world, late=LATE) if errand not in rung]
    if not lying:
        return
    if caller.rang(lying):
        rung.update(dict.fromkeys(lying, now))
        return
    for errand in lying:
        if not ended():
            perform(world, errand)


def _hired(world: World, caller: rq_bell.Direct, worker: BaseProcess | None) -> BaseProcess | None:
    """The worker, or a new one where it ended and Redis is there to be listened to."""
    if (worker is not None and worker.is_alive()) or not caller.answers():
        return worker
    warm(world)
    world.engines.dispose()  # no open connection crosses a fork
    new = multiprocessing.get_context("fork").Process(target=_listen, args=(world, os.getpid()))
    new.start()
    log.info("worker started", extra={"worker": new.pid})
    return new


def _dismiss(worker: BaseProcess | None) -> None:
    if worker is None:
        return
    worker.terminate()  # RQ finishes the job at hand
    worker.join(DRAIN)
    worker.kill()
    worker.join()


def _listen(world: World, parent: int) -> None:
    """The RQ worker, in a process and session of its own, gone when the supervisor is gone."""
    os.setsid()  # Ctrl-C is the supervisor's to hear
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return
    url = world.settings.redis_url
    AT_WORK.set(replace(world, bell=rq_bell.Direct(url)))
    try:
        _worker(url).work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("worker lost redis", extra={"error": type(error).__name__})
        sys.exit(1)


def _worker(url: str) -> Worker:
    """With RQ's own times an idle worker notices an abandoned job only after minutes."""
    client = rq_bell.connect(url)
    return Worker(
        [rq_bell.queue(client)],
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=20,
        maintenance_interval=5,
        job_monitoring_interval=2,
        log_job_description=False,
        default_result_ttl=0,
    )


def deliver(errand_id: int) -> None:
    """What a work-horse runs: this errand, then what else is due.

    It raises nothing, because RQ would keep the text of the error in Redis.
    """
    world, end = AT_WORK.get(), time.monotonic() + SHIFT
    for engine in (world.engines.write, world.engines.read):
        engine.dispose(close=False)  # the parent's connections are not ours to close
    try:
        perform(world, errand_id)
        drain(world, until=lambda: time.monotonic() > end)
    except Exception:
        log.exception("errands were not taken", extra={"errand": errand_id})
