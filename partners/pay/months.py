"""Months as people are paid: local calendar months as instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; written 2026-11."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> Self:
        """The month an instant lies in, on the wall clock of a zone."""
        local = at.astimezone(zone)
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """A month written 2026-11; None for anything else."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls(first.year, first.month) if 1970 < first.year < 9999 else None

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def begins(self, zone: ZoneInfo) -> datetime:
        """The first instant of the month, in UTC."""
        return datetime(self.year, self.number, 1, tzinfo=zone).astimezone(UTC)
