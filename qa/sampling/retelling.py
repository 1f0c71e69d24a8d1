"""What verdicts have taught, told once more from the beginning without one that fell (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.sampling import csp1, recent, switching
from qa.sampling.draws import REJECTED_FOR, STREAM, Plan
from qa.sampling.iso2859 import NORMAL, REDUCED, TIGHTENED, Single
from qa.sampling.switching import DISCONTINUED, Switch
from qa.sampling.tracks import OVERTURNED, Track

STRICTNESS = (REDUCED, NORMAL, TIGHTENED, DISCONTINUED)


@dataclass(frozen=True, slots=True)
class Seen:
    """A verdict as it stands now: counting as a first one, right, a final no; drawn by which terms."""

    first: bool
    clean: bool
    refused: bool
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A batch that was judged, in which so many were wrong as it stands now."""

    one: Single
    wrong: int


@dataclass(frozen=True, slots=True)
class Word:
    """The owner's: that less will do from here on, or that stopped work goes on."""

    agreed: bool


def pieces(track: Track, plan: Plan, seen: Sequence[Seen]) -> Track:
    """The track after these verdicts, the latest of this hand and kind, the earliest first.

    A stream gets back what it lost, and never loses: its phase stays where clean pieces do not clear it.
    """
    now, run = replace(track, hits=0, n=0, clean_run=0, rejected=False), 0
    for one in seen:
        if one.first:
            hits, n = recent.counted(now.hits, now.n, clean=one.clean)
            clean_run = now.clean_run + 1 if one.clean else 0
            rejected = now.rejected and clean_run < REJECTED_FOR
            now = replace(now, hits=hits, n=n, clean_run=clean_run, rejected=rejected)
        if one.first and one.terms == plan.terms:
            run = run + 1 if one.clean else 0
        if one.refused:
            now = replace(now, rejected=True, clean_run=0)
    if plan.method != STREAM or track.terms != plan.terms or track.phase != csp1.ALL:
        return now
    if run >= plan.clean_n:
        return replace(now, phase=csp1.SOME, run=run, because=OVERTURNED)
    return replace(now, run=max(track.run, run))


def batches(track: Track, told: Sequence[Decided | Word]) -> Track:
    """The track after these batches of its terms and the owner's words between them, the earliest first.

    Never stricter than it is.
    """
    switch, agreed = Switch(), False
    for one in told:
        if isinstance(one, Word):
            agreed = agreed or one.agreed
            switch = switching.lightened(switch) if one.agreed else switching.resumed(switch)
        elif switch.severity != DISCONTINUED:
            switch = switching.judged(switch, one.one, one.wrong, agreed=agreed)
    if STRICTNESS.index(switch.severity) > STRICTNESS.index(track.phase):
        return track
    because = OVERTURNED if switch.severity != track.phase else switch.because
    return track.switched(replace(switch, because=because))
