"""The brand guide as a form says it: a word a line, what to write instead behind an arrow (pure)."""

from typing import Any

from tasks.kinds.listing import brand
from tasks.kinds.listing.brand import Guide, Spelling

NAMES = ("names", "wanted", "unwanted", "own", "tone")
ARROW = "→"


def shown(guide: Guide) -> dict[str, str]:
    """The guide's fields as texts."""
    return {
        "names": "\n".join(f"{', '.join(one.wrong)} {ARROW} {one.right}" for one in guide.names),
        "wanted": "\n".join(guide.wanted),
        "unwanted": "\n".join(
            f"{word} {ARROW} {instead}" if instead else word for word, instead in guide.unwanted.items()
        ),
        "own": "\n".join(guide.own),
        "tone": guide.tone,
    }


def read(form: Any) -> Guide:
    """The guide that a form says; a line that says nothing is passed over."""
    unwanted = [_pair(line) for line in _lines(form, "unwanted")]
    names = [_pair(line) for line in _lines(form, "names")]
    tone = form.get("tone", brand.ANY)
    return Guide(
        names=tuple(
            Spelling(right, tuple(filter(None, (one.strip() for one in wrong.split(",")))))
            for wrong, right in names
            if right and wrong.strip(", ")
        ),
        wanted=tuple(dict.fromkeys(_lines(form, "wanted"))),
        unwanted={word: instead for word, instead in unwanted if word},
        own=tuple(dict.fromkeys(_lines(form, "own"))),
        tone=tone if tone in brand.TONES else brand.ANY,
    )


def _lines(form: Any, name: str) -> list[str]:
    told = (" ".join(line.split()) for line in form.get(name, "").splitlines())
    return [line for line in told if line]


def _pair(line: str) -> tuple[str, str]:
    """What stands before and after the arrow, of which -> is another way to write it."""
    before, _, after = line.replace("->", ARROW).partition(ARROW)
    return before.strip(), after.strip()
