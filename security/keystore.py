"""The key store: root key -> a shop's key versions (KEK) -> one data key a record (DEK)."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from base.clock import utcnow
from base.db import Engines
from base.errors import Refused
from base.recent import Recent
from security import wrapping
from security.keytables import chunks, count_wraps, deks, keks, keys_of, known, policies
from security.wrapping import BadWrapping, bound

OWN = ":shop"  # the shop's own secret stands among its records' keys and is rewrapped with them
WRAPS_PER_KEK = 2**30  # random 96-bit nonces are safe to 2**32 under one key; we turn long before
KEPT_KEYS, KEPT_KEKS, KEPT_DERIVED = 20_000, 256, 4096


class KeysUnavailable(Refused):
    """The key store or its root key cannot be used now; `why` says which."""

    code = "security.keys_unavailable"
    status = 503


class NoKey(Refused):
    """This record has no key that may be used: unknown, retired or damaged, as `why` says."""

    code = "security.no_key"


class Key(NamedTuple):
    """A record's data key; `id` is its fingerprint, which stands in everything it seals."""

    id: bytes
    secret: bytes


def _key(secret: bytes) -> Key:
    return Key(hashlib.sha256(b"dari key id" + secret).digest()[:4], secret)


def dek_place(shop_id: int, record: str, version: int) -> bytes:
    """What a wrapped data key is bound to: moved elsewhere it does not unwrap."""
    return bound("dek", shop_id, record, version)


def kek_place(shop_id: int, version: int) -> bytes:
    """What a wrapped key version is bound to."""
    return bound("kek", shop_id, version)


class KeyStore:
    """The keys, held open by one process and shared by its threads.

    Key versions and data keys never change once made, so they are remembered by name; which version is the
    latest is read in the same transaction that wraps, so another process's rotation is always seen.
    With `trouble` set, every use raises KeysUnavailable.
    """

    def __init__(self, engines: Engines, root: bytes, trouble: str = "") -> None:
        self.trouble = trouble
        self._engines = engines
        self._root = root
        self._keys: Recent[tuple[int, str], Key] = Recent(KEPT_KEYS)
        self._keks: Recent[tuple[int, int], bytes] = Recent(KEPT_KEKS)
        self._derived: Recent[tuple[int, str], bytes] = Recent(KEPT_DERIVED)

    def new_keys(self, shop_id: int, records: Sequence[str]) -> None:
        """Makes the keys that these records lack, in one transaction; an existing key is never replaced."""
        with self.writing() as store:
            version = self.room_for(store, shop_id, len(records))
            there = known(store, shop_id, records)
            made = {record: wrapping.fresh() for record in dict.fromkeys(records) if record not in there}
            self._add(store, shop_id, version, made)
        for record, secret in made.items():
            self._keys.put((shop_id, record), _key(secret))

    def throw_away(self, shop_id: int, records: Sequence[str]) -> int:
        """Destroys the keys of these records for good, in old backups too; gives how many those were.

        Another process may remember one until it forgets it; what it opened is gone from the rows by then.
        """
        with self.writing() as store:
            here = (deks.c.shop_id == shop_id) & deks.c.record.in_(records) & (deks.c.record != OWN)
            gone = store.execute(delete(deks).where(here)).rowcount
        for record in records:
            self._keys.drop((shop_id, record))
        return gone

    def key(self, shop_id: int, record: str) -> Key:
        """The record's key. Raises NoKey, KeysUnavailable."""
        if self.trouble:
            raise KeysUnavailable(why=self.trouble)
        found = self._keys.get((shop_id, record))
        if found is not None:
            return found
        with self.reading() as store:
            row = store.execute(keys_of(shop_id, [record])).first()
            if row is None:
                raise NoKey(why="unknown")
            return self._learn(store, shop_id, row)

    def warm(self, shop_id: int, records: Sequence[str]) -> None:
        """Learns many keys with few statements, before a list is read; what has no key is passed over."""
        missing = [record for record in records if self._keys.get((shop_id, record)) is None]
        if self.trouble or not missing:
            return
        with self.reading() as store:
            for some in chunks(missing):
                for row in store.execute(keys_of(shop_id, some)).all():
                    self._try_learn(store, shop_id, row)

    def derived(self, shop_id: int, purpose: str) -> bytes:
        """The shop's key for a purpose ("journal", "blind:phone"); rotation does not change it.

        Raises NoKey, KeysUnavailable.
        """
        if self.trouble:
            raise KeysUnavailable(why=self.trouble)
        found = self._derived.get((shop_id, purpose))
        if found is None:
            found = wrapping.derive(self._secret(shop_id), f"dari {purpose}".encode())
            self._derived.put((shop_id, purpose), found)
        return found

    def _secret(self, shop_id: int) -> bytes:
        try:
            return self.key(shop_id, OWN).secret
        except NoKey:
            self.new_keys(shop_id, [])  # a shop seen for the first time; a lost secret stays lost
            return self.key(shop_id, OWN).secret

    def room_for(self, store: Connection, shop_id: int, count: int) -> int:
        """The version to wrap `count` more keys under, its shop locked; a new one when it is worn out."""
        latest = self.lock(store, shop_id)
        wraps = store.scalar(select(keks.c.wraps).where(keks.c.shop_id == shop_id, keks.c.version == latest))
        return latest if (wraps or 0) + count <= WRAPS_PER_KEK else self.add_version(store, shop_id)

    def lock(self, store: Connection, shop_id: int) -> int:
        """Locks the shop's policy and returns its latest version; founds the shop when it is new here."""
        dialect = postgresql if store.dialect.name == "postgresql" else sqlite
        first = dialect.insert(policies).values(shop_id=shop_id, latest=0, min_decryption=1)
        founded = first.on_conflict_do_nothing().returning(policies.c.shop_id)
        if store.scalar(founded) is not None:
            version = self.add_version(store, shop_id)
            self._add(store, shop_id, version, {OWN: wrapping.fresh()})
        mine = policies.c.shop_id == shop_id
        return int(store.execute(select(policies.c.latest).where(mine).with_for_update()).scalar_one())

    def add_version(self, store: Connection, shop_id: int) -> int:
        """Makes the shop's next key version, under which everything from now on is wrapped."""
        mine = policies.c.shop_id == shop_id
        store.execute(update(policies).where(mine).values(latest=policies.c.latest + 1))
        version = int(store.execute(select(policies.c.latest).where(mine)).scalar_one())
        wrapped = wrapping.wrap(self._root, wrapping.fresh(), what=kek_place(shop_id, version))
        facts = {"wraps": 0, "state": "active", "made_at": utcnow()}
        store.execute(insert(keks).values(shop_id=shop_id, version=version, wrapped=wrapped, **facts))
        return version

    def kek(self, store: Connection, shop_id: int, version: int) -> bytes:
        """A key version, unwrapped. Raises NoKey."""
        found = self._keks.get((shop_id, version))
        if found is None:
            here = (keks.c.shop_id == shop_id) & (keks.c.version == version)
            wrapped = store.scalar(select(keks.c.wrapped).where(here))
            if not wrapped:
                raise NoKey(why="retired")
            found = _opened(self._root, wrapped, what=kek_place(shop_id, version))
            self._keks.put((shop_id, version), found)
        return found

    def _add(self, store: Connection, shop_id: int, version: int, made: dict[str, bytes]) -> None:
        if not made:
            return
        kek = self.kek(store, shop_id, version)
        rows = [
            {
                "shop_id": shop_id,
                "record": record,
                "kek_version": version,
                "wrapped": wrapping.wrap(kek, secret, what=dek_place(shop_id, record, version)),
            }
            for record, secret in made.items()
        ]
        store.execute(insert(deks), rows)
        count_wraps(store, shop_id, version, len(rows))

    def _learn(self, store: Connection, shop_id: int, row: Any) -> Key:
        if row.kek_version < row.min_decryption:
            raise NoKey(why="retired")
        kek = self.kek(store, shop_id, row.kek_version)
        place = dek_place(shop_id, row.record, row.kek_version)
        found = _key(_opened(kek, row.wrapped, what=place))
        self._keys.put((shop_id, row.record), found)
        return found

    def _try_learn(self, store: Connection, shop_id: int, row: Any) -> None:
        try:
            self._learn(store, shop_id, row)
        except NoKey:
            return  # whoever asks for this one by name is told why

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look into the store. Raises KeysUnavailable."""
        with self._at_hand(), self._engines.read.connect() as store:
            yield store

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One change of the store, all or nothing. Raises KeysUnavailable."""
        with self._at_hand(), self._engines.write.begin() as store:
            yield store

    @contextmanager
    def _at_hand(self) -> Iterator[None]:
        if self.trouble:
            raise KeysUnavailable(why=self.trouble)
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise  # our mistake, not the store's absence
        except (DatabaseError, InterfaceError, PoolTimeout) as error:
            raise KeysUnavailable(why="store") from error

    def close(self) -> None:
        """Lets go of the store's connections (before a fork, at the end)."""
        self._engines.dispose()


def _opened(under: bytes, wrapped: bytes, *, what: bytes) -> bytes:
    try:
        return wrapping.unwrap(under, wrapped, what=what)
    except BadWrapping as error:
        raise NoKey(why="damaged") from error
