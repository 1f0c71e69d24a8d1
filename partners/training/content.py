"""What a module holds: parts to read and tick, questions with explanations, and when it is passed (pure)."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from base.errors import Invalid
from base.personal import resident_number

TEXT, PICTURE, VIDEO, CHECKLIST, BRAND, SECURITY = (
    "text",
    "picture",
    "video",
    "checklist",
    "brand",
    "security",
)
KINDS = (TEXT, PICTURE, VIDEO, CHECKLIST, BRAND, SECURITY)
LISTS = (CHECKLIST, BRAND, SECURITY)  # parts whose text is one thing a line
MOST_PARTS, MOST_QUESTIONS, MOST_CHOICES = 20, 20, 4
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINE = 60, 2000, 200
#: Of a quiz: percent right, hours to wait after a miss, tries, and months a pass counts (0: always).
LIMITS = {"pass_pct": (50, 100), "wait_h": (0, 336), "tries": (1, 10), "months": (0, 36)}


class BadContent(Invalid):
    """A module cannot be kept or published as it is. Facts: field, why (a code), most."""

    code = "training.bad_content"


@dataclass(frozen=True, slots=True)
class Part:
    """Something to read: of a kind, with words; `link` is a video's address or a picture's name."""

    kind: str
    title: str = ""
    text: str = ""
    link: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The things of a list, one a line."""
        return tuple(line for raw in self.text.splitlines() if (line := raw.strip()))


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices, the places of those that are right, and why."""

    text: str = ""
    choices: tuple[str, ...] = ()
    right: frozenset[int] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A module as it is read and asked."""

    title: str = ""
    parts: tuple[Part, ...] = ()
    questions: tuple[Question, ...] = ()
    pass_pct: int = 80
    wait_h: int = 24
    tries: int = 3
    months: int = 12


def kept(content: Content) -> dict[str, Any]:
    """A content as it stands in a row."""
    doc = asdict(content)
    for question in doc["questions"]:
        question["right"] = sorted(question["right"])
    return doc


def told(doc: Mapping[str, Any]) -> Content:
    """The content of a row, or of a file of the library."""
    return Content(
        **{name: doc[name] for name in ("title", *LIMITS) if name in doc},
        parts=tuple(Part(**part) for part in doc.get("parts", ())),
        questions=tuple(_question(one) for one in doc.get("questions", ())),
    )


def _question(doc: Mapping[str, Any]) -> Question:
    return Question(doc["text"], tuple(doc["choices"]), frozenset(doc["right"]), doc["why"])


def checked(content: Content) -> Content:
    """A draft as it is kept: with room for what is not written yet. Raises BadContent."""
    clean = Content(
        title=" ".join(_plain(content.title, "title", LONGEST_TITLE).split()),
        parts=tuple(_part(part, place) for place, part in enumerate(content.parts)),
        questions=tuple(_asked(one, place) for place, one in enumerate(content.questions)),
        **{name: getattr(content, name) for name in LIMITS},
    )
    for name, (low, high) in LIMITS.items():
        if not low <= getattr(clean, name) <= high:
            raise BadContent(field=name, why="range", most=high)
    if len(clean.parts) > MOST_PARTS:
        raise BadContent(field="parts", why="many", most=MOST_PARTS)
    if len(clean.questions) > MOST_QUESTIONS:
        raise BadContent(field="questions", why="many", most=MOST_QUESTIONS)
    return clean


def _part(part: Part, place: int) -> Part:
    name = f"part-{place}"
    if part.kind not in KINDS:
        raise BadContent(field=f"{name}-title", why="kind", most=0)
    title = _plain(part.title, f"{name}-title", LONGEST_TITLE)
    text = _plain(part.text, f"{name}-text", LONGEST_TEXT)
    if any(len(line) > LONGEST_LINE for line in text.splitlines()) and part.kind in LISTS:
        raise BadContent(field=f"{name}-text", why="long", most=LONGEST_LINE)
    link = part.link.strip()
    if part.kind == VIDEO and link and not is_address(link):
        raise BadContent(field=f"{name}-link", why="link", most=0)
    return Part(part.kind, title, text, link)


def _asked(one: Question, place: int) -> Question:
    name = f"question-{place}"
    choices = [_plain(choice, f"{name}-choice", LONGEST_LINE) for choice in one.choices[:MOST_CHOICES]]
    places = [at for at, choice in enumerate(choices) if choice]
    return Question(
        _plain(one.text, f"{name}-text", LONGEST_LINE),
        tuple(choices[at] for at in places),
        frozenset(now for now, at in enumerate(places) if at in one.right),
        _plain(one.why, f"{name}-why", LONGEST_LINE * 2),
    )


def _plain(text: str, field: str, most: int) -> str:
    said = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if resident_number(said):
        raise BadContent(field=field, why="resident_number", most=0)
    if len(said) > most:
        raise BadContent(field=field, why="long", most=most)
    return said


def is_address(link: str) -> bool:
    """Whether a link leads to a page on the web, encrypted and without a name and password in it."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = link.isascii() and link.isprintable() and " " not in link and len(link) <= LONGEST_LINE
    return (
        plain and parts.scheme == "https" and bool(host) and "@" not in parts.netloc and port in {None, 443}
    )


def unfinished(content: Content, *, pictures: Sequence[str]) -> BadContent | None:
    """What is still missing before a module can be published; `pictures` are those that the shop has."""
    if not content.title:
        return BadContent(field="title", why="empty", most=LONGEST_TITLE)
    if not content.parts:
        return BadContent(field="parts", why="no_parts", most=MOST_PARTS)
    found = (_unread(part, f"part-{place}", pictures) for place, part in enumerate(content.parts))
    asked = (_unasked(one, f"question-{place}") for place, one in enumerate(content.questions))
    return next((wrong for wrong in (*found, *asked) if wrong), None)


def _unread(part: Part, name: str, pictures: Sequence[str]) -> BadContent | None:
    if not part.title:
        return BadContent(field=f"{name}-title", why="empty", most=LONGEST_TITLE)
    if part.kind == VIDEO and not part.link:
        return BadContent(field=f"{name}-link", why="empty", most=0)
    if part.kind == PICTURE and part.link not in pictures:
        return BadContent(field=f"{name}-picture", why="no_picture", most=0)
    if part.kind != VIDEO and not part.text:  # of a picture, what it shows is said to who cannot see it
        return BadContent(field=f"{name}-text", why="empty", most=LONGEST_TEXT)
    return None


def _unasked(one: Question, name: str) -> BadContent | None:
    for field, there in (("text", one.text), ("why", one.why)):
        if not there:
            return BadContent(field=f"{name}-{field}", why="empty", most=LONGEST_LINE)
    if len(one.choices) < 2 or len(set(one.choices)) < len(one.choices):
        return BadContent(field=f"{name}-choice", why="choices", most=MOST_CHOICES)
    if not one.right:
        return BadContent(field=f"{name}-choice", why="no_right", most=0)
    return None
