"""News of this room: work that was judged, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskJudged:
    """A reviewer decided: accept, send_back or reject."""

    task_id: int
    inspection_id: int
    verdict: str


@dataclass(frozen=True, slots=True)
class TaskAccepted:
    """The work counts: by a reviewer's verdict, or because it was not drawn; about a product, if it was."""

    task_id: int
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class InspectionLapsed:
    """Nobody judged it in time: the clock let it pass, or it is too risky for that and waits on."""

    task_id: int
    inspection_id: int
    passed: bool


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """Past pieces were judged blind by everybody, or the owner ended it: the marks lie side by side."""

    round_id: int
