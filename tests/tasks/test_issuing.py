"""Editions take effect on a day; a task is pinned to the one in force when it is made."""

from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import select, text

from base import migrate
from base.db import open_engines
from base.migrate import _alembic
from tasks import editions, issuing, sops
from tasks.editions import Frozen
from tasks.models import SopRevision
from tests.cast import Cast, Stage
from tests.tasks.bench import Bench

SEAL = {"key": "seal", "type": "check", "label": {"ko": "막았어요", "en": "Sealed"}}
ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
WEDNESDAY = date(2026, 11, 25)


def test_every_state_is_reached_and_a_step_leads_to_one_place() -> None:
    states = {editions.DRAFT, editions.SCHEDULED, editions.PUBLISHED, editions.RETIRED}
    assert {end for _from, _step, end, _who in editions.STEPS} == states
    assert {start for start, *_rest in editions.STEPS} == states - {editions.RETIRED}
    assert len(editions.TO) == len(editions.STEPS)
    assert set(editions.DONE) == {step for _from, step, _to, _who in editions.STEPS}


def second(bench: Bench) -> tuple[int, int]:
    """The edition in use, and a draft of the next one: their ids."""
    with bench.acting_as("haneul") as scope:
        first = sops.published(scope, "packing")
        draft = sops.draft(scope, first.sop_id)
        sops.save(scope, draft.id, items=[SEAL], version=1)
        return first.id, draft.id


def states(bench: Bench) -> dict[int, str]:
    with bench.acting_as("house", reading=True) as scope:
        rows = scope.session.execute(select(SopRevision.number, SopRevision.state))
        return {number: state for number, state in rows}  # noqa: C416 (rows are not pairs)


def pinned(bench: Bench) -> int:
    (task_id,) = bench.tasks(1)
    return bench.task(task_id).sop_revision_id


@ON_SQLITE
def test_an_edition_takes_effect_on_its_day_and_not_before(bench: Bench) -> None:
    old, new = second(bench)
    with bench.acting_as("haneul") as scope:
        for wrong in (date(2026, 11, 22), date(2027, 11, 25)):
            with pytest.raises(sops.BadDay):
                sops.publish(scope, new, version=2, on=wrong)
        waiting = sops.publish(scope, new, version=2, on=WEDNESDAY)
        assert waiting.effective_at == datetime(2026, 11, 24, 15, tzinfo=UTC)  # midnight in Seoul
        for act in (sops.save, sops.publish):
            with pytest.raises(Frozen):
                act(scope, new, version=3, **({"items": [SEAL]} if act is sops.save else {}))
        with pytest.raises(sops.Waiting):
            sops.draft(scope, waiting.sop_id)
    assert (pinned(bench), states(bench)) == (old, {1: "published", 2: "scheduled"})
    bench.now = datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC)
    with bench.acting_as("house") as scope:
        assert issuing.bring_due(scope) == 0
    assert pinned(bench) == old
    bench.later(seconds=1)  # the very instant, and no periodic work was here yet
    assert (pinned(bench), states(bench)) == (new, {1: "retired", 2: "published"})


@ON_SQLITE
def test_periodic_work_brings_the_day_without_any_task(bench: Bench) -> None:
    _old, new = second(bench)
    with bench.acting_as("haneul") as scope:
        assert issuing.coming(scope.session, scope.shop_id) is False
        sops.publish(scope, new, version=2, on=WEDNESDAY)
        assert issuing.coming(scope.session, scope.shop_id) is True
    bench.now += timedelta(days=2)
    with bench.acting_as("house") as scope:
        assert (issuing.bring_due(scope), issuing.bring_due(scope)) == (1, 0)
    assert states(bench) == {1: "retired", 2: "published"}


@ON_SQLITE
def test_what_waits_is_taken_back_and_changed(bench: Bench) -> None:
    _old, new = second(bench)
    with bench.acting_as("haneul") as scope:
        sops.publish(scope, new, version=2, on=WEDNESDAY)
        back = sops.take_back(scope, new, version=3)
        assert (back.state, back.published_at, back.effective_at) == ("draft", None, None)
        sops.save(scope, new, items=[SEAL | {"severity": "major"}], version=4)
        sops.publish(scope, new, version=5, on=bench.now.date())  # today is at once
        with pytest.raises(Frozen):
            sops.take_back(scope, new, version=6)
    assert states(bench) == {1: "retired", 2: "published"}


@pytest.mark.both
def test_procedures_that_work_hangs_on_come_through_the_migration(
    stage: Stage, bench: Bench, cast: Cast
) -> None:
    """The table is made anew on SQLite: tasks still refer to their editions, whose instants are told."""
    bench.tasks(1)
    bench.claim("minji", bench.tasks(1)[0])
    bench.world.engines.dispose()
    url = stage.database.owner_url
    engines = open_engines(url)
    with engines.write.connect() as connection, connection.begin():
        command.downgrade(_alembic(connection), "0009")
    with engines.write.connect() as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engines.dispose()
    migrate.migrate(url, app_url=stage.database.url)
    with bench.acting_as("haneul", reading=True) as scope:
        (edition,) = scope.session.scalars(select(SopRevision))
        assert (edition.state, edition.effective_at) == ("published", edition.published_at)
        stands = scope.session.execute(
            text("SELECT partner_id, revision_id, clean, read_at IS NOT NULL FROM sop_practices")
        ).one()
        assert tuple(stands) == (cast.minji.partner_id, edition.id, 0, True)
