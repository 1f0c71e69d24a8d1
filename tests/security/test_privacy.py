"""Masks: one rule for every screen; what does not open is dots and an alarm; looks are counted."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.scope import Scope, World, acting, persistently
from security import audit, journal, privacy, unlock, vault
from security.masks import HIDDEN, SHUT, Kind, mask, within_budget
from security.vault import Spot
from tests.cast import MONDAY, ActingAs, Cast

MASKED: list[tuple[Kind, str, str]] = [
    ("name", "김민수", "김*수"),
    ("name", "이수", "이*"),
    ("name", "이", "*"),
    ("name", "남궁민수", "남**수"),
    ("name", "황보관", "황*관"),
    ("name", " 김 민수 ", "* 민*"),
    ("name", "홍길동(회사)", "홍*****)"),
    ("name", "김민수", "김*수"),  # the same name in decomposed letters
    ("name", "John Smith", "J*** S****"),
    ("name", "J Smith", "* S****"),
    ("name", "Nguyễn Văn An", "N***** V** A*"),
    ("name", "田中太郎", "田**郎"),
    ("name", "Иван", "И***"),
    ("name", "", ""),
    ("phone", "010-1234-5678", "010-1234-****"),
    ("phone", "01012345678", "0101234****"),
    ("phone", "010 1234 5678", "010 1234 ****"),
    ("phone", "０１０－１２３４－５６７８", "010-1234-****"),
    ("phone", "+82 10-1234-5678", "+82 10-123*-****"),
    ("phone", "02-123-4567", "02-123-****"),
    ("phone", "02-1234-5678", "02-1234-****"),
    ("phone", "0504-1234-5678", "0504-123*-****"),
    ("phone", "1588-1234", "1588-****"),
    ("phone", "112", "***"),
    ("phone", "010-1234-5678 (엄마)", "010-1234-**** ()"),
    ("phone", "엄마", "***"),
    ("phone", "", ""),
    ("account", "110-123-456789", "***-***-***789"),
    ("account", "3333012345678", "**********678"),
    ("account", "1234567", "*******"),
    ("postcode", "06236", "062**"),
    ("postcode", "135-080", "135-***"),
    ("postcode", "SW1A 1AA", "SW1* ***"),
    ("postcode", "12", "**"),
    ("postcode", "우편번호?", "우편**"),
    ("address", "서울특별시 강남구 테헤란로 123, 4층", "서울특별시 강남구 ***"),
    ("address", "서울 강남구 역삼동 1-1", "서울 강남구 ***"),
    ("address", "경기도 성남시 분당구 판교역로 1", "경기도 성남시 분당구 ***"),
    ("address", "경기 양평군 서종면 북한강로 2", "경기 양평군 ***"),
    ("address", "전북특별자치도 전주시 완산구 1", "전북특별자치도 전주시 완산구 ***"),
    ("address", "세종특별자치시 한누리대로 2130", "세종특별자치시 ***"),
    ("address", "부산광역시 기장군 기장읍 차성로 3", "부산광역시 기장군 ***"),
    ("address", "강남구 테헤란로 123", "***"),
    ("address", "12 High Street, London", "***"),
    ("address", "서울특별시", "서울특별시 ***"),
    ("address", "", ""),
    ("memo", "문 앞에 놓고 문자 주세요", "***"),
    ("memo", "1", "***"),
    ("memo", "", ""),
]


@pytest.mark.parametrize(("kind", "text", "shown"), MASKED)
def test_masks(kind: Kind, text: str, shown: str) -> None:
    assert mask(kind, text) == shown


def written(digits: str) -> list[str]:
    """The ways in which people write one phone number."""
    head, exchange, end = digits[:3], digits[3:-4], digits[-4:]
    return [
        digits,
        f"{head}-{exchange}-{end}",
        f"{head} {exchange} {end}",
        f"+82 {head[1:]}-{exchange}-{end}",
        f"({head}){exchange}{end}",
    ]


@given(st.from_regex(r"0(10|2|31|504)[0-9]{3,4}[0-9]{4}", fullmatch=True))
def test_all_screens_together_never_show_the_last_four_digits(digits: str) -> None:
    for way in written(digits):
        shown = [sign for sign in mask("phone", way) if sign.isdigit() or sign == "*"]
        assert shown[-4:] == ["*"] * 4


@given(st.text(max_size=40), st.sampled_from(["name", "phone", "postcode", "address", "memo"]))
def test_a_mask_never_shows_the_whole(text: str, kind: Kind) -> None:
    shown = mask(kind, text)
    assert (shown == "") == (text.strip() == "")
    assert not shown or "*" in shown


# --- glimpses ----------------------------------------------------------------------------------------------

PHONE = Spot("orders", "recipient_phone", "order-1")


@pytest.fixture
def sealed(cast: Cast, acting_as: ActingAs) -> bytes:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        return vault.seal(scope, at=PHONE, text="010-1234-5678")


def flipped(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "dari.alarm" and record.levelno == logging.ERROR
    ]


def test_a_glimpse_is_the_mask(
    cast: Cast, acting_as: ActingAs, sealed: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with acting_as(cast.boram, reading=True) as scope:
        assert privacy.glimpse(scope, PHONE, sealed, "phone") == "010-1234-****"
    assert alarms(caplog) == []


def test_a_page_that_only_reads_shows_dots_and_raises_an_alarm(
    cast: Cast, acting_as: ActingAs, sealed: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with acting_as(cast.boram, reading=True) as scope:
        before = journal.lines(scope).rows
        assert privacy.glimpse(scope, PHONE, flipped(sealed), "phone") == SHUT
    with acting_as(cast.boram, reading=True) as scope:
        assert journal.lines(scope).rows == before
    assert alarms(caplog) == [
        f"seal.unreadable shop={cast.shop_id} table=orders column=recipient_phone record=order-1 why=damaged"
    ]


def test_an_act_that_writes_leaves_a_line_as_well(cast: Cast, acting_as: ActingAs, sealed: bytes) -> None:
    with acting_as(cast.boram) as scope:
        assert privacy.glimpse(scope, PHONE, flipped(sealed), "phone") == SHUT
        assert privacy.glimpse(scope, replace(PHONE, record="엄마/01012345678"), sealed, "phone") == SHUT
    with acting_as(cast.boram, reading=True) as scope:
        found = [
            (line.actor_id, line.act, line.subject, line.facts) for line in journal.lines(scope, size=2).rows
        ]
    column = {"column": "recipient_phone"}
    assert found == [
        (cast.boram.actor.id, "seal.unreadable", "orders", column | {"record": None, "why": "unknown"}),
        (cast.boram.actor.id, "seal.unreadable", "orders", column | {"record": "order-1", "why": "damaged"}),
    ]


def test_under_a_wrong_root_key_the_house_works_masked(
    cast: Cast, world: World, sealed: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (world.settings.keys / "root.key").write_bytes(os.urandom(32))
    locked = replace(world, keys=unlock.open_keys(world.settings))
    with acting(locked, shop_id=cast.shop_id, actor=cast.boram.actor) as scope:
        assert privacy.glimpse(scope, PHONE, sealed, "phone") == SHUT
        audit.note(scope, "task.claimed", "task", 7)
    assert alarms(caplog) == [
        "keys.unavailable why=root_key_wrong",
        f"seal.unreadable shop={cast.shop_id} table=orders column=recipient_phone record=order-1 why=root_key_wrong",
        f"journal.unsealed shop={cast.shop_id} why=root_key_wrong",
    ]


# --- the budget of looks -----------------------------------------------------------------------------------


def look(scope: Scope, *, limit: int = 30) -> None:
    privacy.spend_reveal(scope, limit=limit)
    audit.note(scope, privacy.REVEALED, "order", 1, purpose="label")


@pytest.mark.parametrize(
    ("count", "limit", "within"), [(0, 1, True), (29, 30, True), (30, 30, False), (31, 30, False)]
)
def test_the_budget(count: int, limit: int, within: bool) -> None:
    assert within_budget(count, limit) is within


def test_thirty_looks_an_hour_and_no_more(
    cast: Cast, acting_as: ActingAs, caplog: pytest.LogCaptureFixture
) -> None:
    for minute in range(0, 30, 2):
        with acting_as(cast.minji, now=MONDAY + timedelta(minutes=minute)) as scope:
            look(scope)
            look(scope)
    with (
        pytest.raises(privacy.RevealsSpent) as refused,
        acting_as(cast.minji, now=MONDAY + timedelta(minutes=59)) as scope,
    ):
        look(scope)
    assert refused.value.facts == {"limit": 30}
    assert alarms(caplog) == [f"reveals.spent shop={cast.shop_id} actor={cast.minji.actor.id} limit=30"]
    with acting_as(cast.sujin, now=MONDAY + timedelta(minutes=59)) as scope:
        assert privacy.count_reveals(scope, MONDAY) == 0
        look(scope)
    with acting_as(cast.minji, now=MONDAY + timedelta(minutes=61)) as scope:
        look(scope)
        assert privacy.count_reveals(scope, MONDAY + timedelta(minutes=1)) == 29


@pytest.mark.both
def test_looks_at_once_are_counted_one_after_the_other(cast: Cast, acting_as: ActingAs) -> None:
    def try_to_look(_number: int) -> bool:
        return persistently(once)

    def once() -> bool:
        with acting_as(cast.minji) as scope:
            try:
                look(scope, limit=5)
            except privacy.RevealsSpent:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_look, range(16))) == 5


def test_hidden_text_has_one_length() -> None:
    assert {mask("memo", "가" * length) for length in range(1, 50)} == {HIDDEN}
