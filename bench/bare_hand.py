"""One hand at the bare engine: a process of its own that says the recorded statements and nothing else.

    python -m bench.bare_hand    an order in pickle on standard input, then a line to begin; JSON comes back

Every pair is two transactions, each on the disk when it ends, as the house's own are.
"""

import json
import pickle
import sqlite3
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

Connection = Any


def connect(url: str, shop_id: int) -> Connection:
    """A connection of the plain driver, told whose rows it may touch."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
        connection.execute("PRAGMA synchronous=FULL")
        return connection
    import psycopg

    made = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    made.execute("SELECT set_config('dari.shop', %s, false)", [str(shop_id)])
    return made


def claimed(connection: Connection, statement: str, parameters: Any) -> int | None:
    """The id of the task that the recorded claim gave; None when there was none."""
    cursor = connection.execute(statement, parameters)
    names = [one[0] for one in cursor.description]
    row = cursor.fetchone()
    return None if row is None else int(row[names.index("id")])


def work(
    connection: Connection, *, begin: str, take: Any, hand_in: Any, most: int, until: float
) -> list[int]:
    """Claims and hands in until the time or the work is over; the tasks."""
    done: list[int] = []
    transaction = _transaction(connection, begin)
    while len(done) < most and time.perf_counter() < until:
        task_id = transaction(partial(claimed, connection, take.statement, take.parameters))
        if task_id is None:
            break
        transaction(partial(_said, connection, hand_in, task_id))
        done.append(task_id)
    return done


def _said(connection: Connection, statements: Any, task_id: int) -> None:
    for one in statements:
        connection.execute(one.statement, one.about(task_id))


def _transaction(connection: Connection, begin: str) -> Callable[[Callable[[], Any]], Any]:
    def unit(act: Callable[[], Any]) -> Any:
        connection.execute(begin)
        result = act()
        connection.execute("COMMIT")
        return result

    return unit


def main() -> None:
    """Reads what is to be done, waits for the word, and reports."""
    asked = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our own parent)
    connection = connect(asked["url"], asked["shop_id"])
    print("ready", flush=True)
    sys.stdin.buffer.readline()
    began = time.perf_counter()
    tasks = work(
        connection,
        begin=asked["begin"],
        take=asked["take"],
        hand_in=asked["hand_in"],
        most=asked["most"],
        until=began + asked["seconds"],
    )
    print(json.dumps({"tasks": tasks, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
