"""Accidents: one after the other, drawn by a seed, each healed before the next (F1-F20, F35)."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psycopg
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from base import outbox, rq_bell
from base.errands import due
from base.models import Errand
from tests.nursery import born
from tests.servers import unprivileged
from tests.torture import proxy, skew
from tests.torture.stand import Service, Stand, superuser_dsn

FROZEN_S, FULL_S, LOCKED_S, LINE_S = 2.0, 1.5, 1.5, 1.5
JUMPS_S = (-3600, 0, 300, 4200, 7500)  # an hour back, true, five minutes, past a lease, past a session
LORIS, LORIS_S = 24, 1.5
POISON = "torture.poison"


@dataclass
class Nemesis:
    """Does harm to a stand; `done` counts it by kind."""

    stand: Stand
    random: Random
    done: Counter[str] = field(default_factory=Counter)
    poisons: int = 0

    def strike(self) -> str:
        """One accident of a kind that this stand can have."""
        kinds = self._kinds()
        name = self.random.choice(sorted(kinds))
        with suppress(ProcessLookupError, psycopg.Error, sqlite3.Error, OSError, SQLAlchemyError):
            kinds[name]()
            self.done[name] += 1
        return name

    def heal(self) -> None:
        """Nothing is frozen, full or silent any more."""
        for line in self.stand.lines.values():
            line.mood = proxy.CLEAR
        for service in self.stand.services:
            for pid in service.family():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                _let_files_grow(pid)
        for server in (self.stand.database, self.stand.valkey):
            if server is not None:
                server.process.cont()
                if server.process.popen.poll() is not None:
                    server.process.restart()

    def _kinds(self) -> dict[str, Callable[[], None]]:
        kinds: dict[str, Callable[[], None]] = {
            "web worker killed": self.web_worker_killed,
            "web killed": lambda: self._kill_all(self.web),
            "web frozen": lambda: self._freeze(self.web),
            "web told to stop": self.web_told_to_stop,
            "worker killed": lambda: self._kill_all(self.worker),
            "work-horse killed": self.horse_killed,
            "worker frozen past its lease": self.worker_frozen,
            "disk full": self.disk_full,
            "clock jumps": self.clock_jumps,
            "slow clients": self.slow_clients,
            "poison job": self.poison_job,
            "keys turned and killed": self.keys_turned,
        }
        if self.stand.valkey is not None:
            kinds |= {
                "queue killed": self.queue_killed,
                "queue flushed": self.queue_flushed,
                "queue frozen": self.queue_frozen,
                "queue line": lambda: self._line("valkey"),
                "rings doubled": self.rings_doubled,
            }
        if self.stand.database is None:
            return kinds | {"database locked": self.database_locked}
        return kinds | {
            "backend killed": self.backend_killed,
            "database killed": self.database_killed,
            "database frozen": self.database_frozen,
            "database line": lambda: self._line("database"),
        }

    @property
    def web(self) -> Service:
        return self.stand.services[0]

    @property
    def worker(self) -> Service:
        return self.stand.services[1]

    # --- processes -----------------------------------------------------------------------------------------

    def web_worker_killed(self) -> None:
        below = self.web.family()[1:]
        os.kill(self.random.choice(below) if below else 0, signal.SIGKILL) if below else None

    def _kill_all(self, service: Service) -> None:
        for pid in service.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def web_told_to_stop(self) -> None:
        """SIGTERM: what is under way is finished; sometimes a second one comes at once."""
        for pid in self.web.family()[:1]:
            os.kill(pid, signal.SIGTERM)
            if self.random.random() < 0.5:
                os.kill(pid, signal.SIGTERM)

    def horse_killed(self) -> None:
        for pid in self.worker.family()[-1:]:
            os.kill(pid, signal.SIGKILL)

    def _freeze(self, service: Service, seconds: float = FROZEN_S) -> None:
        family = service.family()
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def worker_frozen(self) -> None:
        """Longer than an errand's lease as the rest of the world sees it: the clock runs on meanwhile."""
        self._jump_by(10)
        self._freeze(self.worker, 1.0)

    def disk_full(self) -> None:
        """No file may grow any more: of the web and the worker, and on PostgreSQL of its backends."""
        pids = [pid for service in self.stand.services for pid in service.family()]
        if self.stand.database is not None:
            pids += self.stand.database.process.pids()[1:]
        for pid in pids:
            _let_files_grow(pid, to="8192")
        time.sleep(FULL_S)
        for pid in pids:
            _let_files_grow(pid)

    def slow_clients(self) -> None:
        """Browsers that begin a request and never come to its end."""
        doors = []
        for _ in range(LORIS):
            with suppress(OSError):
                doors.append(socket.create_connection(("127.0.0.1", self.stand.port), timeout=1))
                doors[-1].sendall(b"POST /offers/next HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        time.sleep(LORIS_S)
        for door in doors:
            door.close()

    def keys_turned(self) -> None:
        """A new key version, and its rewrapping killed on the way."""
        for words, patience in (
            (["keys", "rotate"], 30.0),
            (["keys", "rewrap"], self.random.uniform(1.5, 4)),
        ):
            told = self.stand.folder / "keys.log"
            process = born([*self.web.command[:2], *words], self.web.environ, told)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
            process.kill()
            process.wait()

    # --- time ----------------------------------------------------------------------------------------------

    def clock_jumps(self) -> None:
        self._jump(self.random.choice(JUMPS_S))

    def _jump_by(self, seconds: float) -> None:
        self._jump(skew.by(self.stand.clock).total_seconds() + seconds)

    def _jump(self, seconds: float) -> None:
        """The machine's clock on SQLite; on PostgreSQL the database's, the machine's, or both."""
        on_postgres = self.stand.database is not None
        which = self.random.choice(["machine", "database", "both"]) if on_postgres else "machine"
        if which != "database":
            skew.jump(self.stand.clock, seconds)
        if which != "machine" and self.stand.database is not None:
            skew.jump_database(superuser_dsn(self.stand.database), seconds)

    # --- the queue -----------------------------------------------------------------------------------------

    def queue_killed(self) -> None:
        assert self.stand.valkey is not None
        self.stand.valkey.kill()
        time.sleep(0.5)
        self.stand.valkey.restart()

    def queue_flushed(self) -> None:
        assert self.stand.valkey is not None
        with self.stand.valkey.client() as client:
            client.flushall()

    def queue_frozen(self) -> None:
        assert self.stand.valkey is not None
        self.stand.valkey.pause()
        time.sleep(FROZEN_S)
        self.stand.valkey.cont()

    def rings_doubled(self) -> None:
        """The same errand is rung for again and again, due or done."""
        assert self.stand.valkey is not None
        ids = due(self.stand.world) or [self.random.randrange(1, 200)]
        rq_bell.Direct(self.stand.valkey.url).rang(ids[:5] * 4)

    def poison_job(self) -> None:
        """An errand that can never be done, before all others."""
        self.poisons += 1
        with self.stand.write() as scope:
            row = {"shop_id": scope.shop_id, "job": POISON, "key": f"poison-{self.poisons}", "arguments": {}}
            scope.session.execute(
                insert(Errand).values(**row, due_at=scope.now - outbox.TURN_KEPT, created_at=scope.now)
            )

    # --- the database --------------------------------------------------------------------------------------

    def backend_killed(self) -> None:
        """PostgreSQL ends every other backend then, and recovers."""
        assert self.stand.database is not None
        with psycopg.connect(superuser_dsn(self.stand.database), autocommit=True) as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE usename = 'dari_app' ORDER BY random() LIMIT 1"
            row = connection.execute(asked).fetchone()
        if row is not None:
            os.kill(row[0], signal.SIGKILL)

    def database_killed(self) -> None:
        assert self.stand.database is not None
        self.stand.database.process.kill()
        time.sleep(0.3)
        self.stand.database.process.restart()

    def database_frozen(self) -> None:
        assert self.stand.database is not None
        self.stand.database.process.pause()
        time.sleep(FROZEN_S)
        self.stand.database.process.cont()

    def database_locked(self) -> None:
        """Somebody else writes and takes their time."""
        path = self.stand.world.settings.database_url.removeprefix("sqlite:///")
        other = sqlite3.connect(path, isolation_level=None, timeout=5)
        try:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_S)
            other.execute("ROLLBACK")
        finally:
            other.close()

    def _line(self, which: str) -> None:
        line = self.stand.lines[which]
        mood = self.random.choice([proxy.LATE, proxy.SLOW, proxy.SILENT, "cut"])
        if mood == "cut":
            line.reset()
            return
        line.mood = mood
        time.sleep(LINE_S)
        line.mood = proxy.CLEAR


def _let_files_grow(pid: int, *, to: str = "unlimited") -> None:
    """The size beyond which this process may write no file: by its own user, else by the servers'."""
    for whose in ({}, unprivileged()):
        ran = subprocess.run(
            ["prlimit", "--pid", str(pid), f"--fsize={to}:unlimited"], check=False, stderr=subprocess.DEVNULL, **whose
        )  # fmt: skip
        if ran.returncode == 0:
            return
