"""Putting a backup back into an empty place, and the drill: the same into a place that is thrown away."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from base import archive, config, dump, files, migrate
from base.archive import Found
from base.config import Settings
from base.db import open_engines
from base.errors import Refused
from base.scope import World
from base.sums import Flaw
from qa.backup.making import ALWAYS
from qa.doctor.examine import SHOP, examine
from qa.doctor.found import Found as Finding
from security import keycopy

#: What the doctor looks at in a drill: not what is about today, such as work that waits.
LOOKS = {"schema", "house_journal", *SHOP} - {"calendar", "background"}
OpenWorld = Callable[[Settings], World]


class NotAPair(Refused):
    """These two folders are halves of different backups, or their order is wrong."""

    code = "backup.not_a_pair"


class Flawed(Refused):
    """The backup is not as it was written: nothing was put back. Facts: n, part."""

    code = "backup.flawed"


@dataclass(frozen=True, slots=True)
class Drill:
    """What a rehearsal found: bytes that changed, and what the doctor says of the house put back."""

    rows: int
    files: int
    flaws: tuple[Flaw, ...]
    found: tuple[Finding, ...]

    @property
    def held(self) -> bool:
        return not (self.flaws or self.found)


def flaws(folder: Path, keys_folder: Path) -> Iterator[Flaw]:
    """Everything in both halves that is not as it was written. Raises NoBackup, UnknownFormat."""
    for half in (folder, keys_folder):
        broken = archive.manifest_flaw(half)
        if broken is not None:
            yield broken
        if broken is None or broken.part != archive.MANIFEST:
            yield from archive.find(half).flaws()


def restore(settings: Settings, folder: Path, keys_folder: Path) -> tuple[int, int]:
    """Puts everything back where these settings point; gives rows and files.

    Raises NoBackup, UnknownFormat, Flawed, NotAPair, OtherRevision, TargetNotEmpty.
    """
    wrong = list(flaws(folder, keys_folder))
    if wrong:
        raise Flawed(n=len(wrong), part=wrong[0].part)
    house, keys = archive.find(folder), archive.find(keys_folder)
    _check(settings, house, keys)
    migrate.upgrade(settings)
    keycopy.put_back(settings, keys)
    return _rows(settings, house), _files(settings, house)


def _check(settings: Settings, house: Found, keys: Found) -> None:
    what = (house.about["what"], keys.about["what"], house.about["pair"])
    if what != ("house", "keys", keys.about["pair"]):
        raise NotAPair
    if house.about["revision"] != migrate.head():
        raise dump.OtherRevision(theirs=house.about["revision"], ours=migrate.head())
    keycopy.check_empty(settings)
    if next(files.older(files.open_store(settings.files_url, settings.s3_endpoint), ALWAYS), None):
        raise dump.TargetNotEmpty(what=settings.files_url)
    if not _is_new_file(settings.database_url):
        engines = open_engines(settings.database_owner_url)
        try:
            dump.check_empty(engines.read)
        finally:
            engines.dispose()


def _is_new_file(url: str) -> bool:
    """Whether this is a SQLite file that nobody has made yet: looking would make it."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def _rows(settings: Settings, house: Found) -> int:
    engines = open_engines(settings.database_owner_url)
    told = {name: partial(house.read, name) for name in house.parts if name.startswith("database/")}
    try:
        with engines.write.begin() as connection:
            return dump.put_back(connection, "database", dump.tables(), told)
    finally:
        engines.dispose()


def _files(settings: Settings, house: Found) -> int:
    store = files.open_store(settings.files_url, settings.s3_endpoint)
    names = [name for name in house.parts if name.startswith("files/")]
    for name in names:
        files.write(store, name.rpartition("/")[2], house.read(name))
    return len(names)


def drill(open_world: OpenWorld, folder: Path, keys_folder: Path) -> Drill:
    """Rehearses in a temporary place on SQLite, whatever the house runs on; nothing of the house is touched.

    Raises NoBackup, UnknownFormat, NotAPair, OtherRevision.
    """
    wrong = tuple(flaws(folder, keys_folder))
    if wrong:
        return Drill(0, 0, wrong, ())
    with tempfile.TemporaryDirectory(prefix="dari-drill-") as place:
        settings = config.load({"DARI_DATA": place})
        rows, kept = restore(settings, folder, keys_folder)
        world = open_world(settings)
        try:
            found = tuple(_found(world, rows, archive.find(folder)))
        finally:
            world.engines.dispose()
            world.keys.close()
    return Drill(rows, kept, (), found)


def _found(world: World, rows: int, house: Found) -> Iterator[Finding]:
    """What is wrong with the house that was put back."""
    expected = sum(house.about["rows"].values())
    if rows != expected:
        yield Finding("rows_differ", facts={"n": rows, "expected": expected})
    if world.keys.trouble:
        yield Finding(world.keys.trouble)
    for examined in examine(world):
        if examined.code in LOOKS:
            yield from (one for one in examined.found if one.severity == "bad")
