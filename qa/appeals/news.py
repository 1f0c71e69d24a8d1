"""News of appeals, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppealOpened:
    """A partner asks for a second look."""

    appeal_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class AppealEnded:
    """An appeal was upheld, overturned, withdrawn, or nobody judged it in time."""

    appeal_id: int
    task_id: int
    state: str
