"""What is held of a picture that several hands described: tags, places, and how sure it is."""

import pytest

from tasks.kinds.tagging import outline, places
from tasks.kinds.tagging.deciding import Answered, Decided, Held, decide
from tasks.kinds.tagging.saying import Described, Mark
from tasks.kinds.tagging.vocabulary import Attribute, check

pytestmark = pytest.mark.quick


def attribute(key: str, text: str, *, several: bool = False, region: str = "none") -> Attribute:
    return Attribute(key, key, "", several, False, region, outline.read(text, attribute=key))


KIND = attribute("kind", "원피스\n셔츠\n바지")
COLOR = attribute("color", "빨강\n파랑\n초록", several=True)
FLAW = attribute("flaw", "얼룩\n구멍", several=True, region="box")
WORDS = check((KIND, COLOR, FLAW))


def answered(*said: Described, picture: int = 1) -> list[Answered]:
    return [Answered(picture, hand, one) for hand, one in enumerate(said)]


def tagged(**tags: tuple[str, ...]) -> Described:
    return Described(tags)


def shown(*at: tuple[int, ...], tag: str = "얼룩") -> Described:
    return Described({}, tuple(Mark("flaw", tag, place) for place in at))


def test_one_tag_of_a_picture_is_what_most_hands_say() -> None:
    three = answered(tagged(kind=("셔츠",)), tagged(kind=("셔츠",)), tagged(kind=("바지",)))
    assert decide(WORDS, three, {}).decided[1, "kind"] == Decided((Held("셔츠", 2 / 3),), 2 / 3, 3, 2)


def test_no_tag_is_an_answer_too() -> None:
    three = answered(tagged(), tagged(), tagged(kind=("바지",)))
    assert decide(WORDS, three, {}).decided[1, "kind"] == Decided((), 2 / 3, 3, 2)


def test_of_several_tags_each_is_weighed_by_itself() -> None:
    red, both = tagged(color=("빨강",)), tagged(color=("빨강", "파랑"))
    found = decide(WORDS, answered(red, both, both), {}).decided[1, "color"]
    assert found == Decided((Held("빨강", 1.0), Held("파랑", 2 / 3)), 2 / 3, 3, 2)


def test_what_nobody_says_is_in_no_doubt() -> None:
    assert decide(WORDS, answered(tagged(), tagged()), {}).decided[1, "color"] == Decided((), 1.0, 2, 2)


def test_places_that_overlap_are_one_place() -> None:
    hands = answered(shown((100, 100, 200, 200)), shown((110, 90, 200, 200)), shown((105, 100, 190, 210)))
    found = decide(WORDS, hands, {}).decided[1, "flaw"]
    assert found == Decided((Held("얼룩", 1.0, (105, 100, 200, 200)),), 1.0, 3, 3)


def test_a_place_that_one_of_three_shows_is_not_held_but_doubted() -> None:
    hands = answered(shown((100, 100, 200, 200)), shown((110, 90, 200, 200), (700, 700, 90, 90)), shown())
    found = decide(WORDS, hands, {}).decided[1, "flaw"]
    assert (found.held, found.confidence) == (
        (Held("얼룩", 2 / 3, (105, 95, 200, 200)),),
        pytest.approx(2 / 3),
    )


def test_who_could_not_make_it_out_does_not_count() -> None:
    unclear = Described({}, (), unclear=True)
    found = decide(WORDS, answered(unclear, tagged(kind=("셔츠",)), unclear), {})
    assert found.decided[1, "kind"] == Decided((Held("셔츠", 1.0),), 1.0, 1, 1)
    nobody = decide(WORDS, answered(unclear, unclear), {})
    assert (nobody.decided[1, "kind"], nobody.confidence(1, WORDS.attributes)) == (
        Decided((), 0.0, 0, 0),
        0.0,
    )


def test_the_confidence_of_a_picture_is_that_of_its_least_certain_attribute() -> None:
    two = answered(tagged(kind=("셔츠",)), tagged(kind=("바지",), color=()))
    assert decide(WORDS, two, {}).confidence(1, WORDS.attributes) == 0.5


def test_gold_tells_whom_to_believe() -> None:
    """One careful hand against two careless ones who agree with nobody: known pictures turn the vote."""
    kinds, hands = ("원피스", "셔츠", "바지"), []
    for picture in range(60):
        true, off = kinds[picture % 3], kinds[(picture + 1) % 3]
        careless = true if picture % 5 == 0 else off
        hands += answered(tagged(kind=(true,)), tagged(kind=(true,)), picture=picture)
        hands += [Answered(picture, hand, tagged(kind=(careless,))) for hand in (2, 3, 4)]
    truth = {picture: tagged(kind=(kinds[picture % 3],)) for picture in range(60)}
    gold = {picture: truth[picture] for picture in range(0, 60, 2)}
    found = decide(WORDS, hands, gold)
    chosen = found.methods["kind"]
    assert (chosen.known, chosen.right[chosen.method] >= chosen.right["majority"]) == (30, True)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((0, 0, 100, 100), (0, 0, 100, 100), True),
        ((0, 0, 100, 100), (0, 0, 100, 51), True),
        ((0, 0, 100, 100), (0, 0, 100, 49), False),
        ((0, 0, 100, 100), (200, 200, 100, 100), False),
        ((500, 500), (530, 530), True),
        ((500, 500), (540, 540), False),
    ],
)
def test_places_are_alike(one, other, same) -> None:
    assert (places.alike(one, other) >= 0.5) is same


def test_a_hand_that_shows_two_places_means_two() -> None:
    both = [(1, Mark("flaw", "얼룩", (0, 0, 100, 100))), (1, Mark("flaw", "얼룩", (0, 0, 100, 99)))]
    assert [one.hands for one in places.together(both)] == [1, 1]
