"""Months that close: every line once, statements that add up, nothing changed afterwards, two pairs of eyes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from base.errors import NotFound
from base.scope import acting, persistently
from partners import invariants
from partners.agreements import signing, writing
from partners.agreements.models import Agreement
from partners.agreements.terms import Terms
from partners.joining import cards
from partners.models import PayLine
from partners.pay import adjusting, closing, disputing, gathering, lines, proposals, terms
from partners.pay.adjusting import OwnPay, SameEyes
from partners.pay.lines import InHand
from partners.pay.models import PayAdjustment, PayDispute, PayMonthLine, PayProposal, PayStatement
from partners.pay.months import Month
from partners.pay.proposals import Decided
from partners.pay.wanting import (
    ADJUSTMENT,
    BONUS,
    COUNTER,
    PENALTY,
    BadAmount,
    NoReason,
    PenaltiesOff,
    PenaltyNotAllowed,
    TooMuchBack,
    Wanted,
)
from security import people
from tests.cast import MONDAY
from tests.partners.test_joining import CARD

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
FIRST_OF_DECEMBER = datetime(2026, 11, 30, 15, tzinfo=UTC)
IN_DECEMBER, IN_JANUARY = FIRST_OF_DECEMBER + timedelta(days=3), FIRST_OF_DECEMBER + timedelta(days=40)
DAY = timedelta(days=1)


def earn(acting_as, person, cast, *, task_id, won, now=MONDAY, in_hand=None):
    with acting_as(cast.haneul, now=now) as scope:
        lines.accrue(
            scope, task_id=task_id, partner_id=person.partner_id, kind="packing", won=won, in_hand=in_hand
        )


def say(acting_as, cast, **kinds):
    with acting_as(cast.haneul) as scope:
        for name, kind in kinds.items():
            terms.say(scope, getattr(cast, name).partner_id, tax_kind=kind)


def close(acting_as, cast, month, *, now):
    with acting_as(cast.haneul, now=now) as scope:
        return closing.close(scope, month).id


def statements(acting_as, cast, person=None):
    with acting_as(cast.haneul, reading=True) as scope:
        stmt = select(PayStatement).where(PayStatement.shop_id == cast.shop_id)
        if person:
            stmt = stmt.where(PayStatement.partner_id == person.partner_id)
        return [
            (row.tasks, row.earned, row.adjusted, row.carried_in, row.gross, row.net, row.carried_out)
            for row in scope.session.scalars(stmt.order_by(PayStatement.id))
        ]


def second_owner(acting_as, cast):
    """Somebody else who may look: an account of its own with the owner's role."""
    with acting_as(cast.haneul) as scope:
        member, _link = people.invite(scope, login="garam@example.com", name="Garam", role="owner")
        actor = type(cast.haneul.actor)(id=member.account_id, role="owner", partner_id=None)
    return type(cast.haneul)("garam", cast.shop_id, actor)


@pytest.mark.both
def test_a_month_closes_once_and_adds_up(cast, acting_as, monkeypatch):
    at = int(MONDAY.timestamp())
    earn(acting_as, cast.minji, cast, task_id=1, won=700, in_hand=InHand(at, at + 600))
    earn(acting_as, cast.minji, cast, task_id=2, won=800, in_hand=InHand(at + 300, at + 900, again_s=60))
    earn(acting_as, cast.sujin, cast, task_id=3, won=50_000)
    late = FIRST_OF_DECEMBER
    earn(acting_as, cast.minji, cast, task_id=4, won=9_000, now=late)
    with acting_as(cast.haneul, now=late - timedelta(seconds=1)) as scope:
        with pytest.raises(closing.MonthNotOver):
            closing.close(scope, NOVEMBER)
    with pytest.raises(closing.TaxKindMissing) as refused:
        close(acting_as, cast, NOVEMBER, now=IN_DECEMBER)
    assert refused.value.facts["n"] == 2
    assert statements(acting_as, cast) == []  # refused whole: nothing of it is kept
    say(acting_as, cast, minji="individual", sujin="business")
    with acting_as(cast.haneul, now=IN_DECEMBER, reading=True) as scope:
        waits = [(one.partner_id, one.waits) for one in closing.drafts(scope, until=late)]
        assert waits == [(cast.minji.partner_id, 1500), (cast.sujin.partner_id, 50_000)]
        assert closing.next_to_close(scope) == NOVEMBER
        total = gathering.total(scope, late)
        assert (total.partners, total.won, total.whole) == (2, 51_500, True)
        monkeypatch.setattr(gathering, "MOST", 1)
        assert not gathering.total(scope, late).whole  # looked at no further
    closed = [close(acting_as, cast, NOVEMBER, now=IN_DECEMBER + n * DAY) for n in range(2)]
    assert closed[0] == closed[1]
    assert statements(acting_as, cast) == [
        (2, 1500, 0, 0, 1500, 1460, 0),
        (1, 50_000, 0, 0, 50_000, 50_000, 0),
    ]
    with acting_as(cast.haneul, now=IN_JANUARY, reading=True) as scope:
        assert scope.session.scalar(select(func.max(PayStatement.worked_s))) == 960
        assert closing.next_to_close(scope) == DECEMBER
    close(acting_as, cast, DECEMBER, now=IN_JANUARY)  # what came after the close
    assert statements(acting_as, cast, cast.minji)[1:] == [(1, 9_000, 0, 0, 9_000, 8_710, 0)]
    with acting_as(cast.haneul, reading=True) as scope:
        assert invariants.findings(scope) == ()


def test_an_earlier_month_with_pay_comes_first(cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=700)
    earn(acting_as, cast.minji, cast, task_id=2, won=700, now=IN_DECEMBER)
    say(acting_as, cast, minji="individual")
    with pytest.raises(closing.EarlierOpen) as refused:
        close(acting_as, cast, DECEMBER, now=IN_JANUARY)
    assert refused.value.facts == {"month": "2026-11"}


@pytest.mark.both
def test_months_closed_by_many_at_once_close_once(world, cast, acting_as):
    for task_id in range(1, 21):
        earn(acting_as, cast.minji, cast, task_id=task_id, won=700)
    say(acting_as, cast, minji="individual")
    barrier, made = threading.Barrier(4), []

    def hand(act):
        def unit():
            with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=IN_DECEMBER) as scope:
                return act(scope)

        barrier.wait()
        made.append(persistently(unit))

    def accrued(scope):
        return lines.accrue(scope, task_id=99, partner_id=cast.minji.partner_id, kind="packing", won=5)

    acts = [lambda scope: closing.close(scope, NOVEMBER).month] * 2 + [accrued] * 2
    hands = [threading.Thread(target=hand, args=(act,)) for act in acts]
    for each in hands:
        each.start()
    for each in hands:
        each.join()
    assert sorted(map(str, made)) == ["2026-11", "2026-11", "False", "True"]
    assert statements(acting_as, cast) == [(20, 14_000, 0, 0, 14_000, 13_540, 0)]


@pytest.mark.both
def test_what_is_closed_cannot_be_changed(world, cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=700)
    say(acting_as, cast, minji="individual")
    close(acting_as, cast, NOVEMBER, now=IN_DECEMBER)
    for table in ("pay_lines", "pay_months", "pay_month_lines", "pay_statements"):
        for act in (f"UPDATE {table} SET shop_id = shop_id", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError), acting_as(cast.haneul) as scope:
                scope.session.execute(text(f"{act} WHERE shop_id = :shop"), {"shop": cast.shop_id})


def test_nobody_decides_alone_against_a_partner(cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=700)
    minji = cast.minji.partner_id
    with acting_as(cast.haneul) as scope:
        gift = adjusting.propose(scope, minji, Wanted(BONUS, 3_000, "명절이라서"))
        assert (gift.state, gift.alone) == ("confirmed", True)  # one owner, in her favour: open about it
        less = adjusting.propose(scope, minji, Wanted(ADJUSTMENT, -500, "두 번 적힌 심부름값"))
        assert less.state == "proposed"
        with pytest.raises(SameEyes) as refused:
            adjusting.confirm(scope, less.id)
        assert refused.value.facts == {"who": "partner"}
        proposal = less.id
    with acting_as(cast.sujin) as scope, pytest.raises(NotFound):
        adjusting.agree(scope, proposal)
    with acting_as(cast.minji) as scope:
        adjusting.agree(scope, proposal)
        with pytest.raises(Decided):
            adjusting.decline(scope, proposal)
    with acting_as(cast.haneul, reading=True) as scope:
        rows = scope.session.execute(select(PayAdjustment.sort, PayAdjustment.won).order_by(PayAdjustment.id))
        assert rows.all() == [("bonus", 3_000), ("adjustment", -500)]


@pytest.mark.both
def test_a_second_owner_confirms_once(world, cast, acting_as):
    garam, minji = second_owner(acting_as, cast), cast.minji.partner_id
    with acting_as(cast.haneul) as scope:
        row = adjusting.propose(scope, minji, Wanted(BONUS, 3_000, "고마워서"))
        assert row.state == "proposed"  # with two owners even a gift is looked at twice
        with pytest.raises(SameEyes):
            adjusting.confirm(scope, row.id)
        proposal = row.id
    said = []

    def hand():
        def unit():
            with acting(world, shop_id=cast.shop_id, actor=garam.actor, now=MONDAY) as scope:
                adjusting.confirm(scope, proposal)

        try:
            persistently(unit)
            said.append("yes")
        except Decided:
            said.append("decided")

    hands = [threading.Thread(target=hand) for _ in range(3)]
    for each in hands:
        each.start()
    for each in hands:
        each.join()
    assert sorted(said) == ["decided", "decided", "yes"]
    with acting_as(cast.haneul) as scope:
        assert scope.session.scalar(select(func.count()).select_from(PayAdjustment)) == 1
        assert scope.session.get_one(PayProposal, proposal).decided_by == garam.actor.id
    with pytest.raises(DBAPIError), acting_as(cast.haneul) as scope:
        scope.session.execute(
            text("UPDATE pay_proposals SET won = 9 WHERE shop_id = :shop"), {"shop": cast.shop_id}
        )


def test_nobody_sets_their_own_pay(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        mine, _link = people.invite(scope, login="haneul@example.com", name="Haneul", role="partner")
        with pytest.raises(OwnPay):
            adjusting.propose(scope, mine.id, Wanted(BONUS, 9_000, "나에게"))


def test_what_is_put_right_keeps_its_bounds(cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=700)
    minji, sujin = cast.minji.partner_id, cast.sujin.partner_id
    with acting_as(cast.haneul) as scope:
        line = scope.session.scalars(select(PayLine.id)).one()
        refused = []
        for whose, wanted in (
            (minji, Wanted(BONUS, -1, "거꾸로")),
            (minji, Wanted(ADJUSTMENT, 0, "없음")),
            (minji, Wanted(ADJUSTMENT, 2_000_000, "너무 많음")),
            (minji, Wanted(ADJUSTMENT, 10, " ")),
            (minji, Wanted(ADJUSTMENT, 10, "주민번호 900101-1234567")),
            (minji, Wanted(PENALTY, -10, "늦음")),
            (sujin, Wanted(COUNTER, -10, "남의 줄", line_id=line)),
            (minji, Wanted(COUNTER, -701, "너무 많이", line_id=line)),
            (minji, Wanted(ADJUSTMENT, 10, "줄은 왜", line_id=line)),
            (cast.stranger_partner.partner_id, Wanted(BONUS, 10, "남의 가게")),
        ):
            with pytest.raises(Exception) as wrong:
                adjusting.propose(scope, whose, wanted)
            refused.append(wrong.type)
        assert refused == [
            *[BadAmount] * 3, NoReason, NoReason, PenaltiesOff, NotFound, TooMuchBack, NotFound, NotFound,
        ]  # fmt: skip
        adjusting.propose(scope, minji, Wanted(COUNTER, -700, "잘못 적힘", line_id=line))
        with pytest.raises(TooMuchBack):
            adjusting.propose(scope, minji, Wanted(COUNTER, -1, "한 번 더", line_id=line))


def test_a_penalty_is_what_was_agreed_and_never_an_employees(cast, acting_as):
    say(acting_as, cast, minji="individual", sujin="employee")
    asked = {"month": NOVEMBER, "gross": 500_000, "breaches": 6, "reason": "약속보다 늦음"}
    with acting_as(cast.haneul) as scope:
        with pytest.raises(PenaltiesOff):
            adjusting.penalty(scope, cast.minji.partner_id, **asked)
        if cards.shown(scope) is None:
            cards.save(scope, **CARD)
        writing.save(scope, Terms(rate_pct=5, cap_pct=20))
        edition = scope.session.get_one(Agreement, writing.publish(scope, signer="하늘", holds_from=MONDAY))
        with pytest.raises(PenaltiesOff):  # what she has not signed takes nothing off
            adjusting.penalty(scope, cast.minji.partner_id, **asked)
    for who in (cast.minji, cast.sujin):
        with acting_as(who) as scope:
            signing.sign(scope, edition.id, name=who.name, sha256=edition.sha256, read=True)
    with acting_as(cast.haneul) as scope:
        row = adjusting.penalty(scope, cast.minji.partner_id, **asked)
        assert (row.won, row.state) == (-100_000, "proposed")  # never by itself
        with pytest.raises(PenaltyNotAllowed):
            adjusting.penalty(scope, cast.sujin.partner_id, **asked)


def test_what_is_below_zero_is_carried(cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=1_000)
    say(acting_as, cast, minji="business")
    with acting_as(cast.haneul) as scope:
        back = adjusting.propose(scope, cast.minji.partner_id, Wanted(ADJUSTMENT, -1_600, "물건값")).id
    with acting_as(cast.minji) as scope:
        adjusting.agree(scope, back)
    close(acting_as, cast, NOVEMBER, now=IN_DECEMBER)
    earn(acting_as, cast.minji, cast, task_id=2, won=2_000, now=IN_DECEMBER)
    close(acting_as, cast, DECEMBER, now=IN_JANUARY)
    assert statements(acting_as, cast) == [
        (1, 1_000, -1_600, 0, 0, 0, -600),
        (1, 2_000, 0, -600, 1_400, 1_400, 0),
    ]


def test_a_dispute_ends_in_an_answer_and_maybe_a_line(cast, acting_as):
    earn(acting_as, cast.minji, cast, task_id=1, won=700)
    with acting_as(cast.minji) as scope:
        line = scope.session.scalars(select(PayLine.id)).one()
        asked = disputing.ask(scope, "line", line, words="900원이라고 들었어요.")
        with pytest.raises(disputing.AskedAlready):
            disputing.ask(scope, "line", line, words="다시요")
    with acting_as(cast.sujin) as scope:
        for about in ("line", "statement", "month"):
            with pytest.raises(NotFound):
                disputing.ask(scope, about, line, words="남의 것")
        with pytest.raises(NotFound):
            disputing.withdraw(scope, asked)
    with acting_as(cast.haneul) as scope:
        with pytest.raises(disputing.NoWords):
            disputing.answer(scope, asked, words=" ")
        disputing.answer(scope, asked, words="맞아요, 200원 더 드려요.", won=200)
        with pytest.raises(disputing.NotAsked):
            disputing.answer(scope, asked, words="한 번 더", won=200)
    with acting_as(cast.haneul, reading=True) as scope:
        row = scope.session.get_one(PayDispute, asked)
        assert (row.state, scope.session.get_one(PayProposal, row.proposal_id).won) == ("answered", 200)
        assert scope.session.scalar(select(func.sum(PayAdjustment.won))) == 200
        assert scope.session.scalar(select(func.count()).select_from(PayMonthLine)) == 0
        assert proposals.waiting(scope) == []
