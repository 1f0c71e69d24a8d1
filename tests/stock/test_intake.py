"""Marketplace files become orders, and every bad row is named without saying whose it is."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from base import i18n, sheets
from base.sheet import Sheet
from stock.columns import detect, locate, resolve
from stock.drafts import Draft, Fee, Goods, Intake, Line, Problem, Recipient, units
from stock.intake import is_off, standardise
from stock.profiles import PROFILES, Mapping, mapping
from stock.samples import ean13, offers, order_file, products

SEOUL = ZoneInfo("Asia/Seoul")
HEADER = ("주문번호", "주문상세번호", "주문일시", "발송기한", "상품코드", "상품명", "옵션", "수량", "단가", "배송비",
          "받는분", "전화번호", "우편번호", "주소", "상세주소", "메모", "배송메모", "고객ID", "주문상태")  # fmt: skip
GOOD = {
    "주문번호": "A-1",
    "주문상세번호": "A-1-1",
    "주문일시": "2026-11-20 14:30",
    "발송기한": "2026-11-23",
    "상품코드": "mug-white",
    "상품명": "손맛 머그컵",
    "옵션": "흰색",
    "수량": "2",
    "단가": "12,000원",
    "배송비": "3,000",
    "받는분": "한가온",
    "전화번호": "01001234567",
    "우편번호": "3999",
    "주소": "서울특별시 마포구 물빛로 12",
    "상세주소": "한걸음빌라 301호",
    "배송메모": "문 앞에 놓아 주세요",
    "고객ID": "gaon",
    "주문상태": "배송준비중",
}
RECIPIENT = Recipient(
    "한가온", "010-0123-4567", "03999", "서울특별시 마포구 물빛로 12 한걸음빌라 301호", "문 앞에 놓아 주세요"
)


def sheet(*changes: dict[str, str]) -> Sheet:
    """A sheet with one row for each change to the good row."""
    rows = [tuple({**GOOD, **change}.get(name, "") for name in HEADER) for change in changes]
    return Sheet(HEADER, list(enumerate(rows, 2)))


def taken(of: Sheet, profile: str = "generic") -> Intake:
    resolved = resolve(of.header, PROFILES[profile], of.header_row)
    assert resolved.problems == ()
    return standardise(of, resolved.mapping, zone=SEOUL)


def test_a_row_becomes_an_order() -> None:
    intake = taken(sheet({}))
    assert intake.problems == ()
    assert intake.orders == (
        Draft(
            channel="generic",
            number="A-1",
            customer="gaon",
            placed_at=datetime(2026, 11, 20, 5, 30, tzinfo=UTC),
            ship_by=datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC),
            recipient=RECIPIENT,
            lines=(Line("MUG-WHITE", "손맛 머그컵", "흰색", 2, Decimal(12_000), 2),),
            fees=(
                Fee(
                    "A-1/DELIVERY/1",
                    "A-1",
                    "DELIVERY",
                    "배송비",
                    1,
                    Decimal(3000),
                    datetime(2026, 11, 20, 5, 30, tzinfo=UTC),
                    2,
                ),
            ),
        ),
    )
    assert intake.goods == (Goods("MUG-WHITE", "손맛 머그컵", "흰색"),)


def test_nothing_personal_shows_in_a_repr() -> None:
    shown = repr(taken(sheet({})))
    for name in ("받는분", "전화번호", "우편번호", "상세주소", "배송메모", "고객ID"):
        assert GOOD[name] not in shown


def test_rows_of_one_number_are_one_order() -> None:
    intake = taken(
        sheet(
            {"주문상세번호": "1", "주문일시": "2026-11-20 14:31", "배송메모": "벨 누르지 마세요"},
            {"주문번호": "B-2", "주문상세번호": "2", "받는분": "정마루"},
            {"주문상세번호": "3", "발송기한": "2026-11-22", "전화번호": "010-0123-4567"},
        )
    )
    first, second = intake.orders
    assert intake.problems == ()
    assert [line.row for line in first.lines] == [2, 4]  # two lines of one SKU stay two
    assert first.placed_at == datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
    assert first.ship_by == datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)
    assert first.recipient.memo == "벨 누르지 마세요 / 문 앞에 놓아 주세요"
    assert (len(first.fees), second.number, second.recipient.name) == (1, "B-2", "정마루")


def test_optional_cells_may_be_blank() -> None:
    blank = dict.fromkeys(
        ("발송기한", "상품명", "옵션", "배송비", "우편번호", "상세주소", "배송메모", "고객ID", "주문상태"), ""
    )
    intake = taken(sheet(blank))
    order = intake.orders[0]
    assert intake.problems == ()
    assert (order.ship_by, order.customer, order.fees) == (None, "", ())
    assert order.recipient == Recipient("한가온", "010-0123-4567", "", "서울특별시 마포구 물빛로 12", "")
    assert intake.goods == (Goods("MUG-WHITE", "MUG-WHITE", ""),)


BAD = [
    ("주문번호", "", "", "filled"),
    ("주문번호", "2.02611E+15", "2.02611E+15", "number_as_text"),
    ("주문상세번호", "", "", "filled"),
    ("주문일시", "내일", "내일", "date"),
    ("발송기한", "11/23", "11/23", "date"),
    ("상품코드", " ", "", "filled"),
    ("상품명", "가" * 301, "가" * 40, "up_to_300"),
    ("수량", "0", "0", "quantity"),
    ("수량", "두 개", "두 개", "quantity"),
    ("단가", "무료", "무료", "money"),
    ("단가", "-1", "-1", "price"),
    ("배송비", "착불", "착불", "money"),
    ("받는분", "", "", "filled"),
    ("받는분", "긴" * 65, "*" * 40, "up_to_64"),
    ("전화번호", "010-12-34", "010-**-**", "phone"),
    ("전화번호", "한가온", "***", "phone"),
    ("우편번호", "123-456", "***-***", "postcode"),
    ("주소", "", "", "filled"),
]


@pytest.mark.parametrize(("column", "written", "shown", "expected"), BAD)
def test_bad_cells_are_named(column: str, written: str, shown: str, expected: str) -> None:
    intake = taken(sheet({"주문상세번호": "0", "주문번호": "A-0"}, {column: written}))
    assert intake.problems == (Problem(3, column, shown, expected),)
    assert len(intake.orders) == 1
    for locale in ("ko", "en"):
        assert i18n.t(locale, f"intake.expected.{expected}")


def test_every_bad_cell_of_every_row_is_named() -> None:
    intake = taken(sheet({"수량": "x", "단가": "y"}, {"전화번호": "1"}, {"주문상세번호": "9"}))
    assert [(one.row, one.column) for one in intake.problems] == [(2, "수량"), (2, "단가"), (3, "전화번호")]


def test_one_number_has_one_recipient() -> None:
    intake = taken(
        sheet(
            {}, {"주문상세번호": "2", "받는분": "정마루", "전화번호": "010-0765-4321", "배송메모": "다른 말"}
        )
    )
    assert intake.problems == (
        Problem(3, "받는분", "***", "recipient_same"),
        Problem(3, "전화번호", "010-****-****", "recipient_same"),
    )


def test_a_line_number_stands_once() -> None:
    intake = taken(sheet({}, {}, {"주문상세번호": "2"}, {}))
    assert intake.problems == (
        Problem(3, "주문상세번호", "A-1-1", "line_once"),
        Problem(5, "주문상세번호", "A-1-1", "line_once"),
    )


@pytest.mark.parametrize(
    "column", ["받는분", "전화번호", "주소", "배송메모", "상품명", "주문번호", "메모", "고객ID"]
)
def test_a_resident_number_is_refused_in_any_column(column: str) -> None:
    intake = taken(sheet({column: "신분 900101-1234567"}))
    assert intake.problems == (Problem(2, column, "******-*******", "no_resident_number"),)
    assert intake.orders == ()


def test_thirteen_digits_are_a_resident_number_only_where_people_write() -> None:
    assert taken(sheet({"배송메모": "9001011234567"})).problems == (
        Problem(2, "배송메모", "******-*******", "no_resident_number"),
    )
    assert taken(sheet({"상품코드": "8801045123456", "주문번호": "2411051234567"})).problems == ()


def test_a_shifted_row_is_not_shown() -> None:
    shifted = sheet({})
    shifted.rows.append((3, (*shifted.rows[0][1], "서울")))
    assert taken(shifted).problems == (Problem(3, "", "", "row_width"),)


def test_a_short_row_lacks_its_last_cells() -> None:
    short = Sheet(HEADER, [(2, sheet({}).rows[0][1][:12])])
    assert taken(short).problems == (Problem(2, "주소", "", "filled"),)


def test_a_file_without_rows_is_a_problem() -> None:
    assert taken(Sheet(HEADER, [])).problems == (Problem(2, "", "", "rows"),)


def test_spellings_of_one_product_are_reported() -> None:
    codes = ("mug-white", "MUG-WHITE", "Mug-White", "ｍｕｇ-white", "plate-18")
    intake = taken(sheet(*({"주문상세번호": str(at), "상품코드": code} for at, code in enumerate(codes))))
    assert intake.merged == {"MUG-WHITE": ("MUG-WHITE", "Mug-White", "mug-white")}
    assert [one.sku for one in intake.goods] == ["MUG-WHITE", "PLATE-18"]


def test_a_product_is_named_as_most_rows_name_it() -> None:
    names = ("컵", "머그컵", "", "머그컵")
    intake = taken(
        sheet(*({"주문상세번호": str(at), "상품명": name, "옵션": ""} for at, name in enumerate(names)))
    )
    assert intake.goods == (Goods("MUG-WHITE", "머그컵", ""),)


@pytest.mark.parametrize(
    ("state", "off"),
    [
        ("", False),
        ("배송준비중", False),
        ("취소완료", True),
        ("반품요청", True),
        ("결제완료 교환", True),
        ("취소철회", False),
        ("반품거부", False),
        ("CANCELLED", True),
        ("Refunded", True),
    ],
)
def test_states(state: str, off: bool) -> None:
    assert is_off(state) == off


def test_cancelled_rows_are_left_out_and_listed() -> None:
    intake = taken(sheet({}, {"주문번호": "B", "주문상태": "취소완료", "수량": "?"}))
    assert (intake.skipped, intake.problems, intake.rows) == ((3,), (), 2)
    assert [order.number for order in intake.orders] == ["A-1"]


def test_smartstore_adds_the_option_price_and_falls_back_to_the_sellers_code() -> None:
    header = ("주문번호", "상품주문번호", "결제일", "주문일시", "판매자 상품코드", "옵션관리코드", "수량", "상품가격", "옵션가격",
              "수취인명", "수취인연락처1", "수취인연락처2", "통합배송지", "기본배송지", "상세배송지")  # fmt: skip
    place = ("서울 물빛로 12 301호", "서울 물빛로 12", "301호")
    rows = [
        (
            2,
            (
                "1",
                "11",
                "2026-11-20",
                "",
                "cup",
                "CUP-RED",
                "1",
                "9000",
                "500",
                "한가온",
                "",
                "010-0123-4567",
                *place,
            ),
        ),
        (
            3,
            (
                "1",
                "12",
                "2026-11-20",
                "",
                "cup",
                "",
                "1",
                "9000",
                "",
                "한가온",
                "010-0123-4567",
                "",
                place[0],
                "",
                "301호",
            ),
        ),
    ]
    intake = taken(Sheet(header, rows), "smartstore")
    order = intake.orders[0]
    assert [(line.sku, line.unit_price) for line in order.lines] == [("CUP-RED", 9500), ("CUP", 9000)]
    assert order.recipient.address == "서울 물빛로 12 301호"
    assert intake.problems == ()


def test_coupang_and_cafe24_rows() -> None:
    coupang = Sheet(
        ("주문번호", "주문일", "주문시 출고예정일", "등록상품명", "등록옵션명", "옵션ID", "업체상품코드", "구매수(수량)",
         "옵션판매가(판매단가)", "수취인이름", "수취인전화번호", "우편번호", "수취인 주소", "배송메세지"),
        [(2, ("9", "2026-11-20 14:30:00", "2026-11-21", "컵", "흰색", "771", "", "2", "9000", "한가온", "0504-1234-5678",
              "03999", "서울 물빛로", ""))] * 2,
    )  # fmt: skip
    order = taken(coupang, "coupang").orders[0]
    assert [(line.sku, line.quantity) for line in order.lines] == [("771", 2), ("771", 2)]
    cafe24 = Sheet(
        ("주문번호", "품목별 주문번호", "주문일시", "상품품목코드", "자체품목코드", "주문상품명", "수량", "판매가", "수령인",
         "수령인 휴대전화", "수령인 전화번호", "수령인 주소"),
        [(2, ("20261120-0000123", "20261120-0000123-01", "2026-11-20 14:30:00", "P0000AB000A", "", "컵", "1", "9000.00",
              "한가온", "", "02-123-4567", "서울 물빛로"))],
    )  # fmt: skip
    order = taken(cafe24, "cafe24").orders[0]
    assert (order.number, order.lines[0].sku, order.recipient.phone) == (
        "20261120-0000123",
        "P0000AB000A",
        "02-123-4567",
    )


def test_a_mapping_of_ones_own_reads_a_file() -> None:
    own: Mapping = mapping(
        "generic",
        {
            "order": "번호",
            "placed_at": "날짜",
            "sku": "코드",
            "quantity": "개수",
            "unit_price": "값",
            "recipient": "이름",
            "phone": "전화",
            "address": "집",
        },
    )
    data = "번호;날짜;코드;개수;값;이름;전화;집\n7;20261120;cup;2;9000;한가온;010-0123-4567;서울 물빛로\n".encode(
        "cp949"
    )
    read = locate(sheets.read(data, "own.csv"), own)
    intake = standardise(read, resolve(read.header, own).mapping, zone=SEOUL)
    assert (intake.problems, intake.orders[0].number, intake.orders[0].lines[0].quantity) == ((), "7", 2)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8-sig"])
def test_the_made_up_file_reads_back(encoding: str) -> None:
    until = datetime(2026, 11, 20, 18, tzinfo=SEOUL)
    data = order_file(offers(), orders=120, seed=7, until=until, encoding=encoding)
    assert data == order_file(offers(), orders=120, seed=7, until=until, encoding=encoding)
    assert data != order_file(offers(), orders=120, seed=8, until=until, encoding=encoding)
    read = locate(sheets.read(data, "orders.csv"))
    assert detect(read.header) == "smartstore"
    intake = taken(read, "smartstore")
    rows = list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))
    expected: Counter[str] = Counter()
    for row in rows:
        expected[row["판매자 상품코드"].upper()] += int(row["수량"])
    assert intake.problems == ()
    assert (len(intake.orders), units(intake).ordered) == (120, expected)
    assert {line.sku for order in intake.orders for line in order.lines} <= {one[0] for one in offers()}
    assert all(order.recipient.phone.startswith("010-0") for order in intake.orders)
    assert all(order.placed_at <= until < (order.ship_by or until) for order in intake.orders)


def test_the_made_up_products_can_be_scanned() -> None:
    assert ean13("400638133393") == "4006381333931"
    codes = [one.barcode for one in products()]
    assert len(set(codes)) == len(products()) == 24
    assert all(ean13(code[:12]) == code for code in codes)
