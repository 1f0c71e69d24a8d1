"""A team's page: its board, what its lead tells it, what is said in it; and that it is nobody else's."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from base import calendars
from base.errors import NotFound
from base.scope import acting
from partners import teams
from partners.availability import saying as hours
from partners.availability import week
from partners.availability.models import OfferedHours, TimeOff
from security import people
from talk import digests, notices
from talk.models import Announcement, Notice
from talk.saying import Said
from talk.teams import reads, saying
from talk.teams.models import TeamMessage
from tasks import demands, sops
from tests.cast import Cast, Person, SignedIn
from tests.qa.road import BLURRED, Road


def send(client: FlaskClient, path: str, status: int = 302, **form: object) -> str:
    answer = client.post(path, data={"csrf": client.csrf, **form})  # type: ignore[attr-defined]
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.fixture
def team(road: Road, cast: Cast) -> int:
    """A team of Minji alone, who leads it; packing is its own from now on."""
    with road.acting_as(cast.haneul) as scope:
        made = teams.make(scope, name="포장 1팀", focus="깨지는 것")
        teams.put_in(scope, made, partner_id=cast.minji.partner_id)
        teams.lead(scope, made, partner_id=cast.minji.partner_id)
        demands.ask(scope, sops.published(scope, "packing").sop_id, skill_ids=[], team_id=made)
        return made


def board(road: Road, who: Person, team: int) -> tuple[object, ...]:
    with road.acting_as(who, reading=True) as scope:
        seen = reads.page(scope, team).board
        held = [(one.holder, one.state, one.late) for one in seen.in_hand]
        return seen.waits, held, dict(seen.done), seen.late


def test_the_board_of_a_team(road: Road, cast: Cast, team: int, signed_in: SignedIn) -> None:
    road.receive(10)
    assert board(road, cast.minji, team) == (0, [], {}, 0)
    tasks = [road.task_of(road.order(ship_by=road.now + timedelta(hours=hours))) for hours in (5, 7, 30, 31)]
    assert board(road, cast.minji, team) == (4, [], {}, 0)
    road.hand_in(cast.minji, tasks[2])
    road.judge(road.inspection(tasks[2]), "accept")
    road.hand_in(cast.minji, tasks[3])
    road.judge(road.inspection(tasks[3]), "send_back", BLURRED)
    road.claim(cast.minji, tasks[0])
    assert board(road, cast.haneul, team) == (
        1,
        [("Minji", "claimed", False), ("Minji", "rework", False)],
        {"packing": 1},
        0,
    )
    road.now += timedelta(hours=8)
    assert board(road, cast.minji, team)[3] == 2  # the one in hand and the one that waits
    minji = signed_in(cast.minji)
    assert minji.get("/my-teams").headers["Location"] == f"/my-teams/{team}"
    assert [minji.get(f"/my-teams/{team}").text.count(words) for words in ("포장 1팀</h1>", "깨지는 것")] == [
        1,
        1,
    ]
    haneul = signed_in(cast.haneul)
    assert [haneul.get(path).status_code for path in (f"/teams/{team}", "/my-teams")] == [200, 403]
    for path in (f"/my-teams/{team}", f"/teams/{team}"):
        others = [
            signed_in(who).get(path).status_code for who in (cast.sujin, cast.stranger_partner, cast.boram)
        ]
        assert others == [404, 404, 403]
    assert signed_in(cast.sujin).get("/my-teams").status_code == 200


def test_a_team_talks_among_itself(road: Road, cast: Cast, team: int, signed_in: SignedIn) -> None:
    minji, sujin, haneul = (signed_in(who) for who in (cast.minji, cast.sujin, cast.haneul))
    here = f"/my-teams/{team}"
    with road.acting_as(cast.haneul) as scope:
        teams.put_in(scope, team, partner_id=cast.sujin.partner_id)
    send(minji, f"{here}/messages", text="<b>테이프</b>가 모자라요")
    send(haneul, f"{here}/messages", text="오늘 보낼게요")
    shown = [unescape(one) for one in re.findall(r'<p class="talk-text">(.*?)</p>', sujin.get(here).text)]
    assert shown == ["<b>테이프</b>가 모자라요", "오늘 보낼게요"]
    assert "주민등록번호" in send(sujin, f"{here}/messages", 422, text="900101-1234567")
    assert 'name="sure"' in send(sujin, f"{here}/messages", 422, text="010-2345-6789로 전화 주세요")
    with road.acting_as(cast.haneul, reading=True) as scope:
        stored = scope.session.execute(text("SELECT body FROM team_messages")).scalars().all()
        assert [b"\xed\x85\x8c" in bytes(body) for body in stored] == [False, False]  # sealed
        waits = select(Notice).where(Notice.team_id == team, Notice.read_at.is_(None)).order_by(Notice.id)
        told = [
            (one.role, one.count, digests.leads(one), digests.said("ko", one))
            for one in scope.session.scalars(waits)
        ]
        assert sorted(told) == [
            ("owner", 1, f"/teams/{team}", "팀에 새 말이 있어요"),
            ("partner", 1, here, "팀에 새 말이 있어요"),  # Minji hears the owner alone
            ("partner", 2, here, "팀에 새 말이 2개 있어요"),
        ]
    send(sujin, f"{here}/seen")
    with road.acting_as(cast.sujin, reading=True) as scope:
        assert notices.unread(scope) == 0
    with road.acting_as(cast.haneul) as scope:
        teams.take_out(scope, team, partner_id=cast.sujin.partner_id)
    send(sujin, f"{here}/messages", 404, text="저도요")
    assert sujin.get(here).status_code == 404
    with acting(road.world, shop_id=cast.stranger.shop_id, actor=cast.stranger.actor) as scope:
        with pytest.raises(NotFound):
            saying.write(scope, team, Said("안녕"))
        assert (
            scope.session.scalars(select(TeamMessage.id).where(TeamMessage.shop_id == scope.shop_id)).all()
            == []
        )


def test_the_lead_tells_the_team(road: Road, cast: Cast, team: int, signed_in: SignedIn) -> None:
    minji, sujin = signed_in(cast.minji), signed_in(cast.sujin)
    here = f"/my-teams/{team}"
    assert 'aria-invalid="true"' in send(minji, f"{here}/announcements", 422, title="", text="x")
    send(minji, f"{here}/announcements", title="완충재가 바뀌어요", text="내일부터 종이로 싸요.")
    assert "완충재가 바뀌어요" not in sujin.get("/today").text
    with road.acting_as(cast.haneul) as scope:
        teams.put_in(scope, team, partner_id=cast.sujin.partner_id)
        told = scope.session.scalars(select(Announcement)).one()
        assert (told.team_id, told.audience) == (team, "some")
    pinned = {
        name: "완충재가 바뀌어요" in client.get("/today").text
        for name, client in (("minji", minji), ("sujin", sujin))
    }
    assert pinned == {"minji": False, "sujin": True}  # who wrote it has read it; who joined later has not
    send(sujin, f"{here}/announcements", 403, title="저도", text="알려요")
    assert minji.get(here).text.count("2명 가운데 1명 읽음") == 1
    with road.acting_as(cast.sujin) as scope:
        hours.offer(scope, week.read("600-720||||||"))
        hours.take_off(scope, calendars.today(scope), calendars.today(scope))
    with road.acting_as(cast.haneul) as scope:
        people.leave(scope, cast.sujin.partner_id)
        assert [one.members for one in teams.every(scope)] == [(cast.minji.partner_id,)]
        assert [scope.session.scalars(select(table.id)).all() for table in (OfferedHours, TimeOff)] == [
            [],
            [],
        ]
