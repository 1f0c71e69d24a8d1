"""What goes wrong in made-up hands, and what a made-up reviewer makes of it (pure)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from qa.rehearsal.characters import Eye, Hand, happens

Verdict = Literal["accept", "send_back", "reject"]


@dataclass(frozen=True, slots=True)
class Slip:
    """One criterion of the rubric that a parcel does not meet."""

    code: str
    item: str
    severity: str


def possible(criteria: Sequence[Mapping[str, Any]], asked: Collection[str]) -> list[Slip]:
    """The slips a procedure's rubric knows at the items that are asked."""
    return [
        Slip(str(one["code"]), str(one["item"]), str(one["severity"]))
        for one in criteria
        if one.get("item") in asked
    ]


def made(hand: Hand, can: Sequence[Slip], random: Random) -> frozenset[Slip]:
    """What goes wrong this time."""
    return frozenset(slip for slip in can if happens(hand.slip, random))


def left(hand: Hand, before: Collection[Slip], mended: Collection[str], random: Random) -> frozenset[Slip]:
    """What is still wrong after mending the marked items: now and then the same thing goes wrong again."""
    ordered = sorted(before, key=lambda slip: slip.code)
    return frozenset(slip for slip in ordered if slip.item not in mended or happens(hand.again, random))


def seen(eye: Eye, there: Collection[Slip], can: Sequence[Slip], random: Random) -> list[Slip]:
    """What the reviewer sees: most of what is there, and rarely something that is not."""
    found = [slip for slip in sorted(there, key=lambda slip: slip.code) if happens(eye.sees, random)]
    if not found and can and happens(eye.imagines, random):
        found.append(random.choice([slip for slip in can if slip.severity == "minor"] or list(can)))
    return found


def judged(eye: Eye, found: Sequence[Slip], *, may_send_back: bool, random: Random) -> Verdict:
    """Minor things pass; others go back while they may; what is critical is now and then refused for good."""
    grave = [slip for slip in found if slip.severity != "minor"]
    if not grave:
        return "accept"
    critical = any(slip.severity == "critical" for slip in grave)
    refused = critical and happens(eye.strict, random)
    return "send_back" if may_send_back and not refused else "reject"
