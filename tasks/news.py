"""News of this room: what happened to work, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TasksOpened:
    """Work may be taken; many at once when a file was imported."""

    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TaskClaimed:
    """A partner holds the task."""

    task_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class TaskAssigned:
    """The owner gave the task to a partner, who holds it and may give it back."""

    task_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class TaskOffered:
    """The owner shows the task to these partners before others."""

    task_id: int
    partner_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TaskReleased:
    """A partner gave the task back, with the code of a reason."""

    task_id: int
    partner_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class TaskExpired:
    """A lease ended before the work was handed in."""

    task_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class TaskSubmitted:
    """Work was handed in for the nth time."""

    task_id: int
    submission_id: int
    round: int


@dataclass(frozen=True, slots=True)
class TaskSentBack:
    """The same hand has to mend what the reviewer marked."""

    task_id: int
    partner_id: int
    round: int


@dataclass(frozen=True, slots=True)
class TaskRejected:
    """The work was refused for good; another task takes its place."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TasksCancelled:
    """Work that is no longer wanted; `holder_ids` are the partners who had it in hand."""

    task_ids: tuple[int, ...]
    holder_ids: tuple[int, ...]
