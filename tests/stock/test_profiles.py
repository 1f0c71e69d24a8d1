"""Whose file it is, where its header stands and which column is which."""

from pathlib import Path

import pytest

from base.sheet import Sheet
from stock.columns import detect, locate, resolve
from stock.drafts import Problem
from stock.profiles import (
    CAFE24,
    COUPANG,
    GENERIC,
    ONLINE_RETAIL,
    PROFILES,
    SMARTSTORE,
    Field,
    Mapping,
    Profile,
    document,
    mapping,
)
from stock.retail import FEES
from stock.samples import HEADER

DOCS = Path(__file__).parents[2] / "docs" / "order-files.md"

HEADERS = {
    "smartstore": HEADER,
    "coupang": (
        "번호", "묶음배송번호", "주문번호", "택배사", "운송장번호", "분리배송 Y/N", "분리배송 출고예정일", "주문시 출고예정일",
        "출고일(발송일)", "주문일", "등록상품명", "등록옵션명", "노출상품명(옵션명)", "노출상품ID", "옵션ID", "최초등록등록상품명/옵션명",
        "업체상품코드", "바코드", "결제액", "배송비구분", "배송비", "도서산간 추가배송비", "구매수(수량)", "옵션판매가(판매단가)",
        "구매자", "구매자전화번호", "수취인이름", "수취인전화번호", "우편번호", "수취인 주소", "배송메세지", "상품별 추가메시지",
        "주문자 추가메시지", "배송완료일", "구매확정일자", "개인통관번호(PCCC)", "통관용수취인전화번호", "기타", "결제위치", "배송유형",
    ),
    "cafe24": (
        "주문번호", "품목별 주문번호", "주문일시", "상품품목코드", "자체품목코드", "주문상품명", "상품옵션", "수량", "판매가",
        "옵션추가가격", "총 배송비", "수령인", "수령인 휴대전화", "수령인 우편번호", "수령인 주소", "수령인 상세 주소", "배송메시지",
    ),
    "generic": ("주문번호", "주문일시", "상품코드", "수량", "단가", "받는분", "전화번호", "주소"),
    "online-retail": (
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
    ),
}  # fmt: skip


def test_every_profile_has_a_header_here() -> None:
    assert set(HEADERS) == set(PROFILES)


@pytest.mark.parametrize("name", HEADERS)
def test_profiles_are_told_apart(name: str) -> None:
    assert detect(HEADERS[name]) == name
    assert resolve(HEADERS[name], PROFILES[name]).problems == ()
    for required in PROFILES[name].required:
        lacking = tuple(one for one in HEADERS[name] if one not in PROFILES[name].columns[required])
        assert detect(lacking) != name


def test_english_headers_of_the_generic_profile() -> None:
    header = ("Order No", "ORDERED_AT", "sku", "Qty", "Unit price", "Recipient", "phone", "Address")
    assert detect(header) == "generic"
    assert resolve(header, GENERIC).mapping.columns[Field.PLACED] == ("ORDERED_AT",)


def test_an_unknown_header_is_nobodys() -> None:
    assert detect(("이름", "나이")) is None


def test_names_are_compared_without_blanks_case_and_width() -> None:
    header = tuple(name.replace(" ", "") for name in HEADERS["cafe24"])
    assert detect(header) == "cafe24"
    assert detect(("ＩｎｖｏｉｃｅＮｏ", *HEADERS["online-retail"][1:])) == "online-retail"


def test_missing_columns_are_all_named() -> None:
    found = resolve(("주문번호", "상품코드", "수량"), GENERIC, row=3)
    assert found.problems == tuple(
        Problem(3, name, "", "column_missing") for name in ("주문일시", "단가", "받는분", "전화번호", "주소")
    )


def test_a_column_that_stands_twice_is_named() -> None:
    assert resolve((*HEADERS["generic"], "수량"), GENERIC).problems == (
        Problem(1, "수량", "", "column_twice"),
    )


def test_several_columns_stand_for_a_field_in_order() -> None:
    found = resolve(HEADERS["smartstore"], SMARTSTORE).mapping
    assert found.columns[Field.SKU] == ("옵션관리코드", "판매자 상품코드")
    assert found.columns[Field.ADDRESS] == ("기본배송지", "통합배송지")


def test_a_mapping_of_ones_own() -> None:
    columns: dict[str, str | list[str]] = {
        "order": "번호",
        "placed_at": "날짜",
        "sku": ["코드", "바코드"],
        "quantity": "개수",
        "unit_price": "값",
        "recipient": "이름",
        "phone": "전화",
        "address": "집",
        "memo": "",
    }
    own = mapping("generic", columns)
    assert own.columns[Field.SKU] == ("코드", "바코드")
    assert Field.MEMO not in own.columns
    assert mapping("generic", dict(document(own))) == own
    assert resolve(("번호", "날짜", "바코드", "개수", "값", "이름", "전화", "집"), own).problems == ()
    assert resolve(("번호", "날짜", "개수", "값", "이름", "전화", "집"), own).problems == (
        Problem(1, "코드", "", "column_missing"),
    )


def test_a_mapping_lacks_what_it_does_not_name() -> None:
    found = resolve(("번호",), Mapping("generic", {Field.ORDER: ("번호",)}))
    assert [problem.column for problem in found.problems] == [
        "placed_at", "sku", "quantity", "unit_price", "recipient", "phone", "address",
    ]  # fmt: skip


def test_an_unknown_field_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="colour"):
        mapping("generic", {"colour": "색"})


@pytest.mark.parametrize("chosen", [None, SMARTSTORE])
def test_the_header_may_stand_below_a_line_of_advice(chosen: Profile | None) -> None:
    advice = ("다운로드 받은 파일로 일괄 발송 처리할 수 있습니다.", *("",) * (len(HEADER) - 1))
    row = (3, ("x",) * len(HEADER))
    found = locate(Sheet(advice, [(2, HEADER), row]), chosen)
    assert found == Sheet(HEADER, [row], 2)


def test_a_header_in_its_place_stays() -> None:
    sheet = Sheet(HEADERS["coupang"], [(2, ("1",) * 40)])
    assert locate(sheet) == sheet
    assert locate(sheet, COUPANG) == sheet
    assert locate(Sheet(("a",), [])) == Sheet(("a",), [])


def test_the_documentation_names_every_column() -> None:
    words = DOCS.read_text(encoding="utf-8")
    for profile in (GENERIC, SMARTSTORE, COUPANG, CAFE24, ONLINE_RETAIL):
        for field in profile.required:
            assert profile.columns[field][0] in words
    assert [name for names in GENERIC.columns.values() for name in names if name not in words] == []
    assert sorted(code for code in FEES if code not in words) == []
