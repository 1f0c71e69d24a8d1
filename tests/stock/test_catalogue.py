"""Product files: what a row may say, and what is refused with its row number."""

from dataclasses import astuple
from decimal import Decimal

import pytest

from base import sheets
from stock import catalogue
from stock.catalogue import Catalogue, Ware

pytestmark = pytest.mark.quick


def read(text: str) -> Catalogue:
    return catalogue.standardise(sheets.read(text.encode(), "products.csv"))


def test_a_row_is_a_product() -> None:
    found = read(
        "우리 상품 목록\n상품 코드,상품명,옵션,바코드,무게(g),판매가,파손주의\n"
        'mug-1,"머그컵",흰색,2008250000015,0.38 kg,"12,000원",예\ncup-1,컵,,,,,\n'
    )
    assert found.problems == ()
    assert found.wares == (
        Ware("MUG-1", "머그컵", "흰색", "2008250000015", None, 380, Decimal(12000), True),
        Ware("CUP-1", "컵"),
    )


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("A,컵,,\nA,컵,,", (3, "SKU", "A", "sku_once")),
        ("a,컵,,\nA,잔,,", (3, "SKU", "A", "sku_once")),
        (",컵,,", (2, "SKU", "", "filled")),
        ("A,,,", (2, "name", "", "filled")),
        ("A,컵,무거움,", (2, "weight", "무거움", "weight")),
        ("A,컵,0,", (2, "weight", "0", "weight")),
        ("A,컵,5000 kg,", (2, "weight", "5000 kg", "weight")),
        ("A,컵,,-1", (2, "price", "-1", "price")),
        ("A,컵,,비쌈", (2, "price", "비쌈", "money")),
    ],
)
def test_a_bad_cell_is_named(rows: str, problem: tuple[int, str, str, str]) -> None:
    assert [astuple(each) for each in read(f"SKU,name,weight,price\n{rows}\n").problems] == [problem]


def test_the_columns_that_must_be_there_are_named() -> None:
    assert [astuple(each) for each in read("이름,무게\n컵,3\n").problems] == [
        (1, "상품코드", "", "column_missing"),
        (1, "상품명", "", "column_missing"),
    ]
