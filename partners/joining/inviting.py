"""Inviting many at once from a file: all of them or nobody."""

from dataclasses import dataclass

from base.errors import Invalid
from base.scope import Scope
from base.sheet import Sheet
from partners.joining import lists
from partners.joining.lists import Line, Trouble
from security import people


class BadList(Invalid):
    """Something is wrong with the list: nobody was invited. Facts: field, troubles."""

    code = "joining.bad_list"


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was invited, with the secret of their link; it is shown once and kept nowhere."""

    name: str
    token: str


def invite(scope: Scope, sheet: Sheet) -> tuple[Invited, ...]:
    """Invites everybody of a list as a partner. Raises BadList."""
    lines, troubles = lists.read(sheet)
    if troubles:
        raise BadList(field="file", troubles=troubles)
    made = [_invite(scope, line) for line in lines]
    if known := tuple(one for one in made if isinstance(one, Trouble)):
        raise BadList(field="file", troubles=known)
    return tuple(one for one in made if isinstance(one, Invited))


def _invite(scope: Scope, line: Line) -> Invited | Trouble:
    try:
        _, token = people.invite(scope, login=line.login, name=line.name, role="partner")
    except people.AlreadyMember:
        return Trouble(line.row, "login", "known")
    return Invited(line.name, token)
