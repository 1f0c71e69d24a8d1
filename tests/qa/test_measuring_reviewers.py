"""Reviewers measured: cases settled, what is known mixed in, rounds, and the figures the owner reads."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from base.scope import THE_HOUSE, acting
from partners.models import PayLine
from qa import judgement, review
from qa.models import Defect, Inspection
from qa.reviewers import figures, knowing, planning, round_reads, rules, settling
from qa.reviewers.models import Known, Look
from qa.reviewers.rules import JUDGED
from qa.tallies import keeping
from security import people
from stock.models import Movement
from tests.attacks.estate import ON_SQLITE
from tests.cast import Person, SignedIn
from tests.qa.road import BLURRED, LOOSE, Road
from tests.qa.test_second_looks import come, queue

pytestmark = ON_SQLITE
UNTOUCHED = (Inspection.id, Defect.id, PayLine.id, Movement.id)


def rows(road: Road) -> list[int]:
    """How many rows stand of all that a look must not touch, and the sum of inspections' versions."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        counted = [scope.session.scalar(select(func.count(column))) or 0 for column in UNTOUCHED]
        return [*counted, scope.session.scalar(select(func.sum(Inspection.version))) or 0]


def look_at(road: Road, who: Person, verdict: str, *seen: object) -> int:
    (row,) = queue(road, who)
    with road.acting_as(who) as scope:
        review.judge(scope, row.id, version=1, verdict=verdict, defects=seen)  # type: ignore[arg-type]
    return row.id


def another(road: Road, name: str) -> Person:
    with road.acting_as(road.cast.haneul) as scope:
        member = people.invite(scope, login=f"{name}@example.com", name=name.title(), role="reviewer")[0]
    actor = type(road.cast.boram.actor)(id=member.account_id, role="reviewer")
    return Person(name, road.cast.shop_id, actor)


def test_a_case_is_settled_once_and_then_comes_to_who_never_saw_it(road: Road, signed_in: SignedIn) -> None:
    road.rules(second_percent=100, gold_percent=0)
    cast, dana = road.cast, another(road, "dana")
    inspection = road.waiting(cast.minji)
    road.judge(inspection, "accept")
    come(road)
    look_at(road, cast.haneul, "send_back", BLURRED)
    before = rows(road)
    with road.acting_as(cast.haneul) as scope:
        (case,) = settling.open_cases(scope)
        look_id = case.pair.look_id
        for verdict, codes in (
            ("maybe", []),
            ("send_back", []),
            ("accept", ["wrong_item"]),
            ("reject", ["x"]),
        ):
            with pytest.raises(settling.BadSettlement):
                settling.settle(scope, look_id, verdict=verdict, codes=codes)
    herself = Person(
        "minji", cast.minji.shop_id, type(cast.minji.actor)(id=cast.minji.actor.id, role="owner")
    )
    with road.acting_as(herself) as scope, pytest.raises(judgement.OwnWork):
        settling.settle(scope, look_id, verdict="accept", codes=[])
    client = signed_in(cast.haneul)
    form = {"csrf": client.csrf, "client_id": "settle-1", "verdict": "send_back", "codes": "photo_unclear"}  # type: ignore[attr-defined]
    assert client.post(f"/reviewers/cases/{look_id}", data=form).status_code == 302
    assert (
        client.post(f"/reviewers/cases/{look_id}", data=form | {"client_id": "settle-2"}).status_code == 409
    )
    assert (rows(road), road.inspection(inspection.task_id).verdict) == (before, "accept")
    with road.acting_as(cast.haneul) as scope:
        (known,) = scope.session.scalars(select(Known))
        assert (known.verdict, known.codes, known.source) == (
            "send_back",
            {"codes": ["photo_unclear"]},
            "settled",
        )
        assert settling.open_cases(scope) == []
    road.rules(second_percent=0, gold_percent=20, newcomer_n=200)
    _judge_until_gold(road, dana)
    come(road)
    number = look_at(road, dana, "send_back", BLURRED)
    assert rows(road)[2:4] == [len(road.pay()), rows(road)[3]]
    road.counted()
    with road.acting_as(cast.haneul, reading=True) as scope:
        (gold,) = scope.session.scalars(select(Look).where(Look.purpose == "gold"))
        assert (gold.number, gold.for_id, gold.known_id) == (number, dana.actor.id, known.id)
        by = {
            row.account_id: (row.known.hits, row.known.n, row.settled.hits, row.settled.n)
            for row in figures.team(scope).rows
        }
    assert (by[dana.actor.id], by[cast.boram.actor.id], by[cast.haneul.actor.id]) == (
        (1, 1, 0, 0),
        (0, 0, 0, 1),
        (0, 0, 1, 1),
    )
    _judge_until_gold(road, dana, most=12)
    with road.acting_as(cast.haneul, reading=True) as scope:
        told = (
            select(func.count()).select_from(Look).where(Look.purpose == "gold", Look.for_id == dana.actor.id)
        )
        assert scope.session.scalar(told) == 1  # never twice to the same eyes


def _judge_until_gold(road: Road, who: Person, most: int = 60) -> None:
    """Somebody judges fresh work until a known piece is planned for them."""
    for _ in range(most):
        road.judge(road.waiting(road.cast.sujin), "accept", who=who)
        with road.acting_as(road.cast.haneul, reading=True) as scope:
            if scope.session.scalar(select(Look.id).where(Look.purpose == "gold", Look.state == "planned")):
                return


def test_what_two_see_alike_is_known_and_wears_out(road: Road) -> None:
    road.rules(second_percent=100, gold_percent=0)
    cast = road.cast
    road.judge(road.waiting(cast.minji), "send_back", BLURRED)
    come(road)
    look_at(road, cast.haneul, "send_back", BLURRED)
    with road.acting_as(cast.haneul) as scope:
        (known,) = knowing.every(scope)
        assert (known.source, known.verdict, known.made_by, known.retired_at) == (
            "agreed",
            "send_back",
            0,
            None,
        )
        assert (figures.team(scope).open_cases, knowing.in_use(scope)) == (0, 1)
    with road.acting_as(cast.haneul) as scope:
        assert knowing.wear_out(scope.at(road.now + timedelta(days=rules.TOO_OLD))) == 1
    with road.acting_as(cast.haneul) as scope:
        assert (knowing.in_use(scope), knowing.retire(scope, known.id)) == (0, False)


def test_a_round_is_judged_blind_by_everybody_and_then_laid_side_by_side(
    road: Road, signed_in: SignedIn
) -> None:
    road.rules(second_percent=0, gold_percent=0)
    cast = road.cast
    pieces = [road.waiting(cast.minji), road.waiting(cast.sujin), road.waiting(cast.minji)]
    for inspection, verdict in zip(pieces, ("accept", "send_back", "accept"), strict=True):
        road.judge(inspection, verdict, *([BLURRED] if verdict == "send_back" else []))
    client, boram = signed_in(cast.haneul), signed_in(cast.boram)
    ids = [str(inspection.id) for inspection in pieces]
    form = {"csrf": client.csrf, "client_id": "round-opened-1", "title": "기준 맞추기", "pieces": ids}  # type: ignore[attr-defined]
    assert (
        client.post("/rounds", data=form | {"pieces": ids[:1], "client_id": "round-opened-0"}).status_code
        == 422
    )
    assert boram.post("/rounds", data=form | {"csrf": boram.csrf}).status_code == 403  # type: ignore[attr-defined]
    where = client.post("/rounds", data=form).headers["Location"]
    round_id = int(where.rsplit("/", 1)[1])
    road.now += timedelta(seconds=rules.LATEST_OF_ROUND)
    assert come(road) == 6
    before = rows(road)
    assert boram.get(where).status_code == 404  # while it runs, nobody who judges knows of it
    for who, verdicts in (
        (cast.boram, ("accept", "send_back", "accept")),
        (cast.haneul, ("accept", "reject", "accept")),
    ):
        for row in queue(road, who):
            said = verdicts[[one.task_id for one in pieces].index(row.task_id)]
            seen = [] if said == "accept" else [LOOSE if who is cast.haneul else BLURRED]
            with road.acting_as(cast.haneul, reading=True) as scope:
                assert round_reads.told(scope, round_id).pieces == ()
            with road.acting_as(who) as scope:
                review.judge(scope, row.id, version=1, verdict=said, defects=seen)
    assert rows(road) == before
    with road.acting_as(cast.boram, reading=True) as scope:
        told = round_reads.told(scope, round_id)
    assert told.round.closed_at is not None  # with the last verdict, by itself
    said = [{by: one.verdict for by, one in piece.by.items()} for piece in told.pieces]
    both = {cast.boram.actor.id: "accept", cast.haneul.actor.id: "accept"}
    assert said == [both, {cast.boram.actor.id: "send_back", cast.haneul.actor.id: "reject"}, both]
    assert [piece.same for piece in told.pieces] == [True, False, True]
    assert (told.agreement.n, told.agreement.enough) == (3, False) if told.agreement else None
    for page in ("/rounds", where, "/own-record"):
        assert boram.get(page).status_code == 200
    form = {"csrf": boram.csrf, "client_id": "remark-said-1", "text": "테이프는 저도 봤어요"}  # type: ignore[attr-defined]
    assert boram.post(f"{where}/remarks", data=form).status_code == 302
    assert (
        boram.post(
            f"{where}/remarks", data=form | {"text": "900101-1234567", "client_id": "remark-said-2"}
        ).status_code
        == 422
    )
    assert "테이프는 저도 봤어요" in client.get(where).get_data(as_text=True)
    assert signed_in(cast.minji).get(where).status_code == 403
    assert [(one.code, one.apart, one.of) for one in told.criteria] == [
        ("bad_seal", 1, 3),
        ("photo_unclear", 1, 3),
    ]
    assert [piece.apart for piece in told.pieces][::2] == [0, 0]
    _written_once(client, boram, where)
    for page in ("/reviewers", f"/reviewers/{cast.boram.actor.id}", "/rounds/new", "/rounds"):
        assert client.get(page).status_code == 200, page
        assert boram.get(page).status_code == (200 if page == "/rounds" else 403)
    assert client.get(f"/reviewers/{cast.stranger.actor.id}").status_code == 404


def _written_once(owner: FlaskClient, reviewer: FlaskClient, where: str) -> None:
    """What came of it is the owner's to write, once; everybody who took part reads it."""
    form = {"csrf": owner.csrf, "outcome": "번호가 읽히면 통과예요"}  # type: ignore[attr-defined]
    said = [
        client.post(
            f"{where}/outcome", data=form | {"csrf": client.csrf, "client_id": f"outcome-{n}"} | other
        )  # type: ignore[attr-defined]
        for n, (client, other) in enumerate(
            [
                (reviewer, {}),
                (owner, {"outcome": " "}),
                (owner, {"outcome": "900101-1234567"}),
                (owner, {}),
                (owner, {"outcome": "아니에요"}),
            ]
        )
    ]
    assert [answer.status_code for answer in said] == [403, 422, 422, 302, 409]
    assert ["번호가 읽히면 통과예요" in client.get(where).text for client in (owner, reviewer)] == [
        True,
        True,
    ]


def test_the_figures_are_those_of_the_pairs(road: Road) -> None:
    """Forty pairs written down: boram passes what haneul sends back in every fourth."""
    road.rules(second_percent=0, gold_percent=0, newcomer_n=50)
    cast = road.cast
    inspection = road.waiting(cast.minji)
    road.judge(inspection, "accept")
    with road.acting_as(cast.haneul) as scope:
        first = scope.session.get_one(Inspection, inspection.id)
        for n in range(40):
            look = planning.plan(
                scope, first, planning.Meant("second", barred_id=cast.boram.actor.id), seed=str(n)
            )
            scope.session.flush()
            look.number = planning.next_number(scope.session)
            look.reviewer_id, look.verdict = cast.haneul.actor.id, "accept" if n % 4 else "send_back"
            look.judged_at = scope.now - timedelta(days=n)
            look.state = JUDGED
            if look.verdict == "send_back":
                look.found = {"defects": [{"code": "photo_unclear"}]}
    with acting(road.world, shop_id=cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        keeping.rebuild(scope)  # no journal tells of what was written down
    with road.acting_as(cast.haneul, reading=True) as scope:
        of = figures.of(scope, cast.boram.actor.id)
        own = figures.together(scope)
    assert (of.verdicts.n, of.verdicts.agreed, of.verdicts.value) == (40, 30, 0.0)
    assert (own.n, own.agreed, own.value) == (39, 30, 0.0)  # this week's one is not told yet
    assert (of.codes["photo_unclear"].value, of.codes["photo_unclear"].n) == (0.0, 40)
    assert [one.n for one in of.sops.values()] == [40]
    assert sum(week.share.n for week in of.weeks) == 40
    assert of.drift is not None
    assert not of.drift.clear
    assert of.lenient is None  # nobody else judged any such work first
