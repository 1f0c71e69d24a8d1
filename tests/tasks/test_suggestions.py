"""A suggestion is a look: it holds nothing, and a page that only reads may give it."""

from tasks import dispatch
from tests.tasks.bench import Bench


def test_a_page_that_only_reads_may_suggest(bench: Bench) -> None:
    ids = bench.tasks(2)
    with bench.acting_as("minji", reading=True) as scope:
        assert dispatch.suggest(scope, "packing") == ids[0]


def test_what_is_suggested_to_one_can_be_taken_by_another(bench: Bench) -> None:
    ids = bench.tasks(2)
    with bench.acting_as("minji", reading=True) as looking:
        assert dispatch.suggest(looking, "packing") == ids[0]
        with bench.acting_as("sujin") as taking:
            assert dispatch.claim_next(taking).id == ids[0]
