"""Turning a shop's keys while the house runs: rotate, rewrap in small steps, retire what is old."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from base.errors import Refused
from security import wrapping
from security.keystore import KeyStore, NoKey, dek_place
from security.keytables import count_wraps, deks, keks, policies
from security.wrapping import BadWrapping


class NotRewrapped(Refused):
    """Old key versions still wrap `left` keys: retiring them would make those records unreadable."""

    code = "security.not_rewrapped"


@dataclass(frozen=True, slots=True)
class Custody:
    """How a shop's keys stand: versions, keys under each, and how many wait to be rewrapped."""

    shop_id: int
    latest: int
    min_decryption: int
    keys: dict[int, int]

    @property
    def behind(self) -> int:
        return sum(count for version, count in self.keys.items() if version < self.latest)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rewrap has come; `damaged` keys could not be unwrapped and were left as they are."""

    done: int
    total: int
    damaged: int


def shops(keys: KeyStore) -> list[int]:
    """Every shop that has keys; 0 is the house. Raises KeysUnavailable."""
    with keys.reading() as store:
        return list(store.scalars(select(policies.c.shop_id).order_by(policies.c.shop_id)))


def custody(keys: KeyStore, shop_id: int) -> Custody:
    """How the shop's keys stand. Raises KeysUnavailable."""
    with keys.reading() as store:
        policy = store.execute(select(policies).where(policies.c.shop_id == shop_id)).first()
        counted = select(deks.c.kek_version, func.count()).where(deks.c.shop_id == shop_id)
        rows = store.execute(counted.group_by(deks.c.kek_version).order_by(deks.c.kek_version)).all()
    if policy is None:
        return Custody(shop_id, 0, 0, {})
    return Custody(shop_id, policy.latest, policy.min_decryption, {row[0]: row[1] for row in rows})


def rotate(keys: KeyStore, shop_id: int) -> int:
    """Makes the shop's next key version and returns it. Raises KeysUnavailable."""
    with keys.writing() as store:
        keys.lock(store, shop_id)
        return keys.add_version(store, shop_id)


def rewrap(keys: KeyStore, shop_id: int, *, batch: int = 500) -> Iterator[Progress]:
    """Wraps every key under the latest version, a small transaction at a time; says how far after each.

    Killed at any moment it has lost nothing, and the next run goes on. Raises KeysUnavailable.
    """
    total = custody(keys, shop_id).behind
    done, damaged, after = 0, 0, ""
    yield Progress(done, total, damaged)
    while True:
        with keys.writing() as store:
            latest = keys.room_for(store, shop_id, batch)
            rows = _behind(store, shop_id, latest, after, batch)
            moved = [new for row in rows if (new := _rewrapped(keys, store, shop_id, row, latest))]
            _keep(store, shop_id, latest, moved)
        if not rows:
            return
        after = rows[-1].record
        done, damaged = done + len(moved), damaged + len(rows) - len(moved)
        yield Progress(done, total, damaged)


def _behind(store: Connection, shop_id: int, latest: int, after: str, batch: int) -> list[Any]:
    here = (deks.c.shop_id == shop_id) & (deks.c.kek_version < latest) & (deks.c.record > after)
    return list(store.execute(select(deks).where(here).order_by(deks.c.record).limit(batch)).all())


def _rewrapped(
    keys: KeyStore, store: Connection, shop_id: int, row: Any, latest: int
) -> dict[str, Any] | None:
    try:
        old = keys.kek(store, shop_id, row.kek_version)
        secret = wrapping.unwrap(old, row.wrapped, what=dek_place(shop_id, row.record, row.kek_version))
    except (NoKey, BadWrapping):
        return None
    new = wrapping.wrap(keys.kek(store, shop_id, latest), secret, what=dek_place(shop_id, row.record, latest))
    return {"of": row.record, "seen": row.kek_version, "to": new}


def _keep(store: Connection, shop_id: int, latest: int, moved: list[dict[str, Any]]) -> None:
    if not moved:
        return
    here = (
        (deks.c.shop_id == shop_id)
        & (deks.c.record == bindparam("of"))
        & (deks.c.kek_version == bindparam("seen"))
    )
    store.execute(update(deks).where(here).values(kek_version=latest, wrapped=bindparam("to")), moved)
    count_wraps(store, shop_id, latest, len(moved))


def retire(keys: KeyStore, shop_id: int) -> int:
    """Refuses everything wrapped under an older version from now on and forgets those versions.

    A wrapped key out of an old copy of the store no longer opens anything. Returns the oldest version that
    still opens. Raises NotRewrapped, KeysUnavailable.
    """
    with keys.writing() as store:
        latest = keys.lock(store, shop_id)
        older = (deks.c.shop_id == shop_id) & (deks.c.kek_version < latest)
        left = store.scalar(select(func.count()).select_from(deks).where(older))
        if left:
            raise NotRewrapped(left=left)
        store.execute(update(policies).where(policies.c.shop_id == shop_id).values(min_decryption=latest))
        gone = (keks.c.shop_id == shop_id) & (keks.c.version < latest)
        store.execute(update(keks).where(gone).values(state="retired", wrapped=b""))
    return latest
