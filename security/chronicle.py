"""Journal lines in words: what was done, to what, and what was noted; the code stays beside them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from base.i18n import duration, exact, knows, t, won
from security.journal import Entry

#: Where the words of a fact's codes stand, tried in turn.
CODES: dict[str, tuple[str, ...]] = {
    "why": ("stock.cancel_reason", "claims.reason"),
    "outcome": ("claims.outcome",),
    "reason": ("worklist.reason", "tasks.release_reason"),
    "purpose": ("journal.value.purpose", "tasks.purpose"),
    "verdict": ("journal.value.verdict", "qa.verdict"),
    "state": ("journal.value.state",),
    "was": ("qa.state",),
    "to": ("qa.state",),
    "kind": ("kinds.{}.name",),
    "queue": ("kinds.{}.name",),
    "owed_by": ("worklist.party",),
    "role_given": ("layout.role",),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what happened, to what (empty for nothing), and its facts as (label, value)."""

    what: str
    subject: str
    facts: tuple[tuple[str, str], ...]


def told(entry: Entry, locale: str) -> Told:
    """A journal line as people say it; a code without words stands for itself."""
    facts = tuple(
        (_said(f"journal.fact.{name}", name, locale), value_of(name, value, locale))
        for name, value in entry.facts.items()
        if value is not None
    )
    subject = _said(f"journal.subject.{entry.subject}", entry.subject, locale) if entry.subject else ""
    return Told(_said(f"journal.act.{entry.act}", entry.act, locale), subject, facts)


def value_of(name: str, value: Any, locale: str) -> str:
    """A fact's value as people say it."""
    if isinstance(value, bool):
        return t(locale, "sops.yes" if value else "sops.no")
    if isinstance(value, int):
        return _number(name, value, locale)
    for group in CODES.get(name, ()):
        key = group.format(value) if "{}" in group else f"{group}.{value}"
        if knows(key):
            return t(locale, key)
    return str(value)


def _number(name: str, value: int, locale: str) -> str:
    """A number as what it counts: minutes since 1970, won, seconds, or things."""
    if name == "due":
        return exact(datetime.fromtimestamp(value * 60, UTC), locale)
    if name == "won":
        return won(value, locale)
    return duration(value, locale) if name.endswith("_s") else f"{value:,}"


def _said(key: str, code: str, locale: str) -> str:
    return t(locale, key) if knows(key) else code
