"""Pages of sampling: the owner reckons before choosing, each partner reads her own, anybody looks at draws."""

from flask.testing import FlaskClient
from sqlalchemy import select

from base.scope import THE_HOUSE, acting
from qa.sampling import plans, states
from qa.sampling.draws import BATCH, RECENT
from qa.sampling.models import SamplingPlan
from qa.sampling.plans import Chosen
from qa.sampling.switching import DISCONTINUED
from qa.sampling.tracks import Track
from tests.cast import SignedIn
from tests.qa.road import BLURRED, LOOSE, Road
from tests.qa.test_sampling_desks import ON_SQLITE, bare, choose, own_kind, parcel

pytestmark = ON_SQLITE


def post(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf": client.csrf, **fields})  # type: ignore[attr-defined]
    return answer.status_code, answer.text


def editions(road: Road) -> list[tuple[str, str, int]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        mine = select(SamplingPlan).where(SamplingPlan.shop_id == scope.shop_id).order_by(SamplingPlan.id)
        return [(one.kind, one.method, one.percent) for one in scope.session.scalars(mine)]


def test_an_owner_reckons_chooses_and_is_told_what_cannot_be(road: Road, signed_in: SignedIn) -> None:
    bare(road)
    for task_id in [parcel(road, road.cast.minji) for _ in range(2)]:
        if road.task(task_id).state == "inspection":
            road.judge(road.inspection(task_id), "accept")
    owner, here = signed_in(road.cast.haneul), "/sampling/kinds/packing"
    page = owner.get(here).text
    ways = [page.count(f'id="way-{way}"') for way in ("standing", "stream", "batch", "fraction", "every")]
    assert (ways, page.count("쓰는 중"), page.count("스무 명을 본떠")) == ([1, 1, 0, 1, 1], 1, 1)

    looked = post(owner, here, act="look", method="stream", stream_clean_n="25", stream_percent="7")
    assert (looked[0], looked[1].count("이어서 25건이 깨끗할 때까지 모두 보고"), editions(road)) == (
        200,
        1,
        [],
    )
    refused = post(owner, here, method="stream", stream_clean_n="0", stream_percent="7")
    assert (refused[0], refused[1].count("1부터 500까지의 숫자로"), refused[1].count('value="0"')) == (
        422,
        1,
        1,
    )
    assert post(owner, here, method="batch")[1].count("소포는 약속한 때에") == 1
    assert post(owner, here, method="stream", over_won="비싸면")[0] == 422
    assert editions(road) == []

    assert (
        post(owner, here, method="stream", stream_clean_n="25", stream_percent="7", over_won="50,000")[0]
        == 302
    )
    assert editions(road) == [("packing", "stream", 7)]
    page = owner.get("/sampling").text
    assert page.count("이어서 25건이 깨끗할 때까지 모두 보고") == 1
    assert [owner.get(f"/sampling/kinds/{work}").status_code for work in ("all", "nothing")] == [200, 404]


def test_nobody_else_chooses_and_a_stranger_meets_nothing(road: Road, signed_in: SignedIn) -> None:
    bare(road)
    road.rules(newcomer_n=5)
    road.judge(road.inspection(parcel(road, road.cast.minji)), "accept")
    with road.acting_as(road.cast.haneul) as scope:
        id_ = states.seen(scope, partner_id=road.cast.minji.partner_id, kind="packing").id
    for who in (road.cast.minji, road.cast.boram):
        client = signed_in(who)
        asked = [client.get(path).status_code for path in ("/sampling", "/sampling/kinds/packing")]
        assert (asked, post(client, "/sampling/kinds/packing", method="every")[0]) == ([403, 403], 403)
    stranger = signed_in(road.cast.stranger)
    acts = [post(stranger, f"/sampling/states/{id_}/{act}", action="x")[0] for act in ("agree", "resume")]
    assert (acts, editions(road)) == ([404, 404], [])
    assert stranger.get("/draws?day=2026-11-23").text.count("제출 1번") == 0


def test_a_partner_reads_her_own_and_sees_only_her_own_draws(road: Road, signed_in: SignedIn) -> None:
    bare(road)
    road.rules(newcomer_n=5)
    choose(road, plans.WHOLE_SHOP, Chosen(RECENT, 2))
    road.judge(road.inspection(parcel(road, road.cast.minji)), "accept", BLURRED)
    road.judge(road.inspection(parcel(road, road.cast.sujin)), "send_back", LOOSE)
    minji, sujin, owner = (signed_in(who) for who in (road.cast.minji, road.cast.sujin, road.cast.haneul))
    assert minji.get("/own-sampling").text.count("처음 5건은 모두 봐 드려요. 지금 1건 봤어요.") == 1
    seen = [client.get("/draws?day=2026-11-23").text for client in (minji, sujin, owner)]
    assert [[page.count(f"제출 {n}번") for n in (1, 2)] for page in seen] == [[1, 0], [0, 1], [1, 1]]
    assert seen[2].count("2번의 뽑기가 모두 적힌 대로") == 1
    assert owner.get("/sampling/kinds/packing").text.count("아직 5건을 보지 않아서 모두 봐요.") == 2


def test_stopped_work_is_told_where_it_is_offered_and_begins_again(road: Road, signed_in: SignedIn) -> None:
    bare(road)
    kind = own_kind(road, 2)
    choose(road, kind, Chosen(BATCH, 20))
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        row = states.seen(scope, partner_id=road.cast.minji.partner_id, kind=kind)
        stopped = Track("batch/4.0", DISCONTINUED, "five_failed", tight_rejects=5)
        states.move(scope, row, stopped)
        id_ = row.id
    minji, owner = signed_in(road.cast.minji), signed_in(road.cast.haneul)
    assert owner.get(f"/sampling/kinds/{kind}").text.count('<option value="4.0" selected>4.0</option>') == 1
    told = "지금 모든 제출을 검수해요."
    assert [minji.get(page).text.count(told) for page in ("/offers", "/own-sampling")] == [1, 0]
    assert owner.get("/sampling").text.count("다섯 묶음이 떨어져") == 1
    assert post(owner, f"/sampling/states/{id_}/resume", action="")[0] == 422
    assert post(owner, f"/sampling/states/{id_}/resume", action="예시를 더 넣었어요.")[0] == 302
    assert minji.get("/offers").text.count(told) == 0
    page = owner.get(f"/sampling/kinds/{kind}").text
    assert (page.count("예시를 더 넣었어요."), page.count("까다로운 검수:")) == (1, 1)
    assert post(owner, f"/sampling/states/{id_}/agree")[0] == 302
    assert owner.get(f"/sampling/kinds/{kind}").text.count("덜 봐도 좋다고 하심:") == 1


def test_a_day_that_is_none_is_today(road: Road, signed_in: SignedIn) -> None:
    boram = signed_in(road.cast.boram)
    for day in ("", "yesterday", "2026-13-01", "0001-01-01", "9999-12-31"):
        assert boram.get(f"/draws?day={day}").status_code == 200
