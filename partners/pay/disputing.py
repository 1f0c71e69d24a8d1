"""Questions about pay: asked by the partner about a line or a statement, answered by the owner."""

from typing import Any

from sqlalchemy import select, update

from base.errors import Invalid, NotFound, Refused
from base.once import once
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from partners.models import PayLine
from partners.pay import adjusting
from partners.pay.models import PayAdjustment, PayDispute, PayStatement
from partners.pay.wanting import ADJUSTMENT, LONGEST_REASON, Wanted
from security import audit

ASKED, ANSWERED, WITHDRAWN = "asked", "answered", "withdrawn"
LONGEST = 1000
#: What may be asked about: its table, and the column that names it.
ABOUT: dict[str, tuple[Any, str]] = {
    "line": (PayLine, "line_id"),
    "adjustment": (PayAdjustment, "adjustment_id"),
    "statement": (PayStatement, "statement_id"),
}


class NoWords(Invalid):
    """A question or an answer needs words, and none that name a person by number. Facts: field, most."""

    code = "pay.no_words"


class AskedAlready(Refused):
    """A question about it waits for its answer."""

    code = "pay.asked_already"


class NotAsked(Refused):
    """No question waits here: it was answered or taken back."""

    code = "pay.not_asked"


def ask(scope: Scope, about: str, id_: int, *, words: str) -> int:
    """The partner asks about something of her own pay. Raises NotFound, NoWords, AskedAlready."""
    if about not in ABOUT:
        raise NotFound
    table, column = ABOUT[about]
    row = one(scope, table, id_)
    if row.partner_id != scope.actor.partner_id:
        raise NotFound
    asked = {
        "shop_id": scope.shop_id,
        "partner_id": row.partner_id,
        "question": _words(words),
        "asked_at": scope.now,
        "state": ASKED,
        "answer": "",
        column: row.id,
    }
    made = once(scope.session, PayDispute, asked)
    if made is None:
        raise AskedAlready
    audit.note(scope, "pay.disputed", subject="partner", subject_id=row.partner_id, dispute=made)
    return made


def withdraw(scope: Scope, dispute_id: int) -> None:
    """The partner takes her question back. Raises NotFound, NotAsked."""
    row = one(scope, PayDispute, dispute_id)
    if row.partner_id != scope.actor.partner_id:
        raise NotFound
    _end(scope, row, WITHDRAWN, {})


def answer(scope: Scope, dispute_id: int, *, words: str, won: int = 0) -> None:
    """The owner answers; where something is put right, its line is proposed at once and needs a second yes.

    Raises NotFound, NoWords, NotAsked, and as `adjusting.propose`.
    """
    row = one(scope, PayDispute, dispute_id)
    said = _words(words)
    if row.state != ASKED:
        raise NotAsked
    proposal = None
    if won:
        wanted = Wanted(ADJUSTMENT, won, said[:LONGEST_REASON])
        proposal = adjusting.propose(scope, row.partner_id, wanted).id
    told = {"answer": said, "answered_by": scope.actor.id, "proposal_id": proposal}
    _end(scope, row, ANSWERED, told)


def waiting(scope: Scope) -> list[PayDispute]:
    """The questions that wait for an answer, the oldest first."""
    stmt = mine(scope, PayDispute).where(PayDispute.state == ASKED).order_by(PayDispute.id)
    return list(scope.session.scalars(stmt.limit(200)))


def of_partner(scope: Scope, partner_id: int) -> list[PayDispute]:
    """What a partner asked, the latest first."""
    stmt = mine(scope, PayDispute).where(PayDispute.partner_id == partner_id)
    return list(scope.session.scalars(stmt.order_by(PayDispute.id.desc()).limit(50)))


def asked(scope: Scope) -> tuple[int, Any]:
    """How many questions wait for the owner, and since when the oldest does."""
    waits = (PayDispute.shop_id == scope.shop_id, PayDispute.state == ASKED)
    oldest = select(PayDispute.asked_at).where(*waits).order_by(PayDispute.id).limit(200)
    at = scope.session.scalars(oldest).all()
    return len(at), at[0] if at else None


def _end(scope: Scope, row: PayDispute, state: str, values: dict[str, Any]) -> None:
    seen = (PayDispute.shop_id == scope.shop_id, PayDispute.id == row.id, PayDispute.state == ASKED)
    told = {"state": state, "ended_at": scope.now} | values
    if changed(scope, update(PayDispute).where(*seen).values(told)) != 1:
        raise NotAsked
    facts = {"dispute": row.id, "proposal": values.get("proposal_id")}
    audit.note(scope, f"pay.dispute_{state}", subject="partner", subject_id=row.partner_id, **facts)


def _words(words: str) -> str:
    said = words.replace("\r\n", "\n").strip()
    if not 0 < len(said) <= LONGEST or resident_number(said):
        raise NoWords(field="words", most=LONGEST)
    return said
