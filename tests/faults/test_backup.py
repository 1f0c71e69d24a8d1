"""Copies: made while others write, put back whole, rehearsed, and a flipped byte named in each part."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import JSON, Table, func, select

import app as front
from base import archive, config, dump, files
from base.scope import Scope, World, acting
from base.sums import CHUNK, Flaw, flaw, sums
from bench import workshop
from qa.backup import making, restoring
from qa.backup.making import KeysBeside
from qa.doctor import examine
from security import journal
from security.keytables import TABLES
from security.models import AuditEntry
from stock import recipients
from stock.models import Order
from tasks import dispatch
from tests.cast import MONDAY, ActingAs, Cast, Person, Stage, settings_of
from tests.engines import Database, Server

pytestmark = pytest.mark.both  # dumps and files

WRITERS, EACH = 4, 6


@dataclass(frozen=True, slots=True)
class Copy:
    """Both halves of a backup."""

    house: Path
    keys: Path

    def drill(self) -> restoring.Drill:
        return restoring.drill(front.open_world, self.house, self.keys)


@pytest.fixture
def shop(world: World, cast: Cast, acting_as: ActingAs) -> World:
    """A world with sealed orders, open work, a claim, and kept files."""
    with acting_as(cast.haneul) as scope:
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, 8)
    with acting_as(cast.minji) as scope:
        dispatch.claim_next(scope)
    for number in range(3):
        files.put(world.files, bytes([number]) * (CHUNK + 10))
    return world


def copied(world: World, folder: Path) -> Copy:
    made = Copy(folder / "house", folder / "keys-apart")
    making.make(world, made.house, made.keys)
    return made


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x20
    path.write_bytes(data)


def test_every_part_s_flipped_byte_is_named(shop: World, tmp_path: Path) -> None:
    made = copied(shop, tmp_path)
    drilled = made.drill()
    assert (drilled.flaws, drilled.found, drilled.rows > 50, drilled.files) == ((), (), True, 3)
    kept = next(name for name in archive.find(made.house).parts if name.startswith("files/"))
    for half, part, at in (
        (made.house, "database/orders.00000.jsonl", 700),
        (made.house, "database/audit_entries.00000.jsonl", 33),
        (made.house, kept, CHUNK + 4),
        (made.keys, "keystore/deks.00000.jsonl", 1100),
        (made.keys, "root.key", 31),
        (made.house, archive.MANIFEST, 1234),
        (made.house, archive.SEAL, 40),
        (made.keys, archive.MANIFEST, 100),
    ):
        was = (half / part).read_bytes()[at]
        flip(half / part, at)
        named = next(iter(made.drill().flaws))
        assert (named.part, named.why, named.at, named.until) == (part, "changed", at, at + 1)
        assert (named.was, named.now) == (was, was ^ 0x20)
        flip(half / part, at)
    assert made.drill().held is True


def test_missing_and_cut_parts_are_named_and_nothing_is_put_back(shop: World, tmp_path: Path) -> None:
    made = copied(shop, tmp_path)
    orders, levels = (made.house / f"database/{table}.00000.jsonl" for table in ("orders", "levels"))
    orders.write_bytes(orders.read_bytes()[:-7])
    levels.unlink()
    found = {(one.part, one.why) for one in made.drill().flaws}
    assert found == {("database/orders.00000.jsonl", "changed"), ("database/levels.00000.jsonl", "missing")}
    target = config.load({"DARI_ENV": "test", "DARI_DATA": str(tmp_path / "target")})
    with pytest.raises(restoring.Flawed):
        restoring.restore(target, made.house, made.keys)
    assert (tmp_path / "target" / "db").exists() is False


def test_a_part_that_leads_out_of_the_backup_is_not_read(shop: World, tmp_path: Path) -> None:
    made = copied(shop, tmp_path)
    outside = tmp_path / "outside"
    outside.write_bytes(b"a secret of this machine")
    links, told = archive.find(made.house), json.loads((made.house / archive.MANIFEST).read_bytes())
    linked = next(name for name in links.parts if name.startswith("files/"))
    (made.house / linked).unlink()
    (made.house / linked).symlink_to(outside)
    climbing = f"files/../../{outside.name}"
    told["parts"] |= {name: asdict(sums(outside.read_bytes())) for name in (linked, climbing, str(outside))}
    text = json.dumps(told).encode()
    (made.house / archive.MANIFEST).write_bytes(text)
    (made.house / archive.SEAL).write_bytes(json.dumps(asdict(sums(text))).encode())
    found = {(one.part, one.why) for one in made.drill().flaws}
    assert found == {(name, "unread") for name in (linked, climbing, str(outside))}


def test_keys_lie_apart_and_no_key_is_in_the_house_s_half(shop: World, tmp_path: Path) -> None:
    for beside in ("house/keys", "house", "."):
        with pytest.raises(KeysBeside):
            making.make(shop, tmp_path / "house", tmp_path / beside)
    made = copied(shop, tmp_path)
    root = (shop.settings.keys / "root.key").read_bytes()
    assert (made.keys / "root.key").read_bytes() == root
    seen = [path for path in made.house.rglob("*") if path.is_file() and root in path.read_bytes()]
    assert seen == []
    loose = [path for path in (*made.house.rglob("*"), *made.keys.rglob("*")) if path.stat().st_mode & 0o077]
    assert loose == []


def test_the_wrong_root_key_is_said_in_words(
    shop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copied(shop, tmp_path)
    monkeypatch.setenv("DARI_ROOT_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    monkeypatch.setenv("DARI_LOCALE", "en")
    told = CliRunner().invoke(front.cli, ["restore", str(made.house), "--keys", str(made.keys), "--drill"])
    assert told.exit_code == 1
    assert told.output.splitlines()[0].startswith(
        "The root key is not the one under which these keys were wrapped"
    )


def test_a_backup_while_four_write_is_of_one_instant(
    shop: World, cast: Cast, acting_as: ActingAs, tmp_path: Path
) -> None:
    begun = threading.Barrier(WRITERS + 1)

    def write(place: int) -> None:
        begun.wait()
        for number in range(EACH):
            with acting_as(cast.haneul) as scope:
                workshop.parcels(scope, 1, first=100 + place * EACH + number)

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, place) for place in range(WRITERS)]
        begun.wait()
        copies = [copied(shop, tmp_path / str(turn)) for turn in range(3)]
        for one in writing:
            one.result()
    assert [made.drill().found for made in copies] == [(), (), ()]


def acting_in(world: World, person: Person) -> AbstractContextManager[Scope]:
    return acting(world, shop_id=person.shop_id, actor=person.actor, now=MONDAY)


def facts(scope: Scope) -> list[object]:
    """What stands in the books, opened where it is sealed."""
    orders = scope.session.scalars(
        select(Order).where(Order.shop_id == scope.shop_id).order_by(Order.id)
    ).all()
    lines = select(func.count()).select_from(AuditEntry).where(AuditEntry.shop_id == scope.shop_id)
    return [
        [(order.number, order.ship_by, order.state, recipients.open_(scope, order)) for order in orders],
        scope.session.scalar(lines),
        journal.verify(scope),
    ]


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> Iterator[Database]:
    """An empty database on the other engine."""
    if stage.database.engine == "sqlite":
        server: Server = request.getfixturevalue("pg_server")
        server.create("moved")
        server.create("moved_keys")
        yield Database("postgres", *(server.dsn_for("moved", role) for role in ("dari_app", "dari_owner")))
        server.drop("moved")
        server.drop("moved_keys")
    else:
        url = f"sqlite:///{tmp_path / 'moved' / 'dari.db'}"
        yield Database("sqlite", url, url)


def test_a_shop_moves_to_the_other_engine_and_works_on(
    shop: World, cast: Cast, acting_as: ActingAs, elsewhere: Database, tmp_path: Path
) -> None:
    made = copied(shop, tmp_path)
    settings = settings_of(elsewhere, tmp_path / "moved-data")
    if elsewhere.engine == "postgres":
        settings = replace(settings, keys_url=elsewhere.owner_url.replace("/moved?", "/moved_keys?"))
    rows, kept = restoring.restore(settings, made.house, made.keys)
    with pytest.raises(dump.TargetNotEmpty):
        restoring.restore(settings, made.house, made.keys)
    moved = front.open_world(settings)
    try:
        assert (rows, kept) == (sum(archive.find(made.house).about["rows"].values()), 3)
        with acting_as(cast.haneul, reading=True) as before:
            told = facts(before)
        haneul, sujin = cast.haneul, cast.sujin
        with acting_in(moved, haneul) as scope:
            assert facts(scope) == told
            assert list(examine.invariants(scope)) == []
        with acting_in(moved, sujin) as scope:
            assert dispatch.claim_next(scope).id > 0
        with acting_in(moved, haneul) as scope:
            workshop.parcels(scope, 2, first=900)
            assert list(examine.invariants(scope)) == []
            assert journal.verify(scope).held is True
    finally:
        moved.engines.dispose()
        moved.keys.close()


def test_a_changed_byte_is_found_among_its_neighbours() -> None:
    data = bytes(range(256)) * 40
    told = sums(data)
    assert flaw("p", data, told) is None
    wrong = data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]
    assert flaw("p", wrong, told) == Flaw("p", "changed", 5000, 5001, was=data[5000], now=data[5000] ^ 1)
    two = b"xx" + data[2:]
    assert flaw("p", two, told) == Flaw("p", "changed", 0, CHUNK)
    whole = sums(data[: 2 * CHUNK])
    assert flaw("p", data[: 2 * CHUNK] + b"!", whole) == Flaw("p", "longer", 2 * CHUNK, 2 * CHUNK)
    assert flaw("p", data[:CHUNK], whole) == Flaw("p", "shorter", CHUNK, 2 * CHUNK)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(archive.NotEmptyFolder):
        archive.begin(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_half_a_backup_is_none(tmp_path: Path) -> None:
    begun = archive.begin(tmp_path / "half", {})
    begun.add("database/orders.00000.jsonl", b"{}")
    with pytest.raises(archive.NoBackup):
        archive.find(tmp_path / "half")
    with pytest.raises(archive.NoBackup):
        archive.manifest_flaw(tmp_path / "half")


KINDS = {
    int: 7, str: "가", bool: True, float: 0.5, bytes: b"\x00\xff", dict: {"a": [1, None, "나"]},
    Decimal: Decimal("1.10"), date: date(2026, 11, 23), datetime: MONDAY,
}  # fmt: skip


@pytest.mark.parametrize("table", [*dump.tables(), *TABLES.sorted_tables], ids=lambda table: table.name)
def test_every_kind_of_column_comes_back_as_it_was(table: Table) -> None:
    for column in table.columns:
        value = KINDS[dict if isinstance(column.type, JSON) else column.type.python_type]
        told = json.loads(json.dumps(dump._written(value)))
        assert (column.name, dump._reader(column)(told)) == (column.name, value)
        assert dump._reader(column)(None) is None
