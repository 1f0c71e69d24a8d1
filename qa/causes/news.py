"""News of causes, as ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityAlarmed:
    """A day was more than chance."""

    alarm_id: int


@dataclass(frozen=True, slots=True)
class QualityAnswered:
    """The owner said what such a day was."""

    alarm_id: int


@dataclass(frozen=True, slots=True)
class ActionDue:
    """What was planned is to be done by today, or was to be."""

    action_id: int


@dataclass(frozen=True, slots=True)
class ActionMoved:
    """It was carried out, dropped, proven or opened again."""

    action_id: int
