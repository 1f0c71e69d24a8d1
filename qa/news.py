"""News of this room: work that was judged, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskJudged:
    """A reviewer decided: accept, send_back or reject."""

    task_id: int
    inspection_id: int
    verdict: str
