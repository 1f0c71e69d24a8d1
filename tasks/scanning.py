"""Scanned codes against the goods of an order: what is missing, too many, or does not belong."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

TIMES = re.compile(r"(.*\S)\s*[*×]\s*(\d{1,5})")
GTIN = re.compile(r"\d{8}|\d{12,14}")


@dataclass(frozen=True, slots=True)
class Good:
    """Units of a product that belong into the parcel."""

    sku: str
    barcode: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a scan found wrong; missing and extra name the SKU and the units, wrong the codes as scanned."""

    missing: tuple[tuple[str, int], ...]
    extra: tuple[tuple[str, int], ...]
    wrong: tuple[str, ...]

    @property
    def right(self) -> bool:
        return not (self.missing or self.extra or self.wrong)


def compare(codes: Iterable[str], goods: Sequence[Good]) -> Comparison:
    """Compares scanned barcodes or typed SKUs with what is wanted; `CODE*12` counts twelve.

    Of two products under one barcode the one still wanted is taken to be in hand.
    """
    wanted = _wanted(goods)
    seen, wrong = _seen(codes, goods, wanted)
    return Comparison(
        missing=tuple((sku, units - seen[sku]) for sku, units in wanted.items() if seen[sku] < units),
        extra=tuple((sku, seen[sku] - units) for sku, units in wanted.items() if seen[sku] > units),
        wrong=tuple(wrong),
    )


def tally(codes: Iterable[str], goods: Sequence[Good]) -> dict[str, int]:
    """How many units of each SKU were scanned, for showing progress beside the picking list."""
    wanted = _wanted(goods)
    seen, _wrong = _seen(codes, goods, wanted)
    return {sku: seen[sku] for sku in wanted}


def _wanted(goods: Iterable[Good]) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for good in goods:
        wanted[good.sku] += good.quantity
    return wanted


def _seen(
    codes: Iterable[str], goods: Sequence[Good], wanted: Counter[str]
) -> tuple[Counter[str], list[str]]:
    """Units scanned of each SKU, and the codes that belong to none."""
    skus = _by_code(goods)
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for code in filter(str.strip, codes):
        name, units = _counted(code, skus)
        if name in skus:
            _put(seen, skus[name], units, wanted)
        else:
            wrong.append(code.strip())
    return seen, wrong


def _by_code(goods: Sequence[Good]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for good in goods:
        for code in {normal(good.sku), normal(good.barcode)} - {""}:
            if good.sku not in found.setdefault(code, []):
                found[code].append(good.sku)
    return found


def normal(code: str) -> str:
    """A code as it is compared: widths and case folded, a GTIN in its 14 digits however it was read."""
    folded = unicodedata.normalize("NFKC", code).strip().casefold()
    return folded.zfill(14) if GTIN.fullmatch(folded) else folded


def _counted(code: str, known: dict[str, list[str]]) -> tuple[str, int]:
    """The code and its units; a star belongs to the code where a product is called so."""
    name = normal(code)
    times = TIMES.fullmatch(unicodedata.normalize("NFKC", code).strip())
    if name in known or times is None:
        return name, 1
    return normal(times[1]), int(times[2])


def _put(seen: Counter[str], skus: list[str], units: int, wanted: Counter[str]) -> None:
    for sku in skus[:-1]:
        taken = min(units, max(0, wanted[sku] - seen[sku]))
        seen[sku] += taken
        units -= taken
    seen[skus[-1]] += units


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a scanned code on the page: the nth unit of a product, or all its `units` at once."""

    good: Good | None
    nth: int
    units: int
    code: str = ""
    times: int = 1

    @property
    def codes(self) -> str:
        """What may be scanned here, as the phone compares it."""
        if self.good is None:
            return ""
        return " ".join(sorted({normal(self.good.sku), normal(self.good.barcode)} - {""}))


MOST_SLOTS = 12  # more pieces than this are counted, not scanned one by one


def slots(codes: Iterable[str], goods: Sequence[Good]) -> tuple[Slot, ...]:
    """The places of a parcel with the codes scanned so far; what belongs nowhere stands at the end."""
    singly = sum(good.quantity for good in goods) <= MOST_SLOTS
    places = [
        Slot(good, nth, 1 if singly else good.quantity)
        for good in goods
        for nth in range(1, good.quantity + 1 if singly else 2)
    ]
    skus, extra = _by_code(goods), []
    for code in filter(str.strip, codes):
        name, units = _counted(code, skus)
        for times in [1] * units if singly and units <= MOST_SLOTS else [units]:
            written = code if units == 1 else TIMES.sub(r"\1", code)
            place = _free(places, skus.get(name, []))
            if place is None:
                extra.append(Slot(None, 0, 1, written, times))
            else:
                places[place] = replace(places[place], code=written, times=times)
    return (*places, *extra)


def _free(places: Sequence[Slot], skus: Sequence[str]) -> int | None:
    for number, place in enumerate(places):
        if not place.code and place.good and place.good.sku in skus:
            return number
    return None
