"""What is sealed beside recipients: accounts, applications, papers, references, names of who left."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from base import files
from base.files import FilesAway, NoFile
from base.scope import Scope
from partners.checks.documents import spot as of_document
from partners.checks.models import Document
from partners.joining import gate as joining
from partners.joining.models import Application
from partners.leaving.ending import spot as of_departure
from partners.leaving.models import Departure, Reference
from partners.leaving.references import spot as of_reference
from partners.pay import accounts
from partners.pay.models import PayAccount
from qa.doctor.found import Found, listed
from security import vault
from security.keystore import KeyStore
from security.keytables import known
from security.vault import Spot, Unreadable
from stock.batches import batches

TRIED = 10  # rows of each kind that are opened, the newest
AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of a table that carry seals: which of them, the names of their keys, and what each one holds."""

    table: Any
    living: ColumnElement[bool]
    record: str  # how a row's key is called: its uid after this
    seals: Any


def _account(_scope: Scope, row: PayAccount) -> list[tuple[Spot, bytes]]:
    return [(accounts.spot(name, row.uid), getattr(row, name)) for name in ("number", "holder")]


def _document(scope: Scope, row: Document) -> list[tuple[Spot, bytes]]:
    return [(of_document(row.uid), files.get(scope.world.files, row.file_key))]


KINDS = (
    Kind(PayAccount, PayAccount.id > 0, "", _account),
    Kind(
        Application,
        func.length(Application.said) > 0,
        "application-",
        lambda _scope, row: [(joining.spot(row.uid), row.said)],
    ),
    Kind(Document, Document.gone_at.is_(None), "document-", _document),
    Kind(
        Reference,
        func.length(Reference.said) > 0,
        "reference-",
        lambda _scope, row: [(of_reference(row.uid), row.said)],
    ),
    Kind(
        Departure,
        func.length(Departure.held) > 0,
        "departure-",
        lambda _scope, row: [(of_departure(row.uid), row.held)],
    ),
)


def sealed(scope: Scope) -> Iterator[Found]:
    """Rows whose key is missing (all are looked at), and seals that do not open (the newest are tried)."""
    for kind in KINDS:
        keyless = set(_keyless(scope, kind))
        if keyless:
            yield Found("key_missing_of", facts=_facts(kind, sorted(keyless)))
        shut = [
            row.id for row in _newest(scope, kind) if row.id not in keyless and not _opens(scope, kind, row)
        ]
        if shut:
            yield Found("seal_shut_of", facts=_facts(kind, shut))


def _facts(kind: Kind, ids: list[int]) -> dict[str, int | str]:
    return {"table": kind.table.__tablename__, "n": len(ids), "ids": listed(ids)}


def _keyless(scope: Scope, kind: Kind) -> Iterator[int]:
    """Rows without a key, set against set: the two stand in different databases."""
    keys: KeyStore = scope.world.keys
    stmt = select(kind.table.uid, kind.table.id).where(kind.table.shop_id == scope.shop_id, kind.living)
    rows = [(f"{kind.record}{uid}", id_) for uid, id_ in scope.session.execute(stmt.order_by(kind.table.id))]
    for some in batches(rows, AT_ONCE):
        with keys.reading() as store:
            there = known(store, scope.shop_id, [record for record, _ in some])
        yield from (id_ for record, id_ in some if record not in there)


def _newest(scope: Scope, kind: Kind) -> list[Any]:
    stmt = select(kind.table).where(kind.table.shop_id == scope.shop_id, kind.living)
    return list(scope.session.scalars(stmt.order_by(kind.table.id.desc()).limit(TRIED)))


def _opens(scope: Scope, kind: Kind, row: Any) -> bool:
    try:
        for spot, data in kind.seals(scope, row):
            vault.open_bytes(scope, at=spot, sealed=data)
    except (Unreadable, NoFile, FilesAway):
        return False
    return True
