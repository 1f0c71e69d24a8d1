"""Standard phrases: what reviewers say often, most used first; their own words come besides."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, update

from base.errors import Forbidden, Invalid, NotFound
from base.i18n import t
from base.personal import resident_number
from base.rows import changed, mine
from base.scope import Scope
from qa.models import Phrase
from security import audit
from security.policy import OWNER

LONGEST, MOST = 200, 50


class BadPhrase(Invalid):
    """A phrase is short and holds nobody's number; there are not too many. Facts: field, longest, most."""

    code = "qa.bad_phrase"


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase as it is offered; `id` is 0 for the house's, which stand until the shop has some."""

    id: int
    text: str
    own: bool
    used: int


def offered(scope: Scope) -> list[Said]:
    """What the actor may choose from, most used first; the house's own where the shop has none."""
    rows = scope.session.scalars(
        mine(scope, Phrase).where(_for_me(scope)).order_by(Phrase.used.desc(), Phrase.id).limit(2 * MOST)
    ).all()
    found = [Said(row.id, row.text, row.account_id is not None, row.used) for row in rows]
    if any(not one.own for one in found):
        return found
    ours = t(scope.actor.locale, "qa.phrases.ours").split("|")
    return [*found, *(Said(0, text, own=False, used=0) for text in ours)]


def _for_me(scope: Scope) -> ColumnElement[bool]:
    return or_(Phrase.account_id.is_(None), Phrase.account_id == scope.actor.id)


def keep(scope: Scope, text: str, *, shared: bool = False) -> None:
    """Keeps a phrase, the actor's own or, by the owner, everybody's; the same again changes nothing.

    Raises BadPhrase, Forbidden.
    """
    said = " ".join(text.split())
    if shared and scope.actor.role != OWNER:
        raise Forbidden
    whose = Phrase.account_id.is_(None) if shared else Phrase.account_id == scope.actor.id
    there = list(scope.session.scalars(mine(scope, Phrase).where(whose)))
    if not said or len(said) > LONGEST or resident_number(said) or len(there) >= MOST:
        raise BadPhrase(field="text", longest=LONGEST, most=MOST)
    if any(row.text == said for row in there):
        return
    row = Phrase(
        shop_id=scope.shop_id,
        account_id=None if shared else scope.actor.id,
        text=said,
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "phrase.kept", subject="phrase", subject_id=row.id)


def remove(scope: Scope, phrase_id: int) -> None:
    """Takes a phrase away: one's own, or everybody's by the owner. Raises NotFound."""
    whose = Phrase.account_id == scope.actor.id
    if scope.actor.role == OWNER:
        whose = or_(whose, Phrase.account_id.is_(None))
    this = (Phrase.shop_id == scope.shop_id, Phrase.id == phrase_id, whose)
    if changed(scope, delete(Phrase).where(*this)) != 1:
        raise NotFound
    audit.note(scope, "phrase.removed", subject="phrase", subject_id=phrase_id)


def use(scope: Scope, text: str, *, words: str = "") -> str:
    """What is said with a phrase and one's own words; the phrase moves up by having been used."""
    said = " ".join(text.split())
    if not said:
        return words
    this = (Phrase.shop_id == scope.shop_id, Phrase.text == said, _for_me(scope))
    changed(scope, update(Phrase).where(*this).values(used=Phrase.used + 1))
    return f"{said} {words}".strip()
