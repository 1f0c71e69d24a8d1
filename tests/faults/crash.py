"""The end at a chosen point: the n-th commit, sync, rename, word to Redis or byte to the network is the last (T1)."""

import http.client
import os
import traceback
from collections.abc import Callable
from typing import Any

import redis.connection

from base.scope import World

DEAD = 77


class Fuse:
    """Counts the points and ends the process, without another word, at the n-th; 0 never does."""

    def __init__(self, n: int) -> None:
        self.left = n

    def point(self) -> None:
        self.left -= 1
        if self.left == 0:
            os._exit(DEAD)

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The call with a point before and one after it."""

        def call(*given: Any, **named: Any) -> Any:
            self.point()
            result = real(*given, **named)
            self.point()
            return result

        return call

    def wire(self, world: World) -> None:
        """Puts the points where something becomes lasting or leaves this process."""
        for engines in (world.engines, world.keys._engines):
            engines.write.dialect.do_commit = self.around(engines.write.dialect.do_commit)
        for name in ("fsync", "rename"):
            setattr(os, name, self.around(getattr(os, name)))
        spoken = redis.connection.AbstractConnection
        spoken.send_packed_command = self.around(spoken.send_packed_command)
        http.client.HTTPConnection.send = self.around(http.client.HTTPConnection.send)


def lives(world: World, act: Callable[[], None], *, n: int = 0) -> bool:
    """Does an act in a process of its own that ends at the n-th point; whether it came to its end before."""
    world.engines.dispose()
    world.keys.close()  # no open connection crosses the fork
    pid = os.fork()
    if pid == 0:
        _live(world, act, n)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in {0, DEAD}
    return code == 0


def _live(world: World, act: Callable[[], None], n: int) -> None:
    code = 1
    try:
        Fuse(n).wire(world)
        act()
        code = 0
    except BaseException:  # noqa: BLE001 (nothing may leave this process but its exit code)
        traceback.print_exc()
    finally:
        os._exit(code)
