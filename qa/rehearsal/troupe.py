"""Who plays: the shop's own people first, made-up ones where there are not enough."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from base.scope import Actor, Scope
from partners.lifecycle import WORKING
from partners.models import Partner
from qa.rehearsal.characters import CAREFUL, EYES, SHARP, Eye, Hand, hand_of
from qa.rehearsal.characters import REVIEWER as REVIEWS
from qa.rehearsal.script import Script
from qa.rehearsal.stage import Player, Stage
from security import people
from security.models import Membership
from security.policy import OWNER, PARTNER, REVIEWER

NAMES = ("가람", "나리", "다온", "라미", "마음", "보담", "새길", "아름", "이솔", "한결", "해온", "모아")


@dataclass(frozen=True, slots=True)
class Troupe:
    """The owner, the reviewers and the partners of a play."""

    owner: Player
    reviewers: tuple[Player, ...]
    partners: tuple[Player, ...]


def gathered(scope: Scope, *, role: str, count: int) -> list[Membership]:
    """So many people of a role: the shop's own, by their time here, then made-up ones who join now."""
    resting = set(scope.session.scalars(select(Partner.id).where(*_resting(scope))))
    there = [member for member in people.members(scope, role=role) if member.id not in resting][:count]
    missing = range(len(there), count)
    return there + [_invented(scope, role=role, place=place) for place in missing]


def _resting(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (Partner.shop_id == scope.shop_id, Partner.state.not_in(WORKING))


def _invented(scope: Scope, *, role: str, place: int) -> Membership:
    """Somebody who does not exist: their address is of a domain that never will."""
    login = f"{role}-{place + 1}.{scope.shop_id}@rehearsal.invalid"
    name = NAMES[place % len(NAMES)] + ("" if place < len(NAMES) else str(place // len(NAMES) + 1))
    member, _ = people.invite(scope, login=login, name=name, role=role)
    return member


def player(
    stage: Stage, member: Membership, *, place: int = 0, hand: Hand = CAREFUL, eye: Eye = REVIEWS
) -> Player:
    """A member with a way of working, and a chance of their own that depends on their place, not on ids."""
    partner_id = member.id if member.role == PARTNER else None
    actor = Actor(member.account_id, member.role, partner_id, member.account.locale)
    return Player(member.account.name, actor, hand, stage.chance(f"{member.role}/{place}"), eye)


def _reviewers(scope: Scope) -> int:
    """As many as the shop has, for whom there are eyes; one at least."""
    return min(len(EYES), max(1, len(people.members(scope, role=REVIEWER))))


def troupe(stage: Stage, scope: Scope, script: Script) -> Troupe:
    """Everybody who plays; the script's hands are the first partners', the others come in every kind."""
    (owner,) = gathered(scope, role=OWNER, count=1)
    reviewing = gathered(scope, role=REVIEWER, count=_reviewers(scope))
    packing = gathered(scope, role=PARTNER, count=script.partners)
    hands = [*script.hands, *(hand_of(place) for place in range(len(script.hands), len(packing)))]
    return Troupe(
        owner=player(stage, owner, eye=SHARP),
        reviewers=tuple(
            player(stage, member, place=place, eye=EYES[place]) for place, member in enumerate(reviewing)
        ),
        partners=tuple(
            player(stage, member, place=place, hand=hands[place]) for place, member in enumerate(packing)
        ),
    )
