"""The fields of a listing as they are asked, and as a form sends them (pure)."""

from collections.abc import Mapping
from typing import Any

from tasks.items import Item
from tasks.kinds.listing import content, notices, shelf, values
from tasks.kinds.listing.content import KEYS

MOST_OPTIONS = 3  # places for options in the form


OPTIONAL = {
    content.PICTURES,
    content.OPTIONS,
    content.ATTRIBUTES,
}  # unanswered pictures are all of the product's
SEVERE = {content.NOTICE: "critical", content.PRICE: "critical", content.ATTRIBUTES: "critical"}


def _words(key: str, what: str) -> Mapping[str, str]:
    return dict(zip(("ko", "en"), shelf.read("fields")[key][what], strict=True))


FIELDS = tuple(
    Item(
        key=key,
        type="own",
        label=_words(key, "label"),
        help=_words(key, "help"),
        required=key not in OPTIONAL,
        severity=SEVERE.get(key, "major"),
    )
    for key in KEYS
)


def typed(item: Item, form: Any) -> Any:
    """The field's value in a form, None where it says nothing; what cannot be one is given on as it is."""
    name = f"answer-{item.key}"
    readers = {
        content.PICTURES: _pictures,
        content.OPTIONS: _options,
        content.ATTRIBUTES: _attributes,
        content.NOTICE: _notice,
        content.PRICE: _price,
    }
    reader = readers.get(item.key)
    if reader is not None:
        return reader(name, form) or None
    told = "\n".join(line.rstrip() for line in form.get(name, "").splitlines()).strip()
    return (told if item.key == content.DESCRIPTION else " ".join(told.split())) or None


def _pictures(name: str, form: Any) -> list[int]:
    """The ticked pictures in order, the one that was made the first in front."""
    ids = [int(told) for told in form.getlist(name) if _is_number(told)]
    first = form.get(f"{name}-first", "")
    front = [id_ for id_ in ids if str(id_) == first]
    return list(dict.fromkeys(front + ids))


def _options(name: str, form: Any) -> list[dict[str, Any]]:
    found = []
    for place in range(1, MOST_OPTIONS + 1):
        told = " ".join(form.get(f"{name}-name-{place}", "").split())
        chosen = [" ".join(one.split()) for one in form.get(f"{name}-values-{place}", "").split(",")]
        chosen = [one for one in chosen if one]
        if told or chosen:
            found.append({"name": told, "values": chosen})
    return found


def _attributes(name: str, form: Any) -> dict[str, list[str]]:
    """Each attribute said one way: what was ticked, and what was written beside it."""
    found = {}
    for key, attribute in values.attributes().items():
        told = ", ".join(filter(str.strip, form.getlist(f"{name}-{key}")))
        if kept := [one.text for one in values.normal(attribute, told)]:
            found[key] = kept
    return found


def _notice(name: str, form: Any) -> dict[str, Any]:
    group = notices.group(form.get(name, ""))
    if group is None:
        return {}
    told = {one.key: " ".join(form.get(f"{name}-{group.key}-{one.key}", "").split()) for one in group.fields}
    return {"group": group.key, "values": {key: said for key, said in told.items() if said}}


def _price(name: str, form: Any) -> int | str:
    told = form.get(name, "").replace(",", "").replace("원", "").strip()
    return int(told) if _is_number(told) else str(told)


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 18
