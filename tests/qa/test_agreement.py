"""Agreement and its intervals: every published figure, what is undefined, and whether intervals hold the truth."""

import json
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.shares import wilson
from qa.agreement import sureness
from qa.agreement.coefficients import cohen, fleiss, krippendorff
from qa.agreement.intervals import Stratum, agresti_coull, clopper_pearson, difference, jeffreys, z_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "agreement_and_ci.json").read_text())
EXACT = {"abs": 1e-9, "rel": 0}


@pytest.mark.parametrize("case", VECTORS["proportion_ci"], ids=lambda c: f"{c['k']}/{c['n']}@{c['alpha']}")
def test_intervals_of_shares(case: dict) -> None:
    k, n, alpha = case["k"], case["n"], case["alpha"]
    got = {
        "wilson": wilson(k, n, z_of(alpha)),
        "beta": clopper_pearson(k, n, alpha),
        "jeffreys": jeffreys(k, n, alpha),
        "agresti_coull": agresti_coull(k, n, alpha),
    }
    for name, interval in got.items():
        assert interval == pytest.approx(tuple(case[name]), **EXACT), name


@pytest.mark.parametrize("case", VECTORS["krippendorff"], ids=lambda c: c["name"])
def test_krippendorff(case: dict) -> None:
    units = list(zip(*case["data"], strict=True))
    got = {level: krippendorff(units, level) for level in case["alpha"]}
    if case["name"] == "no_variance_undefined":
        assert got == {"nominal": None}
    else:
        assert got == pytest.approx(case["alpha"], **EXACT)


@pytest.mark.parametrize("case", VECTORS["cohen_kappa"], ids=lambda c: c["name"])
def test_cohen(case: dict) -> None:
    known = {"kappa": "", "linear": "linear", "quadratic": "quadratic"}
    got = {name: cohen(case["confusion"], weighing) for name, weighing in known.items() if name in case}
    assert got == pytest.approx({name: case[name] for name in got}, **EXACT)


@pytest.mark.parametrize("case", VECTORS["fleiss"], ids=lambda c: c["name"])
def test_fleiss(case: dict) -> None:
    assert fleiss(case["table"]) == pytest.approx(case["kappa"], **EXACT)


def test_what_nobody_differed_about_is_undefined_and_never_one() -> None:
    assert (cohen([[20, 0], [0, 0]]), cohen([]), fleiss([[3, 0], [3, 0]]), fleiss([]), fleiss([[1, 0]])) == (
        (None,) * 5
    )
    assert (krippendorff([]), krippendorff([(1, None), (2, None)]), krippendorff([(1, 1)] * 5)) == (None,) * 3
    same = sureness.kappa([("accept", "accept")] * 50, ["accept", "reject"], seed="s")
    assert (same.value, same.enough, same.told, same.agreed) == (None, True, False, 50)
    few = sureness.kappa([("a", "a"), ("b", "b")], ["a", "b"], seed="s")
    assert (few.value, few.enough, few.told) == (1.0, False, False)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40), st.randoms()
)
@settings(max_examples=60, deadline=None)
def test_agreement_depends_on_what_was_said_alone(pairs: list[tuple[str, str]], random: Random) -> None:
    """Not on the order of units, nor, for alpha, on who of a unit said what; and it is at most 1."""
    shuffled = random.sample(pairs, len(pairs))
    table = [[sum(pair == (a, b) for pair in pairs) for b in "abc"] for a in "abc"]
    told = [krippendorff(pairs), krippendorff([(b, a) for a, b in shuffled])]
    kappas = [cohen(table), cohen([list(row) for row in zip(*table, strict=True)])]
    for one, other in (told, kappas):
        assert (one is None) == (other is None)
        assert one is None or (one == pytest.approx(other) and one <= 1)
    weighted = fleiss([[pair.count(value) for value in "abc"] for pair in pairs])
    assert (weighted is None) == (told[0] is None)


def test_the_same_seed_gives_the_same_interval() -> None:
    pairs = [("a", "a")] * 15 + [("b", "b")] * 8 + [("a", "b")] * 3
    told = [sureness.kappa(pairs, ["a", "b"], seed=seed) for seed in ("x", "x", "y")]
    assert told[0] == told[1]
    assert (told[0].low, told[0].high) != (told[2].low, told[2].high)
    both = sureness.alpha(pairs, ["a", "b"], seed="x")
    assert (round(both.value or 0, 3), both.n, both.agreed) == (round(krippendorff(pairs) or 0, 3), 26, 23)
    assert both.low < (both.value or 0) < both.high < 1


def test_intervals_hold_the_truth_where_a_bootstrap_would_not() -> None:
    """Two reviewers who err in 2 % and meet a bad piece in 10 %: kappa .809, told from twenty pairs."""
    random, values = Random(7), (0, 1)
    cells = list(product(values, values))
    chances = [
        sum(share * _says(a, truth) * _says(b, truth) for truth, share in ((0, 0.9), (1, 0.1)))
        for a, b in cells
    ]
    true = cohen([chances[:2], chances[2:]])
    assert true == pytest.approx(0.809, abs=5e-4)
    cases, held, booted = 80, 0, 0
    for case in range(cases):
        pairs = random.choices(cells, chances, k=20)
        got = sureness.kappa(pairs, values, seed=str(case))
        held += not got.told or got.low <= (true or 0) <= got.high
        again = sorted(_kappa(random.choices(pairs, k=20)) for _ in range(100))
        booted += again[2] <= (true or 0) <= again[-3]
    assert held / cases >= 0.93
    assert booted / cases < 0.6


def _kappa(pairs: list[tuple[int, int]]) -> float:
    """A plain bootstrap's figure; of what never differed it can only say that it is all the same."""
    made = cohen([[pairs.count((a, b)) for b in (0, 1)] for a in (0, 1)])
    return 1.0 if made is None else made


def _says(said: int, truth: int) -> float:
    return 0.98 if said == truth else 0.02


def test_differences_are_taken_within_comparable_work() -> None:
    """Simpson's trap: more lenient in each kind of work, yet the raw shares say the opposite."""
    easy, hard = Stratum(19, 20, 90, 100), Stratum(40, 80, 4, 20)
    told = difference([easy, hard])
    assert told is not None
    assert (40 + 19) / 100 - (94 / 120) < 0 < told.low < told.value < told.high
    assert (told.n, told.other_n, told.clear) == (100, 120, True)


def test_a_difference_of_nothing_is_none_and_of_few_is_wide() -> None:
    assert difference([]) is None
    assert difference([Stratum(3, 3, 0, 0)]) is None
    few = difference([Stratum(3, 3, 2, 3)])
    assert few is not None
    assert (few.clear, few.low < -0.2, few.high > 0.7) == (False, True, True)
    newcombe = difference([Stratum(56, 70, 48, 80)])  # Newcombe 1998, example (a): .0524 to .3339
    assert newcombe is not None
    assert (round(newcombe.low, 4), round(newcombe.high, 4)) == (0.0524, 0.3339)
