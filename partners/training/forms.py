"""The form of a module, read as it was sent: parts and questions by their places, and acts on them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from flask import request

from partners import typed
from partners.training.content import (
    KINDS,
    LIMITS,
    MOST_CHOICES,
    MOST_PARTS,
    MOST_QUESTIONS,
    Content,
    Part,
    Question,
)
from partners.training.quiz import Picked

T = TypeVar("T")


def content(names: Mapping[int, str]) -> Content:
    """The content a form carries; `names` are pictures it brought, by the place of their part.

    Raises NotANumber.
    """
    return Content(
        title=request.form.get("title", ""),
        parts=tuple(_part(place, names) for place in _places("part", MOST_PARTS)),
        questions=tuple(_question(place) for place in _places("question", MOST_QUESTIONS)),
        **{name: typed.whole(name) for name in LIMITS},
    )


def _places(name: str, most: int) -> list[int]:
    return [place for place in range(most) if f"{name}-{place}" in request.form]


def _part(place: int, names: Mapping[int, str]) -> Part:
    said = {field: request.form.get(f"part-{place}-{field}", "") for field in ("title", "text", "link")}
    if place in names:
        said["link"] = names[place]
    return Part(request.form[f"part-{place}"], **said)


def _question(place: int) -> Question:
    name = f"question-{place}"
    right = {int(at) for at in request.form.getlist(f"{name}-right") if at in set("0123")}
    choices = tuple(request.form.get(f"{name}-choice-{at}", "") for at in range(MOST_CHOICES))
    return Question(
        request.form.get(f"{name}-text", ""), choices, frozenset(right), request.form.get(f"{name}-why", "")
    )


def acted(content: Content, act: str) -> tuple[Content, str]:
    """The content after what a button does to it, and the name of the place to go on at.

    Acts are `add-<kind of part>`, `add-question`, and `up-` or `drop-` before a part's or question's place.
    """
    verb, _, rest = act.partition("-")
    if verb == "add" and rest in KINDS:
        return replace(content, parts=(*content.parts, Part(rest))), f"part-{len(content.parts)}"
    if verb == "add" and rest == "question":
        asked = (*content.questions, Question())
        return replace(content, questions=asked), f"question-{len(content.questions)}"
    what, _, place = rest.partition("-")
    if not place.isdecimal() or not place.isascii() or len(place) > 2:
        return content, ""
    if what == "part":
        return replace(
            content, parts=_moved(content.parts, verb, int(place))
        ), f"part-{max(0, int(place) - 1)}"
    if what == "question":
        return replace(content, questions=_moved(content.questions, verb, int(place))), "questions"
    return content, ""


def _moved(rows: tuple[T, ...], verb: str, place: int) -> tuple[T, ...]:
    if place >= len(rows):
        return rows
    rest = (*rows[:place], *rows[place + 1 :])
    if verb == "drop":
        return rest
    if verb == "up" and place > 0:
        return (*rest[: place - 1], rows[place], *rest[place - 1 :])
    return rows


def uploads() -> dict[int, bytes]:
    """The pictures that were sent, by the place of their part."""
    sent = ((place, request.files.get(f"part-{place}-picture")) for place in _places("part", MOST_PARTS))
    read = {place: upload.read() for place, upload in sent if upload and upload.filename}
    return {place: data for place, data in read.items() if data}


def picked(n: int) -> Picked:
    """The choices that were picked of so many questions."""
    return [
        frozenset(int(at) for at in request.form.getlist(f"question-{number}") if at in set("0123"))
        for number in range(n)
    ]


def ticked(n: int) -> list[int]:
    """The parts that were ticked, of so many."""
    return [place for place in range(n) if request.form.get(f"read-{place}") == "1"]
