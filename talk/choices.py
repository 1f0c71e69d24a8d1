"""What people choose: which notices are mailed, when it is quiet; and what the shop chooses for all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import tuple_, update

from base.db import Base
from base.errors import Invalid
from base.i18n import t
from base.once import once
from base.rows import changed, mine
from base.scope import Scope, forget, remembered
from security import audit
from talk import quiet, words
from talk.models import NoticeChoice, TalkRules
from talk.quiet import Choice, Quiet

RULES = "talk rules"
SIDES = ("partner", "house")  # who says a phrase
MOST_PHRASES = 12
LONGEST_PHRASE = 120


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """A person in a role: whom a notice is for."""

    account_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner decided: the shop's quiet hours, and its own phrases by who says them."""

    quiet: Quiet
    phrases: Mapping[str, tuple[str, ...]]


class BadTime(Invalid):
    """Quiet hours are two times of the day, or none of one's own."""

    code = "talk.bad_time"


class BadPhrases(Invalid):
    """Standard phrases are few and short. Facts: most, longest."""

    code = "talk.bad_phrases"


def rules(scope: Scope) -> Rules:
    """The shop's decisions; its nights are quiet until it decides otherwise."""
    return remembered(scope, RULES, lambda: _rules(scope))


def _rules(scope: Scope) -> Rules:
    row = scope.session.scalar(mine(scope, TalkRules))
    if row is None:
        return Rules(quiet.NIGHT, {})
    return Rules(
        _quiet(row.quiet_from, row.quiet_to) or quiet.NIGHT,
        {side: tuple(said) for side, said in row.phrases.items()},
    )


def save_rules(scope: Scope, *, begins: str, ends: str, phrases: Mapping[str, Sequence[str]]) -> None:
    """Keeps what the owner decides. Raises BadTime, BadPhrases."""
    if _quiet(begins, ends) is None:
        raise BadTime(field="quiet_from")
    kept = {side: [words.plain(one) for one in phrases.get(side, ()) if words.plain(one)] for side in SIDES}
    for side, said in kept.items():
        if len(said) > MOST_PHRASES or any(len(one) > LONGEST_PHRASE or "\n" in one for one in said):
            raise BadPhrases(field=f"phrases_{side}", most=MOST_PHRASES, longest=LONGEST_PHRASE)
    _keep(scope, TalkRules, {}, {"quiet_from": begins, "quiet_to": ends, "phrases": kept})
    forget(scope, RULES)
    audit.note(scope, "talk.rules_set", "shop", scope.shop_id)


def phrases(scope: Scope) -> tuple[str, ...]:
    """The standard phrases of whoever acts: the shop's own, else ours in their language."""
    side = SIDES[scope.actor.role != "partner"]
    ours = t(scope.actor.locale, f"talk.phrases.{side}").split("|")
    return rules(scope).phrases.get(side) or tuple(ours)


def own(scope: Scope) -> NoticeChoice | None:
    """What the actor chose in this role, if anything."""
    here = (NoticeChoice.account_id == scope.actor.id, NoticeChoice.role == scope.actor.role)
    return scope.session.scalar(mine(scope, NoticeChoice).where(*here))


def choose(scope: Scope, *, mailed: Collection[str], begins: str, ends: str, urgent_through: bool) -> None:
    """Keeps what the actor wants; both times empty mean the shop's quiet hours. Raises BadTime."""
    if (begins or ends) and _quiet(begins, ends) is None:
        raise BadTime(field="quiet_from")
    unmailed = {"kinds": [kind for kind in quiet.TOLD[scope.actor.role] if kind not in mailed]}
    times = {"quiet_from": begins, "quiet_to": ends, "urgent_through": urgent_through}
    who = {"account_id": scope.actor.id, "role": scope.actor.role}
    _keep(scope, NoticeChoice, who, {"unmailed": unmailed, **times})
    audit.note(scope, "notices.chosen", "account", scope.actor.id)


def of(scope: Scope, readers: Collection[Reader]) -> dict[Reader, Choice]:
    """What each of these people wants."""
    people = tuple_(NoticeChoice.account_id, NoticeChoice.role)
    asked = mine(scope, NoticeChoice).where(people.in_([(one.account_id, one.role) for one in readers]))
    found = {Reader(row.account_id, row.role): row for row in scope.session.scalars(asked)}
    return {reader: _choice(scope, found.get(reader)) for reader in readers}


def _choice(scope: Scope, row: NoticeChoice | None) -> Choice:
    usual = rules(scope).quiet
    if row is None:
        return Choice(frozenset(), usual, urgent_through=False)
    decided = _quiet(row.quiet_from, row.quiet_to) or usual
    return Choice(frozenset(row.unmailed["kinds"]), decided, row.urgent_through)


def _quiet(begins: str, ends: str) -> Quiet | None:
    first, last = quiet.clock(begins), quiet.clock(ends)
    return Quiet(first, last) if first is not None and last is not None else None


def _keep(
    scope: Scope, model: type[NoticeChoice] | type[TalkRules], who: dict[str, object], what: dict[str, object]
) -> None:
    """Writes the one row of a shop, or of a person in it."""
    model_: type[Base] = model
    if once(scope.session, model_, {"shop_id": scope.shop_id, **who, **what}) is None:
        here = [getattr(model, name) == value for name, value in who.items()]
        changed(scope, update(model).where(model.shop_id == scope.shop_id, *here).values(**what))


def me(scope: Scope) -> Reader:
    """The actor as a reader of notices."""
    return Reader(scope.actor.id, scope.actor.role)
