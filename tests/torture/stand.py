"""What is tortured: servers in processes of their own, a shop in them, and a service manager who restarts the dead."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

import app as front
from base import config, migrate
from base.scope import THE_HOUSE, World, acting
from bench import crowd, workshop
from bench.crowd import Key
from bench.house import DURABLE
from bench.serving import free_port
from partners import people as cards
from security import people, shops
from security.models import Membership
from stock import goods, handling, samples
from stock.drafts import Goods
from tasks import sops
from tasks.opening import PACKING
from tests import engines
from tests.nursery import Born, born
from tests.torture import skew
from tests.torture.proxy import Line

PARTNERS, REVIEWERS, CAPACITY, FIRST_PARCELS = 5, 2, 4, 60
PHOTO = {"key": "packed", "type": "photo", "required": False, "label": {"ko": "사진", "en": "Photo"}}


@dataclass(frozen=True, slots=True)
class Hired:
    """Somebody of the shop: role, membership, account."""

    role: str
    member: int
    account: int


@dataclass
class Service:
    """One command kept running: whoever kills it finds a new one in its place."""

    command: list[str]
    environ: dict[str, str]
    log: Path
    process: Born | None = None
    wanted: bool = True
    starts: int = 0

    def keep(self) -> None:
        if self.wanted and (self.process is None or self.process.poll() is not None):
            self.process = born(self.command, self.environ, self.log)
            self.starts += 1

    def family(self) -> list[int]:
        """The process and everything below it, itself first; empty when it is dead."""
        return [] if self.process is None or self.process.poll() is not None else _family(self.process.pid)

    def end(self) -> None:
        self.wanted = False
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
            for pid in self.family():
                os.kill(pid, 9)


def _family(pid: int) -> list[int]:
    try:
        below = [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(each for child in below for each in _family(child))]


@dataclass
class Stand:
    """Everything there is; the last of the partners does nothing all day."""

    engine: str
    folder: Path
    port: int
    world: World
    services: list[Service]
    database: engines.Server | None
    valkey: engines.Valkey | None
    lines: dict[str, Line]
    shop_id: int = 0
    people: list[Hired] = field(default_factory=list)
    spare: Hired = Hired("", 0, 0)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def clock(self) -> Path:
        return self.folder / "skew"

    def look(self) -> Any:
        return acting(self.world, shop_id=self.shop_id, actor=THE_HOUSE, reading=True)

    def write(self) -> Any:
        return acting(self.world, shop_id=self.shop_id, actor=THE_HOUSE)

    def sign_in(self, membership_id: int) -> Key:
        """A key for this role. Raises ConnectionError while the database is away."""
        try:
            with self.write() as scope:
                return crowd.sign_in(scope, scope.session.get_one(Membership, membership_id))
        except SQLAlchemyError as away:
            raise ConnectionError from away

    def now(self) -> datetime:
        """The time as this machine's processes see it."""
        return skew.Skewed.now().astimezone()

    def manage(self) -> None:
        """The service manager: looks five times a second."""
        while not self.ended.wait(0.2):
            for service in self.services:
                service.keep()

    def answers(self) -> bool:
        asked = HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asked.close()

    def until_ready(self, seconds: float = 60) -> bool:
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True


@contextmanager
def stand(engine: str, folder: Path, *, with_valkey: bool = True) -> Iterator[Stand]:
    """A furnished shop behind running servers; nothing of it outlives the block."""
    with ExitStack() as stack:
        lines: dict[str, Line] = {}
        (folder / "skew").write_text("0")
        skew.wear(folder / "skew")
        stack.callback(skew.take_off)
        server, url, owner_url = None, *[f"sqlite:///{folder / 'db' / 'dari.db'}"] * 2
        if engine == "postgres":
            server = stack.enter_context(engines.postgres(DURABLE))
            server.create("torture")
            owner_url = server.dsn_for("torture", "dari_owner")
            lines["database"] = Line(str(server.socket_dir / ".s.PGSQL.5432"))
            stack.callback(lines["database"].close)
            tail = "?sslmode=disable&gssencmode=disable"
            url = f"postgresql+psycopg://dari_app@127.0.0.1:{lines['database'].port}/torture{tail}"
        valkey = stack.enter_context(engines.valkey()) if with_valkey else None
        redis_url = ""
        if valkey is not None:
            lines["valkey"] = Line(valkey.url.removeprefix("unix://").partition("?")[0])
            stack.callback(lines["valkey"].close)
            redis_url = f"redis://127.0.0.1:{lines['valkey'].port}/0"
        environ = {
            "DARI_ENV": "test", "DARI_DATA": str(folder), "DATABASE_URL": url, "DATABASE_OWNER_URL": owner_url,
            skew.WHERE: str(folder / "skew"), "DARI_WORKERS": "2",
        }  # fmt: skip
        direct = server.dsn_for("torture", "dari_app") if server else url
        settings = config.load(environ | {"DATABASE_URL": direct})
        migrate.migrate(owner_url, app_url=url) if server else migrate.upgrade(settings)
        if server:
            for statement in skew.IN_DATABASE:
                _as_superuser(server, statement)
        world = front.open_world(settings)
        port = free_port()
        around = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        around |= environ | {"REDIS_URL": redis_url}
        services = [
            Service(_command("run", "--port", str(port)), around, folder / "web.log"),
            Service(_command("worker"), around, folder / "worker.log"),
        ]
        made = Stand(engine, folder, port, world, services, server, valkey, lines)
        furnish(made)
        keeper = threading.Thread(target=made.manage, daemon=True)
        keeper.start()
        try:
            yield made
        finally:
            made.ended.set()
            keeper.join()
            for service in services:
                service.end()
            world.engines.dispose()
            world.keys.close()


def superuser_dsn(server: engines.Server) -> str:
    return server.dsn_for("torture", "postgres").replace("+psycopg", "")


def _as_superuser(server: engines.Server, statement: str) -> None:
    import psycopg

    with psycopg.connect(superuser_dsn(server), autocommit=True) as connection:
        connection.execute(statement.encode())


def _command(*words: str) -> list[str]:
    return ["-m", "tests.torture.web", *words]


def furnish(made: Stand) -> None:
    """Opens the shop, hires the people, puts goods and first parcels in."""
    with acting(made.world, shop_id=0, actor=THE_HOUSE) as founding:
        scope = shops.open_shop(founding, slug="torture", name="Torture")
        made.shop_id = scope.shop_id
        sop = sops.create(scope, kind=PACKING, title="두 가지와 사진")
        items = [{"help": {}, "severity": "minor", **item} for item in (*workshop.ITEMS, PHOTO)]
        saved = sops.save(scope, sop.id, items=items, version=1)
        sops.publish(scope, sop.id, version=saved.version)
        workshop.stocked(scope)
        wares = samples.products()
        ids, _new = goods.ensure(scope, [Goods(ware.sku, ware.name, ware.option) for ware in wares])
        handling.receive(scope, key="torture", goods=dict.fromkeys(sorted(ids.values()), 10**6))
        hands = crowd.hire(scope, PARTNERS + 1, capacity=CAPACITY)
        *made.people, made.spare = (
            Hired("partner", hand.actor.partner_id or 0, hand.actor.id) for hand in hands
        )
        cards.set_capacity(scope, made.spare.member, capacity=20)
        for number, role in enumerate(["reviewer"] * REVIEWERS + ["owner"]):
            member, _link = people.invite(
                scope, login=f"{role}{number}@torture.invalid", name=role, role=role
            )
            made.people.append(Hired(role, member.id, member.account_id))
    refill(made, FIRST_PARCELS)


def refill(made: Stand, count: int) -> None:
    """Places more parcels, so that nobody is idle. Raises SQLAlchemyError."""
    from sqlalchemy import func, select

    from stock.models import Order

    with made.write() as scope:
        there = scope.session.scalar(select(func.count()).where(Order.channel == "generic"))
        workshop.parcels(scope, count, first=there or 0)
