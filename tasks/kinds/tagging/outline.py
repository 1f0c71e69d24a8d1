"""A vocabulary as an owner writes it: one tag a line, what is set in stands under the line above.

    옷 / Clothes
      원피스 / Dress, 드레스
      셔츠 / Shirt
    없음 / None !

After the name (Korean / English) come other words for it; a mark at the end says that it stands alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count

from stock.tag_words import normal
from tasks.kinds.tagging.vocabulary import Attribute, BadVocabulary, Tag

ALONE = "!"
DEEPEST = 5
STEP = "  "


def read(text: str, *, attribute: str, before: Sequence[Tag] = ()) -> tuple[Tag, ...]:
    """The tags an outline says; one that shares a word with a tag of before keeps its key, and its past.

    Raises BadVocabulary with the number of the line.
    """
    known = {word: tag.key for tag in before for word in tag.said()}
    taken: set[str] = set()
    tags, above = list[Tag](), list[tuple[int, str]]()
    for line, depth, said in _lines(text):
        while above and above[-1][0] >= depth:
            above.pop()
        if len(above) >= DEEPEST:
            raise BadVocabulary(attribute=attribute, line=line, why="too_deep")
        tag = _tag(said, under=above[-1][1] if above else "")
        if tag is None:
            raise BadVocabulary(attribute=attribute, line=line, why="no_name")
        key = _key(tag, known, taken)
        taken.add(key)
        tags.append(Tag(key, tag.ko, tag.en, tag.words, tag.under, tag.alone))
        above.append((depth, key))
    return tuple(tags)


def written(attribute: Attribute) -> str:
    """The outline of an attribute's tags: what `read` reads again."""
    return "\n".join(STEP * attribute.depth(tag.key) + _said(tag) for tag in attribute.tags)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, depth and words of every line that says something."""
    for number, raw in enumerate(text.expandtabs(4).splitlines(), start=1):
        if said := raw.strip():
            yield number, len(raw) - len(raw.lstrip()), said


def _tag(said: str, *, under: str) -> Tag | None:
    alone = said.endswith(ALONE)
    names, *words = (part.strip() for part in said.removesuffix(ALONE).split(","))
    ko, _slash, en = (part.strip() for part in names.partition("/"))
    others = tuple(
        dict.fromkeys(word for word in words if word and normal(word) not in map(normal, (ko, en)))
    )
    return Tag("", ko, en, others, under, alone) if normal(ko) else None


def _key(tag: Tag, known: Mapping[str, str], taken: set[str]) -> str:
    """The key of the tag that was called so before (its name counts for more than a synonym), or its name.

    A word that comes back after years means again what it meant: what stands on products stays true.
    """
    found = [known[word] for word in tag.said() if word in known and known[word] not in taken]
    key = found[0] if found else normal(tag.ko)
    return next(free for free in chain([key], (f"{key}-{n}" for n in count(2))) if free not in taken)


def _said(tag: Tag) -> str:
    name = f"{tag.ko} / {tag.en}" if tag.en else tag.ko
    return ", ".join((name, *tag.words)) + (f" {ALONE}" if tag.alone else "")
