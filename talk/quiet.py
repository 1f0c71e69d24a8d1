"""Quiet hours, and when a notice is mailed (pure)."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
BUNDLE = timedelta(minutes=5)  # what comes within these goes into one mail; whoever reads meanwhile gets none
URGENT_BUNDLE = timedelta(minutes=1)

#: What gives a notice. Each tells a person of something that they can act on; nothing else is told.
KINDS = (
    "message", "mention", "sent_back", "rejected", "remark", "lease", "announcement",
    "appeal", "appealed", "unreviewed", "standing", "alarm", "action_due", "offered", "assigned",
    "round_ended",
    "paper", "papers", "leaving", "going", "training",
)  # fmt: skip
URGENT = frozenset({"sent_back", "lease"})
#: Of these, what comes while one of the same task is unread is counted in it.
BUNDLED = frozenset({"message", "mention"})
FOR_THE_OWNER = frozenset({"unreviewed", "alarm", "action_due", "papers", "going"})
FOR_JUDGES = frozenset({"appeal", "round_ended"})
JUDGING = ("message", "mention", "appeal", "appealed", "round_ended")
#: What a role can ever be told of, in the order of the page where it chooses.
TOLD = {
    "partner": tuple(kind for kind in KINDS if kind not in FOR_THE_OWNER | FOR_JUDGES),
    "reviewer": JUDGING,
    "owner": (*JUDGING, *sorted(FOR_THE_OWNER, key=KINDS.index)),
}
#: How long before its end a lease is told to be ending: a parcel in hand, and work that came back.
WARNED = {"claimed": timedelta(minutes=10), "rework": timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when a person is left alone, by the clock of the shop; the same twice means never."""

    begins: time
    ends: time


NEVER = Quiet(time(0), time(0))
NIGHT = Quiet(time(21), time(8))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants: what is not mailed, when it is quiet, and whether urgent notices get through."""

    unmailed: frozenset[str]
    quiet: Quiet
    urgent_through: bool


def clock(text: str) -> time | None:
    """A time of the day as people type it; None for anything else."""
    return time.fromisoformat(text) if CLOCK.fullmatch(text) else None


def ends(now: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime | None:
    """When the quiet that holds now ends; None while it is not quiet."""
    local = now.astimezone(zone)
    at = local.time().replace(tzinfo=None)
    if not _lies_in(at, quiet):
        return None
    day = local.date() if at < quiet.ends else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.ends, zone)


def _lies_in(at: time, quiet: Quiet) -> bool:
    if quiet.begins <= quiet.ends:
        return quiet.begins <= at < quiet.ends
    return at >= quiet.begins or at < quiet.ends


def buzzes(now: datetime, choice: Choice, *, urgent: bool, zone: ZoneInfo) -> bool:
    """Whether a phone may make itself felt now."""
    return ends(now, choice.quiet, zone) is None or (urgent and choice.urgent_through)


def mail_at(now: datetime, kind: str, choice: Choice, zone: ZoneInfo) -> datetime | None:
    """When a notice of this kind is mailed if it is still unread then; None where it is not wanted."""
    if kind in choice.unmailed:
        return None
    urgent = kind in URGENT
    at = now + (URGENT_BUNDLE if urgent else BUNDLE)
    if urgent and choice.urgent_through:
        return at
    return ends(at, choice.quiet, zone) or at
