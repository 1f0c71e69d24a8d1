"""The reviewer's marks: boxes on photos, stretches of text, and which defect each belongs to (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

STRETCH = re.compile(r"([A-Za-z0-9_.\-]{1,60}):(\d{1,5})-(\d{1,5})")
LONGEST_QUOTE = 200  # characters of a text that are said again beside the mark
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
    begins: int | None = None
    ends: int | None = None
    quote: str = ""  # the text between them, as it was handed in


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters of an item's text: from the first to before the last."""

    item: str
    begins: int
    ends: int


def stretches(text: str) -> list[Stretch] | None:
    """The stretches of "item:begin-end …"; None for what cannot be read so."""
    words = text.split()
    found = [STRETCH.fullmatch(word) for word in words]
    if len(words) > MOST or not all(found):
        return None
    told = [Stretch(match[1], int(match[2]), int(match[3])) for match in found if match]
    return told if all(one.begins < one.ends for one in told) else None


def pieces(text: str, marked: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text cut where marks begin and end: each piece, and whether it is marked."""
    inside = [False] * len(text)
    for begins, ends in marked:
        for place in range(max(0, begins), min(ends, len(text))):
            inside[place] = True
    cut: list[tuple[str, bool]] = []
    for sign, is_in in zip(text, inside, strict=True):
        if cut and cut[-1][1] == is_in:
            cut[-1] = (cut[-1][0] + sign, is_in)
        else:
            cut.append((sign, is_in))
    return cut


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


def pair_stretches(seen: Sequence[Seen], told: Sequence[Stretch]) -> list[Seen] | None:
    """The defects with their stretches of text; None when there are some and nothing seen they belong to.

    A stretch belongs to the first defect of its item, else to the first of all, which is then of that item;
    the second stretch of a defect, and one of a defect that is seen elsewhere, become lines of their own.
    """
    if told and not seen:
        return None
    lines = list(seen)
    for one in told:
        place = next((n for n, line in enumerate(lines) if line.item == one.item), 0)
        placed = replace(lines[place], item=one.item, begins=one.begins, ends=one.ends)
        if lines[place].begins is None and lines[place].photo_id is None:
            lines[place] = placed
        else:
            lines.append(replace(placed, photo_id=None, x=None, y=None, w=None, h=None))
    return lines


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
