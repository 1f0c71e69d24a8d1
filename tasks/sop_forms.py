"""An item of a procedure as a form: what is shown of an entry, and the entry that was typed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tasks import sop_conditions
from tasks.comparing import DEFAULTS
from tasks.items import LANGUAGES, MOST_CHOICES
from tasks.media import MOST_MEDIA
from tasks.numbers import decimal_of

Entry = Mapping[str, Any]

NO_TARGET, TYPED_TARGET = "", "value"
SPARE_CHOICES = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: its fields, read by name."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.fields.get(name, "").replace("\r\n", "\n").strip()

    def ticked(self, name: str) -> bool:
        return self.text(name) == "1"


def entry_of(sent: Mapping[str, str], *, key: str, old: Entry) -> dict[str, Any]:
    """The entry that was typed; what cannot be read stays as it is, for the parser to refuse by name."""
    typed = Typed(sent)
    type_ = typed.text("type")
    entry = {
        "key": key,
        "type": type_,
        "label": _words(typed, "label"),
        "help": {language: text for language, text in _words(typed, "help").items() if text},
        "required": typed.ticked("required"),
        "severity": typed.text("severity"),
        **sop_conditions.typed(sent),
        **_media(typed),
        **OWN.get(type_, _nothing)(typed),
    }
    return {name: value for name, value in entry.items() if name in old or DEFAULTS.get(name) != value}


def _words(typed: Typed, name: str) -> dict[str, str]:
    return {language: typed.text(f"{name}_{language}") for language in LANGUAGES}


def _media(typed: Typed) -> dict[str, Any]:
    """What is shown beside the words: what stood and was not taken off, then what came."""
    stood = [typed.text(f"media_{n}") for n in range(MOST_MEDIA) if not typed.ticked(f"media_{n}_off")]
    kept = [_stood(raw) for raw in stood if raw]
    new = [{kind: text} for kind in ("video", "picture") if (text := typed.text(f"media_{kind}"))]
    return {"media": [*kept, *new]} if kept or new else {}


def _stood(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _number(typed: Typed) -> dict[str, Any]:
    entry: dict[str, Any] = {"unit": typed.text("unit")}
    entry |= {name: _plain(typed.text(name)) for name in ("min", "max") if typed.text(name)}
    source = typed.text("target_from")
    if source == NO_TARGET:
        return entry
    target = _plain(typed.text("target")) if source == TYPED_TARGET else {"fact": source}
    tolerance = _plain(typed.text("tolerance") or "0")
    return entry | {"target": target, "tolerance": tolerance, "firm": typed.ticked("firm")}


def _plain(text: str) -> int | str:
    """A whole number as such, another as it was written, without the separators people type."""
    number = decimal_of(text)
    if number is None:
        return text
    return int(number) if number == number.to_integral_value() else f"{number:f}"


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _choices(typed: Typed) -> dict[str, Any]:
    """The choices in their rows; a row with no words falls out, a new one gets a value of its own."""
    rows = [_choice(typed, place) for place in range(MOST_CHOICES)]
    kept = [row for row in rows if any(row["label"].values())]
    taken = {row["value"] for row in kept}
    free = (f"choice_{n}" for n in range(1, 2 * MOST_CHOICES + 1) if f"choice_{n}" not in taken)
    return {"choices": [row | {"value": row["value"] or next(free)} for row in kept]}


def _choice(typed: Typed, place: int) -> dict[str, Any]:
    label = {language: typed.text(f"choice_{place}_{language}") for language in LANGUAGES}
    return {"value": typed.text(f"choice_{place}_value"), "label": label}


def _nothing(_typed: Typed) -> dict[str, Any]:
    return {}


def _longest(typed: Typed) -> dict[str, Any]:
    return {"longest": _whole(typed.text("longest"))}


def _least(typed: Typed) -> dict[str, Any]:
    return {"least": _whole(typed.text("least"))}


OWN: Mapping[str, Callable[[Typed], dict[str, Any]]] = {
    "check": _nothing,
    "number": _number,
    "choice": _choices,
    "text": _longest,
    "scan": _nothing,
    "photo": _least,
}


def fields_of(entry: Entry) -> dict[str, str]:
    """The form's fields as they show an entry."""
    told = dict(DEFAULTS) | dict(entry)
    fields = {
        f"{name}_{lang}": told.get(name, {}).get(lang, "") for name in ("label", "help") for lang in LANGUAGES
    }
    fields |= {
        name: str(told.get(name, ""))
        for name in ("type", "severity", "unit", "min", "max", "longest", "least")
    }
    fields |= {"required": "1" if told["required"] else ""} | sop_conditions.shown(told.get("when"))
    for place, shown in enumerate(told.get("media", [])):
        fields[f"media_{place}"] = json.dumps(shown, sort_keys=True)
    for place, choice in enumerate(told.get("choices", [])):
        fields[f"choice_{place}_value"] = choice["value"]
        fields |= {f"choice_{place}_{lang}": choice["label"].get(lang, "") for lang in LANGUAGES}
    return fields | _target_fields(told)


def _target_fields(told: Entry) -> dict[str, str]:
    target = told.get("target")
    firm = {"firm": "1" if told["firm"] else "", "tolerance": str(told.get("tolerance", ""))}
    if target is None:
        return firm | {"target_from": NO_TARGET, "target": ""}
    if isinstance(target, dict):
        return firm | {"target_from": str(target["fact"]), "target": ""}
    return firm | {"target_from": TYPED_TARGET, "target": str(target)}


def rows_of_choices(fields: Mapping[str, str]) -> range:
    """The rows the form shows: those in use and a few to spare."""
    used = [n for n in range(MOST_CHOICES) if any(fields.get(f"choice_{n}_{lang}") for lang in LANGUAGES)]
    return range(min(MOST_CHOICES, max(used, default=-1) + 1 + SPARE_CHOICES))


def free_key(type_: str, taken: set[str]) -> str:
    """A key for a new item that no edition of the procedure has used."""
    n = 1
    while f"{type_}_{n}" in taken:
        n += 1
    return f"{type_}_{n}"
