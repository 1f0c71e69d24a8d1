"""Attacks on blindness: a second judge tries every road to the first verdict, and every road is shut."""

import re
from collections.abc import Callable

import app as front
from qa import queries, review, waiting
from qa.marking import Seen
from qa.reviewers import rounds
from qa.reviewers.rules import LATEST_OF_ROUND, SOONEST
from talk import saying
from tests.api.calling import Program, token_of
from tests.attacks.estate import ON_SQLITE
from tests.cast import Person, SignedIn
from tests.qa.road import BLURRED, Road
from tests.qa.test_appeals import appeal
from tests.qa.test_measuring_reviewers import another
from tests.qa.test_second_looks import come, looks, queue

pytestmark = ON_SQLITE
CANARY = "카나리아"
TOLD = Seen("bad_seal", note=f"{CANARY}: 테이프가 들떴어요")
#: What a page may not hold: words of the first verdict, what was said after it, and who gave it.
SECRETS = (CANARY, "보람")

Get = Callable[[str], str]


def roads(road: Road, signed_in: SignedIn, who: Person) -> tuple[Get, Get]:
    """A browser and a program of somebody, as functions from a path to what they are shown."""
    client = signed_in(who)
    program = Program(front.create_app(road.world).test_client(), token_of(road.world, who)[1])
    return (lambda path: client.get(path, follow_redirects=True).text), (lambda path: program.get(path).text)


def pages(inspection_id: int, task_id: int) -> tuple[list[str], list[str]]:
    """Every page and call of a reviewer on which a piece of work could be told of."""
    html = [f"/inspections/{inspection_id}", f"/tasks/{task_id}/thread", "/inspections", "/own-record"]
    html += ["/notices", "/notices/bell", "/appeals", "/rounds", "/draws", "/phrases", "/pulse", "/me"]
    calls = [f"/inspections/{inspection_id}", f"/tasks/{task_id}/thread", "/inspections", "/notices"]
    return html, [*calls, "/appeals"]


def leaks(get: Get, paths: list[str]) -> list[tuple[str, str]]:
    return [(path, secret) for path in paths for secret in SECRETS if secret in get(path)]


def plain(text: str) -> str:
    """A page without what differs between any two: numbers, hours, tokens, titles of orders."""
    text = re.sub(r'(name|id)="(csrf|client_id)" value="[^"]*"|nonce-[\w-]*', "", text)
    return re.sub(r"\d+", "0", text)


def judged(road: Road, verdict: str = "send_back") -> tuple[int, int]:
    """Work that boram judged, and of which its hand said something then; inspection and task."""
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, verdict, *([TOLD] if verdict == "send_back" else [BLURRED]), note=CANARY)
    road.later(minutes=1)
    with road.acting_as(road.cast.minji) as scope:
        saying.write(scope, inspection.task_id, saying.Said(f"{CANARY} 왜 이런가요?"))
    return inspection.id, inspection.task_id


def test_before_and_during_a_second_look_no_road_leads_to_the_first_verdict(
    road: Road, signed_in: SignedIn
) -> None:
    """Dana tries while the look is planned, while it waits, and after she judged it herself."""
    road.rules(gold_percent=0, second_percent=100)
    dana = another(road, "dana")
    first, task_id = judged(road)
    road.later(seconds=SOONEST)
    browser, program = roads(road, signed_in, dana)
    html, calls = pages(first, task_id)
    assert leaks(browser, html) + leaks(program, calls) == []
    come(road)
    (number,) = (row.id for row in queue(road, dana))
    with_number = pages(number, task_id)
    assert leaks(browser, [*html, *with_number[0]]) + leaks(program, [*calls, *with_number[1]]) == []
    assert program(f"/inspections/{first}").count('"verdict":""') == 1
    with road.acting_as(dana) as scope:
        review.judge(scope, number, version=1, verdict="accept")
    assert leaks(browser, html) + leaks(program, calls) == []
    with road.acting_as(road.cast.boram, reading=True) as scope:
        assert queries.desk(scope, first).at_hand.verdict == "send_back"  # her own she reads


def test_hidden_is_all_work_of_others_so_that_nothing_tells_what_is_looked_at_twice(
    road: Road, signed_in: SignedIn
) -> None:
    road.rules(gold_percent=0, second_percent=0, newcomer_n=50)
    dana = another(road, "dana")
    _twin, ordinary = judged(road, "accept"), judged(road, "accept")  # of the first photo all are twins
    road.rules(second_percent=100)
    planned = judged(road, "accept")
    (look,) = looks(road)
    assert look.first_id == planned[0]
    browser, program = roads(road, signed_in, dana)
    for usual, drawn in zip(pages(*ordinary), pages(*planned), strict=True):
        get = browser if usual[-1] == "/me" else program
        for one, other in zip(usual, drawn, strict=True):
            if "thread" not in one:  # what its hand said since stands in one of them alone
                assert plain(get(one)) == plain(get(other)), one


def test_mended_work_comes_to_no_second_judge_before_their_look_at_the_first_round(road: Road) -> None:
    """The later round's desk tells how the first was judged: whoever is to look at that sees it afterwards."""
    road.rules(gold_percent=0, second_percent=100)
    dana, minji = another(road, "dana"), road.cast.minji
    _first, task_id = judged(road)
    come(road)
    (look,) = looks(road)
    road.mend(minji, task_id)
    again = road.inspection(task_id)
    assert ([row.id for row in queue(road, dana)], [row.id for row in queue(road, road.cast.boram)]) == (
        [look.number],
        [again.id],
    )
    with road.acting_as(dana) as scope:
        assert queries.desk(scope, again.id).earlier == ()  # nor by typing its number
        review.judge(scope, look.number or 0, version=1, verdict="accept")
    with road.acting_as(dana, reading=True) as scope:
        assert [one.verdict for one in queries.desk(scope, again.id).earlier] == ["send_back"]
        assert [row.id for row in waiting.queue(scope).rows] == [again.id]


def test_whoever_has_read_a_later_round_gets_no_look_at_the_first(road: Road) -> None:
    road.rules(gold_percent=0, second_percent=100)
    dana, minji = another(road, "dana"), road.cast.minji
    _first, task_id = judged(road)
    road.mend(minji, task_id)
    road.judge(road.inspection(task_id), "accept", who=dana)
    come(road)
    offered = {who.name: [row.task_id for row in queue(road, who)] for who in (dana, road.cast.haneul)}
    assert offered == {"dana": [], "haneul": [task_id] * 2}  # the owner has read neither round


def test_the_owner_judges_first_and_reads_then(road: Road, signed_in: SignedIn) -> None:
    """With no second reviewer the look is hers: desk, thread, story and calls are veiled until she judged."""
    road.rules(gold_percent=0, second_percent=100)
    haneul = road.cast.haneul
    first, task_id = judged(road)
    come(road)
    (row,) = queue(road, haneul)
    order = road.task(task_id).order_id
    browser, program = roads(road, signed_in, haneul)
    html = [f"/tasks/{task_id}/thread", f"/orders/{order}/story", f"/inspections/{first}"]
    calls = [f"/tasks/{task_id}/thread", f"/inspections/{first}"]
    secret = (CANARY, "돌려보냈어요")
    assert [(path, one) for path in html for one in secret if one in browser(path)] == []
    assert [(path, one) for path in calls for one in secret if one in program(path)] == []
    assert "reviewers.look_first" in program(f"/inspections/{first}")
    assert f"/inspections/{row.id}" in browser(html[0])  # it says where to judge
    with road.acting_as(haneul) as scope:
        review.judge(scope, row.id, version=1, verdict="accept")
    assert [CANARY in browser(path) for path in html] == [True] * 3


def test_of_a_round_that_runs_the_owner_reads_no_verdict_on_any_list(road: Road, signed_in: SignedIn) -> None:
    """From its beginning until her own verdict; pieces are chosen without reading how they were judged."""
    road.rules(gold_percent=0, second_percent=0, newcomer_n=50)
    haneul = road.cast.haneul
    (first, task_id), (other, _) = judged(road), judged(road, "accept")
    order = road.task(task_id).order_id
    title = road.task(task_id).title
    browser, program = roads(road, signed_in, haneul)
    days = f"first={road.now.date()}&last={road.now.date()}"
    lists = [f"/board/rows/inspected?{days}", f"/board/rows/inspected?outcome=failed&{days}"]
    lists += [f"/board/rows/inspected.csv?{days}", f"/quality/cases?{days}"]
    pages = [f"/tasks/{task_id}/thread", f"/orders/{order}/story", f"/tasks/{task_id}/record"]
    words = (CANARY, "돌려보냈어요", "고쳐 달라고")

    def told() -> tuple[list[bool], list[bool]]:
        found = [browser(path) for path in pages]
        return [title in browser(path) for path in lists], [
            any(word in page for word in words) for page in found
        ]

    assert told() == ([True] * 4, [True] * 3)
    assert "돌려보내" not in browser("/rounds/new?mixed=1")
    assert browser("/rounds/new?mixed=1").count(" checked>") == 2
    with road.acting_as(haneul) as scope:
        made = rounds.open_round(scope, title="기준 맞추기", inspection_ids=[first, other]).id
    assert told() == ([False] * 4, [False] * 3)
    assert "reviewers.look_soon" in program(f"/inspections/{first}")
    assert plain(browser(f"/inspections/{first}")) == plain(browser(f"/rounds/{made}"))
    road.later(seconds=LATEST_OF_ROUND)
    come(road)
    assert told() == ([False] * 4, [False] * 3)
    assert "reviewers.look_first" in program(f"/inspections/{first}")
    for who in (haneul, road.cast.boram):
        assert "/rounds" not in browser("/notices/bell")
        for row in queue(road, who):
            with road.acting_as(who) as scope:
                review.judge(scope, row.id, version=1, verdict="accept")
    assert told() == ([True] * 4, [True] * 3)
    for who in (haneul, road.cast.boram):  # with the last verdict it ends by itself, and all hear of it
        assert "함께 보는 검수가 끝났어요" in signed_in(who).get("/notices").text


def test_the_second_judge_of_an_appeal_reads_the_first_verdict_nowhere(
    road: Road, signed_in: SignedIn
) -> None:
    road.rules(gold_percent=0, second_percent=0)
    dana, haneul = another(road, "dana"), road.cast.haneul
    first, task_id = judged(road)
    found = appeal(road, task_id)
    order = road.task(task_id).order_id
    own = [f"/appeals/{found.id}"]
    html, calls = pages(first, task_id)
    browser, program = roads(road, signed_in, dana)
    assert leaks(browser, [*html, *own]) + leaks(program, [*calls, *own]) == []
    browser, program = roads(road, signed_in, haneul)
    mine = [*own, f"/inspections/{first}", f"/tasks/{task_id}/thread", f"/orders/{order}/story"]
    assert [path for path in mine if CANARY in browser(path)] == []
    assert [path for path in (*own, f"/inspections/{first}", mine[2]) if CANARY in program(path)] == []
