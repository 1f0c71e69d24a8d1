"""The rules of a listing, as tables of cases: words, titles, values, the brand, what a machine sees, and the file."""

from dataclasses import replace

import pytest

from tasks.kinds.listing import brand, bulk, comparing, content, forbidden, looking, notices, titles, values
from tasks.kinds.listing.brand import Guide, Spelling
from tasks.kinds.listing.channels import channels
from tasks.kinds.listing.content import Listing, Option
from tasks.kinds.listing.looking import Around

SMART, COUPANG, CAFE = channels().values()


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("국내 최고 머그컵", "title", [("최고", 3, "좋은")]),
        ("최 고 의 선택", "title", [("최 고", 0, "좋은")]),
        ("최고급 원단", "any", [("최고급", 0, "고급")]),
        ("최고온도 60도까지", "description", []),
        ("면 100% 손수건", "title", []),
        ("100% 국산 콩", "title", []),
        ("만족도 100%", "description", [("100%", 4, "")]),
        ("무료배송 린넨 앞치마", "title", [("무료배송", 0, "")]),
        ("3만원부터 무료배송해요", "description", []),
        ("당뇨 완치", "description", [("완치", 3, "")]),
        ("여드름 치료", "description", []),
        ("문의는 카톡 주세요", "description", [("카톡", 4, "")]),
        ("1+1 양말", "title", [("1+1", 0, "2개")]),
        ("21+1", "title", []),
        ("에세일리", "title", []),
        ("<script>최고</script>", "description", [("최고", 8, "좋은")]),
    ],
)
def test_forbidden_words_are_found_where_they_stand(text: str, where: str, found: list[object]) -> None:
    hits = forbidden.find(text, where)
    assert [(hit.text, hit.start, hit.word.instead) for hit in hits] == found
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


def test_what_heals_may_not_be_claimed_of_food_and_cosmetics() -> None:
    told = "여드름 치료에 좋은 크림"
    assert [hit.text for hit in forbidden.find(told, "title")] == []
    assert [hit.text for hit in forbidden.find(told, "title", claims=True)] == ["여드름", "치료"]
    assert {key for key, group in notices.groups().items() if group.claims} == {
        "cosmetics",
        "food",
        "produce",
    }


#: (one, other, whether they say the same). The pairs that differ are what a shop really sells side by side.
TITLES = [
    ("도자기 머그컵 350ml 화이트", "머그컵 도자기 화이트 350 ml", True),
    ("[다리상점] 린넨 앞치마 주방용 무지", "다리상점 린넨 무지 주방용 앞치마", True),
    ("린넨 앞치마 주방용", "린넨 앞치마 주방 카페용", True),
    ("스테인리스 텀블러 보온보냉 대용량", "스텐 보온 보냉 대용량 텀블러", True),
    ("순면 양말 5켤레 세트", "순면양말 5켤레 세트", True),
    ("수제 딸기잼 200g", "수제 딸기 잼 0.2kg", True),
    ("여성 여름 린넨 원피스 롱", "여성 린넨 롱 원피스 여름", True),
    ("캔버스 에코백 무지 숄더백", "캔버스 에코백 무지 숄더 가방", True),
    ("친환경 대나무 칫솔 4개입", "대나무 칫솔 친환경 4개입 세트", True),
    ("빈티지 유리 화병 대형 꽃병", "빈티지 유리 꽃병 대형", True),
    ("무지 반팔 티셔츠 남녀공용", "남녀공용 무지 티셔츠 반팔 기본", True),
    ("도자기 머그컵 350ml 화이트", "도자기 머그컵 350ml 검정", False),
    ("도자기 머그컵 350ml", "도자기 머그컵 500ml", False),
    ("순면 양말 5켤레 세트", "순면 양말 10켤레 세트", False),
    ("수제 딸기잼 200g", "수제 블루베리잼 200g", False),
    ("수제 딸기잼 무설탕 200g", "저당 수제 딸기잼 200g", False),
    ("원목 도마 중형", "원목 도마 대형", False),
    ("원목 도마 중형", "원목 접시 중형", False),
    ("무선 충전기 A-100", "무선 충전기 A-200", False),
    ("여성 여름 린넨 원피스 롱", "여성 여름 린넨 블라우스 반팔", False),
    ("강아지 간식 오리 육포", "강아지 간식 닭 육포", False),
    ("실리콘 주걱 내열", "실리콘 국자 내열", False),
    ("린넨 앞치마", "린넨 앞치마 어린이용 방수 긴팔 미술 놀이복", False),
    ("", "", False),
]


@pytest.mark.parametrize(("one", "other", "same"), TITLES)
def test_titles_that_say_the_same_are_near(one: str, other: str, same: bool) -> None:
    assert (titles.likeness(one, other) >= titles.NEAR, titles.likeness(other, one) >= titles.NEAR) == (
        same,
        same,
    )


def test_the_threshold_lies_between_what_is_the_same_and_what_is_not() -> None:
    """With room on both sides: no case would change its answer if the threshold moved by two hundredths."""
    alike = [titles.likeness(one, other) for one, other, same in TITLES if same]
    apart = [titles.likeness(one, other) for one, other, same in TITLES if not same]
    assert max(apart) + 0.02 < titles.NEAR < min(alike) - 0.02


def test_the_nearest_of_several_is_told() -> None:
    others = {7: "린넨 앞치마 주방 카페용", 9: "주방용 린넨 앞치마", 11: "원목 도마"}
    assert titles.nearest("린넨 앞치마 주방용", others) == (9, 1.0)
    assert titles.nearest("도자기 접시", others) is None


@pytest.mark.parametrize(
    ("key", "raw", "kept", "known"),
    [
        ("colour", "흰색/검정, Navy", ["화이트", "블랙", "네이비"], True),
        ("colour", "흰색, white", ["화이트"], True),
        ("colour", "파스텔 코랄", ["파스텔 코랄"], False),
        ("dimensions", "가로 10 x 세로 20 x 높이 5cm", ["10 × 20 × 5 cm"], True),
        ("dimensions", "100mm*200mm", ["10 × 20 cm"], True),
        ("dimensions", "10mm × 2cm", ["1 × 2 cm"], True),
        ("dimensions", '4"', ["10.2 cm"], True),
        ("dimensions", "지름 8cm, 높이 9.5cm", ["8 × 9.5 cm"], True),
        ("dimensions", "A4", ["A4"], False),
        ("weight", "1.2kg", ["1200 g"], True),
        ("weight", "약 1,200 그램", ["1200 g"], True),
        ("weight", "350", ["350 g"], True),
        ("weight", "0.05g", ["0.05 g"], True),
        ("weight", "350ml", ["350ml"], False),
        ("capacity", "0.35L", ["350 ml"], True),
        ("capacity", "350 cc", ["350 ml"], True),
        ("size", "프리, xl", ["FREE", "XL"], True),
        ("material", "스텐 & 우드", ["스테인리스", "나무"], True),
        ("origin", "국산", ["대한민국"], True),
        ("maker", "  ㈜다리   공방 ", ["(주)다리 공방"], True),
        ("maker", "", [], True),
    ],
)
def test_values_are_said_one_way(key: str, raw: str, kept: list[str], known: bool) -> None:
    told = values.normal(values.attributes()[key], raw)
    assert ([one.text for one in told], all(one.known for one in told)) == (kept, known)
    again = [one.text for value in told for one in values.normal(values.attributes()[key], value.text)]
    assert again == kept


GUIDE = Guide(
    names=(Spelling("다리상점", ("다리 상점", "DARI샵", "다리")),),
    wanted=("손으로",),
    unwanted={"갓성비": "합리적인", "존예": ""},
    own=("땡처리",),
    tone=brand.POLITE,
)


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("다리상점 머그컵이에요.", []),
        ("다리 상점 머그컵", [("name", "다리 상점", "다리상점")]),
        ("DARI샵에서 만들어요.", [("name", "DARI샵", "다리상점")]),
        ("갓성비 존예 컵", [("unwanted", "갓성비", "합리적인"), ("unwanted", "존예", "")]),
        ("튼튼해요. 세척이 쉽습니다.", [("tone", "세척이 쉽습니다.", "")]),
        ("용량 350ml\n손으로 빚었어요", []),
    ],
)
def test_the_brand_guide_says_what_is_off(text: str, slips: list[object]) -> None:
    found = brand.slips(GUIDE, text, sentences=True)
    assert [(one.code, one.text, one.instead) for one in found] == slips
    assert brand.guide_of(brand.stored(GUIDE)) == GUIDE


NOTICE = {one.key: "적은 것" for one in notices.groups()["kitchen"].fields}
GOOD = Listing(
    title="도자기 머그컵 350ml 화이트",
    category="50001234",
    options=(Option("색상", ("화이트", "블랙")), Option("크기", ("S", "L"))),
    attributes={"colour": ("화이트",), "capacity": ("350 ml",), "maker": ("다리 공방",)},
    description="손으로 빚은 머그컵이에요.",
    group="kitchen",
    notice=NOTICE,
    price=12_000,
    pictures=(1, 2),
)
AROUND = Around(SMART, GUIDE, {1: (1000, 1000), 2: (1200, 1600)}, {5: "원목 도마"})


def seen(written: Listing, around: Around = AROUND) -> list[tuple[str, str, bool]]:
    return [(one.item, one.code, one.holds_up) for one in looking.findings(written, around)]


def test_nothing_is_seen_in_a_good_listing_and_in_an_empty_one_only_that_pictures_lack() -> None:
    assert seen(GOOD) == []
    assert seen(Listing()) == [("own-pictures", "pictures_few", True)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"title": "가" * 104}, [("own-title", "title_too_long", True)]),
        ({"title": "가나 " * 18}, [("own-title", "title_long", False), ("own-title", "repeated", False)]),
        ({"title": "머그컵 *특별* 😀"}, [("own-title", "banned", True)]),
        ({"title": "최고 머그컵"}, [("own-title", "forbidden", True)]),
        ({"title": "땡처리 머그컵"}, [("own-title", "forbidden", True)]),
        ({"title": "다리 상점 머그컵"}, [("own-title", "brand_name", True)]),
        ({"title": "도마 원목"}, [("own-title", "near", False)]),
        ({"description": "튼튼해요."}, [("own-description", "wanted", False)]),
        ({"description": "손으로" + "가" * 20_000}, [("own-description", "too_long", True)]),
        ({"notice": {"name": "컵"}}, [("own-notice", "notice_missing", True)]),
        ({"notice": NOTICE | {"size": "상세페이지 참조"}}, [("own-notice", "notice_evasive", False)]),
        ({"price": 12_005}, [("own-price", "price_step", True)]),
        ({"price": 0}, [("own-price", "price_range", True)]),
        ({"pictures": (2, 1)}, [("own-pictures", "picture_ratio", False)]),
        ({"pictures": (9,)}, [("own-pictures", "pictures_few", True)]),
        ({"options": (Option("색상", ("화이트", "화이트")),)}, [("own-options", "option_twice", True)]),
        ({"options": (Option("색상", ()),)}, [("own-options", "option_half", True)]),
        ({"options": (Option("색" * 26, ("A",)),)}, [("own-options", "option_long", True)]),
        (
            {"options": tuple(Option(name, ("A",)) for name in "가나다라")},
            [("own-options", "options_many", True)],
        ),
        (
            {"options": tuple(Option(name, tuple("abcdefghij")) for name in "가나다")},
            [("own-options", "combinations", True)],
        ),
        ({"attributes": {"colour": ("코랄빛",)}}, [("own-attributes", "unknown_word", False)]),
        ({"attributes": {"weight": ("무거워요",)}}, [("own-attributes", "unread_measure", False)]),
    ],
)
def test_a_machine_sees_what_is_off(change: dict[str, object], found: list[object]) -> None:
    assert seen(replace(GOOD, **change)) == found  # type: ignore[arg-type]


def test_a_finding_says_how_many_over_where_and_what_instead() -> None:
    title = "국내 최고 " + "컵" * 100
    long, word = looking.findings(replace(GOOD, title=title), AROUND)
    assert long.facts == {"over": 6, "most": 100}
    assert word.facts == {"text": "최고", "place": 4, "why": "superlative", "instead": "좋은"}


def test_channels_differ() -> None:
    written = replace(GOOD, title="가나다라마바사 " * 13, price=12_005)
    around = {channel.key: replace(AROUND, channel=channel) for channel in channels().values()}
    held = {key: [code for _, code, holds in seen(written, one) if holds] for key, one in around.items()}
    assert held == {
        "smartstore": ["title_too_long", "price_step"],
        "coupang": ["title_too_long", "price_step"],
        "cafe24": [],
    }


def test_what_is_stored_comes_back_and_two_versions_are_compared_in_parts() -> None:
    assert content.listing(content.stored(GOOD)) == GOOD
    assert content.listing(content.stored(Listing())) == Listing()
    later = replace(
        GOOD,
        title="도자기 머그컵 350ml 블랙",
        options=(Option("색상", ("화이트",)),),
        attributes={"colour": ("화이트",), "weight": ("300 g",)},
        description="손으로 빚은 머그컵이에요.\n식기세척기에 넣어도 돼요.",
        price=13_000,
    )
    told = [(one.item, one.part, one.was, one.now, one.kind) for one in comparing.changes(GOOD, later)]
    assert told == [
        ("own-title", "", "도자기 머그컵 350ml 화이트", "도자기 머그컵 350ml 블랙", "changed"),
        ("own-options", "색상", "화이트, 블랙", "화이트", "changed"),
        ("own-options", "크기", "S, L", "", "removed"),
        ("own-attributes", "capacity", "350 ml", "", "removed"),
        ("own-attributes", "maker", "다리 공방", "", "removed"),
        ("own-attributes", "weight", "", "300 g", "added"),
        ("own-description", "", "", "식기세척기에 넣어도 돼요.", "added"),
        ("own-price", "", "12,000", "13,000", "changed"),
    ]
    assert comparing.changes(GOOD, GOOD) == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("own-title", 5),
        ("own-title", "가" * 501),
        ("own-options", [{"name": "색상", "values": [""]}]),
        ("own-options", [{"name": 5, "values": ["A"]}]),
        ("own-options", [{"name": "색상", "values": ["A"], "more": 1}]),
        ("own-options", {"name": "색상"}),
        ("own-attributes", {"nothing": ["A"]}),
        ("own-attributes", {"colour": "화이트"}),
        ("own-notice", {"group": "nothing", "values": {}}),
        ("own-notice", {"group": "food", "values": {"material": "면"}}),
        ("own-notice", "kitchen"),
        ("own-price", True),
        ("own-price", -1),
        ("own-price", "12000"),
        ("own-pictures", [1, 1]),
        ("own-pictures", ["1"]),
    ],
)
def test_what_is_no_value_of_a_field_is_refused(key: str, value: object) -> None:
    assert content.unfit(key, value) != ""


def test_every_field_of_a_good_listing_fits() -> None:
    assert [content.unfit(key, value) for key, value in content.stored(GOOD).items()] == [""] * len(
        content.KEYS
    )


ENTRY = bulk.Entry(GOOD, "MUG/01", "머그컵", "8801234567890", 350, 7)


def column(channel: object, row: list[object], name: str) -> object:
    return row[bulk.header(channel).index(name)]  # type: ignore[arg-type]


def test_a_bulk_file_has_the_channels_columns_and_rows() -> None:
    smart = list(bulk.rows(SMART, [ENTRY]))
    assert [column(SMART, smart[0], name) for name in ("상품명", "판매가", "옵션명", "옵션값", "대표이미지", "재고수량")] == [
        "도자기 머그컵 350ml 화이트", 12_000, "색상\n크기", "화이트,블랙\nS,L", "MUG_01-1.jpg", 7,
    ]  # fmt: skip
    coupang = list(bulk.rows(COUPANG, [ENTRY]))
    chosen = [(column(COUPANG, row, "구매옵션값1"), column(COUPANG, row, "구매옵션값2")) for row in coupang]
    assert chosen == [("화이트", "S"), ("화이트", "L"), ("블랙", "S"), ("블랙", "L")]
    assert column(COUPANG, coupang[0], "고시정보값10") == "적은 것"
    (cafe,) = bulk.rows(CAFE, [ENTRY])
    assert column(CAFE, cafe, "옵션입력") == "색상{화이트|블랙}//크기{S|L}"
    assert str(column(CAFE, cafe, "상품 상세설명")).split("\n")[:3] == [
        GOOD.description,
        "",
        "[상품정보제공고시]",
    ]
    (plain,) = bulk.rows(COUPANG, [replace(ENTRY, written=replace(GOOD, options=()))])
    assert len(plain) == len(bulk.header(COUPANG))


def test_every_column_of_every_channel_is_filled_from_something() -> None:
    """A source nobody fills would be an empty column without a reason."""
    for channel in channels().values():
        sources = [source for _, source in channel.file.columns if source and not source.startswith("=")]
        filled = bulk._cells(channel, ENTRY, ("화이트", "S"))
        known = {
            source
            for source in sources
            if source in filled
            or source.split(":")[0] in ("notice", "notice_value", "option_name", "option_value")
        }
        assert set(sources) - known == set()
