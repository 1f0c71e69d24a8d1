"""The reviewer's marks: boxes drawn on photos, and which of the seen defects each belongs to (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

WORD = re.compile(r"(\d{1,18}):(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
MOST = 20
FULL = 100  # marks are typed in hundredths of a photo's sides, kept in thousandths


@dataclass(frozen=True, slots=True)
class Spot:
    """A box on a photo: its left, top, width and height, per mille of the photo's sides."""

    photo_id: int
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A defect as a reviewer saw it: what, at which item, how bad, in words, and where on a photo."""

    code: str
    item: str = ""
    severity: str = ""
    note: str = ""
    photo_id: int | None = None
    x: int | None = None
    y: int | None = None
    w: int | None = None
    h: int | None = None


def read(text: str) -> list[Spot] | None:
    """The spots of "photo:x,y,width,height …" in hundredths; None for what cannot be read so."""
    words = text.split()
    found = [WORD.fullmatch(word) for word in words]
    if len(words) > MOST or not all(found):
        return None
    spots = [_spot(*(int(part) for part in match.groups())) for match in found if match]
    return spots if all(spot is not None for spot in spots) else None  # type: ignore[return-value]


def _spot(photo_id: int, x: int, y: int, w: int, h: int) -> Spot | None:
    if not (w and h) or x + w > FULL or y + h > FULL:
        return None
    return Spot(photo_id, 10 * x, 10 * y, 10 * w, 10 * h)


def box(spot: Spot) -> tuple[int, int, int, int]:
    """Left, top, width and height in hundredths, as pages draw them."""
    return spot.x // 10, spot.y // 10, spot.w // 10, spot.h // 10


def pair(seen: Sequence[Seen], spots: Sequence[Spot], item_of: Mapping[int, str]) -> list[Seen] | None:
    """The defects with their spots; None when there are spots and nothing seen they could belong to.

    A spot belongs to the first defect of its photo's item, else to the first defect of all; the second spot
    of a defect becomes a line of its own.
    """
    if spots and not seen:
        return None
    lines = list(seen)
    for spot in spots:
        place = next((n for n, one in enumerate(lines) if one.item == item_of.get(spot.photo_id)), 0)
        placed = replace(lines[place], photo_id=spot.photo_id, x=spot.x, y=spot.y, w=spot.w, h=spot.h)
        if lines[place].photo_id is None:
            lines[place] = placed
        else:
            lines.append(placed)
    return lines
