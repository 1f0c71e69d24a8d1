"""A procedure as a file: JSON in one written form, read back exactly (docs/sop-files.md)."""

import base64
import binascii
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from base.errors import Invalid
from tasks import criteria, documents
from tasks.items import KEY, LANGUAGES

FORMAT, VERSION = "dari.sop", 1
FIELDS = ("format", "version", "kind", "title", "purpose", "sections", "items", "rubric", "pictures")
NEEDED = {"format", "version", "kind", "title", "items", "rubric"}
LARGEST, MOST_PICTURES = 24_000_000, 40  # bytes of a file, pictures in it
DEEPEST = 12
CRITERION = {"code", "label", "severity", "weight"}

#: The order in which an entry's fields are written; what is not here follows by name.
ORDER = (
    *("key", "code", "value", "type", "section", "item", "label", "title", "ko", "en", "help", "required"),
    *("severity", "weight", "when", "all", "any", "fact", "is", "is_not", "at_least", "at_most", "media"),
    *("unit", "min", "max", "target", "tolerance", "firm", "choices", "longest", "least", "pass", "criteria"),
)
PLACES = {name: place for place, name in enumerate(ORDER)}

Entry = Mapping[str, Any]


class BadSopFile(Invalid):
    """The file is no procedure that can be read. Facts: why (a code), about (what it names, if anything)."""

    code = "tasks.sop_bad_file"


@dataclass(frozen=True, slots=True)
class SopFile:
    """What a file says: a title, alone or in both languages, the document, the rubric, pictures by name."""

    kind: str
    title: str | Mapping[str, str]
    doc: Mapping[str, Any]
    rubric: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def titled(self, locale: str) -> str:
        """The title in a language."""
        return self.title if isinstance(self.title, str) else self.title[locale]


def write(told: SopFile) -> bytes:
    """The file, in the one form that the same procedure always has."""
    parts: dict[str, Any] = {"format": FORMAT, "version": VERSION, "kind": told.kind, "title": told.title}
    parts |= {name: told.doc[name] for name in documents.FIELDS if name in told.doc}
    parts |= {"rubric": _worded(told.rubric)}
    if told.pictures:
        shown = sorted(told.pictures.items())
        parts["pictures"] = {name: base64.b64encode(data).decode() for name, data in shown}
    text = json.dumps({name: _ordered(part) for name, part in parts.items()}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _ordered(part: Any) -> Any:
    if isinstance(part, Mapping):
        names = sorted(part, key=lambda name: (PLACES.get(name, len(ORDER)), name))
        return {name: _ordered(part[name]) for name in names}
    return [_ordered(one) for one in part] if isinstance(part, list | tuple) else part


def read(data: bytes) -> SopFile:
    """The procedure of a file. Raises BadSopFile, BadItem, BadCriterion."""
    told = _json(data)
    if told.get("format") != FORMAT:
        raise BadSopFile(why="not_ours", about="")
    version = told.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise BadSopFile(why="newer" if newer else "version", about=str(version)[:20])
    for name in [*sorted(NEEDED - set(told)), *sorted(set(told) - set(FIELDS))]:
        raise BadSopFile(why="missing" if name in NEEDED else "unknown", about=name[:40])
    doc = {name: told[name] for name in documents.FIELDS if name in told}
    document = documents.read(doc)
    _check_rubric(told["rubric"], {item.key for item in document.items})
    pictures = _pictures(told.get("pictures", {}))
    return SopFile(_kind(told), _title(told["title"]), doc, told["rubric"], pictures)


def _json(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise BadSopFile(why="too_large", about=str(LARGEST // 1_000_000))
    try:
        text = data.decode("utf-8-sig")
        told = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadSopFile(why="not_json", about="") from None
    if not isinstance(told, dict):
        raise BadSopFile(why="not_ours", about="")
    _check_texts(told, DEEPEST)
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice could mean either."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _check_texts(part: Any, deep: int) -> None:
    """Nothing that a database or a page would trip over: control signs, half letters, endless numbers."""
    if deep == 0:
        raise BadSopFile(why="too_deep", about="")
    if isinstance(part, str) and any(_is_odd(sign) for sign in part):
        raise BadSopFile(why="control", about="")
    if isinstance(part, float) and (part != part or abs(part) == float("inf")):  # noqa: PLR0124 (NaN is not itself)
        raise BadSopFile(why="not_json", about="")
    if isinstance(part, int) and abs(part) > 10**15:
        raise BadSopFile(why="not_json", about="")
    for one in [*part, *part.values()] if isinstance(part, dict) else part if isinstance(part, list) else ():
        _check_texts(one, deep - 1)


def _is_odd(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in {"Cc", "Cs"}


def _kind(told: Entry) -> str:
    kind = told["kind"]
    if not isinstance(kind, str) or not 0 < len(kind) <= 40:
        raise BadSopFile(why="kind", about="")
    return kind


def _title(told: Any) -> str | Mapping[str, str]:
    texts = [told] if isinstance(told, str) else list(told.values()) if isinstance(told, dict) else []
    both = isinstance(told, str) or (isinstance(told, dict) and set(told) == set(LANGUAGES))
    if not both or not all(isinstance(text, str) and 0 < len(text.strip()) <= 80 for text in texts):
        raise BadSopFile(why="title", about="")
    return told  # type: ignore[no-any-return]  # looked at just now


def _check_rubric(told: Any, items: set[str]) -> None:
    if not isinstance(told, dict) or set(told) - {"pass", "criteria"} or not _is_list(told.get("criteria")):
        raise BadSopFile(why="rubric", about="")
    entries: Sequence[Any] = told["criteria"]
    if not 0 < len(entries) <= criteria.MOST or len({_code(one) for one in entries}) != len(entries):
        raise BadSopFile(why="rubric", about="")
    for entry in entries:
        criteria.check({"item": ""} | entry, items=items)
    points = told.get("pass", criteria.PASSING)
    if not isinstance(points, int) or isinstance(points, bool):
        raise BadSopFile(why="rubric", about="")
    criteria.passing_from(told, points)


def _worded(rubric: Mapping[str, Any]) -> dict[str, Any]:
    """The rubric as a file has it: examples in words; their pictures stay in the shop."""

    def without(entry: Entry) -> Entry:
        said = {name: text for name, text in entry.get("example", {}).items() if name != "picture"}
        rest = {name: value for name, value in entry.items() if name != "example"}
        return rest | ({"example": said} if said else {})

    return {**rubric, "criteria": [without(entry) for entry in rubric["criteria"]]}


def _is_list(part: Any) -> bool:
    return isinstance(part, list)


def _code(entry: Any) -> str:
    """The code of a criterion of the right shape. Raises BadSopFile."""
    known = entry if isinstance(entry, dict) else {}
    code, label, weight = known.get("code"), known.get("label"), known.get("weight")
    shaped = (
        {"code", "label", "severity", "weight"}
        <= set(known)
        <= {"code", "label", "severity", "weight", "item", "example"}
    )
    worded = isinstance(label, dict) and set(label) == set(LANGUAGES)
    spoken = worded and all(isinstance(text, str) for text in label.values())  # type: ignore[union-attr]  # a dict
    weighed = isinstance(weight, int) and not isinstance(weight, bool)
    named = isinstance(code, str) and KEY.fullmatch(code) and isinstance(known.get("item", ""), str)
    example = known.get("example", {})
    shown_ = isinstance(example, dict) and all(isinstance(text, str) for text in example.values())
    said = shown_ and set(example) <= set(LANGUAGES)
    if not (shaped and spoken and weighed and named and said):
        raise BadSopFile(why="rubric", about=str(code)[:40])
    return str(code)


def _pictures(told: Any) -> dict[str, bytes]:
    if not isinstance(told, dict) or len(told) > MOST_PICTURES:
        raise BadSopFile(why="pictures", about="")
    found = {}
    for name, text in told.items():
        try:
            data = base64.b64decode(text if isinstance(text, str) else "", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if hashlib.sha256(data).hexdigest() != name:
            raise BadSopFile(why="pictures", about=name[:12])
        found[name] = data
    return found


def shown(doc: Entry) -> tuple[str, ...]:
    """The pictures that the items of a document show, by name."""
    entries = (one for item in doc["items"] for one in item.get("media", ()))
    return tuple(dict.fromkeys(one["picture"] for one in entries if "picture" in one))


def renamed(doc: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    """The document showing other pictures: those that were made anew when they came into this shop."""

    def media(item: Entry) -> list[Entry]:
        return [
            {"picture": names.get(one["picture"], one["picture"])} if "picture" in one else one
            for one in item["media"]
        ]

    items = [{**item, "media": media(item)} if "media" in item else item for item in doc["items"]]
    return {**doc, "items": items}
