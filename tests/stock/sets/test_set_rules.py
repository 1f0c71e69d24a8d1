"""The arithmetic of sets: as many as the scarcest part makes, and a price divided to the last hundredth."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.sets.rule import Part, Share, makeable, shares, whole


@pytest.mark.parametrize(
    ("free", "parts", "sets"),
    [
        ({1: 9, 2: 5}, [Part(1, 2), Part(2, 1)], 4),
        ({1: 9, 2: 3}, [Part(1, 2), Part(2, 1)], 3),
        ({1: 9}, [Part(1, 2), Part(2, 1)], 0),
        ({1: -3, 2: 5}, [Part(1, 2), Part(2, 1)], 0),  # a count found fewer than are promised
        ({}, [], 0),
    ],
)
def test_a_sets_stock_follows_its_parts(free: dict[int, int], parts: list[Part], sets: int) -> None:
    assert makeable(free, parts) == sets


@pytest.mark.parametrize(
    ("price", "parts", "divided"),
    [
        (30_000, [Part(1, 1, Decimal(20_000)), Part(2, 2, Decimal(10_000))], [(1, 1, 15_000), (2, 2, 7_500)]),
        (10_000, [Part(1, 3)], [(1, 2, "3333.33"), (1, 1, "3333.34")]),
        (10_000, [Part(1, 1, Decimal(500)), Part(2, 1)], [(1, 1, 5_000), (2, 1, 5_000)]),
        (0, [Part(1, 2), Part(2, 1)], [(1, 2, 0), (2, 1, 0)]),
    ],
)
def test_its_price_is_divided_as_its_parts_sell(
    price: int, parts: list[Part], divided: list[tuple[int, int, object]]
) -> None:
    found = shares(Decimal(price), parts)
    assert found == tuple(Share(product, units, Decimal(str(each))) for product, units, each in divided)


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(
    price=st.decimals(0, 10**7, places=2),
    parts=st.lists(
        st.tuples(st.integers(1, 30), st.one_of(st.none(), st.integers(1, 10**6))), min_size=1, max_size=6
    ),
)
def test_shares_add_up_to_the_price_and_to_the_units(
    price: Decimal, parts: list[tuple[int, int | None]]
) -> None:
    made = [Part(id_, units, Decimal(own) if own else None) for id_, (units, own) in enumerate(parts)]
    found = shares(price, made)
    assert sum(share.units * share.price for share in found) == price
    of = {part.product_id: sum(s.units for s in found if s.product_id == part.product_id) for part in made}
    assert of == {part.product_id: part.units for part in made}


@pytest.mark.parametrize(
    ("units", "is_whole"),
    [
        ({7: 4, 8: 2}, True),
        ({}, True),
        ({7: 4}, False),
        ({7: 4, 8: 1}, False),
        ({7: 3, 8: 2}, False),
        ({9: 1}, True),
    ],
)
def test_only_whole_sets_are_taken_out(units: dict[int, int], is_whole: bool) -> None:
    assert whole({7: 2, 8: 1}, units) == is_whole
