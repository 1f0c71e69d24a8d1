"""Vocabularies: written as an outline, read back, kept true to what was said before; and what may be said."""

import pytest

from tasks.checklist import Problem
from tasks.kinds.tagging import outline, saying
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Attribute, BadVocabulary, check, parse, plain

pytestmark = pytest.mark.quick

CLOTHES = """\
옷 / Clothes
  원피스 / Dress, 드레스
    롱원피스 / Maxi dress
  셔츠 / Shirt, 와이셔츠
없음 / None, 해당 없음 !
"""


def attribute(key="kind", text=CLOTHES, *, several=False, required=True, region="none") -> Attribute:
    tags = outline.read(text, attribute="종류")
    return Attribute(key, {"kind": "종류", "color": "색"}.get(key, key), "", several, required, region, tags)


KIND = attribute()
COLOR = attribute("color", "빨강, 레드, red\n파랑, 블루\n무늬 없음 !", several=True, required=False)
FLAW = attribute("flaw", "얼룩, stain\n구멍", several=True, required=False, region="box")
LOGO = attribute("logo", "로고", several=False, required=False, region="point")
WORDS = check((KIND, COLOR, FLAW, LOGO))


def test_an_outline_says_names_synonyms_and_what_is_under_what() -> None:
    assert [(tag.key, tag.en, tag.words, tag.under, tag.alone) for tag in KIND.tags] == [
        ("옷", "Clothes", (), "", False),
        ("원피스", "Dress", ("드레스",), "옷", False),
        ("롱원피스", "Maxi dress", (), "원피스", False),
        ("셔츠", "Shirt", ("와이셔츠",), "옷", False),
        ("없음", "None", ("해당 없음",), "", True),
    ]


def test_what_is_written_is_read_again() -> None:
    assert outline.written(KIND) == CLOTHES.rstrip("\n")
    assert outline.read(outline.written(KIND), attribute="종류") == KIND.tags
    assert parse(plain(WORDS)) == WORDS


def test_a_tag_that_was_renamed_stays_itself() -> None:
    anew = outline.read("의류, 옷\n  드레스 / Dress, 원피스\n원피스 2", attribute="종류", before=KIND.tags)
    assert [(tag.key, tag.ko, tag.under) for tag in anew] == [
        ("옷", "의류", ""),
        ("원피스", "드레스", "옷"),
        ("원피스2", "원피스 2", ""),
    ]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("원피스\n, 드레스", 2, "no_name"),
        ("원피스, 드레스\n드 레 스", 2, "word_twice"),
        ("원피스\n" + "가" * 61, 2, "too_long"),
        ("\n".join("  " * depth + f"층{depth}" for depth in range(7)), 6, "too_deep"),
        ("", 0, "no_tags"),
        ("하나뿐", 0, "few_tags"),
    ],
)
def test_what_leaves_an_answer_in_doubt_is_refused_with_its_line(text, line, why) -> None:
    with pytest.raises(BadVocabulary) as refused:
        check([attribute(text=text)])
    assert (refused.value.facts["line"], refused.value.facts["why"]) == (line, why)


def test_attributes_have_different_names() -> None:
    with pytest.raises(BadVocabulary) as refused:
        check([KIND, KIND])
    assert refused.value.facts["why"] == "named_twice"


@pytest.mark.parametrize(
    ("word", "key"),
    [("원피스", "원피스"), ("드레스", "원피스"), ("DRESS", "원피스"), ("와이 셔츠", "셔츠"), ("바지", None)],
)
def test_a_word_stands_for_its_tag(word, key) -> None:
    found = KIND.find(word)
    assert (found and found.key) == key


def said(value) -> Described:
    found = saying.read(WORDS, value)
    assert isinstance(found, Described), found
    return found


def test_synonyms_become_tags_and_what_stands_above_is_not_said_again() -> None:
    found = said({"tags": {"color": ["블루", "red", "RED"], "kind": ["옷", "maxi dress", "원피스"]}})
    assert dict(found.tags) == {"kind": ("롱원피스",), "color": ("빨강", "파랑")}
    assert said(found.plain()) == found


def test_places_are_said_with_their_tag() -> None:
    marks = [
        {"of": "flaw", "tag": "stain", "at": [10, 20, 300, 40]},
        {"of": "logo", "tag": "로고", "at": [5, 6]},
    ]
    found = said({"tags": {}, "marks": marks})
    assert (found.said(FLAW), found.said(LOGO)) == (("얼룩",), ("로고",))
    assert said(found.plain()) == found


def test_who_cannot_make_it_out_says_nothing_else() -> None:
    assert said({"tags": {"kind": ["원피스"]}, "unclear": True}) == Described({}, (), unclear=True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("빨강", "not_tags"),
        ({"tags": ["빨강"]}, "not_tags"),
        ({"tags": {"size": ["M"]}}, "not_tags"),
        ({"tags": {"color": "빨강"}}, "not_tags"),
        ({"tags": {"flaw": ["얼룩"]}}, "not_tags"),  # to be shown, not said
        ({"more": 1}, "not_tags"),
        ({"unclear": "yes"}, "not_tags"),
        ({"tags": {"color": ["보라"]}}, "outside_vocabulary"),
        ({"tags": {"color": [7]}}, "outside_vocabulary"),
        ({"tags": {"kind": ["원피스", "셔츠"]}}, "one_tag"),
        ({"tags": {"color": ["빨강", "무늬 없음"]}}, "tag_alone"),
        ({"marks": [{"of": "flaw", "tag": "얼룩", "at": [10, 20]}]}, "off_picture"),
        ({"marks": [{"of": "flaw", "tag": "얼룩", "at": [900, 20, 200, 40]}]}, "off_picture"),
        ({"marks": [{"of": "flaw", "tag": "얼룩", "at": [10, 20, 4, 40]}]}, "off_picture"),
        ({"marks": [{"of": "logo", "tag": "로고", "at": [-1, 20]}]}, "off_picture"),
        ({"marks": [{"of": "logo", "tag": "로고", "at": [1.5, 20]}]}, "off_picture"),
        ({"marks": [{"of": "logo", "tag": "로고", "at": [1, 1]}] * 31}, "too_many_marks"),
    ],
)
def test_what_cannot_stand_is_refused(value, code) -> None:
    found = saying.read(WORDS, value)
    assert isinstance(found, Problem)
    assert (found.code, found.stands) == (code, False)


def test_what_is_needed_holds_up_handing_in() -> None:
    assert saying.lacking(WORDS, said({"tags": {"color": ["빨강"]}})) == Problem(
        "tag_needed", {"attribute": "종류"}
    )
    assert saying.lacking(WORDS, said({"tags": {"kind": ["셔츠"]}})) is None
    assert saying.lacking(WORDS, said({"unclear": True})) is None
