"""Classes of products: how demand comes (smooth to lumpy), what it brings (ABC), how steady (XYZ) (pure)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from stock.demand.forecast import Series, mean, spread

K = TypeVar("K", bound=Hashable)

#: Syntetos, Boylan and Croston 2005: where one way to forecast becomes better than another.
GAP_CUT, SIZE_CUT = 1.32, 0.49
ABC_CUTS = (0.80, 0.95)
XYZ_CUTS = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Pattern:
    """How demand comes: days by demand (`adi`), squared variation of its sizes, and the word for both."""

    adi: float
    cv2: float
    name: str


def pattern(days: Series) -> Pattern | None:
    """smooth, erratic, intermittent or lumpy; None where nobody ever asked."""
    sizes = [day for day in days if day > 0]
    if not sizes:
        return None
    middle = mean(sizes)
    adi = len(days) / len(sizes)
    cv2 = sum((size - middle) ** 2 for size in sizes) / len(sizes) / middle**2
    names = {(False, False): "smooth", (False, True): "erratic", (True, False): "intermittent"}
    return Pattern(adi, cv2, names.get((adi >= GAP_CUT, cv2 >= SIZE_CUT), "lumpy"))


def abc(worth: Mapping[K, float], cuts: tuple[float, float] = ABC_CUTS) -> dict[K, str]:
    """A while what stands before it is below 80 % of all, B below 95 %, else C; C where all is nothing."""
    total, before, found = sum(worth.values()), 0.0, dict[K, str]()
    for key in sorted(worth, key=lambda one: -worth[one]):
        share = before / total if total else 1.0
        found[key] = "A" if share < cuts[0] else "B" if share < cuts[1] else "C"
        before += worth[key]
    return found


def xyz(cv: float, cuts: tuple[float, float] = XYZ_CUTS) -> str:
    """X where demand hardly varies, Y where it does, Z where it is anybody's guess."""
    return "X" if cv <= cuts[0] else "Y" if cv <= cuts[1] else "Z"


def variation(days: Series) -> float:
    """The coefficient of variation of a day; 0 where there was nothing."""
    middle = mean(days)
    return spread(days) / middle if middle else 0.0
