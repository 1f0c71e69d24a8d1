"""Notices by mail, over a real server: one digest in the reader's words, quiet at night, and no word of anybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from base import errands, mail, outbox
from base.models import Errand
from base.scope import World
from security.models import Account
from talk import choices, leases, notices, quiet, saying, threads
from talk.models import Notice
from talk.saying import Said
from tasks import dispatch, offering
from tasks.models import Task
from tests.cast import Cast, Person
from tests.qa.road import BLURRED, Road, build
from tests.talk.post_office import Office, open_office

pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
CANARY = "카나리아"


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as opened:
        yield opened


@pytest.fixture
def road(world: World, cast: Cast, office: Office) -> Road:
    """The cast's shop, with mail."""
    mailing = replace(world.settings, mail_url=office.url, mail_from="dari@shop.example")
    return build(replace(world, settings=mailing), cast)


def say(road: Road, who: Person, task_id: int, words: str = CANARY) -> None:
    with road.acting_as(who) as scope:
        saying.write(scope, task_id, Said(words))


def post(road: Road, **later: float) -> None:
    """Time goes by and what is due is sent."""
    road.later(**later)
    errands.drain(road.world, now=road.now)


def test_what_comes_within_minutes_goes_in_one_mail(road: Road, office: Office) -> None:
    minji, boram = road.cast.minji, road.cast.boram
    first, second = road.waiting(minji), road.waiting(minji)
    say(road, boram, first.task_id)
    road.later(minutes=2)
    say(road, boram, first.task_id)
    say(road, boram, second.task_id)
    post(road, minutes=2)
    assert office.took == []
    post(road, minutes=1)
    origin = road.world.settings.origin
    ((to, subject, text),) = office.texts()
    assert (to, subject) == ("minji@example.com", "하늘상점: 알림이 2개 있어요")
    assert text.splitlines() == [
        "하늘상점에서 알려 드려요.",
        "",
        f"- 작업 {first.task_id}에 새 말이 2개 있어요",
        f"  {origin}/tasks/{first.task_id}/thread",
        f"- 작업 {second.task_id}에 새 말이 있어요",
        f"  {origin}/tasks/{second.task_id}/thread",
        "",
        f"자세한 것은 앱에만 있어요. 메일을 그만 받거나 조용한 시간을 정하려면: {origin}/notices/choices",
    ]
    (_, letter), *_ = office.took
    assert (letter["From"], letter["Auto-Submitted"]) == ("dari@shop.example", "auto-generated")
    assert letter.get_content_type() == "text/plain"
    assert [word for word in (CANARY, "Minji", "Boram", "A00001") if word in letter.as_string()] == []
    say(road, boram, first.task_id)  # the same notice still stands unread: no second mail about it
    post(road, hours=2)
    assert len(office.took) == 1


def test_who_reads_in_the_app_gets_no_mail(road: Road, office: Office) -> None:
    minji, boram = road.cast.minji, road.cast.boram
    task = road.waiting(minji).task_id
    say(road, boram, task)
    with road.acting_as(minji) as scope:
        threads.see(scope, task, up_to=10**9)
    post(road, minutes=10)
    assert office.took == []


def test_nights_are_quiet_unless_a_person_lets_urgent_ones_through(road: Road, office: Office) -> None:
    minji, sujin, boram = road.cast.minji, road.cast.sujin, road.cast.boram
    of_minji, of_sujin = road.waiting(minji), road.waiting(sujin)
    with road.acting_as(sujin) as scope:
        choices.choose(scope, mailed=["sent_back"], begins="", ends="", urgent_through=True)
        scope.session.execute(update(Account).where(Account.id == sujin.actor.id).values(locale="en"))
    road.now = datetime.fromisoformat("2026-11-23T22:30:00+09:00")
    for inspection in (of_minji, of_sujin):
        road.judge(inspection, "send_back", BLURRED, note=CANARY)
    say(road, boram, of_sujin.task_id)  # she wants no mail of messages
    post(road, minutes=1)
    assert [(to, subject) for to, subject, _ in office.texts()] == [
        (
            "sujin@example.com",
            f"[urgent] 하늘상점: Task {of_sujin.task_id} came back. Only what is marked is to be mended",
        )
    ]
    post(road, hours=9, minutes=28)
    assert len(office.took) == 1  # 07:59
    post(road, minutes=2)
    to, subject, said = office.texts()[1]
    assert (to, subject.startswith("[급해요] 하늘상점"), f"/work/{of_minji.task_id}" in said) == (
        "minji@example.com",
        True,
        True,
    )
    assert [word for *_, text in office.texts() for word in (CANARY, "송장") if word in text] == []


def test_a_refused_mail_is_tried_again_with_the_same_name_and_waits_for_a_person_in_the_end(
    road: Road, office: Office
) -> None:
    minji, boram = road.cast.minji, road.cast.boram
    task = road.waiting(minji).task_id
    office.refuses = ["451 later", "550 no"]
    say(road, boram, task)
    post(road, minutes=5)
    post(road, minutes=1)
    assert office.took == []
    post(road, minutes=2)
    assert len(office.took) == 1
    assert (len(office.named), len(set(office.named))) == (3, 1)
    with road.acting_as(minji) as scope:
        notices.read_all(scope)
    office.refuses = ["550 no"] * errands.ATTEMPTS
    say(road, boram, task)
    for _ in range(errands.ATTEMPTS):
        post(road, hours=2)
    with road.acting_as(road.cast.haneul) as scope:
        (dead,) = outbox.dead_letters(scope)
        assert (dead.job, dead.reason) == ("talk.mail", "NotMailed")
        arguments = scope.session.scalars(select(Errand.arguments).where(Errand.id == dead.id)).one()
        assert sorted(arguments) == ["account_id", "first", "role"]
        outbox.retry(scope, dead.id)
    post(road)
    assert len(office.took) == 2


def test_a_server_without_the_tls_that_was_asked_for_gets_nothing(road: Road, office: Office) -> None:
    letter = mail.Letter("minji@example.com", "알림", "글", "dari-1-1", road.now)
    with pytest.raises(mail.NotMailed, match="tls"):
        mail.hand_over(office.url.replace("smtp:", "smtp+starttls:"), "dari@shop.example", letter)
    assert office.said == ["EHLO"]  # neither address nor a word
    with pytest.raises(mail.NotMailed, match="tls"):
        mail.hand_over(office.url.replace("smtp:", "smtps:"), "dari@shop.example", letter)
    assert office.took == []


def test_a_lease_about_to_end_is_told_once_and_taken_back_when_it_is_over(road: Road, office: Office) -> None:
    minji = road.cast.minji
    road.receive(2)
    task = road.task_of(road.order())
    road.claim(minji, task)

    def turn(**later: float) -> list[tuple[str, bool]]:
        road.later(**later)
        with road.acting_as(minji) as scope:
            leases.warn(scope.as_house())
        with road.acting_as(minji, reading=True) as scope:
            return [(row.kind, row.read_at is None) for row in notices.every(scope).rows]

    assert turn(minutes=49) == []
    assert turn(minutes=2) == [("lease", True)]
    assert turn(minutes=1) == [("lease", True)]
    post(road, minutes=1)
    assert [subject.startswith("[급해요]") for _, subject, _ in office.texts()] == [True]
    road.finish(minji, task)
    assert turn(minutes=1) == [("lease", False)]
    with road.acting_as(minji, reading=True) as scope:
        assert scope.session.get_one(Task, task).state == "inspection"
        assert scope.session.query(Notice).filter_by(shop_id=scope.shop_id, kind="lease").count() == 1
    assert quiet.WARNED["rework"] > timedelta(hours=1)


def test_work_that_is_offered_or_given_is_told_and_is_quiet_at_night(road: Road, office: Office) -> None:
    """A notice at once, a mail when the night is over, and neither once the matter is."""
    minji, sujin, haneul = road.cast.minji, road.cast.sujin, road.cast.haneul
    road.receive(4)
    first, second = (road.task_of(road.order()) for _ in range(2))
    road.later(hours=13)  # ten at night
    ids = [person.actor.partner_id or 0 for person in (minji, sujin)]
    with road.acting_as(haneul) as scope:
        offering.offer(scope, first, partner_ids=ids, until=scope.now + timedelta(hours=15))
        offering.assign(scope, second, partner_id=ids[0])

    def told(person: Person) -> list[tuple[str, int | None, bool]]:
        with road.acting_as(person) as scope:
            leases.warn(scope.as_house())
        with road.acting_as(person, reading=True) as scope:
            return [(row.kind, row.task_id, row.read_at is None) for row in notices.every(scope).rows]

    assert sorted(told(minji)) == [("assigned", second, True), ("offered", first, True)]
    assert told(sujin) == [("offered", first, True)]
    assert told(haneul) == []
    post(road, minutes=30)
    assert office.texts() == []
    with road.acting_as(sujin) as scope:
        offering.decline(scope, first)
    assert told(sujin) == [("offered", first, False)]
    post(road, hours=10)
    (to, subject, body) = office.texts()[0]
    assert (len(office.texts()), to.startswith("minji"), "급해요" in subject) == (1, True, False)
    assert ("/today" in body, f"/work/{second}" in body) == (True, True)
    with road.acting_as(minji) as scope:
        dispatch.claim(scope, first)
        offering.decline(scope, second)
    assert sorted(told(minji)) == [("assigned", second, False), ("offered", first, False)]
    with road.acting_as(haneul) as scope:
        offering.offer(scope, second, partner_ids=ids[1:], until=scope.now + timedelta(hours=1))
    assert told(sujin)[0] == ("offered", second, True)
