"""What people write: made plain, measured, and read for whom it calls (pure)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LONGEST = 1000  # characters of a message
MOST_LINES = 40
MOST_MARKS = 5  # of one message
PARTNER, REVIEWER, OWNER = "partner", "reviewer", "owner"
#: By what a role is called, in both languages.
CALLED = {
    "파트너": PARTNER, "partner": PARTNER,
    "검수자": REVIEWER, "reviewer": REVIEWER,
    "사장님": OWNER, "owner": OWNER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message; `calls` says that it is somebody's handle."""

    text: str
    calls: bool = False


def plain(text: str) -> str:
    """The text without signs that nobody sees and that turn its direction; blank lines at the ends go."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(filter(_seen, line)).rstrip() for line in lines).strip()


def _seen(sign: str) -> bool:
    """Line by line: tabs stay, and the joiner that families and flags of emoji are made of."""
    return sign in "\t\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def pieces(text: str, handles: Sequence[str]) -> Iterator[Piece]:
    """The text cut where somebody is called; of two handles the longer one counts."""
    last = 0
    for found in _calling(handles).finditer(text):
        if found.start() > last:
            yield Piece(text[last : found.start()])
        yield Piece(found[0], calls=True)
        last = found.end()
    if last < len(text):
        yield Piece(text[last:])


def called(text: str, handles: Mapping[str, str]) -> set[str]:
    """What stands behind the handles that a text calls; `handles` are known by their lower case."""
    return {handles[found[1].casefold()] for found in _calling(list(handles)).finditer(text)}


def _calling(handles: Sequence[str]) -> re.Pattern[str]:
    """@handle, where no word stands before it and no Latin letter or digit goes on: 검수자님 is 검수자."""
    known = "|".join(re.escape(handle) for handle in sorted(handles, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<![\w@])@({known or '(?!)'})(?![A-Za-z0-9_])", re.IGNORECASE)
