"""Order files by where they come from: which columns each marketplace writes, and what each stands for.

The names of a field are tried in their order; where a file has several of them, a blank cell gives way to the
next one's. Names are compared by `key`, so blanks, widths, case and underscores do not matter.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column can stand for."""

    ORDER = "order"
    LINE = "line"
    PLACED = "placed_at"
    SHIP_BY = "ship_by"
    SKU = "sku"
    NAME = "name"
    OPTION = "option"
    QUANTITY = "quantity"
    PRICE = "unit_price"
    EXTRA = "option_price"
    DELIVERY = "delivery_fee"
    RECIPIENT = "recipient"
    PHONE = "phone"
    POSTCODE = "postcode"
    ADDRESS = "address"
    DETAIL = "address_detail"
    MEMO = "memo"
    CUSTOMER = "customer"
    COUNTRY = "country"
    STATE = "state"


#: What must never be shown in a report as it was read.
PERSONAL = frozenset(
    {
        Field.RECIPIENT,
        Field.PHONE,
        Field.POSTCODE,
        Field.ADDRESS,
        Field.DETAIL,
        Field.MEMO,
        Field.CUSTOMER,
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of order file: the names its columns go by, and which fields must be there."""

    name: str
    columns: dict[Field, tuple[str, ...]]
    required: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns, by their names, stand for which field; `profile` says how rows are understood."""

    profile: str
    columns: dict[Field, tuple[str, ...]]


PARCEL = (
    Field.ORDER,
    Field.PLACED,
    Field.SKU,
    Field.QUANTITY,
    Field.PRICE,
    Field.RECIPIENT,
    Field.PHONE,
    Field.ADDRESS,
)
SALE = (Field.ORDER, Field.PLACED, Field.SKU, Field.NAME, Field.QUANTITY, Field.PRICE)

SMARTSTORE = Profile(
    "smartstore",
    {
        Field.ORDER: ("주문번호",),
        Field.LINE: ("상품주문번호",),
        Field.PLACED: ("주문일시", "결제일"),
        Field.SHIP_BY: ("발송기한",),
        Field.SKU: ("옵션관리코드", "판매자 상품코드"),
        Field.NAME: ("상품명",),
        Field.OPTION: ("옵션정보",),
        Field.QUANTITY: ("수량",),
        Field.PRICE: ("상품가격",),
        Field.EXTRA: ("옵션가격",),
        Field.DELIVERY: ("배송비 합계",),
        Field.RECIPIENT: ("수취인명",),
        Field.PHONE: ("수취인연락처1", "수취인연락처2"),
        Field.POSTCODE: ("우편번호",),
        Field.ADDRESS: ("기본배송지", "통합배송지", "배송지"),
        Field.DETAIL: ("상세배송지",),
        Field.MEMO: ("배송메세지", "배송메시지"),
        Field.CUSTOMER: ("구매자ID",),
        Field.STATE: ("클레임상태", "주문상태", "주문세부상태"),
    },
    (*PARCEL, Field.LINE),
)

COUPANG = Profile(
    "coupang",
    {
        Field.ORDER: ("주문번호",),
        Field.PLACED: ("주문일", "주문일시"),
        Field.SHIP_BY: ("주문시 출고예정일", "출고예정일"),
        Field.SKU: ("업체상품코드", "옵션ID"),
        Field.NAME: ("등록상품명", "노출상품명(옵션명)"),
        Field.OPTION: ("등록옵션명",),
        Field.QUANTITY: ("구매수(수량)", "구매수"),
        Field.PRICE: ("옵션판매가(판매단가)", "옵션판매가"),
        Field.DELIVERY: ("배송비",),
        Field.RECIPIENT: ("수취인이름",),
        Field.PHONE: ("수취인전화번호",),
        Field.POSTCODE: ("우편번호",),
        Field.ADDRESS: ("수취인 주소",),
        Field.MEMO: ("배송메세지", "배송메시지"),
    },
    PARCEL,
)

CAFE24 = Profile(
    "cafe24",
    {
        Field.ORDER: ("주문번호",),
        Field.LINE: ("품목별 주문번호",),
        Field.PLACED: ("주문일시", "발주일", "결제일시(입금확인일)", "결제일시"),
        Field.SKU: ("자체품목코드", "상품품목코드", "품목코드", "자체상품코드", "상품자체코드", "상품코드"),
        Field.NAME: ("주문상품명", "상품명(한국어 쇼핑몰)", "상품명", "주문상품명(옵션포함)"),
        Field.OPTION: ("상품옵션", "옵션"),
        Field.QUANTITY: ("수량",),
        Field.PRICE: ("판매가",),
        Field.EXTRA: ("옵션추가가격",),
        Field.DELIVERY: ("총 배송비", "배송비"),
        Field.RECIPIENT: ("수령인",),
        Field.PHONE: ("수령인 휴대전화", "수령인 전화번호"),
        Field.POSTCODE: ("수령인 우편번호",),
        Field.ADDRESS: ("수령인 주소", "수령인 주소(전체)"),
        Field.DETAIL: ("수령인 상세 주소",),
        Field.MEMO: ("배송메시지", "배송메세지"),
        Field.CUSTOMER: ("주문자ID", "주문자 아이디", "회원아이디"),
        Field.STATE: ("주문상태", "취소/교환/반품 상태", "클레임상태"),
    },
    (*PARCEL, Field.LINE),
)

GENERIC = Profile(
    "generic",
    {
        Field.ORDER: ("주문번호", "order number", "order no", "order id"),
        Field.LINE: ("주문상세번호", "상품주문번호", "주문순번", "line number", "line id"),
        Field.PLACED: ("주문일시", "주문일", "결제일시", "결제일", "ordered at", "order date"),
        Field.SHIP_BY: ("발송기한", "출고기한", "ship by", "ship by date"),
        Field.SKU: ("상품코드", "SKU", "판매자상품코드", "옵션코드", "item code"),
        Field.NAME: ("상품명", "product name", "product"),
        Field.OPTION: ("옵션", "옵션명", "option"),
        Field.QUANTITY: ("수량", "주문수량", "quantity", "qty"),
        Field.PRICE: ("단가", "판매단가", "판매가", "unit price", "price"),
        Field.DELIVERY: ("배송비", "delivery fee", "shipping fee"),
        Field.RECIPIENT: (
            "받는분",
            "받는사람",
            "수취인",
            "수취인명",
            "수령인",
            "recipient",
            "recipient name",
        ),
        Field.PHONE: ("전화번호", "연락처", "휴대폰번호", "휴대전화", "phone", "recipient phone"),
        Field.POSTCODE: ("우편번호", "postcode", "zip code", "postal code"),
        Field.ADDRESS: ("주소", "배송지", "address"),
        Field.DETAIL: ("상세주소", "address detail", "address 2"),
        Field.MEMO: ("배송메시지", "배송메세지", "배송메모", "memo", "delivery memo"),
        Field.CUSTOMER: ("고객ID", "구매자ID", "customer id"),
        Field.COUNTRY: ("국가", "country"),
        Field.STATE: ("주문상태", "order status", "status"),
    },
    PARCEL,
)

ONLINE_RETAIL = Profile(
    "online-retail",
    {
        Field.ORDER: ("InvoiceNo", "Invoice"),
        Field.PLACED: ("InvoiceDate",),
        Field.SKU: ("StockCode",),
        Field.NAME: ("Description",),
        Field.QUANTITY: ("Quantity",),
        Field.PRICE: ("UnitPrice", "Price"),
        Field.CUSTOMER: ("CustomerID",),
        Field.COUNTRY: ("Country",),
    },
    (*SALE, Field.CUSTOMER),
)

PROFILES = {one.name: one for one in (SMARTSTORE, COUPANG, CAFE24, ONLINE_RETAIL, GENERIC)}


def key(name: str) -> str:
    """A column name as it is compared: no blanks, dots, dashes, stars or underscores, one width, one case."""
    return re.sub(r"[\s_*.:/\-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def mapping(profile: str, columns: dict[str, str | list[str]]) -> Mapping:
    """A mapping from what a form or a saved document says. Raises ValueError for an unknown field."""
    named = {
        Field(field): (names,) if isinstance(names, str) else tuple(names) for field, names in columns.items()
    }
    return Mapping(profile, {field: names for field, names in named.items() if any(names)})


def document(chosen: Mapping) -> dict[str, list[str]]:
    """A mapping's columns as a document to save."""
    return {field.value: list(names) for field, names in chosen.columns.items()}
