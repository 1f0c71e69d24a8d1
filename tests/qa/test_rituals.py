"""Rituals: minutes with their figures frozen inside, signed and then unchanged; talks that two people sign."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from base.errors import NotFound, Stale
from qa.models import Tally
from qa.rituals import reviews, spans, talks
from qa.rituals.models import Minutes, PartnerTalk
from qa.rituals.reviews import BadReview
from qa.rituals.talks import BadTalk
from tests.cast import MONDAY, SignedIn
from tests.qa.road import LOOSE, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
WEEK = MONDAY.date()


@pytest.mark.quick
@pytest.mark.parametrize(
    ("kind", "today", "span"),
    [
        (
            "week",
            date(2026, 11, 22),
            (date(2026, 11, 9), date(2026, 11, 15)),
        ),  # a Sunday: its week still runs
        ("week", date(2026, 11, 23), (date(2026, 11, 16), date(2026, 11, 22))),
        ("month", date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        ("month", date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_what_has_ended(kind: str, today: date, span: tuple[date, date]) -> None:
    assert spans.last_ended(kind, today) == span
    assert spans.of(kind, span[0]) == span
    assert spans.of(kind, span[0] + timedelta(days=1)) is None


def worked(road: Road) -> None:
    """One piece that passed and one that was sent back, on Monday; then it is Monday again."""
    for defects in ((), (LOOSE,)):
        road.receive(2)
        task_id = road.task_of(road.order())
        road.hand_in(road.cast.minji, task_id)
        road.judge(road.inspection(task_id), "send_back" if defects else "accept", *defects)
    road.counted()
    road.later(days=7)


@ON_SQLITE
def test_minutes_are_begun_written_signed_and_never_change(road: Road, signed_in: SignedIn) -> None:
    worked(road)
    haneul = road.cast.haneul
    with road.acting_as(haneul) as scope:
        assert [one[0] for one in reviews.due(scope)] == ["week", "month"]
        for kind, first in (
            ("week", WEEK + timedelta(days=7)),
            ("week", WEEK + timedelta(days=1)),
            ("year", WEEK),
        ):
            with pytest.raises(BadReview):
                reviews.begin(scope, kind, first)
        made = reviews.begin(scope, "week", WEEK)
        assert reviews.begin(scope, "week", WEEK) == made
    with road.acting_as(haneul, reading=True) as scope:
        row = scope.session.get_one(Minutes, made)
        figures = row.figures
        assert [one["now"] for one in figures["measures"]][1:] == [[1, 2], [700, 1]]
        assert [(one["dim"], one["n"]) for one in figures["causes"]] == [("code:bad_seal", 1)]
        assert (figures["incoming"], figures["outgoing"]) == ([1, 2], [0, 1])
    with road.acting_as(haneul) as scope:
        reviews.write(scope, made, {"targets": "테이프가 짧았어요"}, version=1)
        with pytest.raises(BadReview):
            reviews.write(scope, made, {"next": "900101-1234567"}, version=2)
        reviews.sign(scope, made, version=2)
        with pytest.raises(Stale):
            reviews.write(scope, made, {"targets": "아니에요"}, version=3)
        scope.session.execute(update(Tally).values(n=Tally.n + 50))  # counted anew, otherwise
    with road.acting_as(haneul) as scope:
        again = reviews.begin(scope, "week", WEEK)
        assert [one[0] for one in reviews.due(scope)] == ["week", "month"]
        old, new = (scope.session.get_one(Minutes, id_) for id_ in (made, again))
        assert (old.figures, old.notes["targets"], old.signed_by) == (
            figures,
            "테이프가 짧았어요",
            haneul.actor.id,
        )
        assert (new.edition, new.notes["targets"], new.figures == figures) == (2, "테이프가 짧았어요", False)
    browser = signed_in(haneul)
    for path in ("/reviews", f"/reviews/{made}", f"/reviews/{again}"):
        assert browser.get(path).status_code == 200
    told = {"csrf": browser.csrf, "version": "1", "next": "테이프 바꾸기", "sign": "1"}  # type: ignore[attr-defined]
    assert browser.post(f"/reviews/{again}", data=told).status_code == 302
    with road.acting_as(haneul, reading=True) as scope:
        row = scope.session.get_one(Minutes, again)
        assert (row.state, row.notes["next"]) == ("signed", "테이프 바꾸기")
    assert signed_in(road.cast.stranger).get(f"/reviews/{made}").status_code == 404
    assert signed_in(road.cast.minji).get(f"/reviews/{made}").status_code == 403


@ON_SQLITE
def test_a_talk_is_signed_by_both_each_in_their_own_account(road: Road, signed_in: SignedIn) -> None:
    worked(road)
    road.later(days=14)
    haneul, minji, month = road.cast.haneul, road.cast.minji, date(2026, 11, 1)
    with road.acting_as(haneul) as scope:
        with pytest.raises(BadTalk):
            talks.begin(scope, minji.partner_id, date(2026, 12, 1))
        made = talks.begin(scope, minji.partner_id, month)
        assert talks.begin(scope, minji.partner_id, month) == made
        with pytest.raises(BadTalk):
            talks.offer(scope, made, " ", version=1)
    with road.acting_as(minji) as scope:
        with pytest.raises(NotFound):
            talks.confirm(scope, made, word="", version=1)
        assert talks.owns(scope) == []
    with road.acting_as(haneul) as scope:
        talks.write(scope, made, "테이프를 길게", version=1)
        talks.offer(scope, made, "테이프를 길게 붙여 봐요", version=2)
        talks.take_back(scope, made, version=3)
        talks.offer(scope, made, "테이프를 길게, 새 테이프도 드려요", version=4)
        with pytest.raises(Stale):
            talks.offer(scope, made, "다른 말", version=5)
    browser = signed_in(minji)
    page = browser.get(f"/my-talks/{made}")
    assert (page.status_code, "새 테이프도 드려요" in page.text) == (200, True)
    with road.acting_as(road.cast.sujin) as scope, pytest.raises(NotFound):
        talks.own(scope, made)
    told = {"csrf": browser.csrf, "version": "5", "word": "테이프가 얇아요"}  # type: ignore[attr-defined]
    assert browser.post(f"/my-talks/{made}", data=told).status_code == 302
    with road.acting_as(haneul) as scope:
        row = scope.session.get_one(PartnerTalk, made)
        assert (row.state, row.partner_word) == ("signed", "테이프가 얇아요")
        assert row.figures["months"][0]["passed"] == [1, 2]
        assert len(row.figures["months"]) == 4
        with pytest.raises(Stale):
            talks.take_back(scope, made, version=6)
    assert [browser.get(path).status_code for path in ("/my-talks", f"/my-talks/{made}", f"/talks/{made}")] == [
        200, 200, 403,
    ]  # fmt: skip
    owner = signed_in(haneul)
    assert [owner.get(path).status_code for path in ("/talks", f"/talks/{made}", f"/my-talks/{made}")] == [
        200, 200, 403,
    ]  # fmt: skip
