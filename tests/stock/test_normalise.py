"""What cells mean: tables of texts with the value each stands for, or what was expected instead."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from base.personal import (
    hyphenated_resident_number,
    phone_shape,
    resident_number,
    shape,
    suspect,
)
from stock import moments, normalise
from stock.normalise import Unreadable

SEOUL = ZoneInfo("Asia/Seoul")
HALF_PAST_TWO = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)

CASES: list[tuple[Callable[[str], object], str, object]] = [
    (normalise.text, "  두   칸\t띄움 \n", "두 칸 띄움"),
    (normalise.text, "ＡＢＣ　１２３", "ABC 123"),
    (normalise.text, "\u1112\u1161\u11ab", "한"),
    (normalise.text, "보이지\u200b않는\ufeff\u202e글자\x07", "보이지않는글자"),
    (normalise.text, '="0012"', "0012"),
    (normalise.text, "'+82 10", "+82 10"),
    (normalise.text, "'quoted'", "'quoted'"),
    (normalise.sku, " mug-white ", "MUG-WHITE"),
    (normalise.sku, "ｍｕｇ　white", "MUG WHITE"),
    (normalise.sku, "85123a", "85123A"),
    (normalise.sku, "㎏-1", "KG-1"),
    (normalise.spelling, "85123a", "85123a"),
    (normalise.number, "2026112012345678", "2026112012345678"),
    (normalise.number, "20261120-0000123-01", "20261120-0000123-01"),
    (normalise.customer, "14620.0", "14620"),
    (normalise.customer, "", ""),
    (normalise.money, "12,000원", Decimal(12000)),
    (normalise.money, "₩12,000", Decimal(12000)),
    (normalise.money, "￦12,000", Decimal(12000)),
    (normalise.money, "１２，０００ 원", Decimal(12000)),
    (normalise.money, "12000.0", Decimal(12000)),
    (normalise.money, "£3.39", Decimal("3.39")),
    (normalise.money, "$1,234.50", Decimal("1234.50")),
    (normalise.money, "USD 12.5", Decimal("12.5")),
    (normalise.money, "-3,000", Decimal(-3000)),
    (normalise.money, "₩-3,000", Decimal(-3000)),
    (normalise.money, "(3,000)", Decimal(-3000)),
    (normalise.money, "-0", Decimal(0)),
    (normalise.whole, "-12", -12),
    (normalise.whole, "1,000", 1000),
    (normalise.whole, "3.0", 3),
    (normalise.quantity, "3개", 3),
    (normalise.quantity, "12 EA", 12),
    (normalise.quantity, "１２", 12),
    (normalise.postcode, "06236", "06236"),
    (normalise.postcode, "6236", "06236"),
    (normalise.postcode, "(06236)", "06236"),
    (normalise.postcode, "우)06236", "06236"),
]


@pytest.mark.parametrize(("read", "written", "value"), CASES)
def test_values(read: Callable[[str], object], written: str, value: object) -> None:
    assert read(written) == value


UNREADABLE: list[tuple[Callable[[str], object], str, str]] = [
    (normalise.sku, " ", "filled"),
    (normalise.sku, "\u200b", "filled"),
    (normalise.sku, "x" * 65, "up_to_64"),
    (normalise.up_to_300, "가" * 301, "up_to_300"),
    (normalise.up_to_1000, "가" * 1001, "up_to_1000"),
    (normalise.number, "2.02611E+15", "number_as_text"),
    (normalise.money, "무료", "money"),
    (normalise.money, "12,00", "money"),
    (normalise.money, "12.000,50", "money"),
    (normalise.money, "1$2", "money"),
    (normalise.money, "--3", "money"),
    (normalise.money, "NaN", "money"),
    (normalise.money, "1e5", "money"),
    (normalise.money, "9" * 30_000, "money"),
    (normalise.money, "(" * 9000 + "3" + ")" * 9000, "money"),
    (normalise.money, "100,000,000,000", "money"),
    (normalise.whole, "1.5", "whole"),
    (normalise.whole, "1000001", "whole"),
    (normalise.whole, "9" * 30_000, "whole"),
    (normalise.quantity, "0", "quantity"),
    (normalise.quantity, "-1", "quantity"),
    (normalise.quantity, "1.5", "quantity"),
    (normalise.quantity, "둘", "quantity"),
    (normalise.phone, "010-12-34", "phone"),
    (normalise.phone, "010-****-5678", "phone"),
    (normalise.phone, "없음", "phone"),
    (normalise.phone, "+1", "phone"),
    (normalise.postcode, "135-080", "postcode"),
    (normalise.postcode, "99999", "postcode"),
    (normalise.postcode, "00123", "postcode"),
]


@pytest.mark.parametrize(("read", "written", "expected"), UNREADABLE)
def test_what_was_expected(read: Callable[[str], object], written: str, expected: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(written)
    assert refused.value.expected == expected


@pytest.mark.parametrize(
    ("written", "shown", "e164"),
    [
        ("010-1234-5678", "010-1234-5678", "+821012345678"),
        ("01012345678", "010-1234-5678", "+821012345678"),
        ("1012345678", "010-1234-5678", "+821012345678"),
        ("010 1234 5678", "010-1234-5678", "+821012345678"),
        ("０１０－１２３４－５６７８", "010-1234-5678", "+821012345678"),
        ("+82 10-1234-5678", "010-1234-5678", "+821012345678"),
        ("+82 (0)10 1234 5678", "010-1234-5678", "+821012345678"),
        ("011-123-4567", "011-123-4567", "+82111234567"),
        ("(02) 123-4567", "02-123-4567", "+8221234567"),
        ("0212345678", "02-1234-5678", "+82212345678"),
        ("031-1234-5678", "031-1234-5678", "+823112345678"),
        ("070-1234-5678", "070-1234-5678", "+827012345678"),
        ("080-123-4567", "080-123-4567", "+82801234567"),
        ("0504-1234-5678", "0504-1234-5678", "+8250412345678"),
        ("050412345678", "0504-1234-5678", "+8250412345678"),
        ("1588-1234", "1588-1234", "+8215881234"),
        ("+1 415 555 0123", "+14155550123", "+14155550123"),
    ],
)
def test_phones(written: str, shown: str, e164: str) -> None:
    assert normalise.phone(written) == normalise.Phone(shown, e164)
    assert normalise.phone(shown) == normalise.Phone(shown, e164)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20 14:30:00",
        "2026-11-20 14:30",
        "2026.11.20 14:30",
        "2026/11/20 14:30:00",
        "2026. 11. 20. 오후 2:30",
        "2026-11-20 2:30 PM",
        "2026년 11월 20일 14시 30분",
        "2026.11.20. (금) 14:30",
        "2026-11-20T14:30:00",
        "2026-11-20T14:30:00+09:00",
        "2026-11-20T05:30:00Z",
        "2026-11-20 05:30:00.000Z",
        "2026-11-20T05:30:00+0000",
        "20261120143000",
        "202611201430",
        "46346.604166666664",
    ],
)
def test_moments(written: str) -> None:
    assert moments.moment(written, SEOUL) == HALF_PAST_TWO
    assert moments.deadline(written, SEOUL) == HALF_PAST_TWO


@pytest.mark.parametrize("written", ["2026-11-20", "2026.11.20", "20261120", "2026년 11월 20일", "46346"])
def test_bare_dates_begin_and_end_in_the_zone(written: str) -> None:
    assert moments.moment(written, SEOUL) == datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    assert moments.deadline(written, SEOUL) == datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)
    assert moments.moment(written, ZoneInfo("UTC")) == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "내일",
        "11/20/2026",
        "2026-02-30",
        "2026-11-20 25:00",
        "1926-11-20",
        "2026-11-20 오후 14:30",
        "20261320",
        "99999999",
    ],
)
def test_no_dates(written: str) -> None:
    with pytest.raises(Unreadable) as refused:
        moments.moment(written, SEOUL)
    assert refused.value.expected == "date"


@pytest.mark.parametrize(
    ("written", "anyhow", "hyphenated"),
    [
        ("900101-1234567", True, True),
        ("주민번호 900101-1234567 입니다", True, True),
        ("９００１０１－１２３４５６７", True, True),
        ("040229-3234567", True, True),
        ("900101 - 5234567", True, True),
        ("9001011234567", True, False),
        ("900101 1234567", True, False),
        ("900231-1234567", False, False),
        ("900101-9234567", False, False),
        ("750101-3234567", False, False),
        ("20261120-0000123", False, False),
        ("2026112012345678", False, False),
        ("010-1234-5678", False, False),
        ("8801045123456", True, False),
        ("", False, False),
    ],
)
def test_resident_numbers(written: str, anyhow: bool, hyphenated: bool) -> None:
    assert resident_number(written) == anyhow
    assert hyphenated_resident_number(written) == hyphenated
    assert suspect(written) or not anyhow  # the sieve lets none through


def test_shapes_show_no_content() -> None:
    assert shape("홍길동 (집) ab1") == "*** (*) ***"
    assert shape("x" * 100) == "*" * 40
    assert phone_shape("010-12-34") == "010-**-**"
    assert phone_shape("01012345678") == "***********"
    assert phone_shape("hong") == "****"
