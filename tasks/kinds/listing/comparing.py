"""Two versions of a listing beside each other: what is new, gone and different, field by field (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from tasks.kinds.listing import content
from tasks.kinds.listing.content import Listing


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in a field; `part` names what in it: an option, an attribute, a field of the notice."""

    item: str
    part: str
    was: str
    now: str

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        if not self.was:
            return "added"
        return "changed" if self.now else "removed"


def changes(was: Listing, now: Listing) -> tuple[Change, ...]:
    """What is different, in the order the fields are asked."""
    return tuple(_changes(was, now))


def _changes(was: Listing, now: Listing) -> Iterator[Change]:
    yield from _one(content.PICTURES, _numbers(was.pictures), _numbers(now.pictures))
    yield from _one(content.TITLE, was.title, now.title)
    yield from _one(content.CATEGORY, was.category, now.category)
    yield from _parts(content.OPTIONS, _joined(was), _joined(now))
    yield from _parts(content.ATTRIBUTES, _listed(was.attributes), _listed(now.attributes))
    yield from _lines(was.description, now.description)
    yield from _one(content.NOTICE, was.group, now.group)
    yield from _parts(content.NOTICE, was.notice, now.notice)
    yield from _one(content.PRICE, _won(was.price), _won(now.price))


def _one(item: str, was: str, now: str) -> Iterator[Change]:
    if was != now:
        yield Change(item, "", was, now)


def _parts(item: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for part in dict.fromkeys((*was, *now)):
        before, after = was.get(part, ""), now.get(part, "")
        if before != after:
            yield Change(item, part, before, after)


def _lines(was: str, now: str) -> Iterator[Change]:
    """The lines of the description that differ; what stands in between is left out."""
    before, after = was.splitlines(), now.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_, to, there_from, there_to in matcher.get_opcodes():
        if tag != "equal":
            gone, new = "\n".join(before[from_:to]), "\n".join(after[there_from:there_to])
            if gone.strip() or new.strip():
                yield Change(content.DESCRIPTION, "", gone, new)


def _joined(written: Listing) -> dict[str, str]:
    return {option.name: ", ".join(option.values) for option in written.options}


def _listed(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {key: ", ".join(told) for key, told in attributes.items()}


def _numbers(ids: tuple[int, ...]) -> str:
    return " ".join(map(str, ids))


def _won(price: int | None) -> str:
    return "" if price is None else f"{price:,}"
