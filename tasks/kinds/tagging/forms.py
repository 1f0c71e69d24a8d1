"""A description as a form sends it: a box a tag, a word a place, one box for "cannot make it out".

tag-<key>-<attribute>=<tag>          ticked, as often as there are tags
marks-<key>-<attribute>=<tag>@x,y,w,h <tag>@x,y …
unclear-<key>=1
"""

from typing import Any

from tasks.items import Item
from tasks.kinds.tagging.saying import WHOLE


def typed(item: Item, form: Any) -> Any:
    """What the form says of a picture, None where it says nothing."""
    return described(item.key, form)


def described(key: str, form: Any) -> dict[str, Any] | None:
    """What a form says under a key, None where it says nothing."""
    if form.get(f"unclear-{key}") == "1":
        return {"tags": {}, "marks": [], "unclear": True}
    tags = {of: [tag for tag in form.getlist(name) if tag] for of, name in _named(form, f"tag-{key}-")}
    marks = [
        _mark(of, word)
        for of, name in _named(form, f"marks-{key}-")
        for line in form.getlist(name)
        for word in line.split()
    ]
    said = {of: words for of, words in tags.items() if words}
    return {"tags": said, "marks": marks, "unclear": False} if said or marks else None


def _named(form: Any, prefix: str) -> list[tuple[str, str]]:
    return [(name.removeprefix(prefix), name) for name in form if name.startswith(prefix)]


def _mark(of: str, word: str) -> dict[str, Any]:
    """A place in words; what is no number is no place, and is refused when it is read."""
    tag, _at, place = word.rpartition("@")
    parts = place.split(",")
    at = [int(part) if part.isascii() and part.isdigit() and len(part) < 6 else -WHOLE for part in parts]
    return {"of": of, "tag": tag, "at": at}


def written(tag: str, at: tuple[int, ...]) -> str:
    """A place as the form has it."""
    return f"{tag}@{','.join(map(str, at))}"
