"""What a server that runs for days works out once, a test process works out once too: pages, routes, statements.

Every test has an app and engines of its own, as it should; without this, each would compile again the same
templates, the same addresses and the same SQL, which took a third of the suite's time. Compiled pages lie in a
folder of the run as well, for its other processes and for the servers that they start.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

FOLDER = "DARI_TESTS_PAGES"  # in the environment: the first process of a run tells the others


def folder() -> Path:
    """Where this run keeps compiled pages; whoever asks first makes it, and takes it away at the end."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="dari-pages-")
        atexit.register(_take_away, os.environ[FOLDER], os.getpid())
    return Path(os.environ[FOLDER])


def _take_away(made: str, by: int) -> None:
    if os.getpid() == by:  # and not a fork of it
        shutil.rmtree(made, ignore_errors=True)


def keep_pages(below: Path) -> None:
    """Lets every app of this process use the pages that any process of this run compiled."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Pages(below)}


def stay_warm() -> None:
    """Lets every app and engine of this process use what those before it compiled."""
    keep_pages(folder())
    Flask.url_rule_class = Address
    registry.register("sqlite", __name__, "Sqlite")
    registry.register("postgresql.psycopg", __name__, "Postgres")


class Pages(BytecodeCache):
    """Compiled templates, by what stands in them: in this process's memory, else in the run's folder."""

    def __init__(self, below: Path) -> None:
        self.made: dict[tuple[str, str], CodeType | None] = {}
        self.files = FileSystemBytecodeCache(str(below))

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.made.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            self.files.load_bytecode(bucket)
            self.made[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.made[bucket.key, bucket.checksum] = bucket.code
        with suppress(OSError):  # a disk that tests have filled, or a folder that is gone
            self.files.dump_bytecode(bucket)


class Address(Rule):
    """A route; how its address is put together is worked out once for all routes that read alike."""

    _made: ClassVar[dict[object, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._made:
            self._made[key] = super()._compile_builder(append_unknown)
        return self._made[key]


class Alike:
    """A dialect that is as good as any other of its kind: one server, one driver, one set of options."""

    supports_statement_cache = True
    _statements = LRUCache[Any, Any](20_000)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._statements)


class Sqlite(Alike, SQLiteDialect_pysqlite):
    """SQLite as every test opens it."""

    supports_statement_cache = True


class Postgres(Alike, PGDialect_psycopg):
    """PostgreSQL as every test opens it."""

    supports_statement_cache = True
