"""Partners at a glance: a score that admits what it does not know, a table that stays flat, one page each."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from base.scope import acting
from base.shares import Share
from partners.models import Partner
from qa.models import Tally
from qa.tallies.rules import PACE, PARTNER, PAY, QUALITY
from qa.vendors import keeping, reads, weighing
from qa.vendors.models import VendorFigure
from qa.vendors.reads import Asked
from qa.vendors.scorecard import BANDS, CRITERIA, WEIGHTS, Figures, adds_up, band, score
from security.models import Account, Membership
from tests.bench.test_growth import counted
from tests.cast import MONDAY

TODAY = date(2026, 11, 23)


def figures(**counts):
    return Figures(**counts).shares()


@pytest.mark.parametrize(
    ("counts", "points"),
    [
        ({}, None),  # no history is neither full marks nor none
        ({"inspected": 9, "passed": 9, "handed_in": 9, "in_time": 9}, None),
        ({"inspected": 20, "passed": 20}, None),  # 40 of the weight: less than half is known
        ({"handed_in": 20, "in_time": 10, "lines": 20}, 70),  # 30 and 20 of the weight
        ({"inspected": 20, "passed": 10, "handed_in": 20, "in_time": 20}, 71),
        ({"inspected": 10, "passed": 0, "handed_in": 10, "in_time": 0, "lines": 10, "escapes": 10}, 0),
        ({"inspected": 10, "passed": 10, "handed_in": 10, "in_time": 10, "lines": 10, "booked": 10}, 100),
        (
            {
                "inspected": 10,
                "passed": 10,
                "handed_in": 10,
                "in_time": 10,
                "lines": 10,
                "booked": 10,
                "off": 30,
            },
            90,
        ),
    ],
)
def test_a_score_says_what_is_known(counts, points):
    assert score(figures(**counts), WEIGHTS) == points


@given(
    st.fixed_dictionaries({name: st.tuples(st.integers(0, 40), st.integers(0, 40)) for name in CRITERIA}),
    st.sampled_from([WEIGHTS, dict(zip(CRITERIA, (100, 0, 0, 0), strict=True)), dict.fromkeys(CRITERIA, 25)]),
)
def test_a_score_lies_between_its_shares(counts, weights):
    shares = {name: Share(min(pair), max(pair)) for name, pair in counts.items()}
    points = score(shares, weights)
    known = [100 * share.value for name, share in shares.items() if share.enough and weights[name]]
    assert points is None or min(known) - 0.5 <= points <= max(known) + 0.5


def test_the_bands_cover_everything_once():
    assert [least for least, _name in BANDS] == sorted({least for least, _name in BANDS})
    assert BANDS[0][0] == 0
    assert [band(points) for points in (None, 0, 59, 60, 79, 80, 100)] == [
        "unknown", "low", "low", "fair", "fair", "good", "good",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "fine"),
    [
        (WEIGHTS, True),
        (WEIGHTS | {"quality": 41}, False),
        (WEIGHTS | {"quality": -10, "goods": 60}, False),
        ({"quality": 100}, False),
        (dict.fromkeys(CRITERIA, 25), True),
    ],
)
def test_weights_come_to_a_hundred(weights, fine):
    assert adds_up(weights) is fine


def tally(scope, partner_id, *, day=TODAY, **measures):
    scope.session.execute(
        insert(Tally),
        [
            {"shop_id": scope.shop_id, "dim": PARTNER, "dim_id": partner_id, "measure": measure, "day": day}
            | dict(zip(("n", "hits", "amount"), sums, strict=True))
            for measure, sums in measures.items()
        ],
    )


@pytest.mark.both
def test_the_table_and_a_card(cast, acting_as, signed_in):
    minji, sujin = cast.minji.partner_id, cast.sujin.partner_id
    work = {QUALITY: (20, 10, 0), PACE: (20, 12, 7200), PAY: (20, 0, 14_000)}
    with acting_as(cast.haneul) as scope:
        tally(scope, minji, **work)
        tally(scope, minji, day=TODAY - timedelta(30), **work | {QUALITY: (20, 20, 0)})
        tally(scope, minji, day=TODAY - timedelta(200), **work)
        assert keeping.keep(scope) == 2
    with acting_as(cast.haneul, reading=True) as scope:
        rows = reads.table(scope, Asked()).rows
        told = [(line.row.partner_id, line.score, line.gained, line.row.band, line.row.won) for line in rows]
        assert told == [(sujin, None, None, "unknown", 0), (minji, 54, -29, "low", 14_000)]
        most = reads.table(scope, Asked(sort="won", least_first=False)).rows
        assert [line.row.partner_id for line in most] == [minji, sujin]
        assert [len(reads.table(scope, Asked(band=name)).rows) for name in ("low", "good", "gone")] == [
            1,
            0,
            0,
        ]
        first = reads.table(scope, Asked(), size=1)
        second = reads.table(scope, Asked(), size=1, after=first.next)
        assert [first.rows[0].row.partner_id, second.rows[0].row.partner_id, second.next] == [
            sujin,
            minji,
            "",
        ]
    haneul = signed_in(cast.haneul)
    page, card = haneul.get("/vendors"), haneul.get(f"/vendors/{minji}")
    assert (page.status_code, page.text.count("이야기해 봐요") >= 1, card.status_code) == (200, True, 200)
    assert [
        card.text.count(words) for words in ("100점에 54점이에요.", "일감 하나에 영업시간으로 약 6분")
    ] == [1, 1]
    sheet = haneul.get("/vendors.csv?sort=won&order=most").get_data().decode("utf-8-sig").splitlines()
    assert sheet[1:] == [
        '"Minji","일하는 중","","이야기해 봐요",54,83,20,20,10,20,12,0,0,0,0,14000',
        '"Sujin","일하는 중","","아직 몰라요","","",0,0,0,0,0,0,0,0,0,0',
    ]
    assert [haneul.get(path).status_code for path in ("/vendors?sort=name", "/vendors?band=x")] == [404, 404]
    assert [signed_in(who).get("/vendors").status_code for who in (cast.minji, cast.boram)] == [403, 403]


def test_the_owner_weighs(cast, acting_as, signed_in):
    haneul = signed_in(cast.haneul)
    told = {"csrf": haneul.csrf, "quality": "70", "promises": "20", "escapes": "10", "goods": "10"}
    wrong = haneul.post("/vendors/weights", data=told)
    assert (wrong.status_code, wrong.text.count("지금은 110이에요")) == (422, 1)
    assert haneul.post("/vendors/weights", data=told | {"goods": "0"}).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        assert weighing.weights(scope) == {"quality": 70, "promises": 20, "escapes": 10, "goods": 0}


def crowd(scope, count):
    """Many partners with a figure each, as a year of work leaves them: the table reads these rows alone."""
    start = (scope.session.scalar(select(Account.id).order_by(Account.id.desc()).limit(1)) or 0) + 1
    ids = range(start, start + count)
    now, shop = scope.now, scope.shop_id
    scope.session.execute(
        insert(Account),
        [
            {"id": id_, "login": f"p{id_}@example.com", "name": f"P{id_}", "locale": "ko", "made_at": now}
            for id_ in ids
        ],
    )
    role = {"shop_id": shop, "role": "partner", "since": now}
    scope.session.execute(insert(Membership), [{"id": 10**6 + id_, "account_id": id_} | role for id_ in ids])
    card = {"shop_id": shop, "state": "active", "capacity": 3, "joined_at": now}
    scope.session.execute(insert(Partner), [{"id": 10**6 + id_} | card for id_ in ids])
    scope.session.execute(
        insert(VendorFigure),
        [
            keeping._blank(scope, 10**6 + id_) | {"score": id_ % 101, "won": id_ * 700, "band": "fair"}
            for id_ in ids
        ],
    )


def a_year(scope, count):
    """The weekly sums that so many partners leave in a year, the latest of those who came last."""
    last = scope.session.scalar(select(Partner.id).order_by(Partner.id.desc()).limit(1))
    day = {"shop_id": scope.shop_id, "dim": PARTNER, "n": 20, "hits": 18, "amount": 14_000}
    scope.session.execute(
        insert(Tally),
        [
            day | {"dim_id": id_, "measure": measure, "day": TODAY - timedelta(weeks=week)}
            for id_ in range(last - count, last)
            for measure in (QUALITY, PACE, PAY)
            for week in range(52)
        ],
    )


def test_five_thousand_partners_cost_what_fifty_do(world, cast, signed_in):
    haneul = signed_in(cast.haneul)
    paths = (
        "/vendors",
        "/vendors?sort=won&order=most",
        "/vendors?band=fair",
        f"/vendors/{cast.minji.partner_id}",
    )  # a page of the table has fifty rows, so that fifty partners fill it
    costs = []
    for count in (50, 4_950):
        with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=MONDAY) as scope:
            crowd(scope, count)
            a_year(scope, min(count, 200))
        with counted(world) as steps:
            taken = []
            for path in paths:
                for _twice in range(2):
                    steps.taken = 0
                    assert haneul.get(path).status_code == 200
                taken.append(steps.taken)
        costs.append(taken)
    assert [(small, large) for small, large in zip(*costs, strict=True) if large > 1.15 * small + 500] == []
