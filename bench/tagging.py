"""Tagging measured: photos described by hands of three accuracies through the real desks, and what was spent.

What a hand says of a photo is fixed by hand and photo, so that every way of asking is given the same answers.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from base import errands, images
from base.scope import Actor, acting
from bench import tag_photos
from bench.house import House
from bench.tag_photos import Shot
from bench.tag_weighing import Weighed, weighing
from qa import review
from qa.models import Inspection
from qa.sampling import plans
from qa.sampling.draws import FRACTION
from qa.sampling.plans import Chosen
from security.models import Membership
from security.policy import OWNER, REVIEWER
from security.shops import rules, save_rules
from stock import goods, pictures
from stock.drafts import Goods
from stock.tag_words import normal
from tasks import dispatch, work
from tasks.kinds.tagging import acts_album, acts_deciding, acts_words, reads, sheets
from tasks.kinds.tagging.acts_album import Asked
from tasks.kinds.tagging.acts_words import Drafted
from tasks.kinds.tagging.models import DECIDED, DISPUTED, Album, AlbumPicture, PictureAnswer
from tasks.models import Task

#: How often a hand is right: the careful, the ordinary, the hasty.
PROFILES = {"careful": 0.95, "ordinary": 0.8, "hasty": 0.55}
ORDER = ("careful", "ordinary", "hasty", "ordinary", "careful", "hasty", "ordinary", "hasty")
GOLD_EVERY = 4  # of the photos every fourth is known beforehand
ATTRIBUTE, SEED = "무엇", 7


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: so many answers, at most so many, until so sure (percent); with gold or without."""

    name: str
    answers: int
    most: int
    enough: int
    gold: bool


WAYS = (
    Way("majority of 3, fixed", 3, 3, 50, gold=False),
    Way("majority of 5, fixed", 5, 5, 50, gold=False),
    Way("3, more while in doubt (to 5), majority", 3, 5, 75, gold=False),
    Way("3, more while in doubt (to 5), chosen on gold", 3, 5, 90, gold=True),
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """What one way came to, on the photos that were not known beforehand.

    `exact`: whether every photo got exactly the answers asked of it, each of another hand.
    """

    way: str
    method: str
    photos: int
    answers: int
    decided: int
    right: int
    disputed: int
    exact: bool

    @property
    def each(self) -> float:
        """Answers to a photo, on the average."""
        return self.answers / self.photos

    @property
    def accuracy(self) -> float:
        """Of the photos that the hands decided."""
        return self.right / self.decided if self.decided else 0.0


@dataclass(frozen=True, slots=True)
class Tagging:
    """What was described, every way of asking about it, and what weighing takes."""

    photos: str
    ways: list[Tagged]
    weighed: list[Weighed]


@dataclass(frozen=True, slots=True)
class Studio:
    """A house with photos of products in it, and what is on each."""

    house: House
    truth: Mapping[int, str]  # by picture
    owner: Actor
    reviewer: Actor
    labels: Sequence[str]


def measure(house: House, count: int, answers: int = 30_000) -> Tagging:
    """Every way of asking about the same photos, answered by the same hands; and so many answers weighed."""
    name, shots = tag_photos.shots(count)
    return Tagging(f"{len(shots)} photos, {name}", play(house, shots), weighing(answers))


def play(house: House, shots: Sequence[Shot], ways: Sequence[Way] = WAYS) -> list[Tagged]:
    """Every way of asking about the same photos, answered by the same hands."""
    studio = _set_up(house, shots)
    return [_play(studio, number, way) for number, way in enumerate(ways, start=1)]


def _set_up(house: House, shots: Sequence[Shot]) -> Studio:
    clean = [images.clean(shot.data) for shot in shots]
    with acting(house.world, shop_id=house.shop_id, actor=_person(house, OWNER)) as scope:
        save_rules(scope, replace(rules(scope), newcomer_n=0))
        plans.choose(scope, plans.WHOLE_SHOP, Chosen(FRACTION, 1))
        truth = {}
        for number, (shot, picture) in enumerate(zip(shots, clean, strict=True), start=1):
            sku = f"PHOTO-{number:03}"
            product_id = goods.ensure(scope, [Goods(sku, sku, "")])[0][sku]
            truth[pictures.add(scope, product_id, picture).id] = shot.truth
    labels = sorted(set(truth.values()))
    return Studio(house, truth, _person(house, OWNER), _person(house, REVIEWER), labels)


def _person(house: House, role: str) -> Actor:
    with acting(house.world, shop_id=house.shop_id, actor=house.hands[0].actor, reading=True) as scope:
        of_role = Membership.shop_id == house.shop_id, Membership.role == role
        account_id = scope.session.scalars(select(Membership.account_id).where(*of_role).limit(1)).one()
    return Actor(account_id, role, None)


def _play(studio: Studio, number: int, way: Way) -> Tagged:
    """Opens an album asked in this way, and lets the hands work until nothing is left to do."""
    house = studio.house
    known = sorted(studio.truth)[::GOLD_EVERY] if way.gold else []
    with acting(house.world, shop_id=house.shop_id, actor=studio.owner) as scope:
        words = acts_words.create(scope, name=f"bench {number}")
        outline = "\n".join(studio.labels)
        drafts = [Drafted("", ATTRIBUTE, "", several=False, required=True, region="none", outline=outline)]
        acts_words.save(scope, words.id, attributes=drafts, seen=0)
        for picture_id in known:
            acts_deciding.know(scope, words.id, picture_id, said=_said(studio.truth[picture_id]))
        asked = Asked(f"bench {number}", words.id, way.answers, way.most, way.enough)
        album_id = acts_album.open_album(scope, asked, picture_ids=list(studio.truth)).id
    while _round(studio):
        pass
    return _counted(studio, album_id, way)


def _round(studio: Studio) -> int:
    """Every hand takes what it may, reviewers accept what was drawn, sheets are weighed; how many sheets."""
    done = sum(_work(studio, place) for place in range(len(studio.house.hands)))
    house = studio.house
    with acting(house.world, shop_id=house.shop_id, actor=studio.reviewer) as scope:
        drawn = select(Inspection).join(Task, Task.id == Inspection.task_id)
        waiting = drawn.where(Inspection.shop_id == house.shop_id, Inspection.state == "waiting")
        for inspection in list(scope.session.scalars(waiting.where(Task.kind == reads.KIND))):
            review.judge(scope, inspection.id, version=inspection.version, verdict="accept")
    errands.drain(house.world)
    return done


def _work(studio: Studio, place: int) -> int:
    """One hand takes the next sheet and hands it in; 0 where nothing is left for it."""
    house, hand = studio.house, studio.house.hands[place]
    with acting(house.world, shop_id=house.shop_id, actor=hand.actor) as scope:
        try:
            task = dispatch.claim_next(scope, reads.KIND)
        except dispatch.NothingOpen:
            return 0
        told = {
            reads.field(one): (_said(_says(studio, place, one.picture_id)), 0)
            for one in reads.pictures_of(scope, task)
        }
        work.answer_all(scope, task.id, told | {"checked": (True, 0)})
        work.submit(scope, task.id, fence=task.fence)
    return 1


def _says(studio: Studio, place: int, picture_id: int) -> str:
    """What a hand says of a photo: the truth as often as it is right, else one of two that are like it."""
    dice = random.Random(f"{SEED}:{place}:{picture_id}")  # noqa: S311 (made-up answers, no secret)
    true, labels = studio.truth[picture_id], studio.labels
    if dice.random() < PROFILES[ORDER[place % len(ORDER)]]:
        return true
    return labels[(labels.index(true) + dice.choice((1, 2))) % len(labels)]


def _said(label: str) -> dict[str, object]:
    return {"tags": {ATTRIBUTE: [label]}, "marks": [], "unclear": False}


def _counted(studio: Studio, album_id: int, way: Way) -> Tagged:
    house = studio.house
    with acting(house.world, shop_id=house.shop_id, actor=studio.owner, reading=True) as scope:
        album = scope.session.get_one(Album, album_id)
        rows = list(scope.session.scalars(select(AlbumPicture).where(AlbumPicture.album_id == album_id)))
        said = scope.session.execute(
            select(PictureAnswer.album_picture_id, PictureAnswer.partner_id).where(
                PictureAnswer.album_id == album_id
            )
        ).all()
        open_ = scope.session.scalars(
            select(Task.target).where(
                Task.shop_id == house.shop_id, Task.kind == reads.KIND, Task.state == "open"
            )
        )
        left = [target for target in open_ if sheets.album_and_sheet(target)[0] == album_id]
        known = set(sorted(studio.truth)[::GOLD_EVERY])
        judged = [row for row in rows if row.picture_id not in known]
        decided = [row for row in judged if row.state == DECIDED]
        found = {row.id: [tag for tag, _sure, _at in row.found[ATTRIBUTE]["held"]] for row in decided}
        each = Counter(picture for picture, _hand in said)
        method = album.methods[ATTRIBUTE]["method"]
    counted = {row.id for row in judged}
    return Tagged(
        way=way.name,
        method=method,
        photos=len(judged),
        answers=sum(n for picture, n in each.items() if picture in counted),
        decided=len(decided),
        right=sum(found[row.id] == [normal(studio.truth[row.picture_id])] for row in decided),
        disputed=sum(row.state == DISPUTED for row in judged),
        exact=not left
        and len(set(said)) == len(said)
        and all(way.answers <= each[row.id] <= way.most for row in rows),
    )
