"""Attribute values said one way: measures in one unit, words of one vocabulary (pure)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from tasks.kinds.listing import shelf

LONGEST = 100  # characters of a value
#: Units by what they are called: the one unit they are told in, and how much of it one of them is.
UNITS: Mapping[str, tuple[str, Decimal]] = {
    name: (unit, Decimal(of))
    for unit, of, names in (
        ("cm", "0.1", ("mm", "밀리미터", "밀리")),
        ("cm", "1", ("cm", "센티미터", "센티", "센치")),
        ("cm", "100", ("m", "미터")),
        ("cm", "2.54", ("inch", "inches", "in", "인치", '"', "″", "''")),
        ("g", "0.001", ("mg", "밀리그램")),
        ("g", "1", ("g", "그램", "그람")),
        ("g", "1000", ("kg", "킬로그램", "킬로", "키로")),
        ("g", "453.59237", ("lb", "lbs", "파운드")),
        ("g", "28.349523125", ("oz", "온스")),
        ("ml", "1", ("ml", "밀리리터", "cc", "씨씨")),
        ("ml", "10", ("cl",)),
        ("ml", "1000", ("l", "리터", "ℓ")),
    )
    for name in names
}
_NAMES = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
MEASURE = re.compile(rf"({_NUMBER})\s*({_NAMES})(?![a-z가-힣])", re.IGNORECASE)
PARTS = re.compile(r"[,/·|;&]|\s및\s|\s그리고\s")
FINEST = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something said of goods: words of a vocabulary, a measure in a unit, or a plain text."""

    key: str
    label: Mapping[str, str]
    words: str = ""
    unit: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is kept; `known` says that it is a word of the vocabulary or a measure that was read."""

    text: str
    known: bool


@cache
def attributes() -> Mapping[str, Attribute]:
    """All attributes by key, in the order of the data."""
    return {
        key: Attribute(
            key,
            {"ko": told["ko"], "en": told["en"]},
            told.get("words", ""),
            told.get("unit", ""),
            bool(told.get("several")),
        )
        for key, told in shelf.read("attributes").items()
    }


def vocabulary(name: str) -> tuple[str, ...]:
    """The words of a vocabulary, in order; none for an attribute without one."""
    return tuple(shelf.read("vocabulary").get(name, {}))


def normal(attribute: Attribute, raw: str) -> tuple[Value, ...]:
    """What was written of an attribute as it is kept: nothing, one value, or several where it takes them."""
    told = " ".join(unicodedata.normalize("NFKC", raw).split())[: LONGEST * 10]
    if not told:
        return ()
    if attribute.unit:
        return (_measured(attribute.unit, told),)
    if not attribute.words:
        return (Value(told[:LONGEST], True),)
    parts = PARTS.split(told) if attribute.several else [told]
    values = [_word(attribute.words, part.strip()) for part in parts if part.strip()]
    return tuple(dict.fromkeys(values))


def measures(text: str) -> Iterator[tuple[str, Decimal]]:
    """The measures in a text, as (unit, amount) in the unit they are told in."""
    for number, name in MEASURE.findall(unicodedata.normalize("NFKC", text)):
        unit, of = UNITS[name.lower()]
        yield unit, Decimal(number.replace(",", "")) * of


def words_in(name: str, text: str) -> tuple[str, ...]:
    """The words of a vocabulary that a text holds, whatever it calls them, in the vocabulary's order."""
    tokens = {_key(token) for token in re.findall(r"[\w가-힣]+", unicodedata.normalize("NFKC", text))}
    found = {_known(name)[token] for token in tokens if token in _known(name)}
    return tuple(word for word in vocabulary(name) if word in found)


def plain(amount: Decimal, unit: str) -> str:
    """A measure as it is kept."""
    return f"{_plain(amount)} {unit}"


@cache
def called(told: str) -> str:
    """The vocabulary's own word for a word that stands for one of its colours, materials or sizes."""
    for name in ("colour", "material", "size"):
        if word := _known(name).get(_key(told)):
            return word.casefold()
    return told


def _measured(unit: str, told: str) -> Value:
    """All sides in one unit; a number without a unit is taken as it is meant for this attribute."""
    read = told.replace("’", "'")
    sides = _sides(unit, read)
    if not sides:
        return Value(told[:LONGEST], False)
    return Value(f"{' × '.join(map(_plain, sides))} {unit}", True)


def _sides(unit: str, told: str) -> Sequence[Decimal]:
    """The numbers of a measure in its unit; none where something else stands there."""
    found: list[tuple[str, str]] = re.findall(rf"({_NUMBER})\s*({_NAMES})?(?![\d])", told, re.IGNORECASE)
    bare = re.sub(rf"({_NUMBER})\s*({_NAMES})?", "", told, flags=re.IGNORECASE)
    if not found or re.search(r"[^\s가-힣x×*()약:,.]", bare, re.IGNORECASE):
        return ()
    shared = next((name for _, name in reversed(found) if name), unit)
    sides = []
    for number, name in found:
        told_in, of = UNITS[(name or shared).lower()]
        if told_in != unit:
            return ()
        sides.append(Decimal(number.replace(",", "")) * of)
    return sides


def _plain(amount: Decimal) -> str:
    """The amount with one place after the point at most, more where it is smaller than that."""
    rounded = amount.quantize(FINEST, ROUND_HALF_UP) if amount >= FINEST else amount.normalize()
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _word(name: str, told: str) -> Value:
    word = _known(name).get(_key(told))
    return Value(word or told[:LONGEST], word is not None)


@cache
def _known(name: str) -> Mapping[str, str]:
    """The vocabulary's word by every way of writing it."""
    words = shelf.read("vocabulary").get(name, {})
    return {_key(other): word for word, others in words.items() for other in (word, *others)}


def _key(told: str) -> str:
    """A word without case, blanks and a colour's ending, as it is looked up."""
    return re.sub(r"[\s_-]+", "", told.casefold())
