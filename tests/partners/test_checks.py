"""What is looked at before a last yes: the list, what was seen of it, two people's yes, and papers that run out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from partners import clearance
from partners.checks import approving, checklist, four_eyes, listing, seeing
from partners.checks.checklist import Item, Look
from partners.checks.four_eyes import Yes
from partners.checks.models import Check
from partners.checks.seeing import Seen
from partners.clearance import FOREVER, Piece
from partners.joining import applying, cards, deciding, posters
from partners.joining.answers import Answers
from partners.models import Partner
from security.models import Membership
from tasks import day, dispatch, surveying
from tests.cast import MONDAY
from tests.partners.test_joining import CARD

SEOUL = ZoneInfo("Asia/Seoul")
TODAY = date(2026, 11, 23)
STATUS = Item(1, "status", "상태", "business", True)
MEETING = Item(2, "meeting", "만남", "any", False)


def look(item: Item, outcome: str = "good", last: date | None = None) -> Look:
    return Look(item.id, outcome, "봤어요", 7, TODAY, last)


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("kind", "looks", "stands"),
    [
        ("person", [], ["missing"]),
        ("employee", [], ["missing"]),
        ("business", [], ["missing", "missing"]),
        ("person", [look(MEETING)], ["seen"]),
        ("person", [look(MEETING), look(MEETING, "bad")], ["bad"]),
        ("person", [look(MEETING, "bad"), look(MEETING)], ["seen"]),
        ("business", [look(STATUS, last=TODAY + timedelta(days=31))], ["seen", "missing"]),
        ("business", [look(STATUS, last=TODAY + timedelta(days=30))], ["soon", "missing"]),
        ("business", [look(STATUS, last=TODAY)], ["soon", "missing"]),
        ("business", [look(STATUS, last=TODAY - timedelta(days=1))], ["over", "missing"]),
    ],
)
def test_how_a_list_stands(kind: str, looks: list[Look], stands: list[str]) -> None:
    found = checklist.lines([STATUS, MEETING], looks, kind=kind, today=TODAY)
    assert [line.stands for line in found] == stands
    assert len(checklist.open_(found)) == sum(one in {"missing", "bad", "over"} for one in stands)


def test_a_look_counts_to_the_end_of_its_last_day() -> None:
    end = checklist.good_until(look(STATUS, last=TODAY), zone=SEOUL)
    assert end == datetime(2026, 11, 23, 15, tzinfo=UTC)  # midnight in Seoul
    assert checklist.good_until(look(STATUS, "bad", TODAY), zone=SEOUL) is None


HANEUL, SISTER, BORAM = Yes(1, "owner"), Yes(2, "owner"), Yes(3, "reviewer")
ALONE = replace(HANEUL, alone=True)


@pytest.mark.parametrize(
    ("yeses", "able", "stands"),
    [
        ([], {1, 3}, "second"),
        ([HANEUL], {1, 3}, "second"),
        ([HANEUL, HANEUL], {1, 3}, "second"),  # one person twice is one
        ([HANEUL, BORAM], {1, 3}, "done"),
        ([HANEUL, SISTER], {1, 2}, "done"),
        ([BORAM], {1, 3}, "an_owner"),
        ([BORAM, Yes(4, "reviewer")], {1, 3, 4}, "an_owner"),
        ([HANEUL], {1}, "alone"),
        ([ALONE], {1}, "done"),
        ([ALONE], {1, 3}, "second"),  # somebody has come meanwhile
    ],
)
def test_two_people_decide_or_one_says_openly_that_they_are_alone(
    yeses: list[Yes], able: set[int], stands: str
) -> None:
    assert four_eyes.stands(yeses, able=able) == stands


instants = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)
)
made = st.builds(
    Piece, st.just("check"), st.just(1), st.just("서류"), instants, st.none() | instants | st.just(FOREVER)
)


@given(st.lists(made, max_size=4), instants)
def test_who_lacks_nothing_is_cleared_and_nobody_else(pieces: list[Piece], at: datetime) -> None:
    assert clearance.ready(clearance.until(pieces), at=at) is (clearance.missing(pieces, at=at) == ())
    assert not set(clearance.missing(pieces, at=at)) & set(clearance.ending(pieces, at=at))


# ------------------------------------------------------------------ stories


def an_applicant(acting_as, cast, said: Answers, *, looked_at: bool = True) -> int:
    """Somebody who applied at Haneul's; gives the application's id."""
    with acting_as(cast.haneul) as scope:
        if cards.shown(scope) is None:
            cards.save(scope, **CARD)
        posters.put_up(scope, name="게시판")
        applying.apply(scope, "haneul", posters.every(scope)[0].code, said=said, consent=True)
        newest = max(row.id for row in deciding.queue(scope).rows)
        if looked_at:
            deciding.look(scope, newest)
        return newest


SAEBOM = Answers("이새봄", "010-2345-6789", "saebom@example.com", hours=9, when=("evening",))
SHOP = replace(SAEBOM, login="shop@example.com", kind="business", business_no="104-81-25258")


def test_a_list_is_gone_through_and_two_people_say_yes(acting_as, cast, signed_in):
    haneul, boram = signed_in(cast.haneul), signed_in(cast.boram)
    assert haneul.post("/checks/items/begin", data={"csrf": haneul.csrf}).status_code == 302
    application_id = an_applicant(acting_as, cast, SHOP)
    page = f"/joining/applications/{application_id}"
    with acting_as(cast.haneul, reading=True) as scope:
        status, meeting = (item.id for item in listing.items(scope))
    assert haneul.post(f"{page}/yes", data={"csrf": haneul.csrf}).status_code == 409
    seen = {"item_id": status, "outcome": "good", "saw": "홈택스에서 계속사업자", "day": "2026-11-20"}

    def note(browser, **changed):
        form = {"csrf": browser.csrf} | seen | changed
        return browser.post(f"{page}/seen", data=form).status_code

    wrong = [
        {"last_day": ""}, {"last_day": "2026-11-19"}, {"day": "2999-01-01"}, {"day": "soon"}, {"outcome": "?"},
        {"saw": ""}, {"saw": "900101-1234567 확인"}, {"saw": "010-2345-6789로 전화"},
    ]  # fmt: skip
    assert [
        note(haneul, last_day="2027-11-20") if not one else note(haneul, **({"last_day": "2027-11-20"} | one))
        for one in wrong
    ] == [422] * 8
    assert note(haneul, item_id=987654321) == 404
    assert note(signed_in(cast.minji)) == 403
    assert note(haneul, last_day="2027-11-20") == 302
    assert note(boram, item_id=meeting, saw="가게에서 만났어요") == 302
    assert boram.post(f"{page}/yes", data={"csrf": boram.csrf}).status_code == 302
    assert boram.post(f"{page}/yes", data={"csrf": boram.csrf}).status_code == 409  # one yes each
    assert haneul.get(page).text.count("사장님의 ‘좋아요’가 더 있어야 해요") == 1
    assert haneul.post(f"{page}/yes", data={"csrf": haneul.csrf}).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        row = deciding.applicant(scope, application_id).application
        card = scope.session.get_one(Partner, row.partner_id)
        assert (card.kind, card.state) == ("business", "active")
        assert card.cleared_until == datetime(2027, 11, 20, 15, tzinfo=UTC)


def test_nobody_decides_about_themselves(acting_as, cast, signed_in):
    """Boram, a reviewer, applies as a partner: the others look at it, she does not."""
    mine = an_applicant(acting_as, cast, replace(SAEBOM, login="Boram@example.com"))
    boram = signed_in(cast.boram)
    for act in ("yes", "seen"):
        form = {"csrf": boram.csrf, "item_id": "1", "outcome": "good", "saw": "나예요", "day": "2026-11-20"}
        assert boram.post(f"/joining/applications/{mine}/{act}", data=form).status_code == 403
    with acting_as(cast.minji) as scope:
        with pytest.raises(seeing.OwnApplication):
            seeing.note_of_partner(scope, cast.minji.partner_id, Seen(1, "good", "나", TODAY))


def test_a_sole_owner_says_openly_that_nobody_else_looked(acting_as, cast, signed_in):
    with acting_as(cast.haneul) as scope:
        who = (Membership.shop_id == scope.shop_id, Membership.role.in_(["owner", "reviewer"]))
        scope.session.execute(update(Membership).where(*who).values(accepted_at=scope.now))
        scope.session.execute(
            update(Membership).where(*who, Membership.role == "reviewer").values(ended_at=scope.now)
        )
    application_id = an_applicant(acting_as, cast, SAEBOM)
    haneul = signed_in(cast.haneul)
    page = f"/joining/applications/{application_id}"
    assert haneul.post(f"{page}/yes", data={"csrf": haneul.csrf}).status_code == 409
    assert haneul.post(f"{page}/yes", data={"csrf": haneul.csrf, "alone": "1"}).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        row = deciding.applicant(scope, application_id).application
        assert approving.decision(scope, row).yeses == (Yes(cast.haneul.actor.id, "owner", True),)
        assert row.partner_id is not None


def claimable(scope) -> str:
    return surveying.near(scope).state


def test_who_works_here_is_asked_after_a_while_and_held_work_goes_on(acting_as, cast, signed_in):
    later = MONDAY + listing.GRACE
    with acting_as(cast.haneul) as scope:
        item = listing.add(scope, name="개인정보 교육", what="document", whom="any", lasts=True)
    for at, state in ((MONDAY, "active"), (later - timedelta(seconds=1), "active"), (later, "unready")):
        with acting_as(cast.minji, now=at, reading=True) as scope:
            assert claimable(scope) == state
    with acting_as(cast.minji, now=later) as scope, pytest.raises(dispatch.NotReady) as refused:
        dispatch.claim_next(scope)
    assert refused.value.facts == {"pieces": "개인정보 교육", "next_url": "/my-papers"}
    assert signed_in(cast.minji).get("/my-papers").text.count("개인정보 교육") >= 1
    with acting_as(cast.haneul, now=later) as scope:
        last = seeing.today(scope) + timedelta(days=9)
        seeing.note_of_partner(
            scope, cast.minji.partner_id, Seen(item, "good", "이수증", seeing.today(scope), last)
        )
    with acting_as(cast.minji, now=later, reading=True) as scope:
        assert (day.today(scope).ends_soon, day.today(scope).unready) == (True, False)
    over = datetime(2026, 12, 16, 15, tzinfo=UTC)  # the midnight after 2026-12-16 in Seoul
    for at, state in ((later, "active"), (over - timedelta(seconds=1), "active"), (over, "unready")):
        with acting_as(cast.minji, now=at, reading=True) as scope:
            assert claimable(scope) == state
    with acting_as(cast.haneul, now=later) as scope:
        listing.retire(scope, item)
        cleared = select(Partner.cleared_until).where(Partner.shop_id == scope.shop_id)
        assert set(scope.session.scalars(cleared)) == {None}


def test_what_was_seen_is_never_changed(acting_as, cast):
    with acting_as(cast.haneul) as scope:
        item = listing.add(scope, name="만남", what="meeting", whom="any", lasts=False)
        seeing.note_of_partner(scope, cast.minji.partner_id, Seen(item, "good", "만났어요", TODAY))
    with pytest.raises(Exception, match="append-only"), acting_as(cast.haneul) as scope:
        scope.session.execute(update(Check).where(Check.shop_id == scope.shop_id).values(saw="아니에요"))
