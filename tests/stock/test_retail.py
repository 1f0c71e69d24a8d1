"""A wholesaler's invoice lines: sales, cancellations, corrections and fees told apart, and no unit lost."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base import i18n
from base.sheet import Sheet
from stock.cancelling import Match, Matches, OpenLine, Unmatched, match
from stock.columns import resolve
from stock.drafts import (
    Cancellation,
    Correction,
    Fee,
    Goods,
    Intake,
    Problem,
    Recipient,
    all_fees,
    units,
)
from stock.intake import standardise
from stock.profiles import ONLINE_RETAIL
from stock.retail import is_fee, open_lines

LONDON = ZoneInfo("Europe/London")
HEADER = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
SALE = ("500", "22423", "CAKESTAND", "6", "2011-03-01 08:30:00", "2.55", "14620", "United Kingdom")


def row(**changes: str) -> tuple[str, ...]:
    names = ("invoice", "code", "name", "units", "at", "price", "customer", "country")
    return tuple(changes.get(name, value) for name, value in zip(names, SALE, strict=True))


def taken(*rows: tuple[str, ...]) -> Intake:
    sheet = Sheet(HEADER, list(enumerate(rows, 2)))
    return standardise(sheet, resolve(HEADER, ONLINE_RETAIL).mapping, zone=LONDON)


def at(day: int, hour: int = 8, minute: int = 30) -> datetime:
    return datetime(2011, 3, day, hour, minute, tzinfo=UTC)


def test_an_invoice_is_an_order() -> None:
    intake = taken(
        row(), row(code="71053", units="2", at="2011-03-01 08:29:00"), row(invoice="501", customer="")
    )
    first, second = intake.orders
    assert (first.number, first.customer, first.placed_at, first.ship_by) == (
        "500",
        "14620",
        at(1, 8, 29),
        None,
    )
    assert [(line.sku, line.quantity, line.unit_price, line.row) for line in first.lines] == [
        ("22423", 6, Decimal("2.55"), 2),
        ("71053", 2, Decimal("2.55"), 3),
    ]
    assert first.recipient == Recipient("Customer 14620", "", "", "United Kingdom", "")
    assert second.recipient == Recipient("Invoice 501", "", "", "United Kingdom", "")


def test_zero_prices_are_corrections_with_their_reason() -> None:
    intake = taken(
        row(price="0.0", name="damages", units="-12", customer=""), row(price="0", name="", units="3"), row()
    )
    assert intake.corrections == (
        Correction("500/22423/1", "500", "22423", -12, "damages", at(1), 2),
        Correction("500/22423/2", "500", "22423", 3, "", at(1), 3),
    )
    assert intake.goods == (Goods("22423", "CAKESTAND", ""),)


def test_a_product_only_corrected_is_named_by_its_code() -> None:
    assert taken(row(price="0", name="thrown away")).goods == (Goods("22423", "22423", ""),)


def test_c_invoices_are_cancellations() -> None:
    intake = taken(row(invoice="C502", units="-4"))
    assert intake.cancellations == (Cancellation("C502/22423/1", "C502", "14620", "22423", 4, at(1), 2),)
    assert intake.orders == ()


def test_fees_stay_with_their_invoice_or_stand_alone() -> None:
    intake = taken(
        row(),
        row(code="POST", name="POSTAGE", units="1", price="18.0"),
        row(invoice="C502", code="D", name="Discount", units="-1", price="27.5"),
        row(invoice="503", code="DOT", units="1000", price="0"),
        row(invoice="A504", code="B", name="Adjust bad debt", units="1", price="-11062.06"),
        row(invoice="505", code="m", units="2", price="1"),
    )
    postage = Fee("500/POST/1", "500", "POST", "POSTAGE", 1, Decimal(18), at(1), 3)
    assert intake.orders[0].fees == (postage,)
    assert [(fee.number, fee.code, fee.quantity) for fee in intake.fees] == [
        ("C502", "D", -1),
        ("503", "DOT", 1000),
        ("A504", "B", 1),
        ("505", "M", 2),
    ]
    assert next(all_fees(intake)) == postage
    assert (intake.cancellations, intake.corrections, intake.merged, intake.problems) == ((), (), {}, ())


@pytest.mark.parametrize(
    ("code", "fee"),
    [
        ("POST", True),
        ("DOT", True),
        ("M", True),
        ("BANK CHARGES", True),
        ("GIFT_0001_30", True),
        ("22423", False),
        ("85123A", False),
        ("DCGSSBOY", False),
        ("PADS", False),
    ],
)
def test_fee_codes(code: str, fee: bool) -> None:
    assert is_fee(code) == fee


def test_codes_that_differ_in_case_are_one_product() -> None:
    intake = taken(row(code="85123a"), row(code="85123A"), row(code="m"), row(code="M"))
    assert intake.merged == {"85123A": ("85123A", "85123a")}
    assert [line.sku for line in intake.orders[0].lines] == ["85123A", "85123A"]


@pytest.mark.parametrize(
    ("changes", "column", "shown", "expected"),
    [
        ({"units": "0"}, "Quantity", "0", "quantity"),
        ({"units": "-3"}, "Quantity", "-3", "quantity"),
        ({"units": "1.5"}, "Quantity", "1.5", "whole"),
        ({"invoice": "C1", "units": "3"}, "Quantity", "3", "negative"),
        ({"price": "0", "units": "0"}, "Quantity", "0", "units"),
        ({"price": "free"}, "UnitPrice", "free", "money"),
        ({"at": "12/1/2010 8:26"}, "InvoiceDate", "12/1/2010 8:26", "date"),
        ({"code": ""}, "StockCode", "", "filled"),
        ({"invoice": ""}, "InvoiceNo", "", "filled"),
        ({"customer": "x" * 65}, "CustomerID", "*" * 40, "up_to_64"),
        ({"customer": "9001011234567"}, "CustomerID", "******-*******", "no_resident_number"),
    ],
)
def test_bad_rows_are_named(changes: dict[str, str], column: str, shown: str, expected: str) -> None:
    intake = taken(row(invoice="499"), row(**changes))
    assert intake.problems == (Problem(3, column, shown, expected),)
    assert [order.number for order in intake.orders] == ["499"]
    for locale in ("ko", "en"):
        assert i18n.t(locale, f"intake.expected.{expected}")


def test_an_invoice_has_one_customer() -> None:
    assert taken(row(), row(customer="14621")).problems == (
        Problem(3, "CustomerID", "*****", "recipient_same"),
    )


def test_a_file_without_rows_is_a_problem() -> None:
    assert taken().problems == (Problem(2, "", "", "rows"),)


def cancel(units: int, day: int, *, customer: str = "14620", key: str = "C1") -> Cancellation:
    return Cancellation(key, "C1", customer, "22423", units, at(day), 9)


def line(ref: str, units: int, day: int, *, customer: str = "14620", sku: str = "22423") -> OpenLine[str]:
    return OpenLine(ref, customer, sku, at(day), units)


def test_the_latest_earlier_order_is_cancelled_first() -> None:
    lines = [line("old", 5, 1), line("new", 3, 2), line("later", 9, 4)]
    one = cancel(6, 3)
    assert match([one], lines) == Matches((Match(one, "new", 3), Match(one, "old", 3)), ())


def test_what_is_left_over_is_listed() -> None:
    one = cancel(6, 3)
    assert match([one], [line("old", 4, 1)]) == Matches(
        (Match(one, "old", 4),), (Unmatched(one, 2, "no_order"),)
    )


@pytest.mark.parametrize(
    "other", [line("x", 9, 1, customer="1"), line("x", 9, 1, sku="9"), line("x", 9, 3), line("x", 0, 1)]
)
def test_only_earlier_open_lines_of_the_customer_and_product_count(other: OpenLine[str]) -> None:
    one = cancel(2, 3)
    assert match([one], [other]) == Matches((), (Unmatched(one, 2, "no_order"),))


def test_nobody_is_not_a_customer() -> None:
    one = cancel(2, 3, customer="")
    assert match([one], [line("x", 9, 1, customer="")]) == Matches((), (Unmatched(one, 2, "no_customer"),))


def test_cancellations_take_turns_by_time() -> None:
    early, late = cancel(3, 2, key="early"), cancel(3, 5, key="late")
    lines = [line("old", 3, 1), line("new", 3, 4)]
    assert match([late, early], lines) == Matches((Match(early, "old", 3), Match(late, "new", 3)), ())
    assert match([late, early], lines[:1]) == Matches(
        (Match(early, "old", 3),), (Unmatched(late, 3, "no_order"),)
    )


def test_of_two_lines_at_once_the_later_given_is_taken() -> None:
    one = cancel(1, 3)
    assert match([one], [line("first", 1, 1), line("second", 1, 1)]).matched == (Match(one, "second", 1),)


def test_a_file_cancels_its_own_orders() -> None:
    intake = taken(
        row(), row(code="71053"), row(invoice="C501", code="71053", units="-2", at="2011-03-02 09:00:00")
    )
    found = match(intake.cancellations, open_lines(intake.orders))
    assert [(one.ref, one.quantity) for one in found.matched] == [(("500", 1), 2)]
    assert found.unmatched == ()


invoices = st.builds(
    lambda prefix, number: f"{prefix}{number}", st.sampled_from(["", "C"]), st.integers(500, 505)
)
rows = st.builds(
    lambda invoice, code, units, price, day, customer: row(
        invoice=invoice,
        code=code,
        units=str(-units if invoice.startswith("C") else units),
        price=price,
        at=f"2011-03-{day:02d} 10:00:00",
        customer=customer,
    ),
    invoices,
    st.sampled_from(["22423", "85123a", "85123A", "POST", "m"]),
    st.integers(1, 9),
    st.sampled_from(["0", "1.25", "-3"]),
    st.integers(1, 9),
    st.sampled_from(["", "1", "2"]),
)


@settings(deadline=None)  # a shared machine has its own pace
@given(st.lists(rows, min_size=1, max_size=30))
def test_no_unit_is_lost(many: list[tuple[str, ...]]) -> None:
    """Whatever the rows, orders, cancellations, corrections and fees add up to the file; matches to cancellations."""
    intake = taken(*many)
    expected: Counter[str] = Counter()
    for one in many:
        expected[one[1].upper()] += int(one[3])
    assert {code: n for code, n in units(intake).total().items() if n} == {
        code: n for code, n in expected.items() if n
    }
    found = match(intake.cancellations, open_lines(intake.orders))
    split: Counter[str] = Counter()
    for part in (*found.matched, *found.unmatched):
        assert part.quantity > 0
        split[part.cancellation.key] += part.quantity
    assert split == Counter({one.key: one.quantity for one in intake.cancellations})
    used = Counter[tuple[str, int]]()
    for part in found.matched:
        used[part.ref] += part.quantity
    ordered = {
        (order.number, n): order.lines[n].quantity for order in intake.orders for n in range(len(order.lines))
    }
    assert all(ordered[ref] >= taken_ for ref, taken_ in used.items())


def test_keys_are_the_same_in_every_copy_of_a_file() -> None:
    before = row(invoice="1")
    cancelled = row(invoice="C9", units="-1")
    whole, part = taken(before, cancelled, cancelled), taken(cancelled, cancelled)
    assert (
        [one.key for one in whole.cancellations]
        == [one.key for one in part.cancellations]
        == ["C9/22423/1", "C9/22423/2"]
    )
