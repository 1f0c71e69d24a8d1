"""`dari import` as somebody at a terminal meets it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from base.scope import World
from stock import samples
from stock.commands import import_
from stock.models import Product
from tests.cast import ActingAs, Cast
from tests.stock.test_imports import SEOUL_MONDAY

pytestmark = pytest.mark.usefixtures("cast")
Dari = Callable[..., Result]


@pytest.fixture
def dari(world: World, tmp_path: Path) -> Dari:
    """Runs `dari import … --shop haneul` on a file with these contents."""

    def run(kind: str, data: str, *options: str) -> Result:
        file = tmp_path / "file.csv"
        file.write_bytes(data.encode())
        return CliRunner().invoke(import_, [kind, str(file), "--shop", "haneul", *options], obj=lambda: world)

    return run


def orders(count: int) -> str:
    offers = samples.offers()
    return samples.order_file(offers, orders=count, seed=3, until=SEOUL_MONDAY, encoding="utf-8").decode()


def test_an_order_file_is_taken_in_and_said_so(dari: Dari) -> None:
    first, again = dari("orders", orders(12)), dari("orders", orders(12))
    same, result = again.stdout.split("\n", 1)
    assert (first.exit_code, again.exit_code, result) == (0, 0, first.stdout)
    assert re.fullmatch(
        r"이 파일은 .+ \d\d:\d\d에 이미 넣었어요\. 이번에 바뀐 것은 없고, 아래는 그때의 결과예요\.", same
    )
    assert first.stdout.splitlines()[:2] == [
        f"주문 12건을 넣었어요 (상품 줄 {lines(first):,}개, 수량 {units(first):,}개).",
        "재고를 기다리는 주문: 12건.",
    ]


def lines(result: Result) -> int:
    return int(result.stdout.split("상품 줄 ")[1].split("개")[0].replace(",", ""))


def units(result: Result) -> int:
    return int(result.stdout.split("수량 ")[1].split("개")[0].replace(",", ""))


def test_json_is_one_object(dari: Dari) -> None:
    result = dari("orders", orders(3), "--profile", "smartstore", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["state"], told["orders"]["new"], told["problems"]) == (0, "done", 3, [])
    again = json.loads(dari("orders", orders(3), "--profile", "smartstore", "--json").stdout)
    assert (told["known_since"], again["import"], bool(again["known_since"])) == (None, told["import"], True)


@pytest.mark.both
def test_a_bad_file_names_its_rows_and_fails(dari: Dari) -> None:
    result = dari("products", "SKU,상품명,무게\nA,컵,1 kg\nB,,무거움\n")
    assert result.exit_code == 1
    assert result.stdout == "읽을 수 없는 칸이 2곳 있어서 아무것도 넣지 않았어요. 고쳐서 다시 보내 주세요.\n"
    assert result.stderr.splitlines() == [
        "  3행 ‘상품명’: “” 비어 있어요. 값을 채워 주세요.",
        "  3행 ‘무게’: “무거움” 무게여야 해요. 예: 380g 또는 0.38kg",
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--profile", "no-such"], "stock.unknown_profile"), (["--shop", "no-such"], "base.not_found")],
)
def test_what_is_not_there_is_refused(dari: Dari, options: list[str], code: str) -> None:
    result = dari("orders", orders(1), "--json", *options)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["state"], told["refused"]) == (1, "refused", code)


@pytest.mark.both
def test_products_are_added_and_changed_only_where_the_file_says_so(
    dari: Dari, cast: Cast, acting_as: ActingAs
) -> None:
    first = dari("products", "SKU,상품명,무게,판매가\nmug,머그컵,380g,12000\ncup,컵,,\n")
    assert first.stdout == "상품 2개를 읽었어요: 새로 넣은 것 2개, 바뀐 것 0개.\n"
    second = dari("products", "SKU,상품명,판매가,파손주의\nMUG,머그컵,12500,예\nCUP,컵,,\nPOT,주전자,,\n")
    assert second.stdout == "상품 3개를 읽었어요: 새로 넣은 것 1개, 바뀐 것 1개.\n"
    with acting_as(cast.haneul, reading=True) as scope:
        stmt = select(Product.sku, Product.weight_g, Product.price, Product.fragile, Product.version)
        assert scope.session.execute(stmt.order_by(Product.id)).all() == [
            ("CUP", None, None, False, 1),
            ("MUG", 380, 12500, True, 2),
            ("POT", None, None, False, 1),
        ]
