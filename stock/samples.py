"""A made-up small shop: its products, and order files as a marketplace would write them.

Everything is invented here. Telephone numbers begin with 010-0, which no telephone has; roads do not exist;
barcodes stand in the range kept for a shop's own use. The same seed makes the same file.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from random import Random

Offer = tuple[str, str, int]  # SKU, name, price in won

HEADER = (
    "상품주문번호", "주문번호", "판매채널", "구매자명", "구매자ID", "수취인명", "주문상태", "결제일",
    "상품번호", "상품명", "옵션정보", "판매자 상품코드", "옵션관리코드",
    "수량", "상품가격", "옵션가격", "배송비 합계",
    "수취인연락처1", "수취인연락처2", "통합배송지", "기본배송지", "상세배송지", "우편번호", "배송메세지",
    "주문일시", "발송기한",
)  # fmt: skip

FAMILY = ("김", "이", "박", "최", "정", "강", "윤", "장", "임", "한", "오", "서", "신", "권", "남궁")
GIVEN = (
    "가온", "나래", "다솔", "라온", "마루", "바름", "새봄", "아라", "자람", "초롱",
    "하늘", "해솔", "도담", "보람", "소담", "슬기", "여울", "은결", "이든", "푸름",
)  # fmt: skip
TOWNS = (
    ("서울특별시 마포구", "039"), ("서울특별시 관악구", "088"), ("부산광역시 수영구", "482"),
    ("대구광역시 중구", "419"), ("인천광역시 연수구", "219"), ("광주광역시 북구", "611"),
    ("대전광역시 서구", "352"), ("경기도 수원시 팔달구", "164"), ("경기도 고양시 덕양구", "105"),
    ("강원특별자치도 춘천시", "243"), ("충청북도 청주시 상당구", "287"),
    ("전북특별자치도 전주시 완산구", "550"), ("경상남도 통영시", "530"), ("제주특별자치도 서귀포시", "635"),
)  # fmt: skip
ROADS = (
    "다리목로", "물빛로", "느티나무길", "돌담길", "새터로", "달맞이길",
    "무지개로", "솔바람길", "윗마을로", "나루터길",
)  # fmt: skip
HOUSES = ("징검다리아파트", "한걸음빌라", "두레주택", "햇살오피스텔", "나란히타운")
MEMOS = (
    "", "", "", "문 앞에 놓아 주세요", "부재 시 경비실에 맡겨 주세요", "배송 전에 연락해 주세요",
    "벨 누르지 말아 주세요, 아기가 자요", "깨지기 쉬우니 조심히 부탁드려요", "택배함에 넣어 주세요",
)  # fmt: skip
LINES = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)
UNITS = (1, 1, 1, 1, 1, 2, 2, 3, 5)
PHONES = ("010-0{:03d}-{:04d}", "010-0{:03d}-{:04d}", "0100{:03d}{:04d}", "010 0{:03d} {:04d}")
FREE_FROM, DELIVERY = 30_000, 3_000


@dataclass(frozen=True, slots=True)
class Ware:
    """A product of the made-up shop; price in won, weight in grams."""

    sku: str
    name: str
    option: str
    price: int
    barcode: str
    weight_g: int


WARES = (
    ("MUG-WHITE", "손맛 머그컵", "흰색", 12_000, 380), ("MUG-NAVY", "손맛 머그컵", "남색", 12_000, 380),
    ("MUG-SAND", "손맛 머그컵", "모래색", 12_500, 380), ("PLATE-18", "반달 접시", "18cm", 9_800, 420),
    ("PLATE-24", "반달 접시", "24cm", 15_800, 690), ("BOWL-RICE", "포근한 밥공기", "", 8_900, 310),
    ("SPOON-SET", "나무 수저 세트", "2인", 14_000, 160), ("CLOTH-CHECK", "린넨 행주", "체크", 6_500, 60),
    ("CLOTH-PLAIN", "린넨 행주", "민무늬", 6_000, 60), ("APRON-M", "작업 앞치마", "M", 28_000, 290),
    ("APRON-L", "작업 앞치마", "L", 28_000, 310), ("CANDLE-FIG", "콩기름 초", "무화과", 19_000, 260),
    ("CANDLE-PINE", "콩기름 초", "솔향", 19_000, 260), ("SOAP-OAT", "귀리 비누", "", 7_000, 110),
    ("SOAP-MUGWORT", "쑥 비누", "", 7_500, 110), ("TEA-BARLEY", "볶은 보리차", "20봉", 8_000, 220),
    ("TEA-CITRON", "유자차", "500g", 13_500, 720), ("JAM-FIG", "무화과 잼", "250g", 11_000, 430),
    ("NOTE-A5", "실 제본 공책", "A5", 5_500, 180), ("NOTE-A6", "실 제본 공책", "A6", 4_200, 110),
    ("PEN-BRASS", "황동 볼펜", "", 32_000, 45), ("BAG-COTTON", "면 장바구니", "", 16_000, 150),
    ("POUCH-S", "누빔 파우치", "소", 13_000, 70), ("POUCH-L", "누빔 파우치", "대", 18_000, 110),
)  # fmt: skip


def products() -> tuple[Ware, ...]:
    """The shop's catalogue, each with a barcode that scanners accept."""
    return tuple(
        Ware(sku, name, option, price, ean13(f"2008250{at:05d}"), weight)
        for at, (sku, name, option, price, weight) in enumerate(WARES, 1)
    )


def ean13(digits: str) -> str:
    """Twelve digits with their check digit (GS1: weights 1 and 3 from the left)."""
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def offers() -> list[Offer]:
    """The catalogue as an order file can ask for it; the option is part of the name."""
    return [(ware.sku, f"{ware.name} {ware.option}".strip(), ware.price) for ware in products()]


def order_file(
    goods: Sequence[Offer],
    *,
    orders: int,
    seed: int,
    until: datetime,
    hours: int = 24,
    encoding: str = "cp949",
) -> bytes:
    """A 스마트스토어 order file (CSV): orders placed in the `hours` before `until`, in the zone of `until`.

    One SKU in sixty is written in lower case and telephone numbers are written in three ways, as people do.
    """
    random = Random(seed)  # noqa: S311 - made-up shops need repeatable chance, not secrecy
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    serials = random.sample(range(10**8), 5 * orders)
    placed = sorted(until - timedelta(seconds=random.randrange(hours * 3600)) for _ in range(orders))
    for at, moment in enumerate(placed):
        writer.writerows(_order(random, goods, moment, serials[5 * at : 5 * at + 5]))
    return out.getvalue().encode(encoding)


def _order(
    random: Random, goods: Sequence[Offer], placed: datetime, serials: list[int]
) -> Iterator[list[object]]:
    """The rows of one order, in the order of HEADER; the delivery fee stands on each of them."""
    number, *line_numbers = (f"{placed:%Y%m%d}{serial:08d}" for serial in serials)
    who, (phone, base, detail, postcode) = random.choice(FAMILY) + random.choice(GIVEN), _home(random)
    wanted = random.sample(goods, k=min(len(goods), random.choice(LINES)))
    lines = [(*offer, random.choice(UNITS)) for offer in wanted]
    fee = 0 if sum(price * units for _, _, price, units in lines) >= FREE_FROM else DELIVERY
    memo, paid = random.choice(MEMOS), placed + timedelta(seconds=random.randrange(20, 300))
    for line_number, (sku, name, price, units) in zip(line_numbers, lines, strict=False):
        yield [
            line_number, number, "스마트스토어", who, f"buyer{serials[0] % 100_000:05d}", who, "발송대기",
            _written(paid), f"90{sum(map(ord, sku)):06d}", name, "",
            sku.lower() if random.random() < 1 / 60 else sku, "", units, price, 0, fee, phone, "",
            f"{base} {detail}", base, detail, postcode, memo,
            _written(placed), f"{placed + timedelta(days=2):%Y-%m-%d} 23:59:59",
        ]  # fmt: skip


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _home(random: Random) -> tuple[str, str, str, str]:
    """Where somebody lives: telephone number, address in two parts, postcode."""
    town, area = random.choice(TOWNS)
    return (
        random.choice(PHONES).format(random.randrange(1000), random.randrange(10_000)),
        f"{town} {random.choice(ROADS)} {random.randrange(1, 300)}",
        f"{random.choice(HOUSES)} {random.randrange(1, 20)}0{random.randrange(1, 10)}호",
        f"{area}{random.randrange(1, 99):02d}",
    )
