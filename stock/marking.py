"""Rows of a file with their bad cells marked where they stand; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stock.drafts import Problem


@dataclass(frozen=True, slots=True)
class Cell:
    """What a page shows of a cell, masked where it is personal; `expected` names what is wrong with it."""

    shown: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A row under its number; `notes` are its problems that stand in none of the cells."""

    number: int
    cells: tuple[Cell, ...]
    notes: tuple[Problem, ...]

    @property
    def bad(self) -> bool:
        return bool(self.notes) or any(cell.expected for cell in self.cells)


def by_row(problems: Iterable[Problem]) -> Mapping[int, Sequence[Problem]]:
    """Problems by the number of their row."""
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.row].append(problem)
    return found


def marked(number: int, cells: Iterable[tuple[str, str]], problems: Sequence[Problem]) -> MarkedRow:
    """A row of (column, value as it may be shown) with its problems; a shifted row shows nothing."""
    shifted = any(not problem.column for problem in problems)
    wrong = {problem.column: problem for problem in reversed(problems)}
    shown = [(column, "" if shifted else value) for column, value in cells]
    names = {column for column, _ in shown}
    return MarkedRow(
        number=number,
        cells=tuple(_cell(value, wrong.get(column)) for column, value in shown),
        notes=tuple(problem for problem in problems if problem.column not in names),
    )


def _cell(value: str, problem: Problem | None) -> Cell:
    """The problem's own value is shown: it is masked where the cell itself is not known to be personal."""
    return Cell(problem.value, problem.expected) if problem else Cell(value)
