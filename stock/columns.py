"""Finding an order file's columns: where the header is, whose file it is, what each column says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from base.sheet import Cells, Sheet, headed
from stock.drafts import Problem
from stock.profiles import PARCEL, PROFILES, Field, Mapping, Profile, key

SEARCHED = 10  # rows in which the header may stand: some files open with a line of advice


@dataclass(frozen=True, slots=True)
class Resolution:
    """The columns as this file names them, and what is missing or unclear."""

    mapping: Mapping
    problems: tuple[Problem, ...]


def detect(header: Cells) -> str | None:
    """The name of the profile whose required columns are all in the header; the one that knows most of it."""
    fitting = [one for one in PROFILES.values() if not _missing(header, one)]
    best = max(fitting, key=lambda one: _known(header, one), default=None)
    return best.name if best else None


def locate(sheet: Sheet, chosen: Profile | Mapping | None = None) -> Sheet:
    """The sheet under its header: the first of ten rows that fits `chosen` (or any profile) best."""
    depths = range(min(SEARCHED, len(sheet.rows) + 1))
    headers = [sheet.header, *(cells for _, cells in sheet.rows[: SEARCHED - 1])]
    candidates = [chosen] if chosen else [*PROFILES.values()]
    return headed(sheet, min(depths, key=lambda at: min(_missing(headers[at], one) for one in candidates)))


def resolve(header: Cells, chosen: Profile | Mapping, row: int = 1) -> Resolution:
    """The columns of `chosen` that the header has; a problem for each required field without one."""
    there: dict[str, str] = {}
    for name in header:
        there.setdefault(key(name), name)
    found = {field: _present(names, there) for field, names in chosen.columns.items()}
    kept = {field: names for field, names in found.items() if names}
    missing = [_asked(chosen, field) for field in _required(chosen) if field not in kept]
    problems = [Problem(row, name, "", "column_missing") for name in missing]
    problems += [Problem(row, name, "", "column_twice") for name in _twice(header, kept)]
    return Resolution(Mapping(_profile(chosen), kept), tuple(problems))


def _present(names: Iterable[str], there: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(there[key(name)] for name in names if key(name) in there))


def _twice(header: Cells, kept: dict[Field, tuple[str, ...]]) -> list[str]:
    counted = Counter(key(name) for name in header)
    return [name for names in kept.values() for name in names if counted[key(name)] > 1]


def _missing(header: Cells, chosen: Profile | Mapping) -> float:
    """How far a row is from being the header: the share of required columns that it lacks."""
    required = _required(chosen)
    there = {key(name) for name in header}
    lacking = [field for field in required if there.isdisjoint(map(key, chosen.columns.get(field, ())))]
    return len(lacking) / len(required)


def _known(header: Cells, profile: Profile) -> int:
    return sum(map(len, resolve(header, profile).mapping.columns.values()))


def _asked(chosen: Profile | Mapping, field: Field) -> str:
    return next(iter(chosen.columns.get(field, ())), field.value)


def _required(chosen: Profile | Mapping) -> tuple[Field, ...]:
    if isinstance(chosen, Profile):
        return chosen.required
    return PROFILES[chosen.profile].required if chosen.profile in PROFILES else PARCEL


def _profile(chosen: Profile | Mapping) -> str:
    return chosen.name if isinstance(chosen, Profile) else chosen.profile
