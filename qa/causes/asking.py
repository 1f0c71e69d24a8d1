"""What the addresses and forms of these pages ask for."""

from datetime import date

from flask import request

from base.errors import NotFound
from base.scope import Scope
from qa.board import drill
from qa.board.drill import Window


def window(scope: Scope) -> Window:
    """The days the address names, four weeks where it names none. Raises NotFound."""
    whole = drill.window(scope)
    try:
        first, last = (
            date.fromisoformat(request.args[name]) if name in request.args else day
            for name, day in (("first", whole.first), ("last", whole.last))
        )
    except ValueError as error:
        raise NotFound from error
    if not (0 <= (last - first).days <= 3660 and first.year > 1970 and last.year < 2500):
        raise NotFound
    return Window(first, last)


def number(name: str) -> int:
    """A number of the address, 0 where it names none. Raises NotFound."""
    told = request.args.get(name, "0")
    if not (told.isdecimal() and told.isascii() and len(told) <= 15):
        raise NotFound
    return int(told)


def whole(typed: str) -> int:
    """A whole number as people write it; -1 for what is none, which every desk refuses."""
    plain = typed.replace(",", "").strip()
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) <= 15 else -1
