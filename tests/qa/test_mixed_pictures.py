"""Known pictures in albums: mixed in by a budget, never twice to one hand, and by nothing to be told apart."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from random import Random
from statistics import fmean
from time import process_time

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select

import app as front
from base.images import clean
from security.shops import rules
from stock import pictures
from tasks import dispatch
from tasks.kinds.tagging import habits, mixing, reads, reads_albums, sheets
from tasks.kinds.tagging.habits import Case
from tasks.kinds.tagging.models import AlbumPicture, MixedPicture, ShownPicture
from tasks.kinds.tagging.vocabulary import Attribute, Tag
from tests.api.calling import Program, token_of
from tests.attacks.estate import ON_SQLITE
from tests.cast import Person, SignedIn
from tests.pictures import encoded
from tests.qa.road import Road
from tests.qa.studio import DRESS, SHIRT, Studio, build_studio
from tests.stock import yard

Seen = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """All that a partner can see of one picture, whether it was mixed in, and on which sheet it lay."""

    sheet: int
    mixed: bool
    seen: Seen
    id: int = 0


# --- a classifier of our own: Gaussian naive Bayes, judged on sheets it has not seen ------------------------


def auc(samples: Sequence[Sample], labels: Sequence[bool]) -> float:
    """How often a mixed picture scores above an ordinary one: by all that is seen together, each sheet scored by
    what the others taught, or by the one thing that tells most.
    """
    names = sorted({name for one in samples for name in one.seen})
    rows = [[one.seen.get(name, 0.0) for name in names] for one in samples]
    scores = [0.0] * len(samples)
    for sheet in {one.sheet for one in samples}:
        taught = [n for n, one in enumerate(samples) if one.sheet != sheet]
        model = [_fit([rows[n] for n in taught if labels[n] == side]) for side in (True, False)]
        for n, one in enumerate(samples):
            if one.sheet == sheet:
                scores[n] = _odds(rows[n], *model)
    alone = (_above([row[at] for row in rows], labels) for at in range(len(names)))
    return max(_above(scores, labels), *(max(one, 1 - one) for one in alone))


def _above(scores: Sequence[float], labels: Sequence[bool]) -> float:
    high = [score for score, mixed in zip(scores, labels, strict=True) if mixed]
    low = [score for score, mixed in zip(scores, labels, strict=True) if not mixed]
    return sum((a > b) + (a == b) / 2 for a in high for b in low) / (len(high) * len(low))


def _fit(rows: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Mean and variance of everything seen; plainly summed, because `statistics` is exact and slow."""
    n, found = len(rows), list[tuple[float, float]]()
    for column in zip(*rows, strict=True):
        mean = sum(column) / n
        found.append((mean, sum((value - mean) ** 2 for value in column) / n + 1e-9))
    return found


def _odds(
    row: Sequence[float], yes: Sequence[tuple[float, float]], no: Sequence[tuple[float, float]]
) -> float:
    def fits(value: float, mean: float, spread: float) -> float:
        return -((value - mean) ** 2) / (2 * spread) - log(spread) / 2

    return sum(fits(v, *y) - fits(v, *n) for v, y, n in zip(row, yes, no, strict=True))


def chance(samples: Sequence[Sample], *, seed: int, rounds: int = 199) -> tuple[float, float]:
    """What the classifier reaches, and how often it reaches as much where labels are dealt anew on each sheet."""
    random, labels = Random(seed), [one.mixed for one in samples]
    reached, as_much = auc(samples, labels), 1
    for _ in range(rounds):
        dealt = list(labels)
        for sheet in {one.sheet for one in samples}:
            places = [n for n, one in enumerate(samples) if one.sheet == sheet]
            for n, label in zip(places, random.sample([labels[n] for n in places], len(places)), strict=True):
                dealt[n] = label
        as_much += auc(samples, dealt) >= reached
    return reached, as_much / (rounds + 1)


def test_the_classifier_finds_what_is_there_and_nothing_else() -> None:
    random = Random(3)
    plain = [
        Sample(n // 8, n % 8 == n // 8 % 8, {"x": random.gauss(), "y": random.random()}) for n in range(64)
    ]
    told = [Sample(one.sheet, one.mixed, one.seen | {"z": 3 * one.mixed + random.gauss()}) for one in plain]
    assert chance(plain, seed=1)[1] > 0.05
    assert chance(told, seed=1)[1] <= 0.01


# --- what a partner can see ---------------------------------------------------------------------------------


@dataclass
class Looker:
    """A partner with a browser and a program, and an ear at the database."""

    client: FlaskClient
    program: Program
    asked: list[str]

    def sheet(self, task_id: int, number: int) -> list[tuple[int, Seen]]:
        """Every picture of a sheet, by its number in the album, with everything there is to see of it."""
        html = self.client.get(f"/work/{task_id}").get_data(as_text=True)
        cards = re.split(r'(?=<section[^>]*id="item-own-p)', html)[1:]
        told = self.program.get(f"/work/{task_id}").get_json()
        items = {item["key"]: (n, item) for n, item in enumerate(told["items"])}
        found = []
        for nth, card in enumerate(cards):
            key = re.search(r"own-p(\d+)", card)
            assert key is not None
            seen = self._of_html(card, key[0], nth) | self._of_json(items[key[0]], nth)
            found.append((int(key[1]), seen | self._of_picture(task_id, key[0])))
        assert len(found) > 2, number
        ids = [id_ for id_, _seen in found]
        return [(id_, seen | {"id, of the sheet": float(id_ - min(ids))}) for id_, seen in found]

    def _of_html(self, card: str, key: str, nth: int) -> Seen:
        plain = re.sub(r"\d+", "0", card.replace(key, "key"))
        seen = {f"html {name}": float(len(found)) for name, found in (
            ("length", plain), ("tags", re.findall(r"<\w+", card)), ("attributes", re.findall(r'[\w-]+="', card)),
            ("words", plain.split()),
        )}  # fmt: skip
        src = re.search(r'<img src="([^"]+)"', card)
        assert src is not None
        digits = [int(each) for each in re.findall(r"\d+", re.sub(r"/work/\d+|own-p\d+", "", src[1]))]
        assert not digits, src[1]  # no number of the picture besides its place in the album
        size = [float(each) for each in re.findall(r'(?:width|height)="(\d+)"', card)[:2]]
        return seen | {"place": float(nth), "width": size[0], "height": size[1]}

    def _of_json(self, item: tuple[int, Mapping[str, object]], nth: int) -> Seen:
        n, told = item
        plain = re.sub(r"\d+", "0", repr(sorted(told.items())))
        return {"json keys": float(len(told)), "json length": float(len(plain)), "json place": float(n - nth)}

    def _of_picture(self, task_id: int, key: str) -> Seen:
        seen: Seen = {}
        for name, get in (("page", self.client.get), ("call", self.program.get)):
            self.asked.clear()
            answer = get(f"/work/{task_id}/pictures/{key}")
            assert answer.status_code == 200
            headers = sorted((k, re.sub(r"\d+", "0", v)) for k, v in answer.headers if k not in HEADERS)
            seen |= {
                f"{name} statements": float(len(self.asked)),
                f"{name} said": float(sum(map(len, self.asked))),
                f"{name} headers": float(sum(len(k) + len(v) for k, v in headers)),
                f"{name} bytes": float(len(answer.get_data())),
            }
        return seen

    def cpu(self, task_id: int, key: str) -> float:
        """The least CPU of some askings for a picture, in milliseconds."""

        def once() -> float:
            begin = process_time()
            self.client.get(f"/work/{task_id}/pictures/{key}")
            return process_time() - begin

        return min(once(), once()) * 1000


HEADERS = {"Date", "X-Request-Id", "Set-Cookie", "Content-Security-Policy"}


def _more_pictures(studio: Studio, n: int, seed: int) -> list[int]:
    random = Random(seed)
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        products = list(yard.products(scope, *(f"M{seed}-{nth}" for nth in range(1 + n // 16))).values())
        sizes = [(random.randint(280, 340), 200) for _ in range(n)]
        noise = [Image.frombytes("L", (40, 40), random.randbytes(1600)) for _ in range(n)]
        shots = [
            clean(encoded(one.resize(size).convert("RGB"))) for one, size in zip(noise, sizes, strict=True)
        ]
        return [pictures.add(scope, products[nth % len(products)], shot).id for nth, shot in enumerate(shots)]


def _described(studio: Studio, hands: Sequence[Person], truth: Callable[[int], object]) -> None:
    """Every sheet that is open is described by these hands, and accepted."""
    for who in hands:
        while True:
            try:
                studio.hand_in(who, truth)
            except dispatch.NothingOpen:
                break
    studio.judge()


@pytest.fixture
def mixed(road: Road) -> tuple[Studio, int]:
    """Sixteen pictures on which three hands agreed, and an album of 40 new ones with known ones among them."""
    studio = build_studio(road)
    road.rules(gold_percent=20, second_percent=0, newcomer_n=0, revision_n=0, sample_percent=1)
    studio.picture_ids = _more_pictures(studio, 16, 1)
    studio.album(per_sheet=8)
    _described(studio, studio.hands[:3], lambda id_: DRESS if id_ % 2 else SHIRT)
    studio.picture_ids = _more_pictures(studio, 40, 2)
    return studio, studio.album(per_sheet=8)


@ON_SQLITE
def test_nothing_a_partner_can_see_tells_a_known_picture(
    mixed: tuple[Studio, int], signed_in: SignedIn
) -> None:
    studio, album_id = mixed
    road, who = studio.road, studio.hands[3]
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        known = {one.album_picture_id: one.picture_id for one in scope.session.scalars(select(MixedPicture))}
        number = {
            one.id: one.picture_id
            for one in scope.session.scalars(select(AlbumPicture).where(AlbumPicture.album_id == album_id))
        }
        assert (len(known), len(number), rules(scope).gold_percent) == (8, 48, 20)
    client, heard = signed_in(who), list[str]()
    program = Program(front.create_app(road.world).test_client(), token_of(road.world, who)[1])
    for engine in (road.world.engines.read, road.world.engines.write):
        event.listen(engine, "before_cursor_execute", lambda _c, _k, said, *_rest: heard.append(said))
    looker, samples, cpu = Looker(client, program, heard), list[Sample](), [list[Sample]() for _ in range(3)]
    for nth in range(6):
        with road.acting_as(who) as scope:
            task_id = dispatch.claim_next(scope, "tagging").id
        for id_, seen in looker.sheet(task_id, nth):
            samples.append(Sample(nth, id_ in known, seen, id_))
            for times in cpu:
                times.append(Sample(nth, id_ in known, {"cpu": looker.cpu(task_id, f"own-p{id_}")}))
        with road.acting_as(who) as scope:
            dispatch.release(scope, task_id, reason="no_time")
        road.later(days=1)
    assert sum(one.mixed for one in samples) >= 5
    reached, at_random = chance(samples, seed=11)
    assert at_random > 0.01, reached
    assert max(chance(times, seed=12)[1] for times in cpu) > 0.01  # what is there shows at every measuring
    # The test can fail: the number that a picture's address told before, or a byte more for each known one.
    numbered = [replace(one, seen=one.seen | {"number": float(number[one.id])}) for one in samples]
    longer = [
        replace(one, seen=one.seen | {"html length": one.seen["html length"] + one.mixed}) for one in samples
    ]
    assert max(chance(numbered, seed=11)[1], chance(longer, seed=11)[1]) <= 0.005


@ON_SQLITE
def test_no_other_way_leads_a_partner_to_what_is_known(
    mixed: tuple[Studio, int], signed_in: SignedIn
) -> None:
    """Numbers of pictures, albums, words, journals, figures: all of it is the owner's; a sheet is its holder's."""
    studio, album_id = mixed
    road, who, other = studio.road, studio.hands[3], studio.hands[4]
    with road.acting_as(who) as scope:
        task = dispatch.claim_next(scope, "tagging")
        keys = [reads.field(one) for one in reads.pictures_of(scope, task)]
    mine, theirs = signed_in(who), signed_in(other)
    paths = [
        f"/pictures/{studio.picture_ids[0]}",
        f"/tagging/albums/{album_id}",
        "/tagging",
        "/journal",
        "/reviewers",
    ]
    paths += ["/rounds", "/board/rows/inspected", "/inspections", "/products/1/pictures"]
    assert {path: mine.get(path).status_code for path in paths if mine.get(path).status_code != 403} == {}
    program = Program(front.create_app(road.world).test_client(), token_of(road.world, who)[1])
    assert program.get(f"/pictures/{studio.picture_ids[0]}").status_code == 403
    address = f"/work/{task.id}/pictures"
    names = (keys[0], "own-p1", str(studio.picture_ids[0]), "x")
    assert [mine.get(f"{address}/{name}").status_code for name in names] == [200, 404, 404, 404]
    assert theirs.get(f"{address}/{keys[0]}").status_code == 404
    assert mine.get("/tagging/habits").status_code == 200
    with road.acting_as(who) as scope:
        dispatch.release(scope, task.id, reason="no_time")
    _meets_once(studio, album_id)


def _meets_once(studio: Studio, album_id: int) -> None:
    """A hand meets a known picture once, and no more than its share of a day."""
    road = studio.road
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        known = set(scope.session.scalars(select(MixedPicture.picture_id)))
    for who in (studio.hands[0], studio.hands[3]):  # one who described them before, and one who never did
        for _ in range(3):
            studio.hand_in(who, lambda id_: DRESS if id_ % 2 else SHIRT)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = list(scope.session.scalars(select(ShownPicture).where(ShownPicture.picture_id.in_(known))))
        before = {
            one.picture_id for one in rows if one.partner_id == studio.hands[0].partner_id and not one.spared
        }
        shown = [
            one
            for one in rows
            if one.partner_id == studio.hands[3].partner_id and not one.spared and one.task_id > 8
        ]
        whole = scope.session.scalars(
            select(ShownPicture.id).where(ShownPicture.partner_id == studio.hands[3].partner_id)
        )
        assert len(before) == len(
            {one.id for one in rows if one.partner_id == studio.hands[0].partner_id and not one.spared}
        )
        assert 1 <= len(shown) <= max(1, len(list(whole)) * 20 // 100)
    studio.road.later(days=1)
    _described(studio, studio.hands[1:4], lambda id_: DRESS if id_ % 2 else SHIRT)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        album = scope.session.get_one(reads.Album, album_id)
        standing = reads_albums.standing(scope, album)
        assert standing.known == 8
        assert all(row.right == row.known for row in standing.hands)
        assert sum(row.known for row in standing.hands) > 0


def test_mixing_spreads_and_wears_out() -> None:
    assert [mixing.how_many(n, per_sheet=10, percent=5) for n in (4, 5, 20, 100)] == [0, 1, 1, 5]
    assert (mixing.how_many(50, per_sheet=2, percent=5), mixing.how_many(50, per_sheet=10, percent=0)) == (
        0,
        0,
    )
    assert mixing.pick({1, 2, 3}, 2, seen={1: 1, 3: mixing.WORN_OUT}, seed=1) == [2, 1]
    cut = sheets.cut(range(100, 148), seed=7, per_sheet=8, mixed=range(10))
    assert sorted(id_ for sheet in cut for id_ in sheet) == [*range(10), *range(100, 148)]
    on = [sum(id_ < 100 for id_ in sheet) for sheet in cut]
    assert (len(cut), min(on), max(on)) == (8, 1, 2)
    assert max(len(sheet) for sheet in cut) - min(len(sheet) for sheet in cut) <= 2
    places = [sheet.index(id_) for sheet in cut for id_ in sheet if id_ < 100]
    assert len(set(places)) > 3
    anywhere = [
        sheet.index(id_) / (len(sheet) - 1)
        for seed in range(80)
        for sheet in sheets.cut(range(100, 148), seed=seed, per_sheet=8, mixed=range(10))
        for id_ in sheet
        if id_ < 100
    ]
    assert fmean(anywhere) == pytest.approx(0.5, abs=0.04)  # 800 places: three standard errors
    assert mixing.spared({1: 11, 2: 12, 3: 13}, met={11}, shown_today=8, mixed_today=0, percent=20) >= {1}
    assert mixing.spared({2: 12, 3: 13}, met=set(), shown_today=100, mixed_today=0, percent=20) == set()
    assert mixing.spared({2: 12}, met=set(), shown_today=20, mixed_today=4, percent=20) == {2}
    one = {"held": [["a", 1000, []]], "sure": 1000, "answers": 3, "agreeing": 3}
    assert mixing.agreed({"k": one}, [("k", "none")]) == {"tags": {"k": ["a"]}, "marks": []}
    for doubt in ({"agreeing": 2}, {"answers": 2, "agreeing": 2}):
        assert mixing.agreed({"k": one | doubt}, [("k", "none")]) is None
    assert mixing.agreed({"k": one}, [("k", "box")]) is None


def test_habits_are_told_of_many_cases_alone() -> None:
    words = {key: Tag(key, key) for key in ("navy", "black", "red")}
    colour = Attribute(
        "colour",
        "색",
        "Colour",
        several=False,
        required=True,
        region="none",
        tags=tuple(words.values()),
    )
    right = [Case({"colour": [key]}, {"colour": [key]}) for key in ("navy", "black", "red") * 4]
    swapped = [
        Case({"colour": ["navy"]}, {"colour": ["black"]}),
        Case({"colour": ["black"]}, {"colour": ["navy"]}),
    ]
    (told,) = habits.habits([colour], [*right, *swapped * 2])
    assert (told.attribute, told.words, told.share.hits, told.share.n) == ("colour", ("black", "navy"), 4, 12)
    assert habits.habits([colour], [*right[:6], *swapped * 2]) == []
    assert habits.habits([colour], [*right, *swapped[:1] * 2]) == []
