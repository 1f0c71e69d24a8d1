"""Leaving from both sides: nothing owed, access ended, pay still paid, a reference to take along, and forgetting."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update

import app as front
from base.clock import utcnow
from base.errors import NotFound
from base.scope import THE_HOUSE, acting
from partners.leaving import asking, ending, references
from partners.leaving.gate import NotAsked
from partners.leaving.life import forget_from, held_until
from partners.leaving.models import Departure, Reference
from partners.models import PayLine
from partners.pay import accounts, closing, terms
from partners.pay.models import PayAccount, PayStatement
from partners.pay.months import Month
from security import people, sessions, vault
from security.models import Account, AuditEntry, Membership
from stock import shelves
from stock.handovers import sending
from stock.models import Product
from talk.models import Notice
from tasks import dispatch
from tasks.leaving import returning
from tests.api.calling import token_of
from tests.attacks.estate import ACCOUNT
from tests.qa.road import build
from tests.stock import yard

END = datetime(2026, 5, 10, tzinfo=UTC)
CLOSED = datetime(2026, 6, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waits", "closed", "from_"),
    [
        (True, None, None),
        (True, CLOSED, None),  # somebody's pay is still open
        (False, None, END + timedelta(days=30)),  # was never paid
        (False, CLOSED, CLOSED + timedelta(days=30)),
        (False, END - timedelta(days=90), END + timedelta(days=30)),
    ],
)
def test_what_is_personal_goes_when_nobody_needs_it(waits, closed, from_):
    assert forget_from(END, waits=waits, last_closed=closed) == from_


def test_names_on_pay_are_kept_for_five_years_after_the_return():
    assert (held_until(2026), held_until(None)) == (date(2032, 5, 31), None)


def test_a_partner_leaves_and_is_forgotten(world, cast, signed_in, client):
    road = build(world, cast)
    road.now = utcnow() - timedelta(minutes=20)
    minji, haneul = cast.minji, cast.haneul
    road.receive(12)
    accepted, judged, held = [road.task_of(road.order()) for _ in range(3)]
    for task_id in (accepted, judged):
        road.hand_in(minji, task_id)
    road.judge(road.inspection(accepted), "accept")
    road.claim(minji, held)
    with road.acting_as(minji) as scope:
        accounts.save(scope, bank="004", number=ACCOUNT, holder="카나리아")
    with road.acting_as(haneul) as scope:
        terms.say(scope, minji.partner_id, tax_kind="individual")
        mug = scope.session.scalars(select(Product).where(Product.sku == "MUG-01")).one()
        yard.lend(scope, {mug.id: 3}, minji.actor)
    _, secret = token_of(world, minji)
    hers, owners, sujins = signed_in(minji), signed_in(haneul), signed_in(cast.sujin)

    def post(browser, path, **form):
        return browser.post(path, data={"csrf": browser.csrf} | form)

    # nobody is gone with goods of the shop, on whichever road
    page = f"/partners/{minji.partner_id}/leaving"
    for browser, door in ((hers, "/my-leaving/end"), (owners, f"{page}/end")):
        refused = post(browser, door)
        assert (refused.status_code, f"{mug.name} 3" in refused.text) == (409, True)
    assert post(owners, f"/people/{minji.partner_id}/leave").status_code == 409
    # asked for: no new work from then on, and taking it back mends it
    assert post(hers, "/my-leaving", why="because").status_code == 422
    assert post(hers, "/my-leaving", why="time").status_code == 302
    assert post(hers, "/my-leaving").status_code == 409
    road.now = utcnow()
    with road.acting_as(minji) as scope, pytest.raises(dispatch.NotReady) as missing:
        dispatch.claim_next(scope)
    assert missing.value.facts == {"pieces": "그만두기로 함", "next_url": "/my-leaving"}
    assert "/my-papers" in hers.get("/today").text
    assert post(owners, f"{page}/withdraw").status_code == 409  # it is her wish, not the owner's
    assert post(hers, "/my-leaving/withdraw").status_code == 302
    assert post(hers, "/my-leaving", why="time").status_code == 302
    with road.acting_as(haneul, reading=True) as scope:
        assert set(scope.session.scalars(select(Notice.kind).where(Notice.role == "owner"))) == {"going"}
    assert [owners.get(path).status_code for path in ("/notices", "/leavings")] == [200, 200]
    # strangers to it
    assert [sujins.get(page).status_code, post(sujins, f"{page}/end").status_code] == [403, 403]
    assert post(signed_in(cast.stranger), f"{page}/end").status_code == 404
    # what she sends back herself is on its way until the owner has received it
    with road.acting_as(minji) as scope:
        back = sending.give_back(scope, key="back", goods={mug.id: 1})
    refused = post(hers, "/my-leaving/end")
    assert (refused.status_code, f"{mug.name} 3" in refused.text) == (409, True)
    with road.acting_as(haneul) as scope:
        yard.take(scope, back, haneul.actor)
    # goods come back counted; the rest is a counted difference of that home
    assert post(owners, f"{page}/goods", **{f"back-{mug.id}": "4"}).status_code == 422
    before = road.mugs()
    assert post(owners, f"{page}/goods", **{f"back-{mug.id}": "1"}).status_code == 302
    assert road.mugs()[0] == before[0] + 1
    with road.acting_as(haneul, reading=True) as scope:
        assert shelves.at_home(scope, minji.partner_id) == []
    assert [post(owners, f"{page}/goods").status_code, hers.get("/my-leaving").status_code] == [404, 200]
    # what she takes along
    made = post(hers, "/my-leaving/reference")
    paper = hers.get(f"{made.location}/file").text
    assert "Minji" in paper
    assert post(hers, "/my-leaving/reference").location == made.location  # the same day, the same work
    assert sujins.get(made.location).status_code == 404
    with road.acting_as(haneul, reading=True) as scope:
        row = scope.session.scalars(select(Reference)).one()
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(references.public_key(scope)))
    text = paper.partition(references.END)[0]
    key.verify(bytes.fromhex(row.signature), text.encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(row.signature), text.replace("1", "9").encode())
    check = f"/references/haneul/{row.code}"
    assert "Minji" not in client.get(check).text

    def compared(said):
        return "is-ok" in client.post(check, data={"text": said}).text

    windows = paper.replace("\n", "\r\n")
    assert [compared(paper), compared(windows), compared(paper.replace("1", "9"))] == [True, True, False]
    bearer, program = {"Authorization": f"Bearer {secret}"}, front.create_app(world).test_client()
    assert program.get("/api/v1/offers", headers=bearer).status_code == 200
    # she ends it herself: out at once, everywhere; her work is in other hands
    over = post(hers, "/my-leaving/end")
    assert (over.status_code, "/left/haneul/" in over.location) == (302, True)
    assert [hers.get("/today").status_code, post(hers, "/my-leaving").status_code] == [302, 401]
    assert program.get("/api/v1/offers", headers=bearer).status_code == 401
    assert (road.task(held).state, road.task(held).holder_id) == ("open", None)
    with acting(world, shop_id=0, actor=THE_HOUSE) as scope:  # signing in anew opens no door of the shop
        sessions.begin(scope, account_id=minji.actor.id, membership_id=None, device="")
        assert sessions.roles(scope, minji.actor.id) == []
    with road.acting_as(haneul) as scope, pytest.raises(NotFound):
        asking.ask(scope, minji.partner_id)
    left = client.get(over.location)
    assert (left.status_code, "Minji" in left.text, ACCOUNT in left.text) == (200, True, False)
    assert client.get(f"{over.location}/{row.id}/file").text == paper
    assert client.get(f"{over.location[:-4]}aaaa").status_code == 404
    new = post(owners, f"{page}/link")
    assert (new.status_code, client.get(over.location).status_code) == (200, 404)  # one address at a time
    # work that was handed in is judged and paid, and the month is closed with her in it
    road.now = utcnow()
    road.judge(road.inspection(judged), "accept")
    assert len([one for one in road.pay() if one[1] == minji.partner_id]) == 2

    def on(day, do):
        with acting(world, shop_id=haneul.shop_id, actor=haneul.actor, now=day) as scope:
            return do(scope)

    far = road.now + timedelta(days=60)
    assert on(far, returning.forget_due) == 0  # her pay is not closed
    on(far, lambda scope: closing.close(scope, Month(road.now.year, road.now.month)))
    with road.acting_as(haneul, reading=True) as scope:
        statement = scope.session.scalars(select(PayStatement)).one()
        assert (statement.partner_id, statement.tasks) == (minji.partner_id, 2)
        sealed = scope.session.scalars(select(PayAccount)).one()
    assert on(far + timedelta(days=29), returning.forget_due) == 0  # somebody may still ask
    gone = far + timedelta(days=30)
    assert [on(gone, returning.forget_due), on(gone, returning.forget_due)] == [1, 0]
    # what is left: figures, an id, and what the law wants kept, locked apart
    with acting(world, shop_id=haneul.shop_id, actor=haneul.actor, now=gone) as scope:
        account = scope.session.get_one(Account, minji.actor.id)
        assert (account.name, account.password, account.disabled_at is not None) == ("—", "", True)
        assert account.login == f"gone-{account.id}@invalid"
        assert scope.session.scalars(select(PayAccount)).all() == []
        assert references.paper(scope, scope.session.get_one(Reference, row.id)).text is None
        with pytest.raises(vault.Unreadable):
            accounts.opened(scope, sealed)  # in an old backup
        assert ending.show_held(scope, minji.partner_id).name == "Minji"
        with pytest.raises(NotAsked):
            ending.way_back(
                scope, scope.session.scalars(select(Departure).where(Departure.held != b"")).one()
            )
        assert len(scope.session.scalars(select(PayLine)).all()) == 2
    assert compared(paper)  # what she kept can still be checked
    assert [owners.get(path).status_code for path in (page, "/leavings", "/people", "/partners")] == [200] * 4
    last = datetime(road.now.year + 6, 6, 1, 3, tzinfo=UTC)
    assert [on(last - timedelta(days=1), returning.forget_due), on(last, returning.forget_due)] == [0, 1]
    with road.acting_as(haneul) as scope:
        with pytest.raises(NotAsked):
            ending.show_held(scope, minji.partner_id)
        told = [(line.act, str(line.facts)) for line in scope.session.scalars(select(AuditEntry))]
        acts = [act for act, _ in told if act.startswith("leaving.")]
        assert [ACCOUNT in facts or "Minji" in facts for _, facts in told] == [False] * len(told)
        assert acts[-3:] == ["leaving.forgotten", "leaving.held_shown", "leaving.destroyed"]


def test_who_comes_back_is_nobody_who_left(world, cast):
    """Somebody invited again before they were forgotten keeps their name, and nothing lies apart any more."""
    road = build(world, cast)
    with road.acting_as(cast.haneul) as scope:
        people.leave(scope, cast.sujin.partner_id)
        row = scope.session.scalars(select(Departure)).one()
        assert (row.state, row.own, row.held == b"") == ("ended", False, False)
        people.invite(scope, login="sujin@example.com", name="Sujin", role="partner")
    road.later(days=400)
    with road.acting_as(cast.haneul) as scope:
        assert returning.forget_due(scope) == 0
        row = scope.session.scalars(select(Departure)).one()
        assert (row.held, row.destroyed_at is not None) == (b"", True)
        assert scope.session.get_one(Account, cast.sujin.actor.id).name == "Sujin"
        # somebody who works elsewhere too is forgotten here alone
        people.leave(scope, cast.sujin.partner_id)
        theirs = Membership.account_id == cast.stranger.actor.id
        scope.session.execute(update(Membership).where(theirs).values(account_id=cast.sujin.actor.id))
    road.later(days=31)
    with road.acting_as(cast.haneul) as scope:
        assert returning.forget_due(scope) == 1
        assert scope.session.get_one(Account, cast.sujin.actor.id).name == "Sujin"
