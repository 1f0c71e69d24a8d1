"""A verdict that fell is forgotten by sampling: counts, streams and batches stand as if it had been right."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.scope import THE_HOUSE, acting
from qa import lapsing
from qa.sampling import batches, recent, retelling, tracks
from qa.sampling.draws import BATCH, STREAM, Plan
from qa.sampling.iso2859 import Single
from qa.sampling.plans import Chosen
from qa.sampling.retelling import Decided, Seen, Word
from qa.sampling.tracks import Track
from tests.attacks.estate import ON_SQLITE
from tests.qa.road import LOOSE, Road
from tests.qa.test_appeals import appeal, judge
from tests.qa.test_sampling_batches import forgive
from tests.qa.test_sampling_desks import (
    bare,
    batch_rows,
    choose,
    hand_in_own,
    own_kind,
    parcel,
    settled,
    state,
)

FOUR = Plan(0, 5, 0, STREAM, clean_n=4)
SHARE = Plan(0, 20, 0)


def told(words: str, plan: Plan = FOUR) -> list[Seen]:
    """Verdicts by letters: right, wrong, a final no at a first look, and at a later one."""
    kinds = {
        "r": (True, True, False),
        "w": (True, False, False),
        "n": (True, False, True),
        "l": (False, True, True),
    }
    return [Seen(*kinds[word], plan.terms) for word in words]


@pytest.mark.parametrize(
    ("stands", "words", "said"),
    [
        ("all", "rrrwr", ("all", 1, (1, 5), False)),  # the wrong one is really there
        ("all", "rrrrr", ("some", 5, (0, 5), False)),  # it fell: five clean in a row
        ("all", "wrrrrr", ("some", 5, (1, 6), False)),
        ("all", "rr", ("all", 2, (0, 2), False)),
        ("some", "rrrr", ("some", 0, (0, 4), False)),
        ("all", "rrnrrrr", ("some", 4, (1, 7), True)),  # another final no is not made up for yet
        ("all", "nrrrrr", ("some", 5, (1, 6), False)),
        ("all", "rrrrrl", ("some", 5, (0, 5), True)),
    ],
)
def test_a_stream_told_anew(stands: str, words: str, said: tuple[str, int, tuple[int, int], bool]) -> None:
    now = retelling.pieces(Track(FOUR.terms, stands, turn=3, rejected=True), FOUR, told(words))
    assert (now.phase, now.run, (now.hits, now.n), now.rejected) == said
    assert (now.turn, now.because) == (3, tracks.OVERTURNED if now.phase != stands else "")


@settings(max_examples=60, deadline=None)
@given(st.text("rwrrnl", max_size=80))
def test_what_is_told_anew_is_what_was_learned(words: str) -> None:
    """Where no verdict fell, telling it all again gives the counts and the final no that were reached."""
    track = Track(SHARE.terms)
    for one in told(words, SHARE):
        if one.first:
            track = tracks.inspected(track, SHARE, clean=one.clean, turn=0)
        if one.refused:
            track = tracks.refused(track)
    again = retelling.pieces(replace(track, hits=1, n=recent.REMEMBERED), SHARE, told(words, SHARE))
    assert again == track


SINGLE = Single("C", 5, 0)


@pytest.mark.parametrize(
    ("stands", "history", "phase", "because"),
    [
        ("tightened", [1, 1], "tightened", "two_of_five"),
        ("tightened", [1, 0], "normal", tracks.OVERTURNED),
        ("discontinued", [1, 1, 1, 1, 1, 1, 0], "tightened", tracks.OVERTURNED),
        ("reduced", [1, 1], "reduced", ""),  # never stricter than it is
        ("normal", [Word(agreed=True), *([0] * 15)], "reduced", tracks.OVERTURNED),
        ("tightened", [1, 1, 1, 1, 1, 1, 1, Word(agreed=False), 0, 0, 0, 0, 0], "normal", tracks.OVERTURNED),
    ],
)
def test_batches_told_anew(stands: str, history: list[object], phase: str, because: str) -> None:
    events = [one if isinstance(one, Word) else Decided(SINGLE, int(str(one))) for one in history]
    now = retelling.batches(Track("batch/2.5", stands), events)
    assert (now.phase, now.because) == (phase, because)


@ON_SQLITE
def test_a_verdict_that_fell_gives_back_what_it_took(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(STREAM, 100, clean_n=2))
    minji = road.cast.minji
    for _ in range(2):
        road.judge(road.inspection(parcel(road, minji)), "accept")
    wronged = parcel(road, minji)
    road.judge(road.inspection(wronged), "reject", LOOSE, note="덜 막혔어요")
    after = state(road, minji)
    assert (after.phase, after.hits, after.n, after.rejected) == ("all", 1, 3, True)
    judge(road, appeal(road, wronged), "accept")
    now = state(road, minji)
    assert (now.phase, now.because, now.hits, now.n, now.rejected) == ("some", "overturned", 0, 3, False)


@ON_SQLITE
def test_an_upheld_verdict_takes_nothing_back(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(STREAM, 100, clean_n=2))
    wrong = parcel(road, road.cast.minji)
    road.judge(road.inspection(wrong), "send_back", LOOSE)
    before = state(road, road.cast.minji)
    judge(road, appeal(road, wrong), "send_back", LOOSE)
    after = state(road, road.cast.minji)
    assert (after.hits, after.n, after.version) == (1, 1, before.version)


@ON_SQLITE
def test_a_batch_nobody_looks_at_goes_its_way_and_teaches_nothing(road: Road) -> None:
    bare(road)
    kind, minji = own_kind(road, 40), road.cast.minji
    choose(road, kind, Chosen(BATCH, 20, aql="2.5", size=8))
    ids = [hand_in_own(road, minji, kind) for _ in range(8)]
    picked = [id_ for id_ in ids if road.task(id_).state == "inspection"]
    road.judge(road.inspection(picked[0]), "accept")
    road.later(days=4)
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        assert lapsing.lapse_due(scope) == 4
    settled(road)
    (batch,) = batch_rows(road)
    assert (batch.state, batch.judged, batch.n, batches.let_pass(batch)) == ("passed", 1, 5, True)
    assert {road.task(id_).state for id_ in ids} == {"accepted"}
    assert (state(road, minji, kind).score, state(road, minji, kind).n) == (0, 1)

    failed = [hand_in_own(road, minji, kind) for _ in range(8)]
    wronged = next(id_ for id_ in failed if road.task(id_).state == "inspection")
    road.judge(road.inspection(wronged), "reject", note="자릿수가 틀렸어요")
    settled(road)
    road.later(days=4)
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        lapsing.lapse_due(scope)
    waits = [id_ for id_ in failed if road.task(id_).state == "inspection"]
    assert {road.inspection(id_).reason for id_ in waits} == {"batch_failed"}  # more hangs on these
    forgive(road, minji, kind)
    assert batch_rows(road)[1].wrong == 1


@ON_SQLITE
def test_a_batch_that_failed_by_a_verdict_that_fell_no_longer_counts(road: Road) -> None:
    bare(road)
    kind, minji = own_kind(road, 20), road.cast.minji
    choose(road, kind, Chosen(BATCH, 20, aql="2.5", size=8))
    ids = [hand_in_own(road, minji, kind) for _ in range(8)]
    wronged = next(id_ for id_ in ids if road.task(id_).state == "inspection")
    road.judge(road.inspection(wronged), "reject", note="자릿수가 틀렸어요")
    settled(road)
    assert (batch_rows(road)[0].state, state(road, minji, kind).window) == ("failed", "0")
    road.later(hours=1)
    judge(road, appeal(road, wronged), "accept")
    (batch,) = batch_rows(road)
    assert (batch.state, batch.wrong) == ("failed", 0)  # what was done of it is done; it counts as passed
    assert (state(road, minji, kind).window, state(road, minji, kind).score) == ("1", 2)
