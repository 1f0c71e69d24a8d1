"""Below the application: PostgreSQL shows a shop only to itself, and no statement on SQLite forgets to name one."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from base.db import Base
from base.guards import APPEND_ONLY
from base.scope import World, acting, undo
from stock.models import Order
from tests.attacks.browser import Reach, send
from tests.attacks.conftest import ActingNow
from tests.attacks.estate import ON_POSTGRES, ON_SQLITE
from tests.cast import Cast, SignedIn, Stage

SHOP_TABLES = sorted(name for name, table in Base.metadata.tables.items() if "shop_id" in table.c)
#: Tables with a shop that are shown to every shop's transactions, and why.
OPEN = {
    "errands": "a worker takes the oldest errand before it knows whose it is, then works in that shop's scope",
    "memberships": "whose browser this is, is asked before the shop is known",
}
LEDGERS = set(APPEND_ONLY)


def as_app(stage: Stage) -> psycopg.Connection:
    return psycopg.connect(stage.database.url.replace("+psycopg", ""), autocommit=True)


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


@ON_POSTGRES
def test_every_table_with_a_shop_is_guarded_or_excused(stage: Stage) -> None:
    with as_app(stage) as app:
        guarded = app.execute(
            "SELECT relname FROM pg_class JOIN pg_policies ON tablename = relname"
            " WHERE relrowsecurity AND relforcerowsecurity AND policyname = 'shop_only'"
        ).fetchall()
        role = app.execute(
            "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user)"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert sorted(set(SHOP_TABLES) - {name for (name,) in guarded}) == sorted(OPEN)
    assert role == (False, False, 0)


@ON_POSTGRES
def test_the_app_without_a_shop_sees_nothing_and_writes_nothing(stage: Stage, cast: Cast) -> None:
    hidden = [table for table in SHOP_TABLES if table not in OPEN]
    with as_app(stage) as app:
        assert {table: count(app, table) for table in hidden} == dict.fromkeys(hidden, 0)
        for table in hidden:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                app.execute(f"INSERT INTO {table} (shop_id) VALUES ({cast.shop_id})".encode())


@ON_POSTGRES
def test_the_app_in_one_shop_neither_sees_nor_touches_another(stage: Stage, cast: Cast) -> None:
    ours, theirs = cast.shop_id, cast.stranger.shop_id
    with as_app(stage) as app:
        app.execute(f"SET dari.shop = '{ours}'".encode())
        for table in (table for table in SHOP_TABLES if table not in OPEN):
            shops = app.execute(f"SELECT DISTINCT shop_id FROM {table}".encode()).fetchall()
            assert set(shops) <= {(ours,)}, table
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                app.execute(f"INSERT INTO {table} (shop_id) VALUES ({theirs})".encode())
            if table in LEDGERS:
                continue
            for act in (f"UPDATE {table} SET shop_id = shop_id", f"DELETE FROM {table}"):
                assert app.execute(f"{act} WHERE shop_id = {theirs}".encode()).rowcount == 0, table
        assert count(app, "orders") > 0


@ON_POSTGRES
def test_a_shop_does_not_stay_in_the_pool(world: World, cast: Cast) -> None:
    """Neither after a commit nor after a rollback; the next transaction of the connection begins with none."""

    def left() -> tuple[str, int]:
        with world.engines.write.connect() as connection:
            named = connection.scalar(text("SELECT coalesce(current_setting('dari.shop', true), '')"))
            return str(named), int(connection.scalar(text("SELECT count(*) FROM orders")) or 0)

    haneul = cast.haneul
    with acting(world, shop_id=haneul.shop_id, actor=haneul.actor) as scope:
        assert scope.session.query(Order).count() > 0
    assert left() == ("", 0)
    with suppress(ZeroDivisionError), acting(world, shop_id=haneul.shop_id, actor=haneul.actor) as scope:
        assert scope.session.query(Order).count() > 0
        raise ZeroDivisionError
    assert left() == ("", 0)
    assert world.engines.write.pool.checkedin() == 1  # type: ignore[attr-defined]


@pytest.mark.both
def test_what_is_read_after_undoing_is_still_this_shops(acting_now: ActingNow, cast: Cast) -> None:
    with acting_now(cast.haneul) as scope:
        before = scope.session.query(Order).where(Order.shop_id == cast.shop_id).count()
        undo(scope)
        assert scope.session.query(Order).where(Order.shop_id == cast.shop_id).count() == before > 0


# --- SQLite has no guard below: the statements themselves are watched -------------------------------------------

TABLE = re.compile(r"\b(?:from|join|update|,)\s+\"?(" + "|".join(SHOP_TABLES) + r")\b", re.IGNORECASE)
NAMED = re.compile(r"\bshop_id (?:=|IN)", re.IGNORECASE)
#: Statements over shop tables that name no shop, by their kind, and why they may.
EXCUSED = {
    r"\bFROM sessions JOIN accounts\b": "the door asks whose browser this is before it knows the shop",
    r"^UPDATE sessions SET\b": "one's own sessions, by account; the role is checked to be one's own",
    r"\bFROM memberships\b.*\bmemberships\.account_id = ": "one's own roles in every shop",
    r"^UPDATE memberships SET accepted_at=": "the role that a single-use link names",
    r"\bFROM sop_revisions .* WHERE sop_revisions\.id = \?$": "the edition a task of the shop is pinned to",
    r"\bFROM defects WHERE (\? = defects\.inspection_id|defects\.inspection_id IN)": "what was found in inspections of the shop",
    r"\bFROM inspections WHERE inspections\.id = \?$": "an inspection of the shop, read again",
    r"\bFROM (sops|tasks|appeals|submissions|photos|pay_proposals) WHERE \1\.id = \?$": "a row of the shop, read again after it was written",
    r"\bFROM (\w*albums|product_pictures|\w*vocabularies)\b.* WHERE \1\.id = \?$": "what a picture in an album of the shop points to",
    r"^UPDATE (stage_clocks|sop_revisions|photos) SET .* WHERE \1\.id = \?$": "the change of a row in hand",
}


@contextmanager
def watched(*engines: Engine) -> Iterator[set[str]]:
    """The statements over shop tables that name no shop."""
    found: set[str] = set()

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        tables = set(TABLE.findall(statement))
        if tables and not statement.upper().startswith("INSERT") and not NAMED.search(statement):
            found.add(" ".join(statement.split()))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)


@ON_SQLITE
def test_no_statement_forgets_the_shop(
    world: World, cast: Cast, signed_in: SignedIn, reach: Mapping[str, Reach]
) -> None:
    """Every page of every role, and every form as it stands."""
    engines = world.engines
    with watched(engines.read, engines.write) as found:
        for who in (cast.haneul, cast.boram, cast.minji):
            client = signed_in(who)
            for address in reach[who.name].addresses:
                client.get(address)
            for form in reach[who.name].forms:
                send(client, form, form.sensible(secrets.token_urlsafe(16)))
    assert [said for said in sorted(found) if not any(re.search(kind, said) for kind in EXCUSED)] == []
