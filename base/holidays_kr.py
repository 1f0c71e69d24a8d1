"""Korean public holidays by the `holidays` package, corrected by the owner's own list.

Checked with holidays 0.109 against the almanac of 2024 to 2027: every date agrees, the substitute days,
election days, and 제헌절 and 노동절 from 2026 included. Only names differ, such as 신정연휴 for 1월 1일,
삼일절 for 3ㆍ1절, 설날 대체 휴일 for 대체공휴일(설날), and 국군의 날 for the 임시공휴일 of 2024-10-01;
two holidays on one date are one entry ("부처님오신날; 어린이날"). A day proclaimed after the package was made
is not in it: the owner adds it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import holidays


def public_holidays(years: Iterable[int]) -> dict[date, str]:
    """The public holidays of these years with their Korean names, in order of date."""
    return dict(sorted(holidays.country_holidays("KR", years=years, language="ko").items()))


def corrected(
    public: Mapping[date, str], added: Mapping[date, str], removed: Mapping[date, str]
) -> dict[date, str]:
    """Holidays with the owner's added days and without the removed ones, by date; the owner's name wins.

    Raises ValueError for a day both added and removed.
    """
    if both := sorted(added.keys() & removed.keys()):
        raise ValueError(f"removed: {both[0].isoformat()} is also added")
    kept = {day: name for day, name in public.items() if day not in removed}
    return dict(sorted({**kept, **added}.items()))
