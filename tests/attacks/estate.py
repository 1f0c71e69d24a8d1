"""Two shops in the middle of their day: whatever a page can show or a form can change exists in both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

import app as front
from base import calendars, files
from base.i18n import SEOUL
from base.scope import World, acting
from hooks import endpoints
from partners import standings, teams
from partners.agreements import writing as agreeing
from partners.agreements.terms import Terms
from partners.availability import saying as hours
from partners.availability import week as weeks
from partners.availability.models import TimeOff
from partners.checks import documents
from partners.checks import listing as listing_of_checks
from partners.joining import applying, cards, posters
from partners.joining.answers import Answers
from partners.joining.models import Application, Poster
from partners.leaving import ending, references
from partners.models import PayLine, StandingChange
from partners.pay import accounts, adjusting, closing, disputing, extras, terms
from partners.pay.extras import When
from partners.pay.models import PayAdjustment, PayStatement
from partners.pay.months import Month
from partners.pay.wanting import ADJUSTMENT, BONUS, Wanted
from partners.standings import Verdict
from partners.training import learning, shelf, trying
from partners.training import writing as modules
from qa import phrases
from qa.appeals import filing
from qa.causes import actions
from qa.causes.actions import Planned
from qa.causes.models import QualityAlarm
from qa.models import Inspection, Phrase
from qa.reviewers import knowing, planning
from qa.reviewers.models import Calibration
from qa.reviewers.planning import Meant
from qa.reviewers.rules import opinion
from qa.rituals import reviews, talks
from qa.samples import making
from qa.sampling.models import SamplingState
from security import people, sessions
from security.models import Membership, Shop
from security.models import Session as Browser
from stock import claims, imports, jobs, orders, uploads
from stock.buying import looking, noting, purchasing, suppliers
from stock.checks import checking
from stock.counts import rounds
from stock.counts.models import CountLine
from stock.demand.models import DemandDay
from stock.drafts import Recipient
from stock.handovers import gate, receiving, sending
from stock.models import Location, OrderLine, Product
from stock.picture_tables import ProductPicture
from stock.returns import desk
from stock.returns.models import Return
from stock.value import keeping
from talk import announcing, notices, saying
from talk.saying import Said
from talk.teams import saying as team_talk
from tasks import demands, product_work, sops
from tasks.automation import writing
from tasks.kinds.listing.models import Listing, ListingVersion
from tasks.kinds.tagging import acts_album, acts_words
from tasks.kinds.tagging.acts_album import Asked
from tasks.kinds.tagging.acts_words import Drafted
from tasks.models import Sop, StageClock, Task
from tests.api.calling import token_of
from tests.cast import Cast, Person
from tests.qa.road import BLURRED, LOOSE, Road
from tests.stock import yard
from tests.tasks.bench import finish, picture

#: For what is said of one engine only.
ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("stage", ["postgres"], indirect=True)

ACCOUNT = "94730218556014"  # nobody's: looked for wherever it must never be
FILE = "주문번호,상품\n1,없는 열\n".encode()
HERE = Recipient("구하늬", "010-4821-7730", "04524", "서울시 중구 세종대로 110", "경비실에 맡겨 주세요")
THERE = Recipient("문다래", "010-9136-5528", "48058", "부산시 해운대구 센텀로 55", "벨 누르지 마세요")


@dataclass(frozen=True, slots=True)
class Estate:
    """Ids of a shop's things, by the name under which routes take them; tasks by their state."""

    ids: Mapping[str, int]
    tasks: Mapping[str, int]
    token: str  # of an uploaded file that waits for a yes
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Estates:
    """Ours, what another partner of ours has, and the other shop's."""

    ours: Estate
    sujins: Mapping[str, int]
    theirs: Estate


def build(world: World, cast: Cast) -> Estates:
    """Lives both shops' day through the desks, up to this minute."""
    wired = replace(world, reactions=front.REACTIONS)
    now = datetime.now(UTC).replace(microsecond=0)
    others = replace(
        cast,
        minji=cast.stranger_partner,
        sujin=cast.stranger_partner,
        boram=cast.stranger,
        haneul=cast.stranger,
    )
    theirs = _shop(Road(wired, others, now), THERE)
    ours = Road(wired, cast, now)
    made = _shop(ours, HERE)
    return Estates(made, _second_hand(ours), theirs)


def _shop(road: Road, to: Recipient) -> Estate:
    owner, reviewer, partner = road.cast.haneul, road.cast.boram, road.cast.minji
    road.receive(40)
    work = {state: road.task_of(_order(road, to, 2)) for state in STATES}
    _order(road, to, 5000)  # short
    for state in ("accepted", "rejected", "rework", "inspection"):
        road.hand_in(partner, work[state])
    road.judge(road.inspection(work["accepted"]), "accept", who=reviewer)
    road.judge(road.inspection(work["rejected"]), "reject", BLURRED, note="다시 싸야 해요", who=reviewer)
    road.judge(
        road.inspection(work["rework"]), "send_back", BLURRED, LOOSE, note="두 곳만 부탁해요", who=reviewer
    )
    road.claim(partner, work["claimed"])
    with road.acting_as(partner) as scope:
        appealed = filing.appeal(scope, work["rejected"], text="다시 봐 주세요").id
    with road.acting_as(partner) as scope:
        finish(scope, scope.session.get_one(Task, work["claimed"]), seed="c")
    with road.acting_as(owner) as scope:
        phrases.keep(scope, "고마워요", shared=True)
        phrase = scope.session.scalars(select(Phrase.id).where(Phrase.shop_id == scope.shop_id)).one()
    ids = {
        "task_id": work["claimed"],
        "photo_id": road.photo(work["inspection"]),
        "inspection_id": road.inspection(work["inspection"]).id,
        "appeal_id": appealed,
        "phrase_id": phrase,
        "order_id": road.task(work["claimed"]).order_id or 0,
        "partner_id": partner.partner_id,
        "member_id": partner.partner_id,
        "membership_id": partner.partner_id,
    }
    with road.acting_as(owner) as scope:
        sop = scope.session.scalars(select(Sop).where(Sop.shop_id == scope.shop_id)).first()
        assert sop is not None
        sops.draft(scope, sop.id)
        import_id = imports.receive(scope, kind=imports.ORDERS, data=FILE, name="주문.csv")
        product = scope.session.scalars(select(Product).where(Product.shop_id == scope.shop_id)).first()
        assert product is not None
        shelf = scope.session.scalars(select(Location.id).where(Location.shop_id == scope.shop_id)).first()
        line = scope.session.scalars(
            select(OrderLine.id).where(OrderLine.order_id == ids["order_id"])
        ).first()
        ids |= {"sop_id": sop.id, "import_id": import_id, "product_id": product.id}
        shot = ProductPicture(
            shop_id=scope.shop_id,
            product_id=product.id,
            place=1,
            file_key=files.put(scope.world.files, b"jpeg"),
            sha256="0",
            width=1,
            height=1,
            size=4,
            by=owner.actor.id,
            at=scope.now,
        )
        scope.session.add(shot)
        scope.session.flush()
        ids |= {"picture_id": shot.id, "place_id": shelf or 0, "line_id": line or 0}
        hook, _ = endpoints.add(scope, url="https://shop.example/hook", events=["order.shipped"])
        ids |= {"webhook_id": hook.id, "delivery_id": endpoints.ping(scope, hook.id).id}
        endpoints.stop(scope, hook.id)  # nothing of a test leaves the machine
        ids["announcement_id"] = announcing.publish(
            scope, title="쉬는 날", text="쉬어요", partner_ids=None
        ).id
        ids["team_id"] = teams.make(scope, name="유리팀")
        saying.write(scope, ids["task_id"], Said("하나만 더 부탁해요"))
    ids |= _album(road, owner, ids["picture_id"])
    ids["automation_id"] = automation(road, owner)
    ids |= corrective(road, owner)
    ids |= applied(road, owner)[0]
    ids |= learned(road, owner, partner)
    ids["clock_id"] = _clock(road, owner, work["claimed"])
    ids |= looked_back(road, owner, partner)
    ids |= counted(road, owner)
    ids["handover_id"], ids["handover_line_id"], _ = lent(road, owner, partner)
    ids["claim_id"] = claim(road, owner, road.task(work["accepted"]).order_id or 0)
    ids["return_id"] = came_back(road, owner, ids["claim_id"])
    ids |= buying(road, owner, ids["product_id"])
    ids |= paid(road, owner, partner)
    ids |= left(road, owner, partner)[0]
    ids["account_id"] = reviewer.actor.id
    ids |= measured(road, owner, road.inspection(work["accepted"]).id)
    ids["notice_id"] = _notice(road, partner)
    ids["off_id"] = _day_off(road, partner)
    with road.acting_as(owner, reading=True) as scope:
        token = uploads.keep(scope, data=FILE + b"2,\n", name="주문 둘.csv")  # notes its file by itself
    ids["errand_id"] = 1
    with road.acting_as(owner, reading=True) as scope:
        mine = SamplingState.shop_id == scope.shop_id
        ids["state_id"] = scope.session.scalars(select(SamplingState.id).where(mine)).one()
    ids["listing_id"] = listing(road, owner, partner, ids["product_id"])
    ids["change_id"] = _change(road, partner)
    ids["token_id"] = token_of(road.world, partner)[0].id
    ids["session_id"] = _browser(road, partner)
    jobs.carry_out(road.world, shop_id=owner.shop_id, import_id=import_id)
    return Estate(ids, work, token, to)


def _clock(road: Road, owner: Person, task_id: int) -> int:
    with road.acting_as(owner, reading=True) as scope:
        return scope.session.scalars(select(StageClock.id).where(StageClock.task_id == task_id)).first() or 0


def _album(road: Road, owner: Person, picture_id: int) -> dict[str, int]:
    """A vocabulary, and an album of the picture that waits for hands."""
    drafted = Drafted(
        "", "색", "Colour", several=True, required=False, region="none", outline="빨강 / Red\n파랑 / Blue"
    )
    with road.acting_as(owner) as scope:
        vocabulary = acts_words.create(scope, name="옷")
        acts_words.save(scope, vocabulary.id, attributes=[drafted], seen=0)
        asked = Asked("봄 신상", vocabulary.id, answers=1, most=1)
        album = acts_album.open_album(scope, asked, picture_ids=[picture_id])
        return {"vocabulary_id": vocabulary.id, "album_id": album.id}


def counted(road: Road, owner: Person) -> dict[str, int]:
    """A weekly count under way, and a line of it that nobody has counted yet."""
    with road.acting_as(owner) as scope:
        round_id = rounds.begin(scope)
        first = select(CountLine.id).where(CountLine.round_id == round_id, CountLine.partner_id == 0)
        line = scope.session.scalar(first.order_by(CountLine.id).limit(1))
        return {"count_round_id": round_id, "count_line_id": line or 0}


def lent(road: Road, owner: Person, partner: Person) -> tuple[int, int, int]:
    """Goods on their way to a home, with a line of it, and goods that come back one fewer than was said."""
    with road.acting_as(owner) as scope:
        yard.receive(scope, {"POT-09": 5}, key="pots")  # of what no order waits for
        pot, home = yard.products(scope, "POT-09")["POT-09"], partner.partner_id or 0
        yard.lend(scope, {pot: 2}, partner.actor)
    with road.acting_as(partner) as scope:
        back = sending.give_back(scope, key="back", goods={pot: 2})
    with road.acting_as(owner) as scope:
        for line in [*gate.lines(scope, back), *gate.lines(scope, back)]:
            receiving.tell(scope, line.id, units=1, seen=line.version)
        out = sending.hand_over(scope, key="out", goods={pot: 3}, partner_id=home)
        return out, gate.lines(scope, out)[0].id, back


def paid(road: Road, owner: Person, partner: Person) -> dict[str, int]:
    """A month that is closed with its statement, something that was put right, and what still waits."""
    now = road.now
    over = Month.of(now, SEOUL).next.begins(SEOUL)
    with road.acting_as(owner) as scope:
        for hand in {partner.partner_id, road.cast.sujin.partner_id}:
            terms.say(scope, hand, tax_kind="individual")
            adjusting.propose(scope, hand, Wanted(BONUS, 3_000, "고마워서"))
        waits = adjusting.propose(scope, partner.partner_id, Wanted(ADJUSTMENT, -500, "두 번 적힘")).id
        extra = extras.add(scope, kind="packing", when=When("rush", amount=2), won=150)
    with road.acting_as(partner) as scope:
        accounts.save(scope, bank="004", number=ACCOUNT, holder="카나리아")
        mine = PayLine.partner_id == partner.partner_id
        line = scope.session.scalars(select(PayLine.id).where(mine)).first() or 0
        asked = disputing.ask(scope, "line", line, words="왜 이 금액인가요?")
        put = PayAdjustment.partner_id == partner.partner_id
        adjustment = scope.session.scalars(select(PayAdjustment.id).where(put)).one()
    with acting(road.world, shop_id=owner.shop_id, actor=owner.actor, now=over) as scope:
        month = closing.close(scope, Month.of(now, SEOUL)).id
        theirs = (PayStatement.month_id == month, PayStatement.partner_id == partner.partner_id)
        statement = scope.session.scalars(select(PayStatement.id).where(*theirs)).one()
    return {
        "month_id": month, "statement_id": statement, "proposal_id": waits, "dispute_id": asked,
        "pay_line_id": line, "adjustment_id": adjustment, "extra_id": extra,
    }  # fmt: skip


def left(road: Road, owner: Person, partner: Person) -> tuple[dict[str, int], dict[str, str]]:
    """A reference of somebody's work, a paper they showed, and the papers of somebody who left."""
    with road.acting_as(owner) as scope:
        item = listing_of_checks.add(scope, name="등록증", what="document", whom="any", lasts=True)
    with road.acting_as(partner) as scope:
        made = references.issue(scope, partner.partner_id)
        paper = documents.put(scope, partner.partner_id, item, picture=picture("p"), covered=True)
    with road.acting_as(owner) as scope:
        login = f"gone-by.{scope.shop_id}@example.com"
        member, _ = people.invite(scope, login=login, name="나간이", role="partner")
        people.leave(scope, member.id)
        departure = ending.latest(scope, member.id)
        assert departure is not None
        token = ending.way_back(scope, departure)
    return {"reference_id": made.id, "document_id": paper}, {"left_token": token, "reference_code": made.code}


def corrective(road: Road, owner: Person) -> dict[str, int]:
    """A day that waits for an answer, and an action that is to be done."""
    with road.acting_as(owner) as scope:
        today = calendars.day_of(scope, road.now)
        row = QualityAlarm(shop_id=scope.shop_id, chart="p", dim="shop", dim_id=0, day=today, rule="beyond")
        row.n, row.found, row.centre_ppm, row.at = 20, 9, 50_000, road.now
        scope.session.add(row)
        scope.session.flush()
        told = Planned("완충재", "얇아요", "두 겹", "other", "shop", 0, owner.actor.id, today)
        return {"alarm_id": row.id, "action_id": actions.plan(scope, told)}


def applied(road: Road, owner: Person) -> tuple[dict[str, int], dict[str, str]]:
    """A poster and an application that came by it: their ids, and what stands in a stranger's addresses."""
    with road.acting_as(owner) as scope:
        cards.save(
            scope,
            owner="김하늘",
            business_no="102-81-03525",
            mail_order_no="",
            mail_order_free="few_sales",
            contact="02-123-4567",
            about="",
        )
        poster = scope.session.get_one(Poster, posters.put_up(scope, name="동네 게시판"))
        slug = scope.session.get_one(Shop, scope.shop_id).slug
        said = Answers("이새봄", "010-2345-6789", "saebom@example.com", hours=9, when=("evening",))
        token = applying.apply(scope, slug, poster.code, said=said, consent=True)
        made = scope.session.scalars(select(Application.id).where(Application.poster_id == poster.id)).one()
        item = listing_of_checks.add(scope, name="만남", what="meeting", whom="any", lasts=False)
        for days in (30, 31):  # asked for from a day on: everybody works on until then
            agreeing.save(scope, Terms(words={"own": f"{days}일"}))
            agreement = agreeing.publish(scope, signer="김하늘", holds_from=scope.now + timedelta(days=days))
        texts = {"slug": slug, "poster_code": poster.code, "own_token": token}
        return {
            "poster_id": poster.id,
            "application_id": made,
            "item_id": item,
            "agreement_id": agreement,
        }, texts


def teamed(road: Road, owner: Person, inside: Sequence[Person]) -> dict[str, int]:
    """A team with work that waits for it and something said in it; its first has said hours and days off."""
    with road.acting_as(owner) as scope:
        team = teams.make(scope, name="포장 1팀", focus="깨지는 것")
        for member in inside:
            teams.put_in(scope, team, partner_id=member.partner_id)
        teams.lead(scope, team, partner_id=inside[0].partner_id)
        demands.ask(scope, sops.published(scope, "packing").sop_id, skill_ids=[], team_id=team)
        team_talk.write(scope, team, Said("완충재를 넉넉히 보낼게요"))
        team_talk.tell(scope, team, title="완충재", text="내일부터 종이로 싸요")
    road.receive(16)
    road.order()
    with road.acting_as(inside[0]) as scope:
        hours.offer(scope, weeks.read("600-720 1200-1320|600-720|||||"))
    _day_off(road, inside[0])
    return {"team_id": team}


def _day_off(road: Road, partner: Person) -> int:
    """A day off that the partner has said."""
    with road.acting_as(partner) as scope:
        day = calendars.today(scope) + timedelta(days=1)
        hours.take_off(scope, day, day)
        return scope.session.scalars(select(TimeOff.id).where(TimeOff.partner_id == partner.partner_id)).one()


def learned(road: Road, owner: Person, partner: Person) -> dict[str, int]:
    """A module asked for from a day on, which the partner has passed, and a sample they tried."""
    with road.acting_as(owner) as scope:
        module = modules.make(scope, replace(shelf.book("privacy", "ko"), title="개인정보"))
        modules.publish(scope, module, asks_again=False, holds_from=road.now + timedelta(days=30))
        revision = sops.published(scope, "packing")
        item = making.items(revision.items)[0]
        told = making.Wanted("컵 두 개", "머그컵 2개 주문이에요", {item.key: "1"}, {item.key: "맞아요"})
        sample = making.make(scope, revision.sop_id, told)
    with road.acting_as(partner) as scope:
        own = learning.own_of(scope, module)
        learning.tick(scope, module, own.edition.id, parts=range(len(own.content.parts)))
        right = [question.right for question in own.content.questions]
        tried = learning.hand_in(scope, module, own.edition.id, picked=right).id
        trying.hand_in(scope, sample, {})
    return {"module_id": module, "try_id": tried, "sample_id": sample}


def looked_back(road: Road, owner: Person, partner: Person) -> dict[str, int]:
    """Minutes that are being written, and a talk that the partner has not seen yet."""
    with road.acting_as(owner) as scope:
        (kind, first, _last), (_kind, month, _end) = reviews.due(scope)
        talk_id = talks.begin(scope, partner.partner_id, month)
        return {"minutes_id": reviews.begin(scope, kind, first), "talk_id": talk_id}


def claim(road: Road, owner: Person, order_id: int) -> int:
    """A claim on an order that left, which waits to be settled."""
    with road.acting_as(owner) as scope:
        line = scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).first()
        told = claims.Told(line or 0, "return", "broken", 1, road.now, "손잡이가 깨졌어요")
        return claims.record(scope, told)


def came_back(road: Road, owner: Person, claim_id: int) -> int:
    """The return that a claim asks for; it has come and waits to be looked at."""
    with road.acting_as(owner) as scope:
        row = scope.session.scalars(select(Return).where(Return.claim_id == claim_id)).one()
        desk.arrive(scope, row.id, units=row.units, version=row.version)
        return row.id


def buying(road: Road, owner: Person, product_id: int) -> dict[str, int]:
    """A supplier, goods that are on their way from there, and a note on what is asked for."""
    today = road.now.astimezone(SEOUL).date()
    with road.acting_as(owner) as scope:
        maker = suppliers.add(scope, name="도자기 공방", lead_days=5)
        suppliers.set_terms(scope, product_id, suppliers.Told(maker, 1, 12, Decimal(3100)))
        (made,) = purchasing.order(scope, {product_id: 24})
        for day in range(1, 6):
            row = DemandDay(product_id=product_id, day=today - timedelta(days=day), orders=3, units=40)
            row.shop_id = scope.shop_id
            scope.session.add(row)
        scope.session.flush()
        keeping.rebuild(scope)
        looking.refresh(scope, [product_id])  # five busy days: something to propose
        note = noting.note(scope, product_id, noting.Told("feedback", 120, today, today, "다들 좋대요"))
        check = checking.begin(scope)
        return {"supplier_id": maker, "purchase_id": made, "note_id": note, "stock_check_id": check}


def measured(road: Road, owner: Person, inspection_id: int) -> dict[str, int]:
    """A second look of the owner's that differs, a piece whose verdict is known, and a round that ended."""
    with road.acting_as(owner) as scope:
        first = scope.session.get_one(Inspection, inspection_id)
        round_ = Calibration(
            shop_id=scope.shop_id, title="기준", made_by=0, made_at=scope.now, closed_at=scope.now
        )
        scope.session.add(round_)
        scope.session.flush()
        known = knowing.know(scope, first.id, opinion("accept", ()), source="owner")
        looks = [
            planning.plan(scope, first, Meant(purpose, for_id=owner.actor.id, **of), seed="s")
            for purpose, of in (("second", {}), ("round", {"calibration_id": round_.id}))
        ]
        for look in looks:
            look.number = planning.next_number(scope.session)
            look.drawn_at = look.due_at = look.judged_at = scope.now
            look.verdict, look.reviewer_id, look.note = "reject", owner.actor.id, "다르게 봤어요"
            look.state = "judged"
        scope.session.flush()
        return {"look_id": looks[0].id, "round_id": round_.id, "known_id": known or 0}


def automation(road: Road, owner: Person) -> int:
    """An automation that waits to be switched on."""
    doc = {
        "happening": "product.added",
        "conditions": [],
        "work": {"kind": "listing", "target": "smartstore"},
    }
    with road.acting_as(owner) as scope:
        return writing.add(scope, "새 상품 등록", doc)


def listing(road: Road, owner: Person, partner: Person, product_id: int) -> int:
    """A listing that stands accepted, as its kind would have made it of the partner's work."""
    with road.acting_as(owner) as scope:
        (task_id,) = product_work.open_for_product(
            scope, kind="listing", product_id=product_id, target="smartstore"
        )
    with road.acting_as(owner) as scope:
        row = Listing(
            shop_id=scope.shop_id,
            product_id=product_id,
            channel="smartstore",
            number=1,
            title="머그컵",
            product_version=1,
            text_version=0,
            at=scope.now,
        )
        scope.session.add(row)
        scope.session.flush()
        of = {"listing_id": row.id, "task_id": task_id, "partner_id": partner.partner_id}
        edition = ListingVersion(
            shop_id=scope.shop_id, number=1, content={"own-title": "머그컵"}, at=scope.now, **of
        )
        scope.session.add(edition)
        return row.id


STATES = ("accepted", "rejected", "rework", "inspection", "claimed", "open")


def _order(road: Road, to: Recipient, units: int) -> int:
    road.placed += 1
    number = f"A{road.placed:05}"
    with road.acting_as(road.cast.haneul) as scope:
        draft = yard.draft(number, {"MUG-01": units}, placed_at=road.now, to=to)
        return orders.place(scope, [draft]).orders[0]


def _notice(road: Road, who: Person) -> int:
    with road.acting_as(who, reading=True) as scope:
        return notices.every(scope).rows[0].id


def _browser(road: Road, who: Person) -> int:
    with acting(road.world, shop_id=0, actor=who.actor) as scope:
        member = scope.session.get_one(Membership, who.partner_id)
        sessions.begin(scope, account_id=who.actor.id, membership_id=member.id, device="their phone")
        return (
            scope.session.scalars(
                select(Browser.id).where(Browser.account_id == who.actor.id).order_by(Browser.id.desc())
            ).first()
            or 0
        )


def _second_hand(road: Road) -> Mapping[str, int]:
    """What Sujin has in hand and in review."""
    sujin = road.cast.sujin
    handed_in, held = (road.task_of(_order(road, HERE, 2)) for _ in range(2))
    road.hand_in(sujin, handed_in)
    road.claim(sujin, held)
    with road.acting_as(sujin) as scope:
        finish(scope, scope.session.get_one(Task, held), seed="s")
    return {
        "task_id": held,
        "handed_in_id": handed_in,
        "photo_id": road.photo(held),
        "notice_id": _notice(road, sujin),
        "session_id": _browser(road, sujin),
        "membership_id": sujin.partner_id,
        "change_id": _change(road, sujin),
        **_second_pay(road, sujin),
    }


def _second_pay(road: Road, sujin: Person) -> Mapping[str, int]:
    """What Sujin was paid, is asked, and asks."""
    with road.acting_as(road.cast.haneul) as scope:
        less = adjusting.propose(scope, sujin.partner_id, Wanted(ADJUSTMENT, -100, "두 번 적힘")).id
    with road.acting_as(sujin) as scope:
        put, papers = (
            scope.session.scalars(select(table.id).where(table.partner_id == sujin.partner_id)).one()
            for table in (PayAdjustment, PayStatement)
        )
        asked = disputing.ask(scope, "adjustment", put, words="고마워요, 그런데 왜요?")
    return {"proposal_id": less, "adjustment_id": put, "statement_id": papers, "dispute_id": asked}


def _change(road: Road, who: Person) -> int:
    """A change of somebody's standing: ten pieces that passed, so that it bars them from nothing."""
    with road.acting_as(
        road.cast.haneul if who.shop_id == road.cast.shop_id else road.cast.stranger
    ) as scope:
        for piece in range(10):
            verdict = Verdict(who.partner_id, "listing", piece, True, road.now)
            standings.count(scope, verdict, past=partial(list, [verdict]))
        change = select(StandingChange.id).where(StandingChange.partner_id == who.partner_id)
        return scope.session.scalars(change).one()


def canaries(estate: Estate) -> Iterator[str]:
    """The texts of a recipient that nobody may find."""
    yield from (estate.recipient.name, estate.recipient.phone, estate.recipient.phone.replace("-", ""))
    yield from (estate.recipient.address, estate.recipient.memo, ACCOUNT)
