"""Ways of giving work on made-up weeks: repeatable, fair to compare, and what the house lives by is the best."""

import json
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from qa.policies.commands import mean, policies
from qa.policies.crowd import chance, people, work
from qa.policies.week import WAYS, Told, gini, play
from tasks.choosing import Policy

FIRST_COME, PROMISE, FAIR, VARIED = WAYS
SEEDS = range(1, 6)


def weeks(way: object, load: float) -> Told:
    return mean([play(way, seed=seed, load=load) for seed in SEEDS])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        ((), 0.0),
        ((0, 0), 0.0),
        ((3, 3, 3), 0.0),
        ((0, 0, 0, 1), 0.75),
        ((1, 2, 3, 4), 0.25),
        ((4, 1, 3, 2), 0.25),
    ],
)
def test_gini_says_how_unevenly(shares: tuple[int, ...], found: float) -> None:
    assert gini(shares) == found


def test_a_seed_is_a_week_and_every_way_meets_the_same_people_and_work() -> None:
    assert play(VARIED, seed=3, load=0.4) == play(VARIED, seed=3, load=0.4)
    assert play(VARIED, seed=3, load=0.4) != play(VARIED, seed=4, load=0.4)
    one, other = (
        [
            (queue, piece.came, piece.due, piece.minutes)
            for queue, piece in work(chance(1, "work"), 0.4, by_promise=by)
        ]
        for by in (True, False)
    )
    assert (one == other, len(one)) == (True, 480)
    assert [asdict(hand) for hand in people(chance(1, "people"), 9)] == [
        asdict(hand) for hand in people(chance(1, "people"), 9)
    ]


def test_what_the_house_lives_by_is_what_the_weeks_speak_for() -> None:
    """Late work by the promise and by turns, shares in a lean week by who waits; nothing is paid for elsewhere."""
    assert VARIED.policy == Policy()
    busy = [weeks(way, 0.75) for way in WAYS]
    assert busy[1].late < 0.6 * busy[0].late
    assert busy[3].late < busy[2].late
    lean = [weeks(way, 0.15) for way in WAYS]
    assert lean[2].gini < 0.95 * lean[1].gini
    assert lean[3].gini < 0.95 * lean[0].gini
    assert lean[3].idle <= lean[1].idle
    assert lean[3].late <= lean[1].late + 0.01


def test_the_command_lays_them_side_by_side() -> None:
    run = CliRunner().invoke(policies, ["--weeks", "1", "--seed", "5"])
    assert (run.exit_code, run.output.count("| promise, fair, varied |")) == (0, 4)
    told = json.loads(CliRunner().invoke(policies, ["--weeks", "1", "--seed", "5", "--json"]).output)
    assert [(row["load"], row["way"]) for row in told["rows"]][:4] == [(0.15, way.name) for way in WAYS]
    assert told["rows"][7] == {"load": 0.4, "way": "varied"} | asdict(play(VARIED, seed=5, load=0.4))
