"""Pay: prices in time, and a line once per accepted task."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from base.i18n import SEOUL
from partners import invariants, people, queries
from partners.models import Partner, PayLine
from partners.pay import lines, pricing
from partners.pay.months import Month
from security import people as members
from security.models import Membership
from tests.cast import MONDAY

HOUR = timedelta(hours=1)


def test_a_new_shop_pays_700_won_a_parcel_from_its_first_day(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        assert pricing.price_of(scope, "packing", MONDAY - timedelta(days=400)) == 700


def test_a_kind_without_a_price_is_refused_in_words(cast, acting_as):
    with acting_as(cast.haneul) as scope, pytest.raises(pricing.NoPrice) as refused:
        pricing.price_of(scope, "own-7", MONDAY)
    assert refused.value.facts == {"kind": "own-7"}


def test_a_price_counts_from_its_instant_on(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        pricing.set_price(scope, kind="packing", won=900, since=MONDAY + HOUR)
        at = [MONDAY, MONDAY + HOUR - timedelta(seconds=1), MONDAY + HOUR, MONDAY + 5 * HOUR]
        assert [pricing.price_of(scope, "packing", when) for when in at] == [700, 700, 900, 900]


@pytest.mark.both
def test_a_price_set_again_for_the_same_instant_is_corrected(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        pricing.set_price(scope, kind="packing", won=900, since=MONDAY + HOUR)
        pricing.set_price(scope, kind="packing", won=950, since=MONDAY + HOUR)
        assert [(rate.won, rate.since) for rate in queries.rates(scope) if rate.kind == "packing"] == [
            (950, MONDAY + HOUR),
            (700, pricing.FROM_THE_START),
        ]


def test_a_price_that_cannot_be_is_refused(cast, acting_as):
    past = MONDAY - timedelta(seconds=1)
    with acting_as(cast.haneul) as scope:
        for won, since, refusal in (
            (-1, MONDAY, pricing.BadPrice),
            (1_000_001, MONDAY, pricing.BadPrice),
            (700, past, pricing.PriceInPast),
        ):
            with pytest.raises(refusal):
                pricing.set_price(scope, kind="packing", won=won, since=since)


def test_another_shop_keeps_its_own_prices(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        pricing.set_price(scope, kind="packing", won=900, since=MONDAY)
    with acting_as(cast.stranger) as scope:
        assert pricing.price_of(scope, "packing", MONDAY + HOUR) == 700


@pytest.mark.both
def test_a_task_is_paid_once_whatever_the_second_call_says(cast, acting_as, as_house):
    with as_house(cast.haneul) as scope:
        assert lines.accrue(scope, task_id=7, partner_id=cast.minji.partner_id, kind="packing", won=700)
        assert not lines.accrue(scope, task_id=7, partner_id=cast.sujin.partner_id, kind="packing", won=900)
    with as_house(cast.haneul, now=MONDAY + HOUR) as scope:
        assert not lines.accrue(scope, task_id=7, partner_id=cast.minji.partner_id, kind="packing", won=700)
    with acting_as(cast.haneul, reading=True) as scope:
        line = scope.session.scalars(select(PayLine)).one()
        assert (line.partner_id, line.won, line.at) == (cast.minji.partner_id, 700, MONDAY)


def test_a_partner_sees_their_own_month_by_days(cast, acting_as, as_house):
    tuesday, december = MONDAY + timedelta(days=1), MONDAY + timedelta(days=8)
    earned = [
        (1, cast.minji, MONDAY),
        (2, cast.minji, tuesday),
        (3, cast.minji, tuesday + HOUR),
        (4, cast.minji, december),
    ]
    for task_id, person, at in [*earned, (5, cast.sujin, MONDAY)]:
        with as_house(cast.haneul, now=at) as scope:
            lines.accrue(
                scope, task_id=task_id, partner_id=person.partner_id, kind="packing", won=700 + task_id
            )
    with acting_as(cast.minji, reading=True) as scope:
        statement = queries.own_pay(scope, month=Month(2026, 11), zone=SEOUL)
    assert [(day.day.day, [line.task_id for line in day.lines], day.won) for day in statement.days] == [
        (24, [3, 2], 1405),
        (23, [1], 701),
    ]
    assert (statement.won, statement.count) == (2106, 3)


@pytest.mark.both
def test_the_owner_sees_every_partner_with_the_month(cast, acting_as, as_house):
    with as_house(cast.haneul) as scope:
        lines.accrue(scope, task_id=1, partner_id=cast.minji.partner_id, kind="packing", won=700)
        lines.accrue(scope, task_id=2, partner_id=cast.minji.partner_id, kind="packing", won=800)
    with acting_as(cast.haneul, reading=True) as scope:
        cards = queries.partners(scope, month=Month(2026, 11), zone=SEOUL)
    assert [(card.name, card.state, card.tasks, card.won) for card in cards] == [
        ("Minji", "active", 2, 1500),
        ("Sujin", "active", 0, 0),
    ]


@pytest.mark.both
def test_a_card_opens_rests_and_closes_with_its_partner(cast, acting_as):
    card = select(Partner.state).where(Partner.id == cast.minji.partner_id)
    with acting_as(cast.haneul) as scope:
        states = [scope.session.scalar(card)]
        people.pause(scope, cast.minji.partner_id)
        states.append(scope.session.scalar(card))
        people.activate(scope, cast.minji.partner_id)
        states.append(scope.session.scalar(card))
        members.leave(scope, cast.minji.partner_id)
        states.append(scope.session.scalar(card))
        members.invite(scope, login="minji@example.com", name="Minji", role="partner")
        states.append(scope.session.scalar(card))
    assert states == ["active", "paused", "active", "left", "active"]


def test_a_step_the_card_cannot_take_is_refused(cast, acting_as):
    with acting_as(cast.haneul) as scope, pytest.raises(people.NotFromHere) as refused:
        people.activate(scope, cast.minji.partner_id)
    assert refused.value.facts == {"step": "activate", "state": "active"}


def test_capacity_has_bounds(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        for capacity in (0, 21):
            with pytest.raises(people.BadCapacity):
                people.set_capacity(scope, cast.minji.partner_id, capacity=capacity)


@pytest.mark.both
def test_a_reviewer_who_joins_gets_no_card(cast, acting_as):
    with acting_as(cast.haneul, reading=True) as scope:
        held = scope.session.scalars(select(Partner.id).where(Partner.shop_id == cast.shop_id))
        assert sorted(held) == sorted([cast.minji.partner_id, cast.sujin.partner_id])


@pytest.mark.both
def test_the_invariants_hold_and_name_what_breaks_them(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        assert invariants.findings(scope) == ()
        member = scope.session.get_one(Membership, cast.sujin.partner_id)
        member.ended_at = MONDAY
        scope.session.flush()
        assert invariants.findings(scope) == (
            invariants.Finding("partners.cardless", 1, (cast.sujin.partner_id,)),
        )
