"""What the forms of buying tell, read as people write it; what cannot be read the desks refuse."""

import re
from datetime import date
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from stock.buying.noting import Told as Noted
from stock.buying.suppliers import Told as Terms

NO_NUMBER = -1
Form = MultiDict[str, str]


def whole(typed: str) -> int:
    """A whole number, commas and blanks allowed; -1 for what is none."""
    plain = typed.replace(",", "").strip()
    return int(plain) if re.fullmatch(r"[0-9]{1,9}", plain) else NO_NUMBER


def amount(typed: str) -> Decimal:
    """Won, with up to two decimals; -1 for what is none."""
    plain = typed.replace(",", "").strip()
    return Decimal(plain) if re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", plain) else Decimal(NO_NUMBER)


def day(typed: str) -> date:
    """A day; the first of all for what is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


def line(typed: str) -> str:
    """A line of words without blanks around or doubled."""
    return " ".join(typed.split())


def noted(form: Form) -> Noted:
    """The note a form tells."""
    return Noted(
        kind=form.get("kind", ""),
        percent=whole(form.get("percent", "")),
        first=day(form.get("first", "")),
        last=day(form.get("last", "")),
        words=line(form.get("words", "")),
    )


def terms(form: Form) -> Terms:
    """The terms a form tells."""
    return Terms(
        supplier_id=whole(form.get("supplier", "")),
        least=whole(form.get("least", "") or "1"),
        pack=whole(form.get("pack", "") or "1"),
        price=amount(form.get("price", "")),
    )
