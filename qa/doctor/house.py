"""The installation itself: settings, private files, room on the disk, the form of the database."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from alembic.runtime.migration import MigrationContext

from base import config, migrate
from base.scope import World
from qa.doctor.found import Found, Severity

MEGABYTE = 1_000_000
FULL, CLOSE_TO_FULL = 300 * MEGABYTE, 3000 * MEGABYTE  # bytes left: no order file fits; a week's photos fit
SHOWN = 5


def settings(world: World) -> Iterator[Found]:
    """What would put data at risk."""
    for reason in config.unsafe(world.settings):
        yield Found("settings", facts={"reason": reason})


def private_files(world: World) -> Iterator[Found]:
    """Data, keys and secrets are for this user alone."""
    told = world.settings
    folders = [told.keys, told.data / "secrets", *_local(told.files_url), *_database(told.database_url)]
    for folder in dict.fromkeys(folders):
        loose = [path for path in _all(folder) if path.stat().st_mode & 0o077]
        if loose:
            names = ", ".join(f"{_short(path, told.data)} {_mode(path)}" for path in loose[:SHOWN])
            yield Found("loose_files", facts={"n": len(loose), "names": names})


def _local(files_url: str) -> list[Path]:
    return [] if files_url.startswith("s3://") else [Path(files_url)]


def _database(url: str) -> list[Path]:
    return [Path(url.removeprefix("sqlite:///")).parent] if url.startswith("sqlite:///") else []


def _all(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))] if folder.exists() else []


def _short(path: Path, data: Path) -> str:
    return str(path.relative_to(data)) if path.is_relative_to(data) else str(path)


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def disk(world: World) -> Iterator[Found]:
    """Room to write."""
    told = world.settings
    for folder in {told.data, *_database(told.database_url), *_local(told.files_url)}:
        free = shutil.disk_usage(_there(folder)).free
        if free < CLOSE_TO_FULL:
            severity: Severity = "bad" if free < FULL else "warning"
            yield Found("disk", severity, facts={"folder": str(folder), "mb": free // MEGABYTE})


def _there(folder: Path) -> Path:
    return folder if folder.exists() else _there(folder.parent)


def schema(world: World) -> Iterator[Found]:
    """The database has the newest form, and that form is the models'."""
    with world.engines.read.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision() or ""
        if at != migrate.head():
            yield Found("schema_behind", facts={"at": at or "-", "head": migrate.head()})
        differences = migrate.differences(connection)
    if differences:
        first = str(differences[0][0] if isinstance(differences[0], tuple) else differences[0][0][0])
        yield Found("schema_differs", facts={"n": len(differences), "first": first})
