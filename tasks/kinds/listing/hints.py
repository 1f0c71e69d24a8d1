"""Suggestions from what the product says, and from its listing elsewhere; taken over or not (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.kinds.listing import content, values
from tasks.kinds.listing.content import Listing


@dataclass(frozen=True, slots=True)
class Hint:
    """A value that may be taken over into a field, by its name in the form.

    `of`: where it comes from: the product (""), what was accepted for it before or elsewhere (a channel's
    name), or for a sibling: a product of the same name.
    """

    field: str
    value: str
    of: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, as it is measured: all channels together."""
        return {"": "product", BEFORE: BEFORE, SIBLING: SIBLING}.get(self.of, "elsewhere")

    @property
    def about(self) -> str:
        """What it is about, as it is measured: an attribute by its key, a notice as a whole."""
        name = self.field.removeprefix("answer-")
        return (
            name.removeprefix(f"{content.ATTRIBUTES}-")
            if name.startswith(content.ATTRIBUTES)
            else ("notice" if name.startswith(content.NOTICE) else name.removeprefix("own-"))
        )


BEFORE, SIBLING = "before", "sibling"
OF_ITSELF = ("colour", "weight")  # attributes that tell siblings apart


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


def taken_from(of: str, written: Listing) -> Sequence[Hint]:
    """What was accepted before, elsewhere or for a sibling; a category only from the same channel."""
    own = [
        (f"answer-{content.TITLE}", written.title),
        (f"answer-{content.PRICE}", "" if written.price is None else str(written.price)),
    ]
    found = [] if of == SIBLING else own
    found += [(f"answer-{content.CATEGORY}", written.category)] if of in {BEFORE, SIBLING} else []
    found += [(f"answer-{content.DESCRIPTION}", written.description)]
    notice = f"answer-{content.NOTICE}"
    found += [(f"{notice}-{written.group}-{key}", told) for key, told in written.notice.items()]
    found += [
        (f"answer-{content.ATTRIBUTES}-{key}", ", ".join(told))
        for key, told in written.attributes.items()
        if of != SIBLING or key not in OF_ITSELF
    ]
    return [Hint(field, value, of) for field, value in found if value]


def each_once(found: Iterable[Hint]) -> Sequence[Hint]:
    """Of suggestions that say the same of a field the first."""
    seen: dict[tuple[str, str], Hint] = {}
    for one in found:
        seen.setdefault((one.field, one.value), one)
    return list(seen.values())


def is_kept(hint: Hint, written: Listing) -> bool:
    """Whether a listing says what was suggested; of several words all of them."""
    name = hint.field.removeprefix("answer-")
    if name.startswith(f"{content.ATTRIBUTES}-"):
        return set(hint.value.split(", ")) <= set(written.attributes.get(hint.about, ()))
    if name.startswith(f"{content.NOTICE}-"):
        prefix = f"{content.NOTICE}-{written.group}-"
        return name.startswith(prefix) and written.notice.get(name.removeprefix(prefix)) == hint.value
    said = {
        content.TITLE: written.title,
        content.CATEGORY: written.category,
        content.DESCRIPTION: written.description,
        content.PRICE: str(written.price),
    }
    return " ".join(said[name].split()) == " ".join(hint.value.split())


def _first(text: str, unit: str) -> str:
    """The first measure of a unit in a text, as an attribute keeps it."""
    amount = next((amount for told_in, amount in values.measures(text) if told_in == unit), None)
    return values.plain(amount, unit) if amount is not None else ""
