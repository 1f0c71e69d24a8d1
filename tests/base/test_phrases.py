"""Statements made once: what is always the same is written into them, what differs keeps its place."""

from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Dialect, MetaData, String, Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from base.db import Big, Json
from base.phrases import say

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Big, primary_key=True),
    Column("said", String, default="it's 5 % of what?\\"),
    Column("open", Boolean, default=True),
    Column("n", Big, default=-1),
    Column("told", Json, default={}),
    Column("at", String),
)
POSTGRES: Any = postgresql.psycopg.dialect
WRITTEN = "'it''s 5 % of what?\\'"
ASKED = "SELECT things.id FROM things WHERE things.said = "
FIRST = (
    select(THINGS.c.id)
    .where(THINGS.c.said == "it's", THINGS.c.n > bindparam("least"), THINGS.c.id != bindparam("least"))
    .limit(1)
)


@pytest.mark.parametrize(
    ("dialect", "said", "values"),
    [
        (
            POSTGRES(),
            f"{ASKED}'it''s'::VARCHAR AND things.n > $1::BIGINT AND things.id != $1::BIGINT LIMIT 1::INTEGER",
            [7],
        ),
        (
            sqlite.dialect(),
            f"{ASKED}'it''s' AND things.n > ? AND things.id != ? LIMIT 1 OFFSET 0",
            [7, 7],
        ),
    ],
    ids=["postgres", "sqlite"],
)
def test_a_question(dialect: Dialect, said: str, values: list[int]) -> None:
    made = say(FIRST, dialect)
    assert made is not None
    assert (" ".join(made.said.split()), made.filled({"least": 7})) == (said, values)


def test_defaults_are_written_where_every_engine_says_them_alike() -> None:
    row = {"id": 1, "at": "now"}
    on_postgres = say(insert(THINGS).inline(), POSTGRES(), tuple(row))
    on_sqlite = say(insert(THINGS).inline(), sqlite.dialect(), tuple(row))
    assert on_postgres is not None
    assert on_sqlite is not None
    assert (
        on_sqlite.said
        == f"INSERT INTO things (id, said, open, n, told, at) VALUES (?, {WRITTEN}, TRUE, -1, ?, ?)"
    )
    assert on_postgres.said == (
        "INSERT INTO things (id, said, open, n, told, at) VALUES ($1::BIGINT,"
        f" {WRITTEN}::VARCHAR, TRUE, -1::BIGINT, $2::JSONB, $3::VARCHAR)"
    )
    assert on_sqlite.filled(row) == [1, "{}", "now"]
    heard = on_postgres.heard(on_postgres.filled(row))
    assert isinstance(heard, dict)
    assert (heard["said"], heard["n"], heard["at"]) == ("it's 5 % of what?\\", -1, "now")
