"""A partner's own work as reviewers saw it: patterns are told, single slips are not, and nobody else's work."""

from qa import own_work
from tests.attacks.estate import ON_SQLITE
from tests.qa.road import BLURRED, LOOSE, Road


@ON_SQLITE
def test_what_was_marked_twice_is_told_and_what_was_good_is_shown(road: Road, signed_in):
    minji, sujin = road.cast.minji, road.cast.sujin
    for marks in ((LOOSE,), (LOOSE, BLURRED)):
        road.judge(road.waiting(minji), "send_back", *marks, note="다시 해 주세요")
    clean = road.waiting(minji)
    road.judge(clean, "accept")
    road.judge(road.waiting(sujin), "send_back", BLURRED, note="흐려요")
    road.counted()
    with road.acting_as(minji, reading=True) as scope:
        found = own_work.own_work(scope, "ko")
    assert (found.passed.hits, found.passed.n) == (1, 3)
    assert [(one.label, one.kind, one.times) for one in found.patterns] == [
        ("상자가 제대로 막히지 않았어요", "packing", 2)
    ]
    assert [(one.task_id, one.photo_id is not None) for one in found.good] == [(clean.task_id, True)]
    page = signed_in(minji).get("/my-quality")
    assert (page.status_code, page.text.count("3건 가운데 1건")) == (200, 1)
    assert signed_in(road.cast.boram).get("/my-quality").status_code == 403
