"""Where a partner's work of a kind stands, and what an inspected piece or a judged batch changes."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from qa.sampling import csp1, recent, switching
from qa.sampling.csp1 import Stream
from qa.sampling.draws import BATCH, REJECTED_FOR, STREAM, Plan
from qa.sampling.iso2859 import NORMAL, Single
from qa.sampling.switching import Switch

CLEARED, DEFECT, OVERTURNED = "cleared", "defect", "overturned"
FORGIVEN = "minor"  # what is no more than this is no reason to call a piece wrong
STARTS = {STREAM: csp1.ALL, BATCH: NORMAL}


@dataclass(frozen=True, slots=True)
class Track:
    """See qa.sampling.models.SamplingState, whose columns these are."""

    terms: str = ""
    phase: str = ""
    because: str = ""
    turn: int = 0
    run: int = 0
    clean_run: int = 0
    hits: int = 0
    n: int = 0
    rejected: bool = False
    score: int = 0
    window: str = ""
    tight_rejects: int = 0

    @property
    def switch(self) -> Switch:
        window = tuple(one == "1" for one in self.window)
        return Switch(self.phase, self.score, window, self.tight_rejects, self.because)

    def switched(self, to: Switch) -> "Track":
        """The track with its batches where they have come to."""
        window = "".join("1" if passed else "0" for passed in to.window)
        return replace(
            self,
            phase=to.severity,
            because=to.because,
            score=to.score,
            window=window,
            tight_rejects=to.tight_rejects,
        )


def right(verdict: str, severities: Collection[str]) -> bool:
    """Whether a piece counts as right: accepted as it was first handed in, with nothing but minor things."""
    return verdict == "accept" and all(one == FORGIVEN for one in severities)


def under(track: Track, plan: Plan) -> Track:
    """The track as it stands under a plan: where its terms are new, a stream or batches begin anew."""
    if track.terms == plan.terms:
        return track
    return replace(
        track,
        terms=plan.terms,
        phase=STARTS.get(plan.method, ""),
        because="",
        turn=track.turn + 1,
        run=0,
        score=0,
        window="",
        tight_rejects=0,
    )


def inspected(track: Track, plan: Plan, *, clean: bool, turn: int) -> Track:
    """After one piece as it was first handed in, drawn in that turn of the plan's terms."""
    now = under(track, plan)
    hits, n = recent.counted(now.hits, now.n, clean=clean)
    clean_run = now.clean_run + 1 if clean else 0
    rejected = now.rejected and clean_run < REJECTED_FOR
    seen = replace(now, hits=hits, n=n, clean_run=clean_run, rejected=rejected)
    if plan.method != STREAM:
        return seen
    stream = csp1.inspected(Stream(now.phase, now.run, now.turn), clean=clean, i=plan.clean_n, turn=turn)
    because = now.because if stream.phase == now.phase else (CLEARED if clean else DEFECT)
    return replace(seen, phase=stream.phase, run=stream.run, turn=stream.turn, because=because)


def refused(track: Track) -> Track:
    """After a final no: everything is inspected until so many are clean in a row."""
    return replace(track, rejected=True, clean_run=0)


def judged(track: Track, one: Single, wrong: int, *, agreed: bool) -> Track:
    """After a batch of this track's terms was judged; discontinued work has no more batches to judge."""
    if track.phase == switching.DISCONTINUED:
        return track
    return track.switched(switching.judged(track.switch, one, wrong, agreed=agreed))


def lightened(track: Track) -> Track:
    """After the owner has agreed to less inspection."""
    return track.switched(switching.lightened(track.switch))


def resumed(track: Track) -> Track:
    """After a corrective action."""
    return track.switched(switching.resumed(track.switch))
