"""Serving: gunicorn with threads, which finishes what is under way when told to stop."""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from base.config import Settings
from base.staying import StayingWorker

THREADS = 16
DRAIN_S = 30

Opened = tuple[Flask, Callable[[], None]]  # the app, and what ends its background work


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn started from inside: the world is opened in the worker, so nothing crosses the fork."""

    def __init__(self, open_: Callable[[], Opened], options: dict[str, Any]) -> None:
        self._open, self._options = open_, options
        self._end: Callable[[], None] = lambda: None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", lambda _server, _worker: self._end())

    def load(self) -> Flask:
        app, self._end = self._open()
        return app


def most(database_url: str, cores: int) -> int:
    """How many processes serve: one a core; beside SQLite's one writer a third would only wait."""
    return min(cores, 2) if database_url.startswith("sqlite") else cores


def serve(open_: Callable[[], Opened], settings: Settings, *, host: str, port: int) -> None:
    """Serves until told to stop, with one process a core (DARI_WORKERS overrides)."""
    workers = int(os.environ.get("DARI_WORKERS", "0")) or most(settings.database_url, os.cpu_count() or 1)
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker_class": StayingWorker,
        "workers": workers,
        "threads": THREADS,
        "graceful_timeout": DRAIN_S,
        "timeout": 120,
        "keepalive": 5,
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 (heartbeats)
    }
    _Server(open_, options).run()
