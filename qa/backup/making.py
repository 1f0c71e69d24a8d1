"""Making a backup while the house works: rows of one instant, then the keys, then the files."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from base import archive, dump, files
from base.archive import Archive
from base.clock import utcnow
from base.errors import Refused
from base.scope import World
from security import keycopy
from security.keystore import KeysUnavailable
from security.models import Shop

ALWAYS = datetime.max.replace(tzinfo=UTC)


class KeysBeside(Refused):
    """The keys must lie apart: one folder holds the other. Fact: folder."""

    code = "backup.keys_beside"


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    rows: int
    files: int
    size: int  # bytes, without the keys


def make(world: World, folder: Path, keys_folder: Path) -> Made:
    """Writes both halves. Raises KeysBeside, NotEmptyFolder, KeysUnavailable, FilesAway.

    The order matters: a row's key and its file are written before the row, so whatever the rows of that
    instant name is still met by copying the keys and the files afterwards.
    """
    house, keys = folder.resolve(), keys_folder.resolve()
    if house == keys or house in keys.parents or keys in house.parents:
        raise KeysBeside(folder=str(keys))
    if world.keys.trouble:
        raise KeysUnavailable(why=world.keys.trouble)
    pair = secrets.token_hex(8)
    of_house = archive.begin(house, {"what": "house", "pair": pair, "at": utcnow().isoformat()})
    of_keys = archive.begin(keys, {"what": "keys", "pair": pair})
    rows = _rows(world, of_house)
    for name, data in keycopy.parts(world.keys, world.settings.keys):
        of_keys.add(name, data)
    kept = _files(world, of_house)
    of_keys.close()
    of_house.close()
    return Made(rows, kept, sum(told.size for told in of_house.parts.values()))


def _rows(world: World, made: Archive) -> int:
    counts: Counter[str] = Counter()
    with world.engines.read.connect() as connection:
        dump.at_one_instant(connection)
        made.about |= {"engine": world.engines.dialect, "revision": dump.revision(connection)}
        shops = [0, *connection.scalars(select(Shop.id).order_by(Shop.id))]
        for name, data, rows in dump.parts(connection, "database", dump.tables(), shops):
            made.add(name, data)
            counts[name.removeprefix("database/").partition(".")[0]] += rows
    made.about["rows"] = dict(counts)
    return counts.total()


def _files(world: World, made: Archive) -> int:
    """Every kept file; one that is removed meanwhile (an upload carried out) is nobody's any more."""
    count = 0
    for key in sorted(set(files.older(world.files, ALWAYS))):
        try:
            data = files.get(world.files, key)
        except files.NoFile:
            continue
        made.add(f"files/{key[:2]}/{key[2:4]}/{key}", data)
        count += 1
    return count
