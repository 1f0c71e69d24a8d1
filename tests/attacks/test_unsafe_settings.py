"""Settings that would put data at risk: the house does not start and says why."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from base import config, migrate
from base.config import ROOT, Unsafe
from tests.cast import Stage, settings_of
from tests.engines import Server

RANDOM = "q7J2mX9cR4vB8nK1zL5wT3yH6gF0dSAp"
PUBLIC = {"DARI_ORIGIN": "https://dari.example", "TRUSTED_HOSTS": "dari.example"}

REFUSED: Mapping[str, tuple[dict[str, str], str]] = {
    "a known key": ({"SECRET_KEY": "dev"}, "SECRET_KEY"),
    "a short key": ({"SECRET_KEY": RANDOM[:31]}, "SECRET_KEY"),
    "one letter, often": ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    "a known word, often": ({"SECRET_KEY": "changeme" * 8}, "SECRET_KEY"),
    "a weak key that is still good": ({"SECRET_KEY": RANDOM, "SECRET_KEY_FALLBACKS": "dev"}, "SECRET_KEY"),
    "debugging": ({"DARI_DEBUG": "1"}, "DARI_DEBUG"),
    "plain http to the world": (
        {"DARI_ORIGIN": "http://dari.example", "TRUSTED_HOSTS": "dari.example"},
        "https",
    ),
    "no host named": ({"DARI_ORIGIN": "https://dari.example"}, "TRUSTED_HOSTS"),
    "other hosts named": (PUBLIC | {"TRUSTED_HOSTS": "www.dari.example"}, "TRUSTED_HOSTS"),
    "every host": (PUBLIC | {"TRUSTED_HOSTS": "."}, "TRUSTED_HOSTS"),
    "a star": (PUBLIC | {"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS"),
    "no address": ({"DARI_ORIGIN": "https://"}, "DARI_ORIGIN"),
    "an address with a path": ({"DARI_ORIGIN": "https://dari.example/shop"}, "DARI_ORIGIN"),
    "an address with a name": ({"DARI_ORIGIN": "https://a:b@dari.example"}, "DARI_ORIGIN"),
    "half an address": ({"DARI_ORIGIN": "http://["}, "DARI_ORIGIN"),
    "proxies in words": ({"DARI_PROXIES": "one"}, "DARI_PROXIES"),
    "proxies beyond number": ({"DARI_PROXIES": "99999999"}, "DARI_PROXIES"),
    "a mode of its own": ({"DARI_ENV": "development"}, "DARI_ENV"),
    "keys beside the rows": ({"DARI_KEYS": "{data}/db"}, "DARI_KEYS"),
    "keys below the rows": ({"DARI_KEYS": "{data}/db/keys"}, "DARI_KEYS"),
    "rows below the keys": ({"DARI_KEYS": "{data}"}, "DARI_KEYS"),
    "keys among the rows": (
        {"DATABASE_URL": "postgresql+psycopg://a@h/d", "DARI_KEYS_URL": "postgresql+psycopg://a@h/d"},
        "DARI_KEYS_URL",
    ),
    "keys in another file": ({"DARI_KEYS_URL": "sqlite:///{data}/keys.db"}, "DARI_KEYS_URL"),
    "rows in memory": ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
    "another database": ({"DATABASE_URL": "mysql://localhost/dari"}, "DATABASE_URL"),
}
STARTED: list[dict[str, str]] = [
    {},
    PUBLIC,
    PUBLIC | {"TRUSTED_HOSTS": ".dari.example, dari.example"},
    PUBLIC | {"DARI_ORIGIN": "https://dari.example:8443/", "DARI_PROXIES": "1"},
    {"DARI_ORIGIN": "http://[::1]:8000"},
    {"SECRET_KEY": RANDOM, "SECRET_KEY_FALLBACKS": RANDOM[::-1]},
]


@pytest.mark.parametrize("case", REFUSED)
def test_unsafe_settings_are_refused_by_name(tmp_path: Path, case: str) -> None:
    given, reason = REFUSED[case]
    environ = {name: value.replace("{data}", str(tmp_path)) for name, value in given.items()}
    with pytest.raises(Unsafe, match=reason):
        config.load({"DARI_DATA": str(tmp_path)} | environ)


@pytest.mark.parametrize("given", STARTED)
def test_safe_settings_start(tmp_path: Path, given: dict[str, str]) -> None:
    assert config.load({"DARI_DATA": str(tmp_path)} | given).env == "production"


@pytest.mark.slow
def test_the_command_line_says_why_and_ends(tmp_path: Path) -> None:
    environ = {
        "DARI_DATA": str(tmp_path / "var"),
        "SECRET_KEY": "dev",
        "DARI_DEBUG": "1",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "app.py", "run"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert (done.returncode, "SECRET_KEY" in done.stderr, "DARI_DEBUG" in done.stderr) == (3, True, True)
    assert "Traceback" not in done.stderr


START = """
import os; os.umask(0)
import app
world = app.the_world()
from base import files
files.put(world.files, b"a photo")
print(world.settings.secret_key, world.keys.derived(1, "journal").hex())
"""


@pytest.mark.slow
def test_two_that_start_at_once_share_secrets_that_nobody_else_reads(tmp_path: Path) -> None:
    """With no mask at all on what they make."""
    environ = os.environ | {"DARI_DATA": str(tmp_path / "shop" / "var")}
    pipe = subprocess.PIPE
    run = [
        subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=environ, stdout=pipe, text=True)
        for _ in range(2)
    ]
    said = {process.communicate(timeout=60)[0] for process in run}
    assert ([process.returncode for process in run], len(said), len(*said) > 80) == ([0, 0], 1, True)
    made = [*tmp_path.rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()}
    files = {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()}
    assert (modes, files, len(made) > 8) == ({0o700}, {0o600}, True)


def test_a_role_that_no_rule_binds_is_refused(pg_server: Server, postgres_stage: Stage) -> None:
    settings = replace(settings_of(postgres_stage.database, postgres_stage.data), env="production")
    migrate.upgrade(settings)
    name = settings.database_url.split("@/", 1)[1].split("?", 1)[0]
    with pytest.raises(Unsafe, match="superuser"):
        migrate.upgrade(replace(settings, database_url=pg_server.dsn_for(name, "postgres")))
