"""The database engine: its edition, its settings, what it refuses by itself."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from base.clock import utcnow
from base.db import Base
from base.guards import APPEND_ONLY
from base.scope import World
from qa.doctor.found import Found, listed

SAFE_SQLITE = (3, 51, 3)  # older ones can damage a WAL database, rarely (sqlite.org/wal.html#walresetbug)
PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
#: Looked at before anybody's shop is known: whose errand, whose session, whose chain.
OVER_ALL_SHOPS = {"errands", "memberships", "audit_heads"}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
MOST_SKEW_S = 5


def engine(world: World) -> Iterator[Found]:
    """Everything about the engine in use."""
    looks = _postgres if world.engines.dialect == "postgresql" else _sqlite
    with world.engines.read.connect() as connection:
        yield from looks(connection)


def _sqlite(connection: Connection) -> Iterator[Found]:
    version = str(connection.scalar(text("SELECT sqlite_version()")))
    if tuple(map(int, version.split("."))) < SAFE_SQLITE:
        yield Found("sqlite_old", "warning", facts={"version": version})
    for name, wanted in PRAGMAS.items():
        value = str(connection.scalar(text(f"PRAGMA {name}")))
        if value != wanted:
            yield Found("sqlite_setting", facts={"name": name, "value": value, "wanted": wanted})
    said = [str(row[0]) for row in connection.execute(text("PRAGMA quick_check"))]
    if said != ["ok"]:
        yield Found("sqlite_damaged", facts={"n": len(said)})
    broken = [f"{row[0]}#{row[1]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
    if broken:
        yield Found("foreign_keys", facts={"n": len(broken), "rows": listed(broken)})
    yield from _unguarded(connection, _SQLITE_TRIGGERS, per_table=2)


def _postgres(connection: Connection) -> Iterator[Found]:
    role = connection.execute(
        text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).one()
    if role[1]:
        yield Found("superuser", facts={"role": role[0]})
    owned = list(connection.scalars(_OWNED))
    if owned:
        yield Found("owner", facts={"role": role[0], "n": len(owned)})
    open_ = [name for name in connection.scalars(_WITHOUT_RLS) if name in _shop_tables()]
    if open_:
        yield Found("rls_off", facts={"n": len(open_), "tables": listed(open_)})
    yield from _unguarded(connection, _POSTGRES_TRIGGERS, per_table=1)
    for name in DURABLE:
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield Found("not_durable", "warning", facts={"name": name})
    skew = abs((connection.scalar(text("SELECT clock_timestamp()")) - utcnow()).total_seconds())
    if skew > MOST_SKEW_S:
        yield Found("clock_skew", "warning", facts={"seconds": round(skew)})


def _shop_tables() -> set[str]:
    """The tables whose rows belong to a shop."""
    owned = {name for name, table in Base.metadata.tables.items() if "shop_id" in table.columns}
    return owned - OVER_ALL_SHOPS


def _unguarded(connection: Connection, triggers: object, *, per_table: int) -> Iterator[Found]:
    """Ledgers that the database would let somebody change."""
    there = [str(name) for name in connection.scalars(triggers)]  # type: ignore[call-overload]
    open_ = [table for table in APPEND_ONLY if there.count(table) < per_table]
    if open_:
        yield Found("ledger_open", facts={"n": len(open_), "tables": listed(open_)})


_SQLITE_TRIGGERS = text(
    "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
)
_POSTGRES_TRIGGERS = text(
    "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled <> 'D'"
)
_OWNED = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
_WITHOUT_RLS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity"
    " AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))"
    " ORDER BY c.relname"
)
