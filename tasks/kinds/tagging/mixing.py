"""Which known pictures are mixed into albums, how many, and which of them a hand is spared (pure)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

FEWEST_PICTURES, FEWEST_ON_SHEET = 5, 3  # of an album, of a sheet: below it one would stand out
WORN_OUT = 15  # hands that were shown a known picture, after which it is not mixed in any more
LEAST_HANDS = 3  # that must have said the same for a picture to be known


def how_many(pictures: int, *, per_sheet: int, percent: int) -> int:
    """How many known pictures an album takes: the share, and at least one where it takes any."""
    if pictures < FEWEST_PICTURES or per_sheet < FEWEST_ON_SHEET or percent <= 0:
        return 0
    return max(1, round(pictures * percent / 100))


def pick(known: Collection[int], n: int, *, seen: Mapping[int, int], seed: int) -> list[int]:
    """So many of the known pictures: those seen least, by the seed among equals; none that is worn out."""
    fresh = [id_ for id_ in known if seen.get(id_, 0) < WORN_OUT]
    return sorted(fresh, key=lambda id_: (seen.get(id_, 0), _mark(f"{seed}:pick:{id_}")))[:n]


def spared(
    mixed: Mapping[int, int], *, met: Collection[int], shown_today: int, mixed_today: int, percent: int
) -> set[int]:
    """Which mixed pictures (place by picture) a hand is not shown: met before, or more than its share today.

    The first of a day may always be shown.
    """
    budget = max(1, shown_today * percent // 100) - mixed_today
    new = sorted(
        (id_ for id_, picture in mixed.items() if picture not in met), key=lambda id_: _mark(f"{id_}")
    )
    return set(mixed) - set(new[: max(0, budget)])


def agreed(found: Mapping[str, Any], attributes: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
    """What is known of a picture that every hand described the same; None where they did not, or few did.

    `attributes` are (key, region): places that hands draw are never quite the same, so a picture with one
    teaches nothing here.
    """
    tags: dict[str, list[str]] = {}
    for key, region in attributes:
        of_it = found.get(key)
        if of_it is None or of_it["answers"] < LEAST_HANDS or of_it["agreeing"] != of_it["answers"]:
            return None
        if region != "none" and of_it["held"]:
            return None
        if of_it["held"]:
            tags[key] = [held[0] for held in of_it["held"]]
    return {"tags": tags, "marks": []} if tags else None


def _mark(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
