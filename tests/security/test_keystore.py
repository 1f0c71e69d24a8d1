"""The key store: private, proved by its root key, turned while it is used, killable at any moment."""

import base64
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, update

from base import config
from base.config import ROOT, Settings, Unsafe
from base.recent import Recent
from security import keystore, rotation
from security.keystore import KeyStore, KeysUnavailable, NoKey
from security.keytables import deks, keks
from security.rotation import NotRewrapped
from security.unlock import open_keys
from tests import engines

NOTHING: dict[str, str] = {}


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    return config.load({"DARI_ENV": "test", "DARI_DATA": str(tmp_path / "var")})


@pytest.fixture
def keys(place: Settings) -> Iterator[KeyStore]:
    made = open_keys(place, environ=NOTHING)
    yield made
    made.close()


def sql(place: Settings, statement: str, *values: object) -> list[Any]:
    with sqlite3.connect(place.keys / "keystore.db") as connection:
        rows = connection.execute(statement, values).fetchall()
    connection.close()
    return rows


def again(place: Settings) -> KeyStore:
    """The store as another process sees it, with nothing remembered."""
    return open_keys(place, environ=NOTHING)


def why(keys: KeyStore, shop_id: int, record: str) -> object:
    with pytest.raises(NoKey) as refused:
        keys.key(shop_id, record)
    return refused.value.facts["why"]


# --- files -------------------------------------------------------------------------------------------------


def test_only_this_user_reads_the_files(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in place.keys.iterdir()}
    assert modes == dict.fromkeys(["keystore.db", "keystore.db-shm", "keystore.db-wal", "root.key"], "0o600")
    assert place.keys.stat().st_mode & 0o777 == 0o700


def test_no_key_stands_in_the_store_unwrapped(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    secret = keys.key(1, "a").secret
    keys.close()
    root = (place.keys / "root.key").read_bytes()
    stored = (place.keys / "keystore.db").read_bytes()
    assert len(root) == len(secret) == 32
    assert (stored.count(secret), stored.count(root)) == (0, 0)


@pytest.mark.slow
def test_processes_that_start_together_share_one_root_and_one_secret(place: Settings) -> None:
    script = "from base import config; from security.unlock import open_keys\nprint(open_keys(config.load()).derived(1, 'journal').hex())"
    told = [started(place, script) for _ in range(4)]
    assert len({process.communicate()[0] for process in told}) == 1
    assert [process.returncode for process in told] == [0, 0, 0, 0]


def started(place: Settings, script: str, *words: str) -> subprocess.Popen[str]:
    env = {**os.environ, "DARI_ENV": "test", "DARI_DATA": str(place.data)}
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


# --- the root key ------------------------------------------------------------------------------------------


def lose(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    path.write_bytes(os.urandom(32))


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:31])


@pytest.mark.parametrize(
    ("harm", "trouble"),
    [(lose, "root_key_missing"), (replace, "root_key_wrong"), (shorten, "root_key_wrong")],
)
def test_without_its_root_key_the_store_says_so_and_makes_no_other(
    place: Settings, keys: KeyStore, caplog: pytest.LogCaptureFixture, harm: Any, trouble: str
) -> None:
    keys.new_keys(1, ["a"])
    before, root = keys.key(1, "a"), (place.keys / "root.key").read_bytes()
    harm(place.keys / "root.key")
    left = sorted(path.name for path in place.keys.glob("root*"))
    locked = again(place)
    assert locked.trouble == trouble
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        ("dari.alarm", logging.ERROR, f"keys.unavailable why={trouble}")
    ]
    for act in (
        lambda: locked.key(1, "a"),
        lambda: locked.derived(1, "journal"),
        lambda: locked.new_keys(1, ["b"]),
        lambda: rotation.rotate(locked, 1),
    ):
        with pytest.raises(KeysUnavailable) as refused:
            act()
        assert refused.value.facts == {"why": trouble}
    assert sorted(path.name for path in place.keys.glob("root*")) == left
    (place.keys / "root.key").write_bytes(root)
    assert again(place).key(1, "a") == before


def test_the_root_key_may_come_from_the_environment(place: Settings) -> None:
    given = {"DARI_ROOT_KEY": base64.b64encode(bytes(range(32))).decode()}
    first = open_keys(place, environ=given)
    first.new_keys(1, ["a"])
    assert open_keys(place, environ=given).key(1, "a") == first.key(1, "a")
    assert not (place.keys / "root.key").exists()
    assert open_keys(place, environ=NOTHING).trouble == "root_key_missing"
    assert open_keys(place, environ={"DARI_ROOT_KEY": "c2hvcnQ="}).trouble == "root_key_wrong"
    assert open_keys(place, environ={"DARI_ROOT_KEY": "no base64"}).trouble == "root_key_wrong"


def test_a_spoilt_store_is_trouble_and_not_a_crash(place: Settings, keys: KeyStore) -> None:
    keys.close()
    (place.keys / "keystore.db").write_bytes(b"no database at all" * 1000)
    assert again(place).trouble == "store"


def test_the_store_is_never_the_main_database(place: Settings) -> None:
    with pytest.raises(Unsafe):
        open_keys(place, url=place.database_url, environ=NOTHING)


# --- keys --------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_never_replaced(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    first = keys.key(1, "a")
    keys.new_keys(1, ["a", "b", "b"])
    assert keys.key(1, "a") == first == again(place).key(1, "a")
    assert len({keys.key(1, "a"), keys.key(1, "b")}) == 2
    assert rotation.custody(keys, 1).keys == {1: 3}  # a, b, and the shop's own secret


def test_shops_share_nothing(keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    assert why(keys, 2, "a") == "unknown"
    keys.new_keys(2, ["a"])
    assert keys.key(1, "a") != keys.key(2, "a")
    secrets = {
        keys.derived(shop, purpose)
        for shop in (1, 2)
        for purpose in ("journal", "blind:phone", "blind:last4")
    }
    assert len(secrets) == 6


MOVES = {
    "to another record": "UPDATE deks SET wrapped = (SELECT wrapped FROM deks WHERE shop_id = 1 AND record = 'b') WHERE shop_id = 1 AND record = 'a'",
    "to another shop": "UPDATE deks SET wrapped = (SELECT wrapped FROM deks WHERE shop_id = 2 AND record = 'a') WHERE shop_id = 1 AND record = 'a'",
    "to another version": "UPDATE deks SET kek_version = 2 WHERE shop_id = 1 AND record = 'a'",
    "its version's key from another shop": "UPDATE keks SET wrapped = (SELECT wrapped FROM keks WHERE shop_id = 2 AND version = 1) WHERE shop_id = 1 AND version = 1",
    "its version's key from another version": "UPDATE keks SET wrapped = (SELECT wrapped FROM keks WHERE shop_id = 1 AND version = 2) WHERE shop_id = 1 AND version = 1",
    "cut short": "UPDATE deks SET wrapped = substr(wrapped, 1, 20) WHERE shop_id = 1 AND record = 'a'",
}


@pytest.mark.parametrize("move", MOVES)
def test_a_wrapped_key_that_was_moved_does_not_unwrap(place: Settings, keys: KeyStore, move: str) -> None:
    keys.new_keys(1, ["a", "b"])
    keys.new_keys(2, ["a"])
    rotation.rotate(keys, 1)
    again(place).key(1, "a")
    sql(place, MOVES[move])
    assert why(again(place), 1, "a") == "damaged"


def test_a_version_that_was_moved_does_not_unwrap(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    keys.new_keys(2, ["a"])
    sql(place, MOVES["its version's key from another shop"])
    other = again(place)
    with other.reading() as store, pytest.raises(NoKey):
        other.kek(store, 1, 1)


def test_many_keys_are_learned_together_and_the_missing_passed_over(place: Settings, keys: KeyStore) -> None:
    records = [f"r{number}" for number in range(2500)]
    keys.new_keys(1, records)
    sql(place, "UPDATE deks SET wrapped = x'00' WHERE record = 'r7'")
    other = again(place)
    other.warm(1, [*records, "nobody"])
    sql(place, "DELETE FROM deks WHERE record <> 'r7'")
    assert other.key(1, "r2499") == keys.key(1, "r2499")
    assert (why(other, 1, "nobody"), why(other, 1, "r7")) == ("unknown", "damaged")


def test_a_lost_shop_secret_is_not_made_anew(place: Settings, keys: KeyStore) -> None:
    keys.derived(1, "journal")
    sql(place, "DELETE FROM deks")
    with pytest.raises(NoKey):
        again(place).derived(1, "journal")
    assert sql(place, "SELECT count(*) FROM deks") == [(0,)]


def test_what_is_remembered_is_bounded_and_the_oldest_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.get("a")
    recent.put("c", 3)
    assert [recent.get(name) for name in "abc"] == [1, None, 3]


# --- rotation ----------------------------------------------------------------------------------------------


def test_another_process_sees_a_rotation_at_once(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    assert rotation.rotate(again(place), 1) == 2
    keys.new_keys(1, ["b"])
    assert sql(place, "SELECT record, kek_version FROM deks ORDER BY record") == [
        (":shop", 1),
        ("a", 1),
        ("b", 2),
    ]
    assert again(place).key(1, "b") == keys.key(1, "b")


def test_rotation_and_rewrap_change_no_key(place: Settings, keys: KeyStore) -> None:
    records = [f"r{number}" for number in range(120)]
    keys.new_keys(1, records)
    before = ([keys.key(1, record) for record in records], keys.derived(1, "blind:phone"))
    rotation.rotate(keys, 1)
    steps = list(rotation.rewrap(keys, 1, batch=50))
    assert [(step.done, step.total, step.damaged) for step in steps] == [
        (0, 121, 0),
        (50, 121, 0),
        (100, 121, 0),
        (121, 121, 0),
    ]
    assert rotation.retire(keys, 1) == 2
    fresh = again(place)
    assert ([fresh.key(1, record) for record in records], fresh.derived(1, "blind:phone")) == before
    assert sql(place, "SELECT version, state, length(wrapped) FROM keks") == [
        (1, "retired", 0),
        (2, "active", 60),
    ]


REWRAP = """
import sys
from base import config
from security import rotation
from security.unlock import open_keys
for step in rotation.rewrap(open_keys(config.load()), 1, batch=10):
    print(step.done, step.total, flush=True)
    sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_rewrap_killed_again_and_again_loses_nothing_while_readers_read(
    place: Settings, keys: KeyStore
) -> None:
    records = [f"r{number}" for number in range(600)]
    keys.new_keys(1, records)
    before = [keys.key(1, record) for record in records]
    rotation.rotate(keys, 1)
    for _ in range(6):
        behind, reader = rotation.custody(keys, 1).behind, again(place)
        with started(place, REWRAP) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            for number in range(3):
                print(file=process.stdin, flush=True)
                process.stdout.readline()
                reader.warm(1, records[number::3])  # 200 reads while it writes
            print("\n" * 4, file=process.stdin, flush=True)  # lets it run, and kills it on its way
            process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert [reader.key(1, record) for record in records] == before
        reader.close()
        assert 0 < rotation.custody(keys, 1).behind < behind
    list(rotation.rewrap(keys, 1))
    assert rotation.custody(keys, 1).keys == {2: 601}
    rotation.retire(keys, 1)
    fresh = again(place)
    fresh.warm(1, records)
    assert [fresh.key(1, record) for record in records] == before


def test_a_key_from_an_old_copy_of_the_store_is_refused_once_its_version_is_retired(
    place: Settings, keys: KeyStore
) -> None:
    keys.new_keys(1, ["a"])
    old_dek = sql(place, "SELECT wrapped FROM deks WHERE record = 'a'")[0][0]
    old_kek = sql(place, "SELECT wrapped FROM keks WHERE version = 1")[0][0]
    rotation.rotate(keys, 1)
    list(rotation.rewrap(keys, 1))
    restore = "UPDATE deks SET wrapped = ?, kek_version = 1 WHERE record = 'a'"
    sql(place, restore, old_dek)
    assert again(place).key(1, "a") == keys.key(1, "a")  # not retired yet
    list(rotation.rewrap(keys, 1))
    rotation.retire(keys, 1)
    sql(place, restore, old_dek)
    sql(place, "UPDATE keks SET wrapped = ?, state = 'active' WHERE version = 1", old_kek)
    assert why(again(place), 1, "a") == "retired"


def test_nothing_is_retired_while_a_key_needs_it(keys: KeyStore) -> None:
    keys.new_keys(1, ["a", "b"])
    rotation.rotate(keys, 1)
    with pytest.raises(NotRewrapped) as refused:
        rotation.retire(keys, 1)
    assert refused.value.facts == {"left": 3}
    assert rotation.custody(keys, 1).min_decryption == 1


def test_a_damaged_key_is_passed_over_and_told(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a", "b", "c"])
    sql(place, "UPDATE deks SET wrapped = x'00' WHERE record = 'b'")
    rotation.rotate(keys, 1)
    end = list(rotation.rewrap(keys, 1, batch=1))[-1]
    assert (end.done, end.total, end.damaged) == (3, 4, 1)
    assert sql(place, "SELECT record, kek_version FROM deks ORDER BY record") == [
        (":shop", 2),
        ("a", 2),
        ("b", 1),
        ("c", 2),
    ]


def test_a_version_that_has_wrapped_enough_is_turned_by_itself(place: Settings, keys: KeyStore) -> None:
    keys.new_keys(1, ["a"])
    assert sql(place, "SELECT wraps FROM keks") == [(2,)]
    sql(place, "UPDATE keks SET wraps = ?", keystore.WRAPS_PER_KEK - 2)
    keys.new_keys(1, ["b", "c"])
    keys.new_keys(1, ["d"])
    assert sql(place, "SELECT record, kek_version FROM deks ORDER BY record") == [
        (":shop", 1),
        ("a", 1),
        ("b", 1),
        ("c", 1),
        ("d", 2),
    ]


def test_several_hosts_share_a_store_on_postgresql(place: Settings, pg_server: engines.Server) -> None:
    pg_server.create("keystore")
    url = pg_server.dsn_for("keystore", "dari_owner")
    first, second = (open_keys(place, url=url, environ=NOTHING) for _ in range(2))
    first.new_keys(1, ["a", "b"])
    assert second.key(1, "a") == first.key(1, "a")
    assert second.derived(1, "journal") == first.derived(1, "journal")
    assert rotation.rotate(second, 1) == 2
    first.new_keys(1, ["c"])
    assert list(rotation.rewrap(first, 1))[-1].done == 3
    assert rotation.retire(second, 1) == 2
    assert rotation.shops(first) == [1]
    raw = create_engine(url)
    with raw.begin() as connection:
        assert connection.execute(select(keks.c.version, keks.c.state).order_by(keks.c.version)).all() == [
            (1, "retired"),
            (2, "active"),
        ]
        connection.execute(update(deks).where(deks.c.record == "a").values(kek_version=1))
    raw.dispose()
    third = open_keys(place, url=url, environ=NOTHING)
    assert (why(third, 1, "a"), third.key(1, "c")) == ("retired", first.key(1, "c"))
    for store in (first, second, third):
        store.close()
    pg_server.drop("keystore")
