"""Numbers and days as people type them into the room's forms."""

from datetime import UTC, date, datetime, time

from flask import request

from base.errors import Invalid
from base.scope import Scope
from base.web import zone


class NotANumber(Invalid):
    """A number was expected; `field` says where."""

    code = "partners.not_a_number"


class NotADate(Invalid):
    """A date was expected; `field` says where."""

    code = "partners.not_a_date"


def whole(field: str) -> int:
    """A whole number from 0, with or without commas. Raises NotANumber."""
    text = request.form.get(field, "").strip().replace(",", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotANumber(field=field)
    return int(text)


def signed(field: str) -> int:
    """A whole number that may be below zero; nothing is 0. Raises NotANumber."""
    text = request.form.get(field, "").strip().replace(",", "").replace("−", "-")
    digits = text.removeprefix("-").removeprefix("+")
    if not text:
        return 0
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise NotANumber(field=field)
    return -int(digits) if text.startswith("-") else int(digits)


def since(scope: Scope) -> datetime | None:
    """The first instant of the day typed; at once where none was, or today; none for a day that is over."""
    typed = request.form.get("since", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise NotADate(field="since") from error
    today = scope.now.astimezone(zone()).date()
    if day is None or day == today:
        return scope.now
    if day < today:
        return None
    return datetime.combine(day, time(), tzinfo=zone()).astimezone(UTC)
