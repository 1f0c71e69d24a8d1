"""The journal: every line chained to the one before, every change to it named, on both engines."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from base import guards
from base.config import ROOT
from base.scope import THE_HOUSE, Actor, World, acting, undo
from security import audit, chain, journal, unlock
from security.audit import PersonalInJournal
from security.chain import Line, Verdict
from security.keystore import KeysUnavailable
from tests.cast import MONDAY

pytestmark = pytest.mark.both  # triggers and one chain

SHOP, OTHER = 901, 902  # nobody has written there yet
MINJI = Actor(id=7, role="partner", partner_id=9)


def verdict(world: World, shop_id: int) -> Verdict:
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        return journal.verify(scope)


def length(world: World, shop_id: int) -> int:
    found = verdict(world, shop_id)
    assert found.held
    return found.lines


def write(world: World, shop_id: int, *acts: str) -> None:
    for minute, act in enumerate(acts):
        now = MONDAY + timedelta(minutes=minute)
        with acting(world, shop_id=shop_id, actor=MINJI, now=now, ip="192.0.2.1") as scope:
            audit.note(scope, act, "order", 7, n=1)


def lines(world: World, shop_id: int = SHOP) -> list[journal.Entry]:
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        return journal.lines(scope, size=500).rows


# --- writing -----------------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_when_and_from_where(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=MINJI, now=MONDAY, ip="192.0.2.1") as scope:
        audit.note(scope, "task.claimed", "task", 7, fence=3, kind="packing", late=False, team=None)
    assert lines(world) == [
        journal.Entry(
            seq=1,
            at=MONDAY,
            actor_id=MINJI.id,
            role="partner",
            act="task.claimed",
            subject="task",
            subject_id=7,
            ip="192.0.2.1",
            facts={"fence": 3, "kind": "packing", "late": False, "team": None},
        )
    ]


def test_lines_and_their_cause_are_kept_or_lost_together(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        audit.note(scope, "task.claimed", "task", 7)
        undo(scope)
    assert length(world, SHOP) == 0


def test_a_line_noted_while_the_scope_closes_is_written_as_well(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=MINJI) as scope:
        audit.note(scope, "first")
        scope.closing.append(lambda: audit.note(scope, "last"))
        audit.note(scope.as_house(), "second")
    assert [(line.seq, line.act, line.role) for line in lines(world)] == [
        (3, "last", "partner"),
        (2, "second", "house"),
        (1, "first", "partner"),
    ]
    assert length(world, SHOP) == 3


def test_each_shop_of_a_transaction_gets_its_own_lines(world: World) -> None:
    house = length(world, 0)
    with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
        audit.note(scope, "house.line")
        audit.note(scope.inside(OTHER), "other.line")
        audit.note(scope.inside(SHOP), "own.line")
        audit.note(scope, "house.again")
    assert [length(world, shop) for shop in (0, SHOP, OTHER)] == [house + 2, 1, 1]


def test_pages_of_the_journal(world: World) -> None:
    write(world, SHOP, *(f"act.{number}" for number in range(7)))
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        audit.note(scope, "task.claimed", "task", 7)
    with acting(world, shop_id=SHOP, actor=THE_HOUSE, reading=True) as scope:
        first = journal.lines(scope, subject="order", subject_id=7, size=4)
        second = journal.lines(scope, subject="order", subject_id=7, size=4, after=first.next)
        told = journal.lines(scope, actor_id=MINJI.id, act="act.3")
    assert [line.act for line in first.rows] == ["act.6", "act.5", "act.4", "act.3"]
    assert [line.act for line in second.rows] == ["act.2", "act.1", "act.0"]
    assert (second.next, [line.seq for line in told.rows]) == ("", [4])
    assert lines(world, OTHER) == []


# --- what may stand in a line ------------------------------------------------------------------------------

PLAIN = [
    0, -5, 999_999_999_999, True, False, None, "", "owner", "sku_conflict", "online-retail", "2026-11-23",
    "2026-11-23T09:00:00+00:00", "1.2.3", "a" * 64, "sha256:0badc0de", hashlib.sha256(b"x").hexdigest(),
    "123456", "orders/2026/11", "B-1024", "0f" * 16,
]  # fmt: skip
PERSONAL = [
    "김민수", "Kim Minsu", "kim@example.com", "010-1234-5678", "01012345678", "+821012345678", "02-123-4567",
    "tel:010-1234-5678", "phone=01012345678", "900101-1234567", "9001011234567", "4111111111111111",
    "1588-1234", "06236 Seoul", "a" * 65, "line\nbreak", '{"x":1}', 1_234_567_890_123, 1.5, b"x", ["a"], {"a": 1},
    MONDAY, "010.1234.5678", "https://example.com/?q=1",
]  # fmt: skip


@pytest.mark.parametrize("fact", PLAIN)
def test_ids_numbers_and_codes_may_stand_in_the_journal(fact: object) -> None:
    assert audit.is_plain(fact)


@pytest.mark.parametrize("fact", PERSONAL)
def test_anything_that_may_be_personal_may_not(fact: object) -> None:
    assert not audit.is_plain(fact)


def test_a_personal_fact_is_refused_and_not_repeated(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=MINJI) as scope, pytest.raises(PersonalInJournal) as refused:
        audit.note(scope, "order.placed", phone="010-1234-5678")
    assert str(refused.value) == "order.placed: phone"


# --- tampering ---------------------------------------------------------------------------------------------


@contextmanager
def as_owner(world: World, shop_id: int) -> Iterator[Connection]:
    """The database in the hands of whoever owns it: the triggers are out of the way."""
    engine = create_engine(world.settings.database_owner_url)
    with engine.begin() as connection:
        for statement in guards.undone(engine.dialect.name, "audit_entries"):
            connection.execute(text(statement))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('dari.shop', :shop, true)"), {"shop": str(shop_id)})
        yield connection
    engine.dispose()


LINE = "shop_id = :shop AND seq = :seq"
ADD = (
    "INSERT INTO audit_entries (shop_id, seq, at, actor_id, role, act, subject, subject_id, ip, facts, mac)"
    " SELECT shop_id, :seq + 4, at, actor_id, role, act, subject, subject_id, ip, facts, mac"
    " FROM audit_entries WHERE shop_id = :shop AND seq = :seq"
)
TAMPERED: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a fact edited": ((f"UPDATE audit_entries SET facts = '{{}}' WHERE {LINE}",), 3, "altered"),
    "an actor edited": ((f"UPDATE audit_entries SET actor_id = 99 WHERE {LINE}",), 3, "altered"),
    "an act edited": ((f"UPDATE audit_entries SET act = 'other' WHERE {LINE}",), 3, "altered"),
    "a role edited": ((f"UPDATE audit_entries SET role = 'owner' WHERE {LINE}",), 3, "altered"),
    "an address edited": ((f"UPDATE audit_entries SET ip = '192.0.2.9' WHERE {LINE}",), 3, "altered"),
    "a subject edited": ((f"UPDATE audit_entries SET subject_id = 8 WHERE {LINE}",), 3, "altered"),
    "a code edited": ((f"UPDATE audit_entries SET mac = (SELECT mac FROM audit_heads WHERE shop_id = :shop) WHERE {LINE}",), 3, "altered"),
    "a time edited": ((f"UPDATE audit_entries SET at = (SELECT min(at) FROM audit_entries WHERE shop_id = :shop) WHERE {LINE}",), 3, "altered"),
    "a line removed": ((f"DELETE FROM audit_entries WHERE {LINE}",), 3, "missing"),
    "a line removed and the rest moved up": (
        (f"DELETE FROM audit_entries WHERE {LINE}", "UPDATE audit_entries SET seq = seq - 1000 WHERE shop_id = :shop AND seq > :seq",
         "UPDATE audit_entries SET seq = seq + 999 WHERE shop_id = :shop AND seq < 0"), 3, "altered"),
    "two lines swapped": (
        (f"UPDATE audit_entries SET seq = -1 WHERE {LINE}", "UPDATE audit_entries SET seq = :seq WHERE shop_id = :shop AND seq = :seq + 2",
         "UPDATE audit_entries SET seq = :seq + 2 WHERE shop_id = :shop AND seq = -1"), 3, "altered"),
    "the tail cut": (("DELETE FROM audit_entries WHERE shop_id = :shop AND seq >= :seq",), 3, "cut"),
    "the tail cut and the head set back": (
        ("DELETE FROM audit_entries WHERE shop_id = :shop AND seq >= :seq",
         "UPDATE audit_heads SET seq = :seq - 1, mac = (SELECT mac FROM audit_entries WHERE shop_id = :shop AND seq = :seq - 1) WHERE shop_id = :shop"), 2, "head"),
    "the head removed": (("DELETE FROM audit_heads WHERE shop_id = :shop",), 1, "beyond"),
    "the head's code changed": (("UPDATE audit_heads SET mac = (SELECT max(mac) FROM audit_entries WHERE shop_id = :shop) WHERE shop_id = :shop",), 6, "head"),
    "a line added": (
        (ADD,), 7, "beyond"),
    "a line added and counted": (
        (ADD,
         "UPDATE audit_heads SET seq = :seq + 4 WHERE shop_id = :shop"), 7, "altered"),
}  # fmt: skip


def test_the_first_bad_line_is_named(world: World) -> None:
    """A shop for each harm, six lines each; `:seq` is the third."""
    found = {}
    for shop, (harm, (statements, _, _)) in enumerate(TAMPERED.items(), start=SHOP):
        write(world, shop, "one", "two", "three", "four", "five", "six")
        with as_owner(world, shop) as connection:
            for statement in statements:
                values = {"shop": shop} | ({"seq": 3} if ":seq" in statement else {})
                assert connection.execute(text(statement), values).rowcount > 0
        told = verdict(world, shop)
        found[harm] = (told.first_bad, told.why)
    assert found == {harm: (first_bad, why) for harm, (_, first_bad, why) in TAMPERED.items()}


def told(connection: Connection, shop_id: int, seq: int) -> tuple[Line, bytes]:
    names = ", ".join(Line.__slots__)
    row = connection.execute(
        text(f"SELECT {names}, mac FROM audit_entries WHERE {LINE}"), {"shop": shop_id, "seq": seq}
    ).one()
    *facts, mac = row
    facts[2] = datetime.fromisoformat(facts[2]).replace(tzinfo=UTC) if isinstance(facts[2], str) else facts[2]
    return Line(*facts), bytes(mac)


def test_a_line_forged_as_one_written_without_keys_is_named(world: World) -> None:
    write(world, SHOP, "one", "two", "three")
    with as_owner(world, SHOP) as connection:
        line, _ = told(connection, SHOP, 2)
        forged = replace(line, act="forged")
        mac = chain.chained(None, b"a guess at what came before.....", forged)
        change = text(f"UPDATE audit_entries SET act = 'forged', mac = :mac WHERE {LINE}")
        connection.execute(change, {"mac": mac, "shop": SHOP, "seq": 2})
    assert verdict(world, SHOP) == Verdict(1, 2, "altered")


def test_the_database_itself_refuses_to_change_a_line(world: World) -> None:
    write(world, SHOP, "one")
    refused = [
        f"{verb} audit_entries{rest}" for verb, rest in (("UPDATE", " SET act = 'x'"), ("DELETE FROM", ""))
    ]
    if world.engines.dialect == "postgresql":
        refused.append("TRUNCATE audit_entries")
    for url in {world.settings.database_url, world.settings.database_owner_url}:
        engine = create_engine(url)
        for statement in refused:
            with pytest.raises(DBAPIError), engine.begin() as connection:
                connection.execute(text(statement))
        engine.dispose()
    assert verdict(world, SHOP).held


# --- without the keys --------------------------------------------------------------------------------------


def test_lines_written_without_the_keys_count_once_somebody_vouches_for_them(world: World) -> None:
    root = (world.settings.keys / "root.key").read_bytes()
    (world.settings.keys / "root.key").write_bytes(os.urandom(32))
    locked = replace(world, keys=unlock.open_keys(world.settings))
    write(locked, SHOP, "one", "two")
    with pytest.raises(KeysUnavailable):
        verdict(locked, SHOP)
    (world.settings.keys / "root.key").write_bytes(root)
    write(world, SHOP, "three")
    assert verdict(world, SHOP) == Verdict(3, 1, "unsealed")
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        assert journal.accept(scope) == 3
    assert length(world, SHOP) == 4
    write(locked, SHOP, "four")
    assert verdict(world, SHOP) == Verdict(5, 5, "unsealed")
    with as_owner(world, SHOP) as connection:
        connection.execute(text(f"UPDATE audit_entries SET act = 'x' WHERE {LINE}"), {"shop": SHOP, "seq": 2})
    assert verdict(world, SHOP) == Verdict(1, 1, "altered")


def test_there_is_nothing_to_vouch_for_in_a_whole_or_a_broken_chain(world: World) -> None:
    def accept() -> object:
        with (
            acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope,
            pytest.raises(journal.NothingToAccept) as refused,
        ):
            journal.accept(scope)
        return refused.value.facts["why"]

    write(world, SHOP, "one")
    assert accept() == ""
    with as_owner(world, SHOP) as connection:
        connection.execute(text("UPDATE audit_entries SET act = 'x' WHERE shop_id = :shop"), {"shop": SHOP})
    assert accept() == "altered"


# --- the rule by itself ------------------------------------------------------------------------------------

KEY = bytes(range(32))
ONE = Line(3, 1, MONDAY, 7, "partner", "task.claimed", "task", 9, "192.0.2.1", '{"fence":3}')


def test_the_chain_is_made_as_it_always_was() -> None:
    body = json.dumps(
        [
            3,
            1,
            "2026-11-23T00:00:00.000000+00:00",
            7,
            "partner",
            "192.0.2.1",
            "task.claimed",
            "task",
            9,
            '{"fence":3}',
        ],
        separators=(",", ":"),
    )

    mac = hmac.new(KEY, b"line|" + bytes(32) + b"|" + body.encode(), "sha256").digest()
    assert chain.chained(KEY, chain.START, ONE) == mac
    assert chain.onward(KEY, ONE, mac) == hmac.new(KEY, b"head|1|" + mac, "sha256").digest()


def linked(*keys: bytes | None) -> tuple[list[tuple[Line, bytes]], bytes]:
    lines, link = [], chain.START
    for number, key in enumerate(keys, start=1):
        line = replace(ONE, seq=number)
        mac = chain.chained(key, link, line)
        link = chain.onward(key, line, mac)
        lines.append((line, mac))
    return lines, link


def test_a_tail_rewritten_without_the_key_is_named_from_its_first_line() -> None:
    lines, _ = linked(KEY, KEY, KEY, KEY)
    link = chain.onward(KEY, *lines[1])
    forged = replace(ONE, seq=3, act="forged")
    mac = chain.chained(None, link, forged)
    rewritten = [*lines[:2], (forged, mac)]
    assert chain.walk(KEY, rewritten, head_seq=3, head_mac=mac) == Verdict(3, 3, "unsealed")
    assert chain.walk(KEY, [*lines[:2], (forged, mac), lines[3]], head_seq=4, head_mac=mac) == Verdict(
        3, 3, "altered"
    )


def test_another_shops_key_verifies_nothing() -> None:
    lines, head = linked(KEY, KEY)
    assert chain.walk(KEY, lines, head_seq=2, head_mac=head) == Verdict(2)
    assert chain.walk(bytes(32), lines, head_seq=2, head_mac=head) == Verdict(0, 1, "altered")


def test_an_empty_journal_holds() -> None:
    assert chain.walk(KEY, [], head_seq=0, head_mac=chain.START) == Verdict(0)


# --- many writers ------------------------------------------------------------------------------------------

WRITER = """
import sys
from base import config
from base.db import open_engines
from base.scope import THE_HOUSE, World, acting, persistently
from security import audit, unlock
shop, who, settings = int(sys.argv[1]), int(sys.argv[2]), config.load()
world = World(settings, open_engines(settings.database_url), {}, unlock.open_keys(settings), None)
def once():
    with acting(world, shop_id=shop, actor=THE_HOUSE) as scope:
        audit.note(scope, "test.line", "writer", who)
print(flush=True)
sys.stdin.readline()
for _ in range(100):
    persistently(once)
"""


def test_four_processes_write_one_unbroken_chain(world: World) -> None:
    settings = world.settings
    env = {**os.environ, "DARI_ENV": "test", "DARI_DATA": str(settings.data)}
    env |= {"DATABASE_URL": settings.database_url, "DATABASE_OWNER_URL": settings.database_owner_url}
    command = [sys.executable, "-c", WRITER, str(SHOP)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "env": env}
    writers = [subprocess.Popen([*command, str(who)], **pipes) for who in range(1, 5)]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert length(world, SHOP) == 400
    with acting(world, shop_id=SHOP, actor=THE_HOUSE, reading=True) as scope:
        assert [
            len(journal.lines(scope, subject="writer", subject_id=who, size=200).rows) for who in range(1, 5)
        ] == [100] * 4
