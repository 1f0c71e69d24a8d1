"""The bench itself: a tiny run of every measurement, so that it still runs on the day it is needed."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import app as front
from base.scope import THE_HOUSE, acting
from bench import course, filling, queues, report, tag_photos, tag_weighing, tagging, targets, walking
from bench.bare import Bare
from bench.course import Asked, Course, Pace, Rate, Size
from bench.deciding import Decided
from bench.house import Front, House, on_postgres, on_sqlite
from bench.importing import Imported, Imports
from bench.pages import Cost
from bench.queues import Breadth, Taken
from bench.report import Measured
from bench.unsealed import PREFIX
from bench.walking import Walked
from qa.doctor.examine import invariants
from stock import rolling
from tests.engines import NoEngine
from tests.nursery import born

FRONT = Front(front.open_world, front.create_app, born)
TINY = Pace(
    seconds=0.3,
    rounds=1,
    claims=2,
    alone=2,
    imports=1,
    starts=1,
    orders=5,
    pages=1,
    tabs=12,
    tabs_open=1000,
    tabs_s=0.6,
    products=(40,),
    moves=12,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the bench's own name: the unsealed import takes no other."""
    made = tmp_path / f"{PREFIX}tiny"
    made.mkdir()
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, folder: Path) -> Iterator[House]:
    """A house with more open work than is placed by hand."""
    opened = {"sqlite": on_sqlite, "postgres": on_postgres}[request.param]
    try:
        with opened(FRONT, folder) as house:
            filling.until_open(house, 3 * filling.BY_HAND)
            yield house
    except NoEngine as missing:
        pytest.skip(str(missing))


@pytest.mark.slow
def test_a_shop_filled_by_copies_is_as_if_by_hand(filled: House) -> None:
    with acting(filled.world, shop_id=filled.shop_id, actor=THE_HOUSE, reading=True) as scope:
        assert (filling.opened(filled), list(invariants(scope))) == (3 * filling.BY_HAND, [])


@pytest.mark.slow
def test_a_tiny_run_measures_everything(folder: Path) -> None:
    with on_sqlite(FRONT, folder) as house:
        made = course.run(
            house, sizes=[240], pace=TINY, say=lambda _what: None, parts={"import", "sizes", "stock", "tabs"}
        )
        with house.serving("server.log") as server:
            walked = walking.walk(server, house.keys, times=1, most=4)
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
            assert (list(invariants(scope)), rolling.sampled(scope)) == ([], [])
        breadth = Breadth(slots=250, queues=3, finished=5, alone=2, pages=1)
        taken = [queues.few(house, breadth), *queues.many(house, breadth)]
    told = [one.finished for one in taken if min(*one.claim_ms, one.offers_ms, one.today_ms) > 0]
    assert told == [0, 5, 5, 5]
    (size,), (goods,) = made.sizes, made.stocked
    assert (goods.products, goods.movements > 40 * 12, goods.same) == (40, True, True)
    assert [page.page for page in goods.pages if page.median_ms <= 0] == []
    assert made.imports is not None
    assert made.tabs is not None
    assert (size.twice, size.bare.twice) == (0, 0)
    figures = (size.pairs.median, size.claims.median, size.ceiling.median, size.bare.per_second)
    more = (size.alone_claim_ms, size.server_mb, made.claim.statements, made.submit.statements)
    rates = (made.imports.sealed.lines_per_second, made.imports.unsealed.lines_per_second)
    assert [figure for figure in (*figures, *more, *rates) if figure <= 0] == []
    opened = [(one.opened, one.answered) for one in made.tabs.streams]
    assert (made.tabs.quiet.failed, made.tabs.busy.failed, opened) == (0, 0, [(0, 3), (15, 3), (16, 0)])
    assert [(one.role, one.pages > 1) for one in walked] == [(role, True) for role in house.keys]
    assert [page.page for page in size.pages] == [
        "today",
        "offers",
        "task",
        "queue",
        "board",
        "orders",
        "tasks",
    ]


# --- what is made of the figures ---------------------------------------------------------------------------

PAGES = [Cost(name, 10.0, 12.0, 5, 50) for name in ("board", "orders", "tasks")]
SMALL = Size(
    tasks=1000,
    pairs=Rate(250, (240, 250, 260)),
    given=900,
    twice=0,
    claim_ms=(5, 9, 30),
    claims=Rate(600, (600,)),
    ceiling=Rate(1000, (1000,)),
    bare=Bare(8, 3000, 4000, 0),
    alone_claim_ms=3,
    alone_cpu_ms=5,
    pages=PAGES,
    server_mb=200,
)
LARGE = replace(SMALL, tasks=1_000_000)
SEALED = Imported(5000, 8600, 3000, 3500, 160)
GOOD = Course(
    "SQLite",
    "3",
    Imports(SEALED, replace(SEALED, lines_per_second=4000)),
    Asked(9, 1),
    Asked(20, 2),
    [SMALL, LARGE],
)


def unmet(made: Course) -> list[str]:
    return [target.found for target in targets.of_course(made) if not target.met]


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (LARGE, []),
        (replace(LARGE, alone_claim_ms=3.7), ["1.23×"]),
        (replace(LARGE, claims=Rate(499, (499,)), ceiling=Rate(998, (998,))), ["1.20×"]),
        (replace(LARGE, ceiling=Rate(1300, (1300,))), ["0.46"]),
        (replace(LARGE, pairs=Rate(199, (199,))), ["199/s"]),
        (replace(LARGE, twice=1), ["1 of 1,800"]),
        (replace(LARGE, pages=[replace(PAGES[0], median_ms=12.1), *PAGES[1:]]), ["1.21×"]),
    ],
)  # fmt: skip
def test_each_target_is_met_or_not(last: Size, found: list[str]) -> None:
    assert unmet(replace(GOOD, sizes=[SMALL, last])) == found


def test_many_queues_and_a_long_past_cost_a_claim_nothing() -> None:
    small = Taken("a newcomer", 1000, 1, 0, (2.0, 3.0), 4.0, 6.0, 5.0)
    grown = replace(small, who="finished elsewhere", claim_ms=(2.4, 9.0))
    assert unmet(replace(GOOD, queues=[small, grown, replace(grown, claim_ms=(2.5, 3.0))])) == ["1.25×"]
    assert "| finished elsewhere | 1,000 | 1 | 0 | 2.4, 9.0 | 4.0 | 6.0 | 5.0 |" in report.text(
        Measured({}, [replace(GOOD, queues=[small, grown])])
    )


def test_sealing_and_pages_have_targets() -> None:
    slow = Imports(replace(SEALED, lines_per_second=2300), replace(SEALED, lines_per_second=4000))
    walked = [Walked("owner", 9, 31.0, "/orders", 40.0)]
    assert unmet(replace(GOOD, imports=slow)) == ["0.57"]
    assert [target.met for target in targets.of_pages(walked)] == [False]


def test_the_next_submission_is_wanted_at_once() -> None:
    seen = [Decided(20, median_ms, 300.0, 48.0) for median_ms in (99.0, 101.0)]
    assert [target.met for one in seen for target in targets.of_decisions(one)] == [True, False]
    assert list(targets.of_decisions(None)) == []


def test_figures_are_written_into_a_paper_and_kept_as_json(tmp_path: Path) -> None:
    paper, file = tmp_path / "paper.md", tmp_path / "figures.json"
    paper.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    measured = Measured({"processor": "2 x this"}, [GOOD], [Walked("owner", 9, 10.0, "/orders", 40.0)])
    report.write(paper, measured)
    report.keep(file, measured)
    said = paper.read_text(encoding="utf-8")
    assert (said.startswith("before\n"), said.endswith("after\n"), "old" in said) == (True, True, False)
    assert said.count("| met |") == len(measured.targets)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["courses"][0]["sizes"][1]["tasks"] == 1_000_000
    assert [target["met"] for target in kept["targets"]] == [True] * len(measured.targets)


def test_a_paper_without_a_place_is_left_as_it_is(tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text("nothing here", encoding="utf-8")
    with pytest.raises(report.NoPlace):
        report.write(paper, Measured({}))
    assert paper.read_text(encoding="utf-8") == "nothing here"


def test_the_unsealed_import_takes_no_folder_but_a_bench_s(tmp_path: Path) -> None:
    import subprocess
    import sys

    from base.config import ROOT

    done = subprocess.run(
        [sys.executable, "-m", "bench.unsealed", "doctor"],
        cwd=ROOT,
        env={"DARI_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "bench: not a bench's folder\n")


def test_tabs_are_tried_as_they_behave() -> None:
    from base.config import ROOT
    from bench import tab_crowd

    said = (ROOT / "static" / "js" / "live.js").read_text(encoding="utf-8")
    names = ("FELT", "SURELY", "LONGEST", "SHARE")
    found = [int(re.search(rf"const {name} = ([\d_]+);", said)[1].replace("_", "")) for name in names]
    assert found == [1000 * one for one in (tab_crowd.FELT, tab_crowd.SURELY, tab_crowd.LONGEST)] + [
        tab_crowd.SHARE
    ]


def test_the_command_line_says_what_it_takes() -> None:
    told = CliRunner().invoke(front.cli, ["bench", "--help"])
    assert told.exit_code == 0


@pytest.mark.slow
def test_photos_are_described_exactly_as_often_as_asked(folder: Path) -> None:
    """Simulated hands of three accuracies through the real desks; with DARI_REALDATA real photos, of which the bench takes all."""
    with on_sqlite(FRONT, folder) as house:
        name, shots = tag_photos.shots(40 if "DARI_REALDATA" in os.environ else 12)
        fixed, more, chosen = tagging.play(house, shots, [tagging.WAYS[0], *tagging.WAYS[2:]])
    assert [one.exact for one in (fixed, more, chosen)] == [True, True, True], name
    assert (fixed.each, 3 <= more.each < 5, 3 <= chosen.each < 5) == (3, True, True)
    assert [one.decided + one.disputed for one in (fixed, more, chosen)] == [fixed.photos] * 3
    assert [one.accuracy >= 0.8 for one in (fixed, more, chosen)] == [True] * 3  # a hasty hand comes to 0.55
    said = report.text(
        Measured({}, tagging=tagging.Tagging(name, [fixed, chosen], tag_weighing.weighing(300)))
    )
    assert f"| 3, more while in doubt (to 5), chosen on gold | {chosen.method} |" in said
