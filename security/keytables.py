"""Tables of the key store: a database of its own, never the one that holds what the keys open."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    select,
    update,
)

from base.db import Utc

TABLES = MetaData()
CHUNK = 1000  # names in one statement

roots = Table(
    "roots",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("proof", LargeBinary, nullable=False),  # opens under the right root key and under no other
)
policies = Table(  # nothing is ever wrapped under an older version than `latest`
    "policy",
    TABLES,
    Column("shop_id", BigInteger, primary_key=True, autoincrement=False),
    Column("latest", Integer, nullable=False),
    Column("min_decryption", Integer, nullable=False),  # a key wrapped under an older version is refused
)
keks = Table(
    "keks",
    TABLES,
    Column("shop_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),  # by the root key; empty once retired
    Column("wraps", BigInteger, nullable=False),  # how many keys it has wrapped
    Column("state", String, nullable=False),  # active, retired
    Column("made_at", Utc(), nullable=False),
)
deks = Table(
    "deks",
    TABLES,
    Column("shop_id", BigInteger, primary_key=True, autoincrement=False),
    Column("record", String, primary_key=True),
    Column("kek_version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)


def chunks(records: Sequence[str]) -> Iterator[list[str]]:
    """The records, so many at a time as one statement may name."""
    rest = iter(records)
    while some := list(islice(rest, CHUNK)):
        yield some


def known(store: Connection, shop_id: int, records: Sequence[str]) -> set[str]:
    """Which of these records have a key."""
    found: set[str] = set()
    for some in chunks(records):
        here = (deks.c.shop_id == shop_id) & deks.c.record.in_(some)
        found.update(store.scalars(select(deks.c.record).where(here)))
    return found


def keys_of(shop_id: int, records: Sequence[str]) -> Select[Any]:
    """The wrapped keys of some records, with the oldest version that is not refused."""
    here = (deks.c.shop_id == shop_id) & deks.c.record.in_(records)
    rows = select(deks.c.record, deks.c.kek_version, deks.c.wrapped, policies.c.min_decryption)
    return rows.join(policies, policies.c.shop_id == deks.c.shop_id).where(here)


def count_wraps(store: Connection, shop_id: int, version: int, count: int) -> None:
    """Counts what a key version has wrapped."""
    here = (keks.c.shop_id == shop_id) & (keks.c.version == version)
    store.execute(update(keks).where(here).values(wraps=keks.c.wraps + count))
