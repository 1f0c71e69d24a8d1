"""The ceiling: a Flask view that takes one row in one statement, on the same server with the same settings.

    python -m bench.ceiling SHOP PORT    the settings in the environment, as the house's own server takes them

No session, no permission, no form token, no journal, no money: what a claim costs more is the house's own.
"""

import json
import sqlite3
import sys
from collections.abc import Callable
from threading import Lock, local
from typing import Any

import psycopg
from flask import Flask, Response

from base import config, serve
from base.config import Settings
from bench import bare_hand

LATER = "2099-01-01 00:00:00+00:00"
FIRST = (
    "SELECT id FROM tasks WHERE shop_id = {shop} AND queue = 'packing' AND state = 'open'"
    " ORDER BY slot, due_at, id LIMIT 1"
)
TAKE = (
    "UPDATE tasks SET state = 'claimed', fence = fence + 1, lease_until = '{later}', holder_id ="
    " (SELECT min(id) FROM partners) WHERE id = ({first}) RETURNING id"
)


def bare_app(settings: Settings, shop_id: int) -> Flask:
    """The app with its one view, and a view that says it is ready."""
    app, take = Flask("ceiling"), _taker(settings.database_url, shop_id)

    @app.post("/offers/next")
    def claim() -> Response:
        found = take()
        body = {"task_id": found} if found else {"code": "tasks.nothing_open"}
        return Response(json.dumps(body), status=200 if found else 409, mimetype="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        return Response("{}", mimetype="application/json")

    return app


def _taker(url: str, shop_id: int) -> Callable[[], int | None]:
    """Takes one row and keeps it: SQLite by one connection, PostgreSQL by one each thread."""
    if url.startswith("sqlite"):
        return _on_sqlite(url, shop_id)
    threads, statement = local(), _take(shop_id, " FOR UPDATE SKIP LOCKED")

    def take() -> int | None:
        if not hasattr(threads, "connection"):
            threads.connection = bare_hand.connect(url, shop_id)
        connection: psycopg.Connection[Any] = threads.connection
        row = connection.execute(statement.encode()).fetchone()
        return None if row is None else int(row[0])

    return take


def _on_sqlite(url: str, shop_id: int) -> Callable[[], int | None]:
    one_by_one, statement = Lock(), _take(shop_id, "")
    connection = sqlite3.connect(
        url.removeprefix("sqlite:///"), isolation_level=None, timeout=60, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous=FULL")

    def take() -> int | None:
        with one_by_one:
            row = connection.execute(statement).fetchall()
            return int(row[0][0]) if row else None

    return take


def _take(shop_id: int, locking: str) -> str:
    return TAKE.format(later=LATER, first=FIRST.format(shop=shop_id) + locking)


def main() -> None:
    """Serves until told to stop."""
    settings, shop_id, port = config.load(), int(sys.argv[1]), int(sys.argv[2])
    serve.serve(lambda: (bare_app(settings, shop_id), lambda: None), settings, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
