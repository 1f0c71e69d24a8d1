"""A world with nothing but the ground, its jobs, and a program that meets its end at chosen points."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from base import config, errands, jobs, logs, outbox, rq_bell, rq_worker
from base.background import External
from base.db import open_engines
from base.errors import Refused
from base.scope import THE_HOUSE, Scope, World, acting
from tests.engines import Database

SHOP = 1
CANARY = "김민지 010-1234-5678 minji@example.com"


class NoParcel(Refused):
    code = "test.no_parcel"


def record(scope: Scope, *, n: int) -> None:
    scope.session.execute(text("INSERT INTO effects (n) VALUES (:n)"), {"n": n})


def poison(_scope: Scope, *, n: int) -> None:
    raise ValueError(f"{n} {CANARY}")


def refuse(_scope: Scope, *, n: int) -> None:
    raise NoParcel(name=CANARY, n=n)


def leave(_scope: Scope, *, n: int) -> None:
    sys.exit(n)


def endless(_scope: Scope, *, n: int) -> None:
    while n:
        pass


def vanish_in_job(scope: Scope, *, n: int) -> None:
    record(scope, n=n)
    if first_time(n):
        os._exit(9)


def vanish_before_commit(scope: Scope, *, n: int) -> None:
    record(scope, n=n)
    if first_time(n):
        scope.closing.append(lambda: os._exit(9))


def freeze_in_job(scope: Scope, *, n: int) -> None:
    record(scope, n=n)
    if first_time(n):
        os.kill(os.getpid(), signal.SIGSTOP)


def hold(scope: Scope, *, n: int) -> None:
    """The first hand tells who it is and never comes back by itself; the second does the work."""
    record(scope, n=n)
    if first_time(n, f"{os.getpid()} {os.getppid()}"):
        time.sleep(60)


def parcel(_scope: Scope, *, n: int) -> int | None:
    return n or None


def post(_world: World, key: str, n: int) -> None:
    """The receiver writes down every delivery."""
    with (here() / "post").open("a") as letters:
        letters.write(f"{key} {n}\n")


def post_and_vanish(world: World, key: str, n: int) -> None:
    post(world, key, n)
    if first_time(n):
        os._exit(9)


JOBS = {
    "record": record, "poison": poison, "refuse": refuse, "leave": leave, "endless": endless, "hold": hold,
    "vanish_in_job": vanish_in_job, "vanish_before_commit": vanish_before_commit, "freeze_in_job": freeze_in_job,
    "post": External(parcel, post), "post_and_vanish": External(parcel, post_and_vanish),
}  # fmt: skip


def here() -> Path:
    return Path(os.environ["DARI_TEST_HERE"])


def first_time(n: int, say: str = "") -> bool:
    mark = here() / f"mark-{n}"
    if mark.exists():
        return False
    (here() / "mark.new").write_text(say)
    (here() / "mark.new").rename(mark)
    return True


def open_world(url: str, folder: Path, *, redis_url: str = "") -> World:
    """A world over a database, with this module's jobs and one shop."""
    os.environ["DARI_TEST_HERE"] = str(folder)
    places = {"DARI_DATA": str(folder / "var"), "DARI_KEYS": str(folder.parent / "keys")}
    settings = config.load({"DARI_ENV": "test", "DATABASE_URL": url, "REDIS_URL": redis_url, **places})
    return World(settings, open_engines(url), {}, None, None, jobs=JOBS, shops=lambda _: [SHOP])


def build(database: Database) -> None:
    """A table of effects that forbids nothing, so that a doubled one shows."""
    engines = open_engines(database.owner_url)
    with engines.write.begin() as connection:
        connection.execute(text("CREATE TABLE effects (n INTEGER NOT NULL)"))
        if database.engine == "postgres":
            connection.execute(text("GRANT SELECT, INSERT ON effects TO dari_app"))
    engines.dispose()


def put(world: World, job: str, *numbers: int, now: datetime | None = None) -> None:
    with acting(world, shop_id=SHOP, actor=THE_HOUSE, now=now) as scope:
        for n in numbers:
            outbox.put(scope, job, key=f"{job}-{n}", n=n)


def effects(world: World) -> list[int]:
    with world.engines.read.begin() as connection:
        return list(connection.scalars(text("SELECT n FROM effects ORDER BY n")))


def errand_rows(world: World) -> list[tuple[str, str, int]]:
    """Job, state and attempts of every errand, in order."""
    with world.engines.read.begin() as connection:
        return [
            tuple(row)
            for row in connection.execute(text("SELECT job, state, attempts FROM errands ORDER BY id"))
        ]


def letters(folder: Path) -> list[str]:
    return (folder / "post").read_text().split("\n")[:-1] if (folder / "post").exists() else []


def eventually(holds: Callable[[], bool], *, seconds: float = 30.0) -> bool:
    """Whether something comes true in time; looks often."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


# --- what a process of its own does ------------------------------------------------------------------------


class DeadlyBell:
    def ring(self, _errands: Sequence[int], /) -> None:
        os._exit(9)


def put_and_die(world: World, where: str) -> None:
    """A business row and its errand in one transaction, and the end at a point of it."""
    world = replace(world, bell=DeadlyBell()) if where == "after_commit" else world
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        if where == "before_insert":
            os._exit(9)
        record(scope, n=100)
        outbox.put(scope, "record", key="record-1", n=1)
        if where == "after_insert":
            os._exit(9)
        scope.closing.append(lambda: os._exit(9) if where == "before_commit" else None)


def lease_and(world: World, end: Callable[[], None]) -> None:
    leased = errands.lease(world)
    assert leased is not None
    end()
    errands.carry_out(world, leased)


def die() -> None:
    os._exit(9)


def freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def apart(url: str, folder: Path, act: Callable[..., object], *arguments: object) -> None:
    """Runs an act in a world of this process's own, its records in a file."""
    world = open_world(url, folder)
    os.dup2(os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND), 2)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    logs.configure(world.settings)
    act(world, *arguments)


def main() -> None:
    """Works as `./dari worker` does, but with less patience: ground.py URL FOLDER [REDIS_URL]."""
    url, folder, *redis_url = sys.argv[1:]
    world = open_world(url, Path(folder), redis_url="".join(redis_url))
    logs.configure(world.settings)
    errands.LEASE = timedelta(seconds=1)
    rq_worker.TICK = rq_bell.QUIET = jobs.TICK = 0.1
    rq_worker.LATE, rq_worker.REMIND = timedelta(seconds=0.2), 0.5
    jobs.work(world)


if __name__ == "__main__":
    main()
