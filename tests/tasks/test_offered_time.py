"""What partners offer of their time, before dispatch: it lengthens offers, feeds the outlook, and binds nobody."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from base.db import Base
from base.scope import acting
from partners import people
from partners.availability import saying, week
from partners.models import Partner, PayLine, Standing, StandingChange, TeamMember
from qa.models import Tally
from qa.vendors import keeping
from qa.vendors.models import VendorFigure
from tasks import dispatch, offering, risks, surveying
from tests.cast import MONDAY
from tests.tasks.bench import Bench

HOUR = timedelta(hours=1)
EVENINGS = week.read("1200-1320|1200-1320|||||")  # 20:00 to 22:00


def says(bench: Bench, name: str, hours: week.Week, *off: date) -> None:
    with bench.acting_as(name) as scope:
        saying.offer(scope, hours)
        for day in off:
            saying.take_off(scope, day, day)


def partner(bench: Bench, name: str) -> int:
    return bench.people[name].partner_id or 0


def test_an_offer_runs_in_the_hours_that_were_offered(bench: Bench) -> None:
    near, far = bench.tasks(1, ship_in_hours=8)[0], bench.tasks(1, ship_in_hours=200)[0]
    says(bench, "minji", EVENINGS)
    with bench.acting_as("haneul") as scope:
        both, until = [partner(bench, name) for name in ("minji", "sujin")], MONDAY + HOUR
        for task_id in (near, far):
            offering.offer(scope, task_id, partner_ids=both, until=until)
        ends = {id_: [one.until for one in offering.shown_to(scope, id_)] for id_ in (near, far)}
        # an hour of hers ends at 21:00; of what is due at 17:00 she keeps until 13:00, four hours to do it in
        assert ends == {near: [MONDAY + 4 * HOUR, until], far: [MONDAY + 12 * HOUR, until]}
    assert bench.task(far).offered_until == MONDAY + 12 * HOUR


def test_whoever_is_off_is_given_nothing_and_may_take_what_they_like(bench: Bench) -> None:
    first, second = bench.tasks(2)
    says(bench, "minji", EVENINGS, date(2026, 11, 23))
    with bench.acting_as("haneul") as scope:
        for give in (
            lambda: offering.assign(scope, first, partner_id=partner(bench, "minji")),
            lambda: offering.offer(
                scope, first, partner_ids=[partner(bench, "minji")], until=MONDAY + 2 * HOUR
            ),
        ):
            with pytest.raises(offering.Away) as refused:
                give()
            assert refused.value.facts == {"until": "2026-11-23"}
    with bench.acting_as("minji") as scope:
        assert [dispatch.claim_next(scope).id, dispatch.claim_next(scope).id] == [first, second]


def at_risk(bench: Bench) -> list[int]:
    with bench.acting_as("house", reading=True) as scope:
        return [one.at_risk for one in risks.promises(scope, "packing")]


def test_the_outlook_counts_with_what_is_offered(bench: Bench) -> None:
    for _ in range(6):
        bench.tasks(1, ship_in_hours=8)  # at 17:00; four hours each, as long as nothing was measured
    assert at_risk(bench) == [2]  # two partners, eight open hours each
    says(bench, "minji", week.read("600-840||||||"))
    assert at_risk(bench) == [5]  # what she offers, four hours; nobody has said more
    says(bench, "minji", week.read("600-840||||||"), date(2026, 11, 23))
    assert at_risk(bench) == [6]
    bench.claim("sujin", bench.tasks(1, ship_in_hours=9)[0])
    assert at_risk(bench) == [
        4
    ]  # who has said nothing and has work in hand counts as long as the shop is open


KEPT: tuple[type[Base], ...] = (Standing, StandingChange, PayLine, TeamMember, VendorFigure, Tally)


def stands(bench: Bench, name: str) -> dict[str, Any]:
    """All that could be held against a partner: standing, pay, card, figures, and their place before work."""
    with bench.acting_as("haneul") as scope:
        keeping.keep(scope)
        rows = {
            table.__tablename__: [
                {column.name: getattr(row, column.name) for column in table.__table__.columns}
                for row in scope.session.scalars(select(table).order_by(table.id))  # type: ignore[attr-defined]
            ]
            for table in KEPT
        }
        card = scope.session.get_one(Partner, partner(bench, name))
        facts = (card.state, card.capacity, card.day_limit, card.waiting_since, card.cleared_until)
    with bench.acting_as(name, reading=True) as scope:
        choice = surveying.choice(scope)
        seen = surveying.of(scope, partner(bench, name))
    return {**rows, "card": facts, "order": choice.order, "lately": (seen.who.lately, seen.capacity)}


def test_a_no_costs_nothing(bench: Bench) -> None:
    """Declining an offer, giving back what was assigned or taken, and not working in the hours offered."""
    kept, offered, assigned, taken = bench.tasks(4)
    says(bench, "minji", EVENINGS)
    with acting(bench.world, shop_id=bench.shop_id, actor=bench.people["haneul"], now=bench.now) as scope:
        people.set_capacity(scope, partner(bench, "minji"), capacity=5)
    before = {name: stands(bench, name) for name in ("minji", "sujin")}
    with bench.acting_as("haneul") as scope:
        offering.offer(scope, offered, partner_ids=[partner(bench, "minji")], until=MONDAY + 2 * HOUR)
        offering.assign(scope, assigned, partner_id=partner(bench, "minji"))
    with bench.acting_as("minji") as scope:
        offering.decline(scope, offered)
        offering.decline(scope, assigned)
        dispatch.claim(scope, taken)
        dispatch.release(scope, taken, reason="no_time")
    assert {name: stands(bench, name) for name in ("minji", "sujin")} == before
    with bench.acting_as("minji") as scope:
        assert dispatch.claim_next(scope).id == kept
