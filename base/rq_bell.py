"""The bell by Redis/RQ: it carries ids and may lose every one of them, because the outbox remembers."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.queue import EnqueueData
from rq.serializers import JSONSerializer

from base.config import LOOPBACK

log = logging.getLogger("dari.bell")

QUEUE = "dari-errands"
TIMEOUT = 1.0
#: Seconds during which nobody knocks again after Redis did not answer.
QUIET = 5.0
FAILURE_KEPT = 7 * 86400
#: Rings waiting in Redis beyond this number tell nothing new: whoever hears one does all that is due.
CROWD = 50


def connect(url: str) -> "Redis":
    """A client that gives up after a second and never tries twice."""
    patience = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=patience)


def queue(client: "Redis") -> Queue:
    """The one queue of rings."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer)


class Direct:
    """Rings at once, and breaks the circuit for a while when Redis does not answer."""

    def __init__(self, url: str) -> None:
        self.queue = queue(connect(url))
        self.quiet_until = 0.0

    def ring(self, errands: Sequence[int], /) -> None:
        """Rings if Redis is there; where it is not, nothing is lost and nothing raised."""
        self.rang(errands)

    def rang(self, errands: Sequence[int]) -> bool:
        """Rings and tells whether Redis took it. Costs at most one timeout in QUIET seconds."""
        return self._reached(lambda: self._enqueue(errands))

    def answers(self) -> bool:
        """Whether Redis is there, at the same price."""
        return self._reached(self.queue.connection.ping)

    def _enqueue(self, errands: Sequence[int]) -> None:
        if self.queue.count < CROWD:
            self.queue.enqueue_many([_ring(errand) for errand in errands])

    def _reached(self, call: Callable[[], object]) -> bool:
        if time.monotonic() < self.quiet_until:
            return False
        try:
            call()
        except (RedisError, OSError) as error:
            self.quiet_until = time.monotonic() + QUIET
            log.warning("redis does not answer", extra={"error": type(error).__name__})
            return False
        return True


def _ring(errand: int) -> EnqueueData:
    return Queue.prepare_data(
        "base.rq_worker.deliver",
        args=[errand],
        result_ttl=0,
        failure_ttl=FAILURE_KEPT,
        timeout=120,
        description=f"errand {errand}",
    )


class Beside:
    """Rings from a thread of its own, so that a frozen Redis costs a request nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pid = 0
        self.starting = threading.Lock()
        self.waiting: SimpleQueue[Sequence[int]] = SimpleQueue()

    def ring(self, errands: Sequence[int], /) -> None:
        """Leaves the ids for the ringing thread, which each process starts when it first needs it."""
        with self.starting:
            if self.pid != os.getpid():
                self.pid, self.waiting = os.getpid(), SimpleQueue()
                threading.Thread(target=self._ring_on, args=(self.waiting,), daemon=True, name="bell").start()
        self.waiting.put(errands)

    def _ring_on(self, waiting: "SimpleQueue[Sequence[int]]") -> None:
        direct = Direct(self.url)
        while True:
            direct.ring(waiting.get())


def unfit(url: str) -> list[str]:
    """Why this Redis should not be used; empty when it is fit, or away and cannot be asked."""
    parts = urlsplit(url)
    remote = parts.scheme != "unix" and (parts.hostname or "localhost") not in LOOPBACK
    reasons = []
    if remote and not parts.password:
        reasons.append("REDIS_URL has no password")
    if remote and parts.scheme != "rediss":
        reasons.append("REDIS_URL is not rediss:// (TLS)")
    try:
        policy = dict(connect(url).config_get("maxmemory-policy")).get("maxmemory-policy", "noeviction")
    except (RedisError, OSError):
        return reasons
    if policy != "noeviction":
        reasons.append(f"Redis drops keys when full (maxmemory-policy {policy}): set noeviction")
    return reasons
