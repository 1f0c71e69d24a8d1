"""Order files: received once, carried out once, whole or not at all."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from base import files, outbox
from base.errors import Refused
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit, shops, vault
from security.vault import Spot
from stock import claim_matching, claims, goods, importing, opening, profiles, reports
from stock.catalogue import Catalogue
from stock.claim_file import ClaimFile
from stock.drafts import Intake
from stock.importing import Work
from stock.models import ColumnProfile, Import
from stock.news import ImportFinished
from stock.profiles import PROFILES, Mapping, Profile
from stock.understanding import UnknownProfile

WAITING, READING, PLACING, DONE, REFUSED = "waiting", "reading", "placing", "done", "refused"
ACTIVE = (WAITING, READING, PLACING)
ORDERS, PRODUCTS, CLAIMS = "orders", "products", "claims"
JOB = "stock.import"
LONGEST_NAME = 120

Kind = Profile | Mapping | None


class ImportEnded(Refused):
    """This import has ended; its result stands."""

    code = "stock.import_ended"


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file, opened to be carried out; `chosen` says which columns are which, None to find out."""

    import_id: int
    kind: str
    name: str
    data: bytes
    chosen: Kind
    zone: ZoneInfo
    file_key: str


def kind_of(scope: Scope, name: str) -> Kind:
    """The profile of this name, the house's or the shop's own; None for none. Raises UnknownProfile."""
    if not name or name in PROFILES:
        return PROFILES.get(name)
    own = scope.session.scalar(mine(scope, ColumnProfile).where(ColumnProfile.name == name))
    if own is None:
        raise UnknownProfile(profile=name)
    return profiles.mapping(own.columns["profile"], own.columns["columns"])


def receive(
    scope: Scope, *, kind: str, data: bytes, name: str, chosen: Kind = None, wait: timedelta = timedelta(0)
) -> int:
    """Keeps a file sealed and promises to carry it out; the same file again is the import it already was.

    `wait` gives whoever carries it out at once (the command line) time before the workers do.
    Raises KeysUnavailable, NoRoom, FilesAway.
    """
    audit.hold_head(scope)  # two hands with the same file stand in a row here
    sha256 = hashlib.sha256(data).hexdigest()
    known = twin(scope, kind, sha256)
    if known is not None:
        return known
    made = Import(
        kind=kind,
        name=name[-LONGEST_NAME:],
        sha256=sha256,
        profile=_name(chosen),
        mapping=profiles.document(chosen) if isinstance(chosen, Mapping) else {},
        file_key=_keep(scope, sha256, data),
        report={},
        actor_id=scope.actor.id,
        at=scope.now,
    )
    made.shop_id = scope.shop_id
    scope.session.add(made)
    scope.session.flush()
    outbox.put(scope, JOB, key=f"import-{made.id}", due=scope.now + wait, import_id=made.id)
    audit.note(scope, "import.received", "import", made.id, size=len(data))
    return made.id


def twin(scope: Scope, kind: str, sha256: str) -> int | None:
    """The import that the same file already was or is; a refused one does not count."""
    same = (Import.shop_id == scope.shop_id, Import.kind == kind, Import.sha256 == sha256)
    return scope.session.scalar(select(Import.id).where(*same, Import.state != REFUSED).limit(1))


def begin(scope: Scope, import_id: int) -> Upload:
    """Opens the file of an import that has not ended. Raises NotFound, ImportEnded, Unreadable, NoFile."""
    row = one(scope, Import, import_id)
    _step(scope, import_id, READING, {"progress": 0})
    chosen = kind_of(scope, row.profile) if row.profile and not row.mapping else None
    return Upload(
        import_id=import_id,
        kind=row.kind,
        name=row.name,
        data=vault.open_bytes(scope, at=_spot(row.sha256), sealed=files.get(scope.world.files, row.file_key)),
        chosen=profiles.mapping(row.profile, row.mapping) if row.mapping else chosen,
        zone=ZoneInfo(shops.shop(scope).zone),
        file_key=row.file_key,
    )


def advance(scope: Scope, import_id: int, *, rows: int, progress: int) -> None:
    """Says how far an import is, for whoever watches. Raises ImportEnded."""
    _step(scope, import_id, READING, {"rows": rows, "progress": progress})


def finish(scope: Scope, import_id: int, *, mapping: Mapping, work: Work) -> None:
    """Carries out a file that was understood, all of it in this transaction. Raises ImportEnded."""
    _step(scope, import_id, PLACING, {})
    outcome = importing.carry_out(scope, work, import_id=import_id)
    report = reports.done(work.intake, outcome)
    facts = {"profile": mapping.profile, "mapping": profiles.document(mapping), "progress": work.intake.rows}
    _end(scope, import_id, DONE, report, facts | {"rows": work.intake.rows})
    counts = report["orders"]
    audit.note(scope, "import.done", "import", import_id, orders=counts["new"], ready=counts["ready"])


def finish_products(scope: Scope, import_id: int, *, catalogue: Catalogue) -> None:
    """Adds and changes the products of a file that was understood. Raises ImportEnded."""
    _step(scope, import_id, PLACING, {})
    new, changed_ = goods.update_from(scope, catalogue.wares)
    opened = opening.receive(scope, catalogue.wares, key=f"import-{import_id}")
    report = reports.products(catalogue, opened, new=new, changed=changed_)
    _end(scope, import_id, DONE, report, {"rows": catalogue.rows, "progress": catalogue.rows})
    audit.note(scope, "import.done", "import", import_id, products=new, changed=changed_)


def finish_claims(scope: Scope, import_id: int, *, told: ClaimFile) -> None:
    """Records the claims of a file, or gives it back where rows fit no order line. Raises ImportEnded."""
    matched = claim_matching.match(scope, told)
    if matched.problems:
        give_back(scope, import_id, told=replace(told, problems=matched.problems))
        return
    _step(scope, import_id, PLACING, {})
    new, known = claims.record_many(scope, matched.told, import_id=import_id)
    report = reports.claims(told, new=len(new), known=known)
    _end(scope, import_id, DONE, report, {"rows": told.rows, "progress": told.rows})
    audit.note(scope, "import.done", "import", import_id, claims=len(new))


def give_up(scope: Scope, import_id: int, *, refusal: Refused) -> None:
    """Ends an import whose file cannot be read; nothing of it was imported. Raises ImportEnded."""
    _end(scope, import_id, REFUSED, reports.refused(refusal), {})
    audit.note(scope, "import.refused", "import", import_id, why=refusal.code)


def give_back(scope: Scope, import_id: int, *, told: Intake | Catalogue | ClaimFile) -> None:
    """Ends an import whose file has bad cells; nothing of it was imported. Raises ImportEnded."""
    _end(scope, import_id, REFUSED, reports.faulty(told.rows, told.problems), {"rows": told.rows})
    audit.note(scope, "import.refused", "import", import_id, problems=len(told.problems))


def save_profile(scope: Scope, name: str, mapping: Mapping) -> None:
    """Keeps the shop's own naming of columns for next time, in place of an older one of that name."""
    columns = {"profile": mapping.profile, "columns": profiles.document(mapping)}
    known = scope.session.scalar(mine(scope, ColumnProfile).where(ColumnProfile.name == name))
    if known is None:
        known = ColumnProfile(name=name, made_at=scope.now)
        known.shop_id = scope.shop_id
        scope.session.add(known)
    known.columns = columns
    audit.note(scope, "import.profile_saved")


def _name(chosen: Kind) -> str:
    if chosen is None:
        return ""
    return chosen.profile if isinstance(chosen, Mapping) else chosen.name


def _keep(scope: Scope, sha256: str, data: bytes) -> str:
    vault.new_key(scope, _spot(sha256).record)
    return files.put(scope.world.files, vault.seal_bytes(scope, at=_spot(sha256), data=data))


def _spot(sha256: str) -> Spot:
    return Spot("imports", "file", f"import-{sha256}")


def _step(scope: Scope, import_id: int, state: str, values: dict[str, Any]) -> None:
    stmt = (
        update(Import)
        .where(Import.shop_id == scope.shop_id, Import.id == import_id, Import.state.in_(ACTIVE))
        .values(state=state, **values)
    )
    if changed(scope, stmt) != 1:
        raise ImportEnded


def _end(scope: Scope, import_id: int, state: str, report: reports.Document, values: dict[str, Any]) -> None:
    ended = {"report": report, "ended_at": scope.now, "file_key": ""}
    _step(scope, import_id, state, cast("dict[str, Any]", ended | values))
    scope.tell(ImportFinished(import_id, state))
