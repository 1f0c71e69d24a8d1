"""The plans' arithmetic: every cell, trace and smallest i of the vectors, and what must hold of any of them."""

import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.sampling import comparing, csp1, curves, draws, iso2859, profiles, recent, switching
from qa.sampling.csp1 import ALL, SOME, Stream
from qa.sampling.curves import Hand
from qa.sampling.draws import Past, Plan, decided, picked
from qa.sampling.iso2859 import AQLS, LETTERS, NORMAL, REDUCED, SEVERITIES, TIGHTENED, Single, single, table
from qa.sampling.switching import DISCONTINUED, Switch

VECTORS = Path(__file__).parents[1] / "vectors"
ISO, TRACES, I_MIN = (
    json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("aql_iso2859_1", "switching", "csp1_imin")
)
QUICK = settings(max_examples=60, deadline=None)
sizes, aqls, severities = st.integers(1, 600_000), st.sampled_from(AQLS), st.sampled_from(SEVERITIES)

# --- batches -----------------------------------------------------------------------------------------------


def test_every_cell_of_the_three_tables() -> None:
    found = {
        severity: {letter: {aql: _cell(table(severity, letter, aql)) for aql in AQLS} for letter in LETTERS}
        for severity in SEVERITIES
    }
    assert found == ISO["plans"]
    assert sum(len(row) for rows in found.values() for row in rows.values()) == 336


def _cell(plan: Single) -> str:
    return f"{plan.letter} {plan.n} {plan.ac}/{plan.re}"


def test_every_size_has_the_letter_of_its_row() -> None:
    ends = [(low, high or 10**9, letter) for low, high, letter in ISO["letters"]]
    assert [(iso2859.letter(low), iso2859.letter(high)) for low, high, _ in ends] == [
        (letter, letter) for _low, _high, letter in ends
    ]
    with pytest.raises(ValueError, match="two pieces"):
        iso2859.letter(1)


@QUICK
@given(sizes, aqls, severities)
def test_a_batch_never_draws_more_than_it_has(size: int, aql: str, severity: str) -> None:
    plan = single(size, aql=aql, severity=severity)
    assert 0 < plan.n <= size
    assert 0 <= plan.ac < plan.re


@QUICK
@given(sizes, aqls, st.floats(0, 0.5))
def test_tightening_never_accepts_more(size: int, aql: str, p: float) -> None:
    """At the same wrong share the tightened plan's chance to pass is the smaller one."""
    hard, usual = (single(size, aql=aql, severity=one) for one in (TIGHTENED, NORMAL))
    assert iso2859.accepts(hard, p) <= iso2859.accepts(usual, p) + 1e-12


@QUICK
@given(sizes, aqls, severities)
def test_the_worse_the_work_the_less_passes(size: int, aql: str, severity: str) -> None:
    plan = single(size, aql=aql, severity=severity)
    passed = [iso2859.accepts(plan, percent / 100) for percent in range(0, 101, 5)]
    assert passed[0] == 1.0
    assert all(before >= after - 1e-12 for before, after in pairwise(passed))


def test_the_chance_to_pass_is_the_binomial_one() -> None:
    assert iso2859.accepts(Single("F", 20, 1), 0.05) == pytest.approx(0.95**20 + 20 * 0.05 * 0.95**19)


# --- switching ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trace", TRACES["traces"], ids=lambda trace: trace["name"])
def test_every_trace(trace: dict[str, object]) -> None:
    switch, told = Switch(), []
    for d, *_rest in trace["steps"]:  # type: ignore[attr-defined]
        before, size = switch.severity, int(str(trace["lot"]))
        plan = single(size, aql=str(trace["aql"]), severity=before)
        switch = switching.judged(switch, plan, d, agreed=bool(trace["steady_and_approved"]))
        event = "" if switch.severity == before else f"{before}->{switch.severity}"
        told.append([d, before, plan.n, plan.ac, d <= plan.ac, event, switch.score, switch.tight_rejects])
    assert told == trace["steps"]
    assert (switch.severity, switch.severity == DISCONTINUED, switch.score) == (
        trace["final"],
        trace["stopped"],
        trace["score"],
    )


CLEAN, FAILED = 0, 99
FEW = Single("C", 5, 0)


def _through(switch: Switch, *wrong: int, agreed: bool = False, plan: Single = FEW) -> Switch:
    for one in wrong:
        switch = switching.judged(switch, plan, one, agreed=agreed)
    return switch


@pytest.mark.parametrize(
    ("start", "batches", "agreed", "severity", "because"),
    [
        (NORMAL, [FAILED, FAILED], False, TIGHTENED, "two_of_five"),
        (NORMAL, [FAILED, CLEAN, CLEAN, CLEAN, FAILED], False, TIGHTENED, "two_of_five"),
        (NORMAL, [FAILED, CLEAN, CLEAN, CLEAN, CLEAN, FAILED], False, NORMAL, ""),
        (NORMAL, [CLEAN] * 14, True, NORMAL, ""),  # Ac 0: two points a batch
        (NORMAL, [CLEAN] * 15, True, REDUCED, "scored"),
        (TIGHTENED, [CLEAN] * 4 + [FAILED] + [CLEAN] * 4, False, TIGHTENED, ""),
        (TIGHTENED, [CLEAN] * 5, False, NORMAL, "five_clean"),
        (TIGHTENED, [FAILED, CLEAN] * 4, False, TIGHTENED, ""),
        (TIGHTENED, [FAILED, CLEAN] * 4 + [FAILED], False, DISCONTINUED, "five_failed"),  # not in a row
        (REDUCED, [CLEAN] * 9, True, REDUCED, ""),
        (REDUCED, [CLEAN, FAILED], True, NORMAL, "failed_reduced"),
    ],
)
def test_switches(start: str, batches: list[int], agreed: bool, severity: str, because: str) -> None:
    found = _through(Switch(start), *batches, agreed=agreed)
    assert (found.severity, found.because) == (severity, because)


def test_the_way_back_is_a_corrective_action_and_leads_to_tightened() -> None:
    stopped = _through(Switch(TIGHTENED), *[FAILED] * 5)
    with pytest.raises(ValueError, match="corrective"):
        switching.judged(stopped, FEW, CLEAN, agreed=True)
    assert switching.resumed(stopped) == Switch(TIGHTENED, because="resumed")
    assert switching.resumed(Switch(REDUCED)) == Switch(REDUCED)


@QUICK
@given(st.lists(st.integers(0, 3), max_size=40), st.booleans())
def test_never_reduced_without_agreement_nor_stopped_from_normal(batches: list[int], agreed: bool) -> None:
    switch = Switch()
    for wrong in batches:
        if switch.severity == DISCONTINUED:
            break
        before = switch.severity
        switch = switching.judged(switch, Single("F", 20, 1), wrong, agreed=agreed)
        assert agreed or switch.severity != REDUCED
        assert switch.severity != DISCONTINUED or before == TIGHTENED


# --- streams -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aoql", sorted(I_MIN["i_min"]))
def test_every_smallest_i(aoql: str) -> None:
    wanted = I_MIN["i_min"][aoql]
    assert {of: csp1.smallest_i(float(aoql), f=1 / int(of)) for of in wanted} == wanted


def test_a_stream_in_the_long_run() -> None:
    assert round(csp1.limit(f=1 / 10, i=38), 4) == 0.0282
    assert round(csp1.fraction_inspected(0.01, f=1 / 10, i=38), 2) == 0.14
    for p in (0.001, 0.02, 0.2):
        passed = 1 - csp1.fraction_inspected(p, f=0.1, i=38)
        assert csp1.outgoing(p, f=0.1, i=38) == pytest.approx(p * passed)


@QUICK
@given(st.lists(st.booleans(), max_size=80), st.integers(1, 12))
def test_after_a_defect_the_next_i_are_all_inspected(looks: list[bool], i: int) -> None:
    stream, since = Stream(), 0
    for clean in looks:
        stream = csp1.inspected(stream, clean=clean, i=i, turn=stream.turn)
        since = since + 1 if clean else 0
        assert stream.phase == (SOME if since >= i else ALL)


def test_what_was_drawn_before_a_defect_was_known_does_not_clear_the_stream() -> None:
    stream = Stream(ALL, 4, turn=7)
    stopped = csp1.inspected(stream, clean=False, i=5, turn=7)
    assert stopped == Stream(ALL, 0, 8)
    assert csp1.inspected(stopped, clean=True, i=1, turn=7) == stopped
    assert csp1.inspected(stopped, clean=True, i=1, turn=8).phase == SOME


# --- draws -------------------------------------------------------------------------------------------------

PLAN = Plan(newcomer_n=5, percent=20, revision_n=3, method=draws.STREAM, clean_n=10, over_won=100_000)
KNOWN = Past(1, of_kind=50, clean=9, phase=SOME)


@pytest.mark.parametrize(
    ("plan", "past", "decision"),
    [
        (PLAN, KNOWN, ("stream", 20)),
        (PLAN, replace(KNOWN, phase=ALL), ("stream", 100)),
        (PLAN, replace(KNOWN, phase=""), ("stream", 100)),  # nothing was inspected yet
        (PLAN, replace(KNOWN, won=99_999), ("stream", 20)),
        (PLAN, replace(KNOWN, won=100_000), ("costly", 100)),
        (replace(PLAN, over_won=0), replace(KNOWN, won=10**9), ("stream", 20)),
        (PLAN, replace(KNOWN, watched=True, won=10**9), ("watched", 100)),
        (PLAN, replace(KNOWN, rejected=True), ("rejected", 100)),
        (PLAN, replace(KNOWN, of_kind=4), ("newcomer", 100)),
        (PLAN, replace(KNOWN, clean=2, watched=True), ("revision", 100)),
        (PLAN, replace(KNOWN, below=True, watched=True), ("below", 100)),
        (replace(PLAN, method=draws.BATCH), replace(KNOWN, phase=REDUCED, below=True), ("batch", 100)),
        (PLAN, replace(KNOWN, round=2, of_kind=0), ("rework", 100)),
        (replace(PLAN, method=draws.BATCH), replace(KNOWN, phase=DISCONTINUED), ("stopped", 100)),
        (replace(PLAN, method=draws.BATCH), replace(KNOWN, phase=REDUCED), ("batch", 100)),
        (replace(PLAN, method=draws.EVERY), KNOWN, ("every", 100)),
        (replace(PLAN, method=draws.RECENT, percent=2), replace(KNOWN, hits=0, n=4), ("standing", 100)),
        (replace(PLAN, method=draws.RECENT, percent=2), replace(KNOWN, n=30, level=0.05), ("standing", 2)),
    ],
)
def test_what_must_be_seen_comes_before_what_the_plan_says(
    plan: Plan, past: Past, decision: tuple[str, int]
) -> None:
    assert decided(plan, past) == decision


@QUICK
@given(st.text(max_size=20), st.sets(st.integers(1, 10**6), min_size=1, max_size=60), st.data())
def test_a_batch_picks_as_many_as_asked_in_whatever_order_they_came(
    seed: str, ids: set[int], data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, len(ids)))
    found = picked(seed, ids, n)
    assert (len(found), found <= ids, picked(seed, sorted(ids, reverse=True), n)) == (n, True, found)


# --- standing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "n", "level", "percent"),
    [
        (0, 4, 0.05, 100),  # too few to read anything
        (0, 5, 0.04, 20),  # nothing found, and still so few that the middle lies above
        (0, 30, 0.05, 2),
        (2, 30, 0.05, 20),
        (6, 30, 0.05, 100),  # even the lower end lies above
        (6, 30, 0.20, 2),  # in a shop where that is usual
    ],
)
def test_how_much_a_standing_asks_for(hits: int, n: int, level: float, percent: int) -> None:
    assert recent.percent(hits, n, level=level) == percent


@pytest.mark.parametrize(
    ("counts", "level"),
    [
        ([], 0.1),
        ([(4, 4)], 0.1),  # too few pieces to count
        ([(20, 40)], 0.1),  # nobody is their own yardstick
        ([(0, 40)] * 4, 0.0119),
        ([(20, 40)] * 5, 0.4881),
        ([(20, 40)] * 5 + [(0, 4)] * 9, 0.4881),
    ],
)
def test_the_level_of_a_shop(counts: list[tuple[int, int]], level: float) -> None:
    assert round(recent.level(counts), 4) == level


def test_what_is_long_past_counts_for_less() -> None:
    hits, n = 0, 0
    for _ in range(59):
        hits, n = recent.counted(hits, n, clean=False)
    assert (hits, n) == (59, 59)
    assert recent.counted(hits, n, clean=True) == (29, 30)


@QUICK
@given(st.integers(0, 59), st.integers(0, 59), st.floats(0, 1))
def test_who_did_worse_is_inspected_no_less(hits: int, clean: int, level: float) -> None:
    n = hits + clean
    less, more = (recent.percent(h, n + 1, level=level) for h in (hits, hits + 1))
    assert less <= more


# --- what a plan costs and catches -------------------------------------------------------------------------

EVEN = [Hand(100, 0.02), Hand(100, 0.3)]


def test_expected_of_a_plain_fraction_is_arithmetic() -> None:
    found = curves.expected(Plan(0, 20, 0), EVEN, level=0.16, sees=0.9)
    assert (found.reviews, round(found.found, 6), round(found.escapes, 6)) == (20.0, 28.8, 131.2)
    assert curves.expected(Plan(0, 20, 0), [], level=0) == curves.Expected(0, 0, 0)


@pytest.mark.parametrize("method", draws.METHODS)
def test_a_curve_never_finds_more_than_a_look_sees(method: str) -> None:
    points = curves.curve(Plan(5, 5, 3, method), level=0.05)
    assert all(0 < point.found <= curves.SEES * 100 + 1e-9 for point in points)
    assert all(a.found <= b.found + 1e-9 for a, b in pairwise(points))


@pytest.mark.parametrize("method", ["stream", "batch", "standing"])
def test_the_long_run_is_what_a_simulation_comes_to(method: str) -> None:
    """Of one sort of hands: the curve's share of reviews, and the share that was looked at in a play of it."""
    for wrong in (0.25,) if method == "standing" else (0.03, 0.25):  # of even hands its level says little
        plan = replace(comparing.PLANS[method], newcomer_n=0)
        played = comparing.play(plan, [wrong] * 30 + [0.03] * 30, pieces=600, seed=3)
        level = recent.level([(round(60 * one * comparing.SEES), 60) for one in (wrong, 0.03)] * 3)
        hands = [Hand(1, wrong), Hand(1, 0.03)]
        said = curves.expected(plan, hands, level=level, sees=comparing.SEES).reviews
        switched = 14 if method == "batch" and wrong > 0.2 else 6  # tightened and stopped batches come on top
        assert abs(said - 100 * played.reviews / played.pieces) < switched


# --- plans side by side ------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_comparison_and_no_plan_beats_who_knows() -> None:
    hands = profiles.written()
    one, again, other = (comparing.compare(hands, pieces=120, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    assert len({outcome.wrong for outcome in one.values()}) == 1  # the same pieces under every plan
    for outcome in one.values():
        share = outcome.reviews / outcome.pieces
        assert outcome.per_review <= comparing.most(hands, reviews=share) * 1.1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_default_catches_far_more_per_review_than_uniform_sampling(seed: int) -> None:
    found = comparing.compare(profiles.written(), pieces=500, seed=seed)
    assert found["standing"].per_review >= 1.8 * found["uniform"].per_review
    assert found["standing"].escaped < found["uniform"].escaped


def reached(hands: list[float], seed: int, pieces: int = 400) -> float:
    """What the default finds per review, of what somebody who knows every hand finds with as many reviews."""
    played = comparing.play(comparing.DEFAULT, hands, pieces=pieces, seed=seed)
    return played.per_review / comparing.most(hands, reviews=played.reviews / played.pieces)


SHOPS = {
    "a few are bad": [0.02] * 14 + [0.1] * 3 + [0.3] * 2 + [0.6],
    "one worse than the other": [0.02 + 0.035 * n for n in range(20)],
    "all are bad": [0.2 + 0.02 * n for n in range(20)],
}


@pytest.mark.parametrize("name", SHOPS)
def test_the_default_comes_near_what_could_be_found_at_all(name: str) -> None:
    """Where hands are alike nobody can choose well: then the measure is what knowing them all would find."""
    assert min(reached(SHOPS[name], seed) for seed in (1, 2, 3, 4, 5)) >= 0.7


@pytest.mark.skipif("DARI_REALDATA" not in os.environ, reason="real answers stand in DARI_REALDATA")
def test_the_default_does_so_with_real_hands_too() -> None:
    hands = profiles.crowd(Path(os.environ["DARI_REALDATA"]))
    assert {name: len(one) for name, one in hands.items()} == {
        "act_CF_amt": 65,
        "snow_temp": 38,
        "crowd": 103,
    }
    for seed in (1, 2, 3):
        found = comparing.compare(hands["crowd"], pieces=500, seed=seed)
        assert found["standing"].per_review >= 1.8 * found["uniform"].per_review
        assert found["standing"].escaped < found["uniform"].escaped
        assert min(reached(one, seed, pieces=500) for one in hands.values()) >= 0.8
