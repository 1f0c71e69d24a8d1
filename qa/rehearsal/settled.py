"""Both sides of the demo are legitimate: a card, an agreement all signed, papers, one that ends soon."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from base.scope import THE_HOUSE, Scope
from partners.agreements import signing, writing
from partners.agreements.models import Agreement
from partners.agreements.terms import Terms
from partners.checks import documents, listing, seeing
from partners.checks.checklist import BUSINESS, DOCUMENT, MEETING
from partners.checks.seeing import Seen
from partners.joining import cards
from partners.pay import accounts, terms
from qa.rehearsal import pictures
from qa.rehearsal.stage import Player, Stage, act
from qa.rehearsal.troupe import Troupe
from security import people

NUMBER = "123-45-67891"  # right in form, and nobody's
CARD: dict[str, Any] = {
    "owner": "김하늘",
    "business_no": NUMBER,
    "mail_order_no": "제2026-서울마포-0101호",
    "mail_order_free": "",
    "contact": "02-000-0000",
    "about": "도자기 그릇과 문구를 팔아요. 포장은 집에서 하고, 물건은 가게에서 드려요.",
}
TERMS = Terms(hours={"packing": 9}, months=12, words={"own": "물건은 매주 월요일에 주고받아요."})
SOON = timedelta(days=6)
GONE = ("doyun@demo.invalid", "도윤")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shop looks at: a meeting with everybody, and a paper of businesses."""

    meeting: int
    paper: int


def settle(stage: Stage, company: Troupe) -> None:
    """Owner and partners put their papers in order; one's paper ends in a few days, and somebody has left."""
    owner, (person, business, *others) = company.owner, company.partners
    asked = act(stage, owner.actor, _asked, called="papers")
    edition = act(stage, owner.actor, _agreement, called="papers")
    for who in company.partners:
        act(stage, who.actor, partial(_sign, edition=edition, name=who.name), called="papers")
    for who in (person, business, *others):
        act(stage, owner.actor, partial(_met, who=who, item=asked.meeting), called="papers")
    act(
        stage,
        owner.actor,
        partial(_kinds, person=person, business=business, paper=asked.paper),
        called="papers",
    )
    act(stage, business.actor, partial(_shown, item=asked.paper), called="papers")
    act(stage, person.actor, _account, called="papers")
    act(stage, THE_HOUSE, _left, called="papers")


def _asked(scope: Scope) -> Asked:
    cards.save(scope, **CARD)
    meeting = listing.add(scope, name="얼굴을 보고 이야기하기", what=MEETING, whom="any", lasts=False)
    return Asked(meeting, listing.add(scope, name="사업자등록증", what=DOCUMENT, whom=BUSINESS, lasts=True))


def _agreement(scope: Scope) -> Agreement:
    writing.save(scope, TERMS)
    writing.publish(scope, signer=CARD["owner"], holds_from=scope.now)
    return writing.published(scope)[-1]


def _sign(scope: Scope, *, edition: Agreement, name: str) -> None:
    signing.sign(scope, edition.id, name=name, sha256=edition.sha256, read=True)


def _met(scope: Scope, *, who: Player, item: int) -> None:
    seen = Seen(item, "good", "가게에서 만나 물건을 보며 이야기했어요", seeing.today(scope))
    seeing.note_of_partner(scope, who.actor.partner_id or 0, seen)


def _kinds(scope: Scope, *, person: Player, business: Player, paper: int) -> None:
    """An individual, a business whose paper ends soon, and a newcomer of whom nobody has said."""
    terms.say(scope, person.actor.partner_id or 0, tax_kind="individual")
    terms.say(scope, business.actor.partner_id or 0, tax_kind="business")
    today = seeing.today(scope)
    seen = Seen(paper, "good", "홈택스에서 계속사업자로 나왔어요", today, today + SOON)
    seeing.note_of_partner(scope, business.actor.partner_id or 0, seen)


def _shown(scope: Scope, *, item: int) -> None:
    documents.put(scope, scope.actor.partner_id or 0, item, picture=pictures.paper(12), covered=True)


def _account(scope: Scope) -> None:
    accounts.save(scope, bank="004", number="00000000000000", holder="민지")


def _left(scope: Scope) -> None:
    """Somebody was here and went."""
    login, name = GONE
    member, _ = people.invite(scope, login=login, name=name, role="partner")
    member.accepted_at = scope.now
    people.leave(scope, member.id)
