"""Numbers as people and JSON write them."""

from decimal import Decimal, InvalidOperation

MOST, MOST_PLACES = Decimal(10) ** 12, 20  # of a number, and after its point


def decimal_of(value: object) -> Decimal | None:
    """A finite number as people or JSON write it, None when it is none; a float is taken as it is printed."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < MOST and _written_out(number) else None


def _written_out(number: Decimal) -> bool:
    """Whether it stays short when it is written without an exponent: 1e-999999999 fills the memory."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_PLACES
