"""A document as a partner meets it, with the facts of the work to play with."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tasks import sop_words
from tasks.checklist import parse
from tasks.conditions import MEASURED, When
from tasks.items import Item
from tasks.sop_words import Speech


def preview_of(doc: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the preview shows of a document, in a language."""
    items = parse(doc)
    return {
        "items": items,
        "facts": _facts(items, language),
        "conditions": {item.key: _when(item.when) for item in items if item.when},
        "lines": sop_words.lines(doc["items"], language),
        "titles": sop_words.titles(doc, language),
        "purpose": sop_words.said(doc.get("purpose"), language),
        "language": language,
    }


def _facts(items: Iterable[Item], language: str) -> list[tuple[str, str, bool]]:
    """What the items ask of the task itself, for the preview to play with: names, words, and if measured."""
    speaks = sop_words.speech((), language)
    asked = {
        clause.name: clause
        for item in items
        if item.when
        for clause in item.when.clauses
        if clause.kind == "fact"
    }
    return [(name, *_played(name, clause.op in MEASURED, speaks)) for name, clause in asked.items()]


def _when(when: When) -> str:
    """A condition for the script of the preview: the fields it looks at, and what they have to say."""
    clauses = [
        [f"fact-{clause.name}" if clause.kind == "fact" else clause.name, clause.op, _as_typed(clause.value)]
        for clause in when.clauses
    ]
    return json.dumps({"join": when.join, "clauses": clauses}, ensure_ascii=False)


def _as_typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _played(name: str, measured: bool, speaks: Speech) -> tuple[str, bool]:
    if measured:
        return sop_words.value_of(speaks, "target", {"fact": name}), True
    return sop_words.condition({"fact": name, "is": True}, speaks), False
