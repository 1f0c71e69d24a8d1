"""A shift of accidents: workers and Redis are killed, flushed and frozen while rows are put; nothing may be lost or doubled.

python -m tests.base.torture [SEED] [SECONDS] [sqlite|postgres]
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from base import jobs, migrate
from base.scope import World
from tests import engines
from tests.base import ground
from tests.engines import Database, Valkey

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
PUTS_PER_SECOND = 20


@dataclass
class Crew:
    """Two supervised workers; the dead are replaced at once, as a service manager does."""

    command: list[str]
    log: Path
    hands: "list[subprocess.Popen[bytes]]"

    def keep(self) -> None:
        self.hands = [hand for hand in self.hands if hand.poll() is None]
        while len(self.hands) < 2:
            with self.log.open("a") as log:
                self.hands.append(subprocess.Popen(self.command, cwd=ROOT, stderr=log))

    def dismiss(self) -> None:
        for hand in self.hands:
            hand.terminate()
        for hand in self.hands:
            hand.wait()


def descendants(pid: int) -> list[int]:
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return found + [below for child in found for below in descendants(child)]


def fault(seeded: random.Random, crew: Crew, server: Valkey) -> str:
    """One accident of seven kinds."""
    victim = seeded.choice(crew.hands)
    kind = seeded.choice(["supervisor", "worker", "horse", "redis", "flush", "freeze", "flush"])
    below = descendants(victim.pid)
    if kind == "supervisor":
        victim.kill()
        victim.wait()
    elif kind in ("worker", "horse") and below:
        with suppress(ProcessLookupError):
            os.kill(below[0] if kind == "worker" else below[-1], signal.SIGKILL)
    elif kind == "redis":
        server.kill()
        time.sleep(0.5)
        server.restart()
    elif kind == "freeze":
        server.pause()
        time.sleep(2)
        server.cont()
    else:
        with server.client() as client:
            client.flushall()
    return kind


def shift(
    world: World, crew: Crew, server: Valkey, seeded: random.Random, seconds: float
) -> tuple[int, Counter[str]]:
    """Puts rows and does harm; returns how many rows were acknowledged and what was done."""
    began, put, harm, next_fault = time.monotonic(), 0, Counter[str](), time.monotonic() + 2
    while time.monotonic() < began + seconds:
        crew.keep()
        put += 1
        ground.put(world, "record", put)
        if time.monotonic() > next_fault:
            harm[fault(seeded, crew, server)] += 1
            next_fault = time.monotonic() + seeded.uniform(0.5, 1.5)
        time.sleep(1 / PUTS_PER_SECOND)
    return put, harm


def torture(database: Database, server: Valkey, folder: Path, seed: int, seconds: float) -> bool:
    """One shift; tells whether everything happened once, and prints the count."""
    bare = ground.open_world(database.url, folder)
    settings = replace(bare.settings, redis_url=server.url)
    world = replace(bare, settings=settings, bell=jobs.bell(settings))
    ground.build(database)
    crew = Crew(
        [sys.executable, "-m", "tests.base.ground", database.url, str(folder), server.url], folder / "log", []
    )
    put, harm = shift(world, crew, server, random.Random(seed), seconds)
    ended = time.monotonic()
    crew.keep()
    ground.eventually(lambda: len(set(ground.effects(world))) == put, seconds=PATIENCE)
    waited = time.monotonic() - ended
    crew.dismiss()
    seen = Counter(ground.effects(world))
    lost, doubled = put - len(seen), sum(1 for times in seen.values() if times > 1)
    print(
        f"{database.engine} seed {seed}: {put} rows, {dict(harm)}, lost {lost}, doubled {doubled}, waited {waited:.1f} s"
    )
    return (lost, doubled) == (0, 0)


def main() -> None:
    """Exit code 0 only when nothing was lost and nothing doubled."""
    seed, seconds, engine = [*sys.argv[1:], *["7", "30", "sqlite"][len(sys.argv) - 1 :]]
    with ExitStack() as stack:
        server = stack.enter_context(engines.valkey())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "shop"
        folder.mkdir()
        url = owner_url = f"sqlite:///{folder / 'dari.db'}"
        if engine == "postgres":
            pg = stack.enter_context(engines.postgres())
            pg.create("torture")
            url, owner_url = pg.dsn_for("torture", "dari_app"), pg.dsn_for("torture", "dari_owner")
        migrate.migrate(owner_url, app_url=url)
        sys.exit(not torture(Database(engine, url, owner_url), server, folder, int(seed), float(seconds)))


if __name__ == "__main__":
    main()
