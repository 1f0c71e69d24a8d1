"""Accepted listings as a channel's bulk file: its columns filled from what was written (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from tasks.kinds.listing import notices
from tasks.kinds.listing.channels import Channel
from tasks.kinds.listing.content import Listing

Cell = str | int | None
WRITTEN = "="  # a column that is always the same says what after this


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing, and what the file needs of its product."""

    written: Listing
    sku: str
    product_name: str
    barcode: str
    weight_g: int | None
    stock: int


def header(channel: Channel) -> list[str]:
    """The file's first row."""
    return [name for name, _ in channel.file.columns]


def rows(channel: Channel, entries: Sequence[Entry]) -> Iterator[list[Cell]]:
    """The file's rows: one a product, or one for each combination of its options."""
    for entry in entries:
        chosen = _combinations(entry.written) if channel.file.rows == "combination" else [()]
        for combination in chosen:
            cells = _cells(channel, entry, combination)
            yield [_cell(source, cells) for _, source in channel.file.columns]


def picture_name(sku: str, nth: int) -> str:
    """What the nth picture of a product is called in the file and in the folder that goes with it."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in sku)
    return f"{safe}-{nth}.jpg"


def _combinations(written: Listing) -> list[tuple[str, ...]]:
    return list(product(*(option.values for option in written.options))) if written.options else [()]


def _cell(source: str, cells: Mapping[str, Any]) -> Cell:
    if source.startswith(WRITTEN):
        return source[1:]
    told: Cell = cells.get(source)
    return told


def _cells(channel: Channel, entry: Entry, combination: tuple[str, ...]) -> dict[str, Any]:
    written, several = entry.written, channel.file.several
    attributes = {key: ", ".join(told) for key, told in written.attributes.items()}
    group = notices.group(written.group)
    pictures = [picture_name(entry.sku, nth) for nth in range(1, len(written.pictures) + 1)]
    told: dict[str, Any] = {
        "sku": entry.sku,
        "product_name": entry.product_name,
        "barcode": entry.barcode,
        "stock": entry.stock,
        "title": written.title,
        "category": written.category,
        "price": written.price,
        "description": written.description,
        "description_with_notice": "\n\n".join(filter(None, (written.description, _notice_text(written)))),
        "first_picture": pictures[0] if pictures else "",
        "more_pictures": ("\n" if channel.file.kind == "xlsx" else "|").join(pictures[1:]),
        "brand": attributes.get("brand", ""),
        "maker": attributes.get("maker") or written.notice.get("maker", ""),
        "origin": attributes.get("origin") or written.notice.get("country", ""),
        "model": attributes.get("model", ""),
        "material": attributes.get("material", ""),
        "weight_kg": f"{entry.weight_g / 1000:.3f}" if entry.weight_g else "",
        "option_form": "조합형" if written.options else "",
        "option_used": "Y" if written.options else "N",
        "option_names": several.join(option.name for option in written.options),
        "option_values": several.join(",".join(option.values) for option in written.options),
        "option_braces": several.join(f"{one.name}{{{'|'.join(one.values)}}}" for one in written.options),
        "notice_group": group.name["ko"] if group else "",
    }
    told |= {f"notice:{key}": value for key, value in written.notice.items()}
    for nth, field in enumerate(group.fields if group else (), start=1):
        told[f"notice_value:{nth}"] = written.notice.get(field.key, "")
    for nth, (option, value) in enumerate(zip(written.options, combination, strict=False), start=1):
        told |= {f"option_name:{nth}": option.name, f"option_value:{nth}": value}
    return told


def _notice_text(written: Listing) -> str:
    """The notice as lines, for a channel whose file has no columns for it."""
    group = notices.group(written.group)
    fields = group.fields if group else ()
    lines = [f"{one.label['ko']}: {written.notice[one.key]}" for one in fields if written.notice.get(one.key)]
    return "\n".join(["[상품정보제공고시]", *lines]) if lines else ""
