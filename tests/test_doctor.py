"""The doctor: a sound house passes, and whatever is broken around the gates is named."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text

import app as front
import partners.invariants
import qa.invariants
import tasks.invariants
from base import i18n
from base.config import ROOT, Settings
from base.db import open_engines
from base.scope import World
from qa.commands import doctor
from qa.doctor import house as house_checks
from qa.rehearsal.characters import CAREFUL
from qa.rehearsal.play import play
from qa.rehearsal.script import Script
from tasks.kinds import known
from tests.cast import MONDAY, Stage, settings_of
from tests.engines import Database, Server, Valkey

pytestmark = pytest.mark.both  # what each engine lets be broken

LONG_AGO = "'2020-01-01 00:00:00+00:00'"
BUSY = replace(CAREFUL, rest_s=1)
TO_NOON = Script(
    days=1, seed=4, partners=1, begins=MONDAY + timedelta(hours=3), orders_a_day=27, hands=(BUSY,)
)


# --- a house that has been lived in, made once an engine and copied for every break -------------------------


@dataclass(frozen=True, slots=True)
class Lived:
    """A shop with some days behind it; `copied` makes another house like it."""

    stage: Stage
    copied: Callable[[Path, str], Database]


def private(path: Path) -> Path:
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def sqlite_lived(_sqlite_peopled: Stage, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return lived_in(_sqlite_peopled, tmp_path_factory.mktemp("lived"), from_file)


@pytest.fixture(scope="module")
def postgres_lived(
    _postgres_peopled: Stage, pg_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Lived:
    return lived_in(_postgres_peopled, tmp_path_factory.mktemp("lived"), from_template(pg_server))


def lived_in(peopled: Stage, folder: Path, copied: Callable[[Path, str], Database]) -> Lived:
    shutil.copytree(peopled.data, folder / "var")
    database = copied(folder, peopled.database.url)
    world = front.open_world(settings_of(database, folder / "var"))
    play(world, peopled.cast.shop_id, TO_NOON)
    world.engines.dispose()
    world.keys.close()
    return Lived(Stage(database, folder / "var", peopled.cast), copied)


def from_file(folder: Path, url: str) -> Database:
    (folder / "db").mkdir(mode=0o700)
    made = f"sqlite:///{folder / 'db' / 'dari.db'}"
    with (
        sqlite3.connect(url.removeprefix("sqlite:///")) as old,
        sqlite3.connect(folder / "db" / "dari.db") as new,
    ):
        old.backup(new)
    old.close()
    new.close()
    private(folder / "db" / "dari.db")
    return Database("sqlite", made, made)


_numbers = count(1)


def from_template(server: Server) -> Callable[[Path, str], Database]:
    def copied(_folder: Path, url: str) -> Database:
        name = f"doctor_{next(_numbers)}"
        server.create(name, url.split("@/")[1].split("?", maxsplit=1)[0])
        return Database("postgres", *(server.dsn_for(name, role) for role in ("dari_app", "dari_owner")))

    return copied


@dataclass(frozen=True, slots=True)
class House:
    """One copy, to be broken."""

    database: Database
    data: Path
    shop_id: int

    @property
    def settings(self) -> Settings:
        return settings_of(self.database, self.data)

    def sql(self, *statements: str) -> None:
        """Says something to the database around every gate."""
        with self._spoken_to() as connection:
            for statement in statements:
                assert connection.execute(text(statement)).rowcount != 0, statement

    @contextmanager
    def _spoken_to(self) -> Iterator[Connection]:
        engines = open_engines(self.database.owner_url)
        try:
            with engines.write.connect() as connection:
                self._unbound(connection)
                with connection.begin():
                    if self.database.engine == "postgres":
                        shop = {"shop": str(self.shop_id)}
                        connection.execute(text("SELECT set_config('dari.shop', :shop, true)"), shop)
                    yield connection
        finally:
            engines.dispose()

    def _unbound(self, connection: Connection) -> None:
        if self.database.engine == "sqlite":
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA ignore_check_constraints=ON")


@pytest.fixture
def on_sqlite(sqlite_lived: Lived, tmp_path: Path) -> House:
    return another(sqlite_lived, tmp_path)


@pytest.fixture
def on_postgres(postgres_lived: Lived, tmp_path: Path) -> House:
    return another(postgres_lived, tmp_path)


def another(lived: Lived, folder: Path) -> House:
    shutil.copytree(lived.stage.data, folder / "var")
    database = lived.copied(folder, lived.stage.database.url)
    return House(database, folder / "var", lived.stage.cast.shop_id)


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def house(request: pytest.FixtureRequest) -> House:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, House)
    return made


@dataclass(frozen=True, slots=True)
class Said:
    """What the doctor said."""

    code: int
    healthy: bool
    found: dict[str, str]  # code -> severity
    out: str


def asked(settings: Settings) -> Said:
    """Asks the doctor about the house of these settings, entered anew."""
    world = front.open_world(settings)
    try:
        return examined(world)
    finally:
        world.engines.dispose()
        world.keys.close()


def examined(world: World) -> Said:
    ended = CliRunner().invoke(doctor, ["--json"], obj=lambda: world)
    told = json.loads(ended.stdout)
    found = {one["code"]: one["severity"] for one in told["findings"] if one["code"] != "sqlite_old"}
    return Said(ended.exit_code, told["healthy"], found, ended.stdout)


# --- sound -------------------------------------------------------------------------------------------------


def test_a_sound_house_passes(house: House) -> None:
    said = asked(house.settings)
    expected = (
        {"not_durable": "warning"} if house.database.engine == "postgres" else {}
    )  # tests run with fsync off
    assert (said.code, said.healthy, said.found) == (0, True, expected)


def test_the_doctor_speaks_in_lines(on_sqlite: House) -> None:
    world = front.open_world(on_sqlite.settings)
    lines = CliRunner().invoke(doctor, [], obj=lambda: world).stdout.splitlines()
    world.engines.dispose()
    world.keys.close()
    assert {line[0] for line in lines[:-1]} <= {"✓", "!"}
    assert "✓ 재고, 주문, 일감, 검수, 정산이 모두 맞아떨어져요." in lines


# --- broken by SQL -----------------------------------------------------------------------------------------

FIRST = "(SELECT min(id) FROM {0})"
BREAKS: dict[str, tuple[str, ...]] = {
    "stock.balance": ("UPDATE levels SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM levels)",),
    "stock.reserved": ("UPDATE levels SET reserved = reserved + 1 WHERE id = (SELECT min(id) FROM levels)",),
    "stock.not_issued": ("UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = (SELECT min(id) FROM orders WHERE state = 'shipped')",),
    "stock.not_held": ("UPDATE reservations SET state = 'released' WHERE state = 'held'",),
    "partners.cardless": ("UPDATE partners SET state = 'left' WHERE id = (SELECT min(id) FROM partners)",),
    "partners.cleared_otherwise": (f"UPDATE partners SET cleared_until = {LONG_AGO} WHERE id = (SELECT max(id) FROM partners)",),
    "partners.pilotless": ("UPDATE partners SET state = 'pilot' WHERE id = (SELECT min(id) FROM partners WHERE state = 'active')",),
    "tasks.left_standing": ("UPDATE tasks SET state = 'submitted' WHERE id = (SELECT max(id) FROM tasks WHERE state = 'accepted')",),
    "tasks.clock_missing": (f"UPDATE stage_clocks SET ended_at = {LONG_AGO}, verdict = 'void' WHERE ended_at IS NULL",),
    "qa.not_paid_as_claimed": ("UPDATE tasks SET won = won + 1 WHERE id = (SELECT min(id) FROM tasks WHERE state = 'accepted')",),
    "qa.draw_mistaken": ("UPDATE draws SET drawn = NOT drawn WHERE id = (SELECT min(id) FROM draws)",),
    "qa.inspection_kept_mistaken": ("UPDATE inspections SET partner_id = partner_id + 1 WHERE state = 'waiting'",),
    "seal_shut": ("UPDATE orders SET recipient_name = recipient_phone",),
    "calendar_missing": ("DELETE FROM calendar_versions",),
    "schema_behind": ("UPDATE alembic_version SET version_num = '0001'",),
    "schema_differs": ("DROP INDEX ix_tasks_state",),
}  # fmt: skip


#: What is broken together: one thing of a room at a time, so that none is named because of its neighbour.
TOGETHER = 4


@pytest.mark.parametrize("nth", range(TOGETHER))
def test_what_sql_broke_is_named(on_sqlite: House, nth: int) -> None:
    broken = list(BREAKS)[nth::TOGETHER]
    for code in broken:
        on_sqlite.sql(*BREAKS[code])
    said = asked(on_sqlite.settings)
    assert (said.code, said.healthy, {code: said.found.get(code) for code in broken}) == (
        1,
        False,
        dict.fromkeys(broken, "bad"),
    )


def test_all_that_is_broken_is_named(on_postgres: House) -> None:
    """A few at a time on SQLite; here one house that has everything."""
    for statements in BREAKS.values():
        on_postgres.sql(*statements)
    said = asked(on_postgres.settings)
    assert (said.code, {code for code in BREAKS if said.found.get(code) != "bad"}) == (1, set())


WARNINGS = {
    "errands_wait": f"UPDATE errands SET due_at = {LONG_AGO}, state = 'waiting' WHERE shop_id = {{shop}}",
    "dead_letters": "UPDATE errands SET state = 'dead' WHERE id = (SELECT min(id) FROM errands WHERE shop_id = {shop})",
    "leases_over": f"UPDATE tasks SET lease_until = {LONG_AGO} WHERE state IN ('claimed', 'rework')",
}


def test_what_only_waits_is_a_warning(on_sqlite: House) -> None:
    for statement in WARNINGS.values():
        on_sqlite.sql(statement.format(shop=on_sqlite.shop_id))
    said = asked(on_sqlite.settings)
    warned = {code: said.found.get(code) for code in WARNINGS}
    assert (said.code, said.healthy, warned) == (0, True, dict.fromkeys(WARNINGS, "warning"))


def test_a_changed_journal_is_named(house: House) -> None:
    changed = "UPDATE audit_entries SET facts = '{}' WHERE seq = 5"
    if house.database.engine == "postgres":
        house.sql(
            "ALTER TABLE audit_entries DISABLE TRIGGER USER",
            changed,
            "ALTER TABLE audit_entries ENABLE TRIGGER USER",
        )
    else:
        house.sql("DROP TRIGGER audit_entries_no_update", changed)
    assert asked(house.settings).found.get("journal") == "bad"


def test_an_open_ledger_is_named(house: House) -> None:
    of_table = " ON movements" if house.database.engine == "postgres" else ""
    name = "movements_append_only" if of_table else "movements_no_delete"
    house.sql(f"DROP TRIGGER {name}{of_table}")
    said = asked(house.settings)
    assert (said.code, said.found.get("ledger_open")) == (1, "bad")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"holidays": {"2020-12-25": "성탄절"}}, "calendar_ends"),
        ({"hours": {"mon": []}}, "never_open"),
    ],
)
def test_a_calendar_that_ends_is_named(on_sqlite: House, change: dict[str, object], code: str) -> None:
    with on_sqlite._spoken_to() as connection:
        spec = connection.scalar(text("SELECT spec FROM calendar_versions ORDER BY version DESC LIMIT 1"))
        told = json.loads(spec)
        told["calendar"] |= change
        connection.execute(text("UPDATE calendar_versions SET spec = :spec"), {"spec": json.dumps(told)})
    assert asked(on_sqlite.settings).found.get(code) == "bad"


# --- broken in the installation ----------------------------------------------------------------------------


def keystore(house: House) -> sqlite3.Connection:
    return sqlite3.connect(house.data / "keys" / "keystore.db", isolation_level=None)


def lose_a_key(house: House) -> None:
    with keystore(house) as store:
        assert (
            store.execute(
                "DELETE FROM deks WHERE rowid IN (SELECT rowid FROM deks WHERE length(record) = 32 LIMIT 1)"
            ).rowcount
            == 1
        )
    store.close()


def change_the_root(house: House) -> None:
    (house.data / "keys" / "root.key").write_bytes(bytes(32))


def show_the_secret(house: House) -> None:
    (house.data / "secrets" / "secret_key").chmod(0o644)


def lose_a_photo(house: House) -> None:
    next(path for path in sorted((house.data / "files").rglob("*")) if path.is_file()).unlink()


FAULTS = [
    ({"key_missing"}, [lose_a_key]),
    ({"keys_away", "journal_unread"}, [change_the_root]),
    ({"loose_files", "photos_missing"}, [show_the_secret, lose_a_photo]),
]


@pytest.mark.parametrize(("codes", "faults"), FAULTS)
def test_what_hands_broke_is_named(
    on_sqlite: House, codes: set[str], faults: list[Callable[[House], None]]
) -> None:
    for fault in faults:
        fault(on_sqlite)
    said = asked(on_sqlite.settings)
    assert (said.code, {code for code in codes if said.found.get(code) == "bad"}) == (1, codes)


def test_a_product_picture_without_its_file_is_named(on_sqlite: House) -> None:
    on_sqlite.sql(
        "INSERT INTO product_pictures (shop_id, product_id, place, file_key, sha256, width, height, size, by, at)"
        f" SELECT shop_id, id, 1, '{'0' * 32}', '0', 1, 1, 1, 1, made_at FROM products"
        f" WHERE shop_id = {on_sqlite.shop_id}"
    )
    assert asked(on_sqlite.settings).found.get("photos_missing") == "bad"


def test_unsafe_settings_are_named(on_sqlite: House) -> None:
    said = asked(replace(on_sqlite.settings, trusted_hosts=()))
    assert (said.code, said.found.get("settings")) == (1, "bad")


@pytest.mark.parametrize(("limit", "severity", "code"), [("FULL", "bad", 1), ("CLOSE_TO_FULL", "warning", 0)])
def test_a_full_disk_is_named(
    on_sqlite: House, monkeypatch: pytest.MonkeyPatch, limit: str, severity: str, code: int
) -> None:
    monkeypatch.setattr(house_checks, "CLOSE_TO_FULL", 2**62)
    monkeypatch.setattr(house_checks, limit, 2**62)
    said = asked(on_sqlite.settings)
    assert (said.code, said.found.get("disk")) == (code, severity)


def test_a_database_that_is_not_there_is_named() -> None:
    def nowhere() -> World:
        raise FileNotFoundError

    ended = CliRunner().invoke(doctor, ["--json"], obj=nowhere)
    assert (ended.exit_code, [one["code"] for one in json.loads(ended.stdout)["findings"]]) == (1, ["shut"])


# --- SQLite and PostgreSQL by themselves -------------------------------------------------------------------


def test_a_row_that_points_to_nothing_is_named(on_sqlite: House) -> None:
    on_sqlite.sql("UPDATE order_lines SET product_id = 999999 WHERE id = (SELECT min(id) FROM order_lines)")
    assert asked(on_sqlite.settings).found.get("foreign_keys") == "bad"


def test_a_damaged_file_is_named(on_sqlite: House) -> None:
    path = Path(on_sqlite.database.url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_answers_task'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    raw.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 100)
    said = asked(on_sqlite.settings)
    assert (said.code, said.found.get("sqlite_damaged")) == (1, "bad")


def test_a_loose_engine_is_named(on_sqlite: House) -> None:
    world = front.open_world(on_sqlite.settings)
    with world.engines.read.connect() as connection:
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")
    said = examined(world)
    world.engines.dispose()
    world.keys.close()
    assert said.found.get("sqlite_setting") == "bad"


@pytest.mark.parametrize(("role", "code"), [("postgres", "superuser"), ("dari_owner", "owner")])
def test_a_role_that_may_too_much_is_named(on_postgres: House, role: str, code: str) -> None:
    url = re.sub(r"//dari_app@", f"//{role}@", on_postgres.database.url)
    assert asked(replace(on_postgres.settings, database_url=url)).found.get(code) == "bad"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY shop_only ON orders",
    ],
)
def test_a_fallen_wall_is_named(on_postgres: House, statement: str) -> None:
    on_postgres.sql(statement)
    assert asked(on_postgres.settings).found.get("rls_off") == "bad"


# --- Redis -------------------------------------------------------------------------------------------------


def test_redis_is_looked_at(on_sqlite: House, valkey_server: Valkey) -> None:
    settings = replace(on_sqlite.settings, redis_url=valkey_server.url)
    here = asked(settings)
    assert (here.code, here.found) == (0, {"redis_forgets": "warning"})
    with valkey_server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        dropping = asked(settings)
        client.config_set("maxmemory-policy", "noeviction")
    assert (dropping.code, dropping.found.get("redis_unfit")) == (1, "bad")
    valkey_server.kill()
    away = asked(settings)
    valkey_server.restart()
    assert (away.code, away.found) == (0, {"redis_away": "warning"})


# --- words -------------------------------------------------------------------------------------------------


def codes() -> Iterator[str]:
    for path in [*sorted((ROOT / "qa" / "doctor").glob("*.py")), ROOT / "qa" / "commands.py"]:
        yield from re.findall(r'Found\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    for room in (partners.invariants, tasks.invariants, qa.invariants):
        name = room.__name__.split(".")[0]
        yield from (f"{name}.{code}" for code in room.ASKED)
    for name, asked_of in known.invariants().items():
        yield from (f"kinds.{name}.broken.{code}" for code in asked_of)
    book = (ROOT / "stock" / "invariants.py").read_text(encoding="utf-8")
    yield from re.findall(r'\("(stock\.[a-z_]+)", _', book)


@pytest.mark.parametrize("language", i18n.LOCALES)
def test_everything_the_doctor_can_find_has_words(language: str) -> None:
    words = i18n.catalogue(language)
    asked_for = sorted(set(codes()))
    assert len(asked_for) > 60
    keys = [code if code.startswith("kinds.") else f"doctor.found.{code}" for code in asked_for]
    assert [key for key in keys if key not in words] == []
