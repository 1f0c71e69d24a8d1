"""A shop with product pictures, a vocabulary and five hands, for stories of tagging."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from base import errands
from base.images import clean
from base.scope import Actor
from qa.models import Inspection
from security import people
from security.shops import rules, save_rules
from stock import pictures, shelves
from tasks import dispatch, work
from tasks.kinds.tagging import acts_album, acts_words, reads
from tasks.kinds.tagging.acts_album import Asked
from tasks.kinds.tagging.acts_words import Drafted
from tasks.kinds.tagging.models import AlbumPicture
from tasks.models import Task
from tests.cast import Person
from tests.pictures import encoded, scene
from tests.qa.road import Road
from tests.stock import yard

KINDS = "옷 / Clothes\n  원피스 / Dress, 드레스\n  셔츠 / Shirt\n없음 / None !"
COLORS = "빨강 / Red, 레드\n파랑 / Blue"
FLAWS = "얼룩 / Stain"
DRESS = {"tags": {"종류": ["원피스"], "색": ["빨강"]}, "marks": []}
SHIRT = {"tags": {"종류": ["셔츠"], "색": ["파랑"]}, "marks": []}
STAINED = SHIRT | {"marks": [{"of": "흠", "tag": "얼룩", "at": [100, 100, 300, 300]}]}


@dataclass
class Studio:
    """A shop with two products and three pictures, a vocabulary, and six hands."""

    road: Road
    hands: list[Person] = field(default_factory=list)
    vocabulary_id: int = 0
    picture_ids: list[int] = field(default_factory=list)
    products: dict[str, int] = field(default_factory=dict)

    def album(self, **asked: int) -> int:
        with self.road.acting_as(self.road.cast.haneul) as scope:
            wanted = replace(Asked("봄 신상", self.vocabulary_id, answers=3, most=4), **asked)
            return acts_album.open_album(scope, wanted, picture_ids=self.picture_ids).id

    def hand_in(self, who: Person, says: Callable[[int], Any]) -> int:
        """Somebody takes the next sheet, says of each picture what `says(picture_id)` gives, and hands it in."""
        with self.road.acting_as(who) as scope:
            task = dispatch.claim_next(scope, "tagging")
            told = {reads.field(one): (says(one.picture_id), 0) for one in reads.pictures_of(scope, task)}
            assert work.answer_all(scope, task.id, told | {"checked": (True, 0)}) == {}
            work.submit(scope, task.id, fence=task.fence)
            return task.id

    def judge(self) -> None:
        """Whatever waits is accepted; what was promised in the background is done."""
        road = self.road
        with road.acting_as(road.cast.boram, reading=True) as scope:
            waiting = list(
                scope.session.scalars(
                    select(Inspection)
                    .join(Task, Task.id == Inspection.task_id)
                    .where(Inspection.state == "waiting", Task.kind == "tagging")
                )
            )
        for inspection in waiting:
            road.judge(inspection, "accept")
        errands.drain(road.world, now=road.now)

    def states(self) -> dict[int, str]:
        with self.road.acting_as(self.road.cast.haneul, reading=True) as scope:
            return {one.picture_id: one.state for one in scope.session.scalars(select(AlbumPicture))}

    def found(self, text: str) -> list[str]:
        with self.road.acting_as(self.road.cast.haneul, reading=True) as scope:
            return sorted(one.sku for one in scope.session.scalars(shelves.matching(scope, text)))


def build_studio(road: Road) -> Studio:
    """Two products, three pictures of them, words for clothes; everybody who packs, and three more hands."""
    made = Studio(road)
    with road.acting_as(road.cast.haneul) as scope:
        save_rules(scope, replace(rules(scope), sample_percent=1))
        made.products = yard.products(scope, "A-1", "B-2")
        for sku, width in (("A-1", 300), ("A-1", 310), ("B-2", 320)):
            shot = clean(encoded(scene(width, 240)))
            made.picture_ids.append(pictures.add(scope, made.products[sku], shot).id)
        vocabulary = acts_words.create(scope, name="옷")
        drafts = [
            Drafted("", "종류", "Kind", several=False, required=True, region="none", outline=KINDS),
            Drafted("", "색", "Colour", several=True, required=False, region="none", outline=COLORS),
            Drafted("", "흠", "Flaw", several=True, required=False, region="box", outline=FLAWS),
        ]
        acts_words.save(scope, vocabulary.id, attributes=drafts, seen=0)
        made.vocabulary_id = vocabulary.id
    made.hands = [road.cast.minji, road.cast.sujin]
    with road.acting_as(road.cast.haneul) as scope:
        for n in range(3):
            member = people.invite(scope, login=f"hand{n}@example.com", name=f"Hand {n}", role="partner")[0]
            actor = Actor(id=member.account_id, role="partner", partner_id=member.id)
            made.hands.append(Person(f"hand{n}", scope.shop_id, actor))
    return made
