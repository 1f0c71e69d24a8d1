"""Suggestions from what the product says, and from its listing elsewhere; taken over or not (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.kinds.listing import content, values
from tasks.kinds.listing.content import Listing


@dataclass(frozen=True, slots=True)
class Hint:
    """A value that may be taken over into a field, by its name in the form; `of`: "" is the product."""

    field: str
    value: str
    of: str = ""


def hints(
    *, name: str, option: str, price: int | None, weight_g: int | None, text: str, step: int = 1
) -> Sequence[Hint]:
    """What a product suggests for its listing."""
    title = " ".join(f"{name} {option}".split())
    found = [Hint(f"answer-{content.TITLE}", title)]
    if price:
        found.append(Hint(f"answer-{content.PRICE}", str(round(price / step) * step)))
    told = f"{option}\n{text}"
    attributes: Mapping[str, str] = {
        "colour": ", ".join(values.words_in("colour", told)),
        "material": ", ".join(values.words_in("material", text)),
        "origin": ", ".join(values.words_in("origin", text)[:1]),
        "weight": f"{weight_g} g" if weight_g else "",
        "capacity": _first(text, "ml"),
        "dimensions": _first(text, "cm"),
    }
    return found + [
        Hint(f"answer-{content.ATTRIBUTES}-{key}", told) for key, told in attributes.items() if told
    ]


def taken_from(channel: str, written: Listing) -> Sequence[Hint]:
    """What stands accepted on another channel, as suggestions for this one."""
    found = [
        (f"answer-{content.TITLE}", written.title),
        (f"answer-{content.DESCRIPTION}", written.description),
        (f"answer-{content.PRICE}", "" if written.price is None else str(written.price)),
    ]
    notice = f"answer-{content.NOTICE}"
    found += [(f"{notice}-{written.group}-{key}", told) for key, told in written.notice.items()]
    found += [
        (f"answer-{content.ATTRIBUTES}-{key}", ", ".join(told)) for key, told in written.attributes.items()
    ]
    return [Hint(field, value, channel) for field, value in found if value]


def _first(text: str, unit: str) -> str:
    """The first measure of a unit in a text, as an attribute keeps it."""
    amount = next((amount for told_in, amount in values.measures(text) if told_in == unit), None)
    return values.plain(amount, unit) if amount is not None else ""
