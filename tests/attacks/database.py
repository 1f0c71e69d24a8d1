"""The database behind a stage, as whoever runs the machine has it in hand."""

import psycopg

from tests.cast import Stage
from tests.engines import Server


def file_of(stage: Stage) -> str:
    return stage.database.url.removeprefix("sqlite:///")


def name_of(stage: Stage) -> str:
    return stage.database.url.split("@/", 1)[1].split("?", 1)[0]


def superuser(stage: Stage, server: Server) -> psycopg.Connection:
    dsn = server.dsn_for(name_of(stage), "postgres").replace("+psycopg", "")
    return psycopg.connect(dsn, autocommit=True)
