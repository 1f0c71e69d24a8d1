"""Second looks: drawn by a seed, blind, by somebody else; what they say changes nothing of the first."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

import app as front
from base.errors import NotFound
from base.images import clean
from base.scope import THE_HOUSE, acting
from qa import holding, judgement, queries, records, review, waiting
from qa.models import Inspection
from qa.reviewers import planning, rules
from qa.reviewers.models import Look, LookDraw
from qa.reviewers.rules import LATEST
from stock import describing, pictures
from stock.describing import Card
from talk import conversation
from tasks import dispatch, work
from tasks.kinds.listing import acts
from tasks.kinds.listing.channels import channels
from tasks.kinds.listing.notices import groups
from tests.api.calling import Program, token_of
from tests.attacks.estate import ON_SQLITE
from tests.cast import Person, SignedIn
from tests.pictures import encoded, scene
from tests.qa.road import BLURRED, LOOSE, Road
from tests.qa.studio import DRESS, Studio, build_studio

pytestmark = ON_SQLITE


def come(road: Road) -> int:
    """Until every planned look has come, a minute after another; how many there were."""
    road.now += timedelta(seconds=LATEST)
    found = 0
    while True:
        road.now += timedelta(minutes=1)
        with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
            if not planning.issue_due(scope):
                return found
            found += 1


def queue(road: Road, who: Person) -> list[waiting.Waiting]:
    with road.acting_as(who, reading=True) as scope:
        assert waiting.count(scope) == len(waiting.queue(scope).rows)
        return waiting.queue(scope).rows


def looks(road: Road) -> list[Look]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return list(scope.session.scalars(select(Look).order_by(Look.id)))


def counts(road: Road) -> tuple[int, int]:
    """Journal lines and inspections."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return scope.session.scalar(select(func.count(Inspection.id))) or 0, len(road.pay())


def test_a_second_look_is_another_s_and_changes_nothing_of_the_first(road: Road) -> None:
    road.rules(second_percent=100)
    boram, haneul, minji = road.cast.boram, road.cast.haneul, road.cast.minji
    inspection = road.waiting(minji)
    road.judge(inspection, "accept")
    first = road.inspection(inspection.task_id)
    assert queue(road, haneul) == []  # it comes some time after, not with the verdict
    assert come(road) == 1
    later = road.waiting(minji)
    (look, ordinary) = sorted(queue(road, haneul), key=lambda row: row.id)
    assert (look.id, ordinary.id) == (
        first.id + 1,
        first.id + 2,
    )  # numbered as one of them, in the order they came
    assert [row.id for row in queue(road, boram)] == [ordinary.id]  # never the same eyes
    with road.acting_as(boram, reading=True) as scope, pytest.raises(NotFound):
        queries.desk(scope, look.id)
    with road.acting_as(haneul, reading=True) as scope:
        seen, usual = queries.desk(scope, look.id), queries.desk(scope, ordinary.id)
    assert (seen.at_hand.state, seen.at_hand.reason, seen.defects, seen.score, seen.note) == (
        usual.at_hand.state,
        usual.at_hand.reason,
        (),
        None,
        "",
    )
    with road.acting_as(haneul) as scope:
        assert holding.hold_next(scope, wanted=look.id) == look.id
        told = review.judge(
            scope, look.id, version=1, verdict="send_back", defects=[BLURRED], note="다시 찍어 주세요"
        )
    assert (told.id, told.state, told.verdict) == (look.id, "judged", "send_back")
    after = road.inspection(inspection.task_id)
    assert (after.verdict, after.reviewer_id, after.version) == ("accept", boram.actor.id, first.version)
    assert (road.task(inspection.task_id).state, len(road.pay())) == ("accepted", 1)
    assert road.inspection(later.task_id).state == "waiting"
    with road.acting_as(haneul) as scope:
        with pytest.raises(review.JudgedAlready):
            review.judge(scope, look.id, version=1, verdict="accept")
        own = queries.desk(scope, look.id)
    assert (own.at_hand.verdict, [defect.code for defect in own.defects]) == ("send_back", ["photo_unclear"])
    road.counted()
    with road.acting_as(haneul, reading=True) as scope:
        assert (records.own(scope).judged, records.own(scope).sent_back, sum(records.own(scope).days)) == (
            1,
            1,
            1,
        )


def test_nobody_looks_a_second_time_at_their_own_work_or_verdict(road: Road) -> None:
    """Minji's account reviews as well here: neither what her hands did nor what she judged comes to her."""
    road.rules(second_percent=100)
    minji = road.cast.minji
    inspection = road.waiting(minji)
    road.judge(inspection, "accept")
    come(road)
    (look,) = looks(road)
    as_reviewer = Person("minji", minji.shop_id, type(minji.actor)(id=minji.actor.id, role="reviewer"))
    assert queue(road, as_reviewer) == []
    for who in (as_reviewer, road.cast.boram):
        with pytest.raises((judgement.OwnWork, NotFound)), road.acting_as(who) as scope:
            review.judge(scope, look.number or 0, version=1, verdict="accept")
        with pytest.raises((judgement.OwnWork, NotFound)), road.acting_as(who) as scope:
            holding.hold(scope, look.number or 0)
        with road.acting_as(who) as scope:
            assert holding.hold_next(scope, wanted=look.number or 0) is None
    with pytest.raises(NotFound), road.acting_as(road.cast.stranger) as scope:
        review.judge(scope, look.number or 0, version=1, verdict="accept")
    assert [one.state for one in looks(road)] == ["waiting"]


def test_draws_are_kept_either_way_and_anybody_may_check_them(road: Road) -> None:
    road.rules(second_percent=40, newcomer_n=20)
    for _ in range(8):
        road.judge(road.waiting(road.cast.minji), "accept")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        draws = list(scope.session.scalars(select(LookDraw)))
        seeds = [planning.seed_of(scope, draw.inspection_id) for draw in draws]
    assert len(draws) == 8
    assert [draw.seed for draw in draws] == seeds  # bound to the inspection by the shop's key
    for draw in draws:
        assert draw.roll == rules.roll(draw.seed, draw.inspection_id)
        assert draw.drawn == (draw.roll < draw.percent * 100)
    assert [look.first_id for look in looks(road)] == [draw.inspection_id for draw in draws if draw.drawn]


def test_the_thread_shows_nothing_that_came_after_to_who_looks_again(road: Road) -> None:
    road.rules(second_percent=100)
    boram, haneul = road.cast.boram, road.cast.haneul
    inspection = road.waiting(road.cast.minji)
    road.later(minutes=10)
    road.judge(inspection, "send_back", BLURRED, LOOSE, who=haneul)
    come(road)

    def shown(who: Person) -> tuple[str, list[str]]:
        with road.acting_as(who, reading=True) as scope:
            thread = conversation.thread(scope, inspection.task_id)
            return thread.state, [line.kind for line in thread.lines]

    assert (shown(boram), shown(haneul)) == (("inspection", []), ("rework", ["send_back"]))
    (row,) = queue(road, boram)
    with road.acting_as(boram) as scope:
        review.judge(scope, row.id, version=1, verdict="accept")
    assert (shown(boram), shown(haneul)) == (("accepted", ["accept"]), ("rework", ["send_back"]))


def test_a_look_and_an_inspection_are_alike_in_page_call_and_work(road: Road, signed_in: SignedIn) -> None:
    """The same words and fields, and the same number of statements, whichever of the two lies on the desk."""
    haneul = road.cast.haneul
    for percent in (0, 100, 100):  # the first photo is the one that all others are twins of
        road.rules(second_percent=percent)
        road.judge(road.waiting(road.cast.minji), "accept")
    come(road)
    road.later(minutes=3)
    for _ in range(2):
        road.waiting(road.cast.minji)
    ids = [row.id for row in queue(road, haneul)]
    assert ids == sorted(ids)
    told_apart(road, signed_in, *ids[1:3])


def told_apart(road: Road, signed_in: SignedIn, look: int, usual: int) -> None:
    """Whether haneul could tell a look from an inspection by page, call, order of words, or what it takes."""
    client, heard = signed_in(road.cast.haneul), list[str]()
    for engine in (road.world.engines.read, road.world.engines.write):
        event.listen(engine, "before_cursor_execute", lambda _c, _k, said, *_rest: heard.append(said))
    program = Program(front.create_app(road.world).test_client(), token_of(road.world, road.cast.haneul)[1])

    def seen(path: str, get: Callable[[str], TestResponse]) -> tuple[list[str], int, int]:
        get(path)
        heard.clear()
        answer = get(path)
        assert answer.status_code == 200
        plain = re.sub(r'name="csrf" value="[^"]*"|client_id" value="[^"]*"|nonce-[^"]*', "", answer.text)
        lines = re.sub(r"\d+", "0", plain).split("\n")
        if 'aria-current="true"' in plain:
            lines.sort()  # which row of the queue is the one at hand
        return lines, len(heard), sum(map(len, heard))

    for get in (client.get, program.get):
        looked, ordinary = seen(f"/inspections/{look}", get), seen(f"/inspections/{usual}", get)
        assert set(looked[0]) ^ set(ordinary[0]) == set()
        assert looked == ordinary


def test_a_second_look_at_listings_and_photos_shows_nothing_of_what_came_of_them(
    road: Road, signed_in: SignedIn
) -> None:
    """What is accepted is a version, or an answer among others: neither lies beside it at a second look."""
    road.rules(gold_percent=0, newcomer_n=50)
    studio = build_studio(road)
    with road.acting_as(road.cast.haneul) as scope:
        for width in (330, 340):
            more = pictures.add(scope, studio.products["B-2"], clean(encoded(scene(width, 240))))
            studio.picture_ids.append(more.id)
    studio.album(per_sheet=1)
    for made in (described, listed):
        for n, percent in enumerate((0, 100, 100)):  # the first is the one that others may be twins of
            road.rules(second_percent=percent)
            road.judge(made(studio, n), "accept")
        come(road)
        road.later(minutes=3)
        usual, _after = made(studio, 3), made(studio, 4)
        _first, look = (row for row in queue(road, road.cast.haneul) if row.id < usual.id)
        told_apart(road, signed_in, look.id, usual.id)
        for row in queue(road, road.cast.haneul):
            with road.acting_as(road.cast.haneul) as scope:
                review.judge(scope, row.id, version=row.version, verdict="accept")


def described(studio: Studio, _n: int) -> Inspection:
    """A photo described by one hand."""
    return studio.road.inspection(studio.hand_in(studio.hands[0], lambda _id: DRESS))


def listed(studio: Studio, n: int) -> Inspection:
    """A listing of a product; they differ by their numbers alone."""
    road = studio.road
    kitchen = {"group": "kitchen", "values": {one.key: "해당 없음" for one in groups()["kitchen"].fields}}
    with road.acting_as(road.cast.haneul) as scope:
        product = describing.add(scope, f"MUG-1{n}", Card(f"머그컵 {n}", "", "", 350, 12000, False))
        pictures.add(scope, product, clean(encoded(scene(1000, 1000 + n), quality=40)))
        acts.open_work(scope, channels()["smartstore"], [product])
    said = {"own-title": f"도자기 머그컵 {n}호", "own-description": "손으로 빚었어요.", "own-price": 12000}
    said |= {
        "own-notice": kitchen,
        "own-category": "50001234",
        "read": True,
        "numbers": True,
        "own_words": True,
    }
    with road.acting_as(road.cast.minji) as scope:
        task = dispatch.claim_next(scope, "listing")
        assert work.answer_all(scope, task.id, {key: (value, 0) for key, value in said.items()}) == {}
        work.submit(scope, task.id, fence=task.fence)
        task_id = task.id
    return road.inspection(task_id)
