"""From a file's bytes to an intake: read, find the columns, standardise; no database, nothing written."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from base import sheets
from base.errors import Invalid
from base.sheet import Sheet
from stock import columns, intake
from stock.drafts import Intake, Problem
from stock.profiles import PROFILES, Mapping, Profile


class UnknownColumns(Invalid):
    """The columns fit no known kind of order file; somebody must say which is which."""

    code = "stock.unknown_columns"


class UnknownProfile(Invalid):
    """There is no profile of this name. Fact: profile."""

    code = "stock.unknown_profile"


@dataclass(frozen=True, slots=True)
class Understood:
    """A table with its columns found; `problems` are missing or doubtful columns."""

    sheet: Sheet
    mapping: Mapping
    problems: tuple[Problem, ...]


def columns_of(data: bytes, name: str, chosen: Profile | Mapping | None) -> Understood:
    """Reads the table and finds its columns, by the profile or mapping chosen or by the one that fits.

    Raises UnknownColumns and the refusals of base.sheets.
    """
    sheet = columns.locate(sheets.read(data, name), chosen)
    kind = chosen or PROFILES.get(columns.detect(sheet.header) or "")
    if kind is None:
        raise UnknownColumns  # without the header: in a file that has none it is somebody's address
    found = columns.resolve(sheet.header, kind, sheet.header_row)
    return Understood(sheet, found.mapping, found.problems)


def standardised(of: Understood, zone: tzinfo) -> Intake:
    """Everything the rows say; where columns are missing only that is said."""
    if of.problems:
        empty = intake.standardise(replace(of.sheet, rows=[]), of.mapping, zone=zone)
        return replace(empty, rows=len(of.sheet.rows), problems=of.problems)
    return intake.standardise(of.sheet, of.mapping, zone=zone)


def beginning(of: Understood, rows: int) -> Understood:
    """The same table cut short, for a preview."""
    return replace(of, sheet=replace(of.sheet, rows=of.sheet.rows[:rows]))
