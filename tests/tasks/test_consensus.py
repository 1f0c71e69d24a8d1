"""Consensus: held to Dawid and Skene's own data, to real answers with gold, and to what must always be true."""

import csv
import json
import os
import random
from pathlib import Path

import pytest

from tasks.kinds.tagging.choosing import LEAST_GOLD, another, choose
from tasks.kinds.tagging.consensus import METHODS, estimate

pytestmark = pytest.mark.quick

VECTORS = Path(__file__).parents[1] / "vectors"
DOCTORS = [
    (patient, doctor, str(said))
    for patient, doctor, said in json.loads((VECTORS / "dawid_skene_1979_input.json").read_text())["rows"]
]
EXPECTED = json.loads((VECTORS / "dawid_skene_1979_expected.json").read_text())
NAMES = ("majority", "one_coin", "dawid_skene")


def test_the_data_of_1979_give_the_converged_estimate() -> None:
    made = estimate("dawid_skene", DOCTORS)
    assert made.converged
    assert made.log_likelihood == pytest.approx(EXPECTED["loglik"], abs=1e-5)
    assert made.priors == pytest.approx(EXPECTED["prior"], abs=1e-5)
    assert {str(p): int(v.answer) for p, v in made.verdicts().items()} == EXPECTED["labels"]


def test_observer_one_errs_as_the_paper_prints() -> None:
    table = estimate("dawid_skene", DOCTORS).tables[1]
    assert [[round(cell, 3) for cell in row] for row in table] == [
        [0.889, 0.111, 0, 0],
        [0.071, 0.876, 0.053, 0],
        [0, 0.339, 0.661, 0],
        [0, 0, 0.556, 0.444],
    ]


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_answers_does_not_matter(method) -> None:
    mixed = list(DOCTORS)
    random.Random(7).shuffle(mixed)
    assert estimate(method, mixed) == estimate(method, DOCTORS)


@pytest.mark.parametrize(
    ("said", "answer", "confidence"),
    [
        ({"a": "red"}, "red", 1.0),
        ({"a": "red", "b": "red", "c": "blue"}, "red", 2 / 3),
        ({"a": "red", "b": "blue"}, "blue", 0.5),  # of equals the first by name
    ],
)
def test_majority_is_the_largest_share(said, answer, confidence) -> None:
    verdict = estimate("majority", [("photo", hand, tag) for hand, tag in said.items()]).verdict("photo")
    assert (verdict.answer, verdict.confidence) == (answer, pytest.approx(confidence))


@pytest.mark.parametrize("method", METHODS)
def test_nothing_said_is_nothing_known(method) -> None:
    made = estimate(method, [])
    assert (made.verdicts(), made.converged) == ({}, True)


@pytest.mark.parametrize("method", METHODS)
def test_one_label_alone_is_certain(method) -> None:
    verdict = estimate(method, [("photo", "a", "red"), ("photo", "b", "red")]).verdict("photo")
    assert (verdict.answer, verdict.confidence) == ("red", 1.0)


@pytest.mark.parametrize("method", METHODS)
def test_gold_stays_what_it_is(method) -> None:
    answers = [("photo", hand, "blue") for hand in "abc"]
    verdict = estimate(method, answers, {"photo": "red"}).verdict("photo")
    assert (verdict.answer, verdict.confidence) == ("red", 1.0)


def crowd(seed: int, *, things: int, each: int, accuracies: list[float], labels: int = 4):
    """Made-up answers: each thing by `each` hands, a hand right as often as it says; and the truth."""
    dice = random.Random(seed)
    truth = {thing: str(dice.randrange(labels)) for thing in range(things)}
    answers = []
    for thing, true in truth.items():
        for hand in dice.sample(range(len(accuracies)), each):
            wrong = dice.choice([str(label) for label in range(labels) if str(label) != true])
            answers.append((thing, hand, true if dice.random() < accuracies[hand] else wrong))
    return answers, truth


def test_one_coin_learns_who_is_right() -> None:
    accuracies = [0.95, 0.9, 0.5, 0.45, 0.4]
    answers, truth = crowd(3, things=800, each=5, accuracies=accuracies)
    made = estimate("one_coin", answers)
    assert [made.hands[hand] for hand in range(5)] == pytest.approx(accuracies, abs=0.05)
    right = choose(answers, truth).right
    assert right["one_coin"] > right["majority"]


def test_a_hand_that_turns_labels_round_is_understood_by_the_full_model_alone() -> None:
    """Two of three always say the other of two labels: majority is wrong, the tables are learnt from gold."""
    answers = []
    for thing in range(60):
        true, other = ("x", "y") if thing % 3 else ("y", "x")
        answers += [(thing, "a", true), (thing, "b", other), (thing, "c", other)]
    truth = {thing: "x" if thing % 3 else "y" for thing in range(60)}
    made = estimate("dawid_skene", answers, {thing: truth[thing] for thing in range(20)})
    assert [made.verdict(thing).answer for thing in range(60)] == [truth[thing] for thing in range(60)]


def test_the_method_is_chosen_by_what_is_right_about_known_things() -> None:
    answers, truth = crowd(3, things=400, each=5, accuracies=[0.95, 0.9, 0.5, 0.45, 0.4])
    chosen = choose(answers, truth)
    assert (chosen.enough, chosen.known) == (True, 400)
    assert chosen.right[chosen.method] == max(chosen.right.values())
    assert chosen.method != "majority"


def test_of_equally_good_methods_the_simplest_is_taken() -> None:
    answers = [(thing, hand, str(thing % 2)) for thing in range(20) for hand in "abc"]
    chosen = choose(answers, {thing: str(thing % 2) for thing in range(20)})
    assert (chosen.method, dict(chosen.right)) == ("majority", dict.fromkeys(NAMES, 20))


def test_too_little_gold_leaves_majority() -> None:
    answers = [(thing, hand, "x") for thing in range(20) for hand in "abc"]
    chosen = choose(answers, dict.fromkeys(range(LEAST_GOLD - 1), "x") | {"unseen": "x"})
    assert (chosen.method, chosen.enough, chosen.known) == ("majority", False, LEAST_GOLD - 1)


@pytest.mark.parametrize(
    ("confidence", "answers", "asked"),
    [
        (1.0, 2, True),  # fewer than wanted
        (1.0, 3, False),
        (0.67, 3, True),  # hands disagree
        (0.8, 3, False),  # exactly enough is enough
        (0.6, 5, False),  # no more may be asked
    ],
)
def test_another_answer_only_while_agreement_is_low(confidence, answers, asked) -> None:
    assert another(confidence=confidence, answers=answers, least=3, most=5, enough=0.8) is asked


# The accuracies that public sets are known to give (reference figures, to three places).
PUBLISHED = {
    "snow_temp": {"majority": 0.939, "one_coin": 0.939, "dawid_skene": 0.942},
    "act_CF_amt": {"majority": 0.847, "one_coin": 0.860, "dawid_skene": 0.837},
}


@pytest.mark.real
@pytest.mark.skipif("DARI_REALDATA" not in os.environ, reason="DARI_REALDATA names no folder")
@pytest.mark.parametrize("name", PUBLISHED)
def test_real_answers_give_the_known_accuracies(name) -> None:
    folder = Path(os.environ["DARI_REALDATA"]) / "crowd" / name
    with (folder / "labels.csv").open() as labels, (folder / "gold.csv").open() as truths:
        answers = [(row["task"], row["worker"], row["label"]) for row in csv.DictReader(labels)]
        gold = {row["task"]: row["label"] for row in csv.DictReader(truths)}
    found = {}
    for method in METHODS:
        made = estimate(method, answers)
        assert made.converged
        right = sum(made.verdict(thing).answer == truth for thing, truth in gold.items())
        found[method] = round(right / len(gold), 3)
    assert found == PUBLISHED[name]


def test_many_answers_take_few_rounds() -> None:
    """Growth is held by counting: what 30,000 answers take is a matter of `./dari bench tags`."""
    dice = random.Random(1)
    answers, _truth = crowd(1, things=2_000, each=3, accuracies=[dice.uniform(0.5, 0.95) for _ in range(20)])
    made = estimate("dawid_skene", answers)
    assert (len(answers), made.converged, made.rounds < 100) == (6_000, True, True)
