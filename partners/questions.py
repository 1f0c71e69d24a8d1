"""Questions about a standing: the partner asks once about a change, the owner answers it in words."""

from sqlalchemy import update

from base.errors import Invalid, NotFound, Refused
from base.personal import resident_number
from base.rows import changed, one
from base.scope import Scope
from partners.joining.answers import ResidentNumber
from partners.models import StandingChange
from security import audit

LONGEST = 1000


class NoWords(Invalid):
    """A question or an answer needs words, and not more than fit. Facts: field, most."""

    code = "partners.no_words"


class NotAskable(Refused):
    """This change was asked about before."""

    code = "partners.asked_already"


class NotAnswerable(Refused):
    """Nothing waits for an answer here: nobody asked, or it was answered."""

    code = "partners.answered_already"


def ask(scope: Scope, change_id: int, *, words: str) -> None:
    """The partner asks about a change of her own standing.

    Raises NotFound, NoWords, ResidentNumber, NotAskable.
    """
    change = one(scope, StandingChange, change_id)
    if change.partner_id != scope.actor.partner_id:
        raise NotFound
    asked = {"state": "asked", "question": _words(words), "asked_at": scope.now}
    if not _move(scope, change, "told", asked):
        raise NotAskable
    audit.note(scope, "standing.asked", subject="partner", subject_id=change.partner_id, change=change.id)


def answer(scope: Scope, change_id: int, *, words: str) -> None:
    """The owner answers what a partner asked. Raises NotFound, NoWords, ResidentNumber, NotAnswerable."""
    change = one(scope, StandingChange, change_id)
    answered = {"state": "answered", "answer": _words(words), "answered_at": scope.now}
    if not _move(scope, change, "asked", answered | {"answered_by": scope.actor.id}):
        raise NotAnswerable
    audit.note(scope, "standing.answered", subject="partner", subject_id=change.partner_id, change=change.id)


def _move(scope: Scope, change: StandingChange, seen: str, values: dict[str, object]) -> bool:
    """Changes the row if it still stands as it was seen."""
    here = (StandingChange.shop_id == scope.shop_id, StandingChange.id == change.id)
    return (
        changed(scope, update(StandingChange).where(*here, StandingChange.state == seen).values(values)) == 1
    )


def _words(words: str) -> str:
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        raise NoWords(field="words", most=LONGEST)
    if resident_number(said):
        raise ResidentNumber(field="words")
    return said
