"""News of this room: how partners stand, whom they work with, what they show, that they leave; as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """What the inspected work of a partner says changed its band; the task's verdict was the cause."""

    change_id: int
    partner_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class LeavingAsked:
    """Somebody wants to end working together: the partner (`own`), or the shop."""

    departure_id: int
    partner_id: int
    own: bool


@dataclass(frozen=True, slots=True)
class PartnerGone:
    """A partner has left."""

    departure_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A partner sent a picture of a paper for the owner to look at."""

    document_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class TeamJoined:
    """A partner was taken into a team."""

    team_id: int
    partner_id: int


@dataclass(frozen=True, slots=True)
class TrainingAssigned:
    """A partner was given a module to learn, or to learn again, by a day."""

    assignment_id: int
    partner_id: int
