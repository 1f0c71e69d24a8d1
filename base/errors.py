"""Refusals: what a desk raises when it says no, as a code and facts; the words live in the catalogue."""

from typing import ClassVar


class Refused(Exception):
    """A no that a person can act on; subclasses stand beside the function that raises them.

    `code` names the words (`refused.<code>`) and is what integrators match on; `status` is HTTP's.
    """

    code: ClassVar[str] = "base.refused"
    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(Refused):
    """There is no such thing, or it is not yours to see: the two look the same."""

    code = "base.not_found"
    status = 404


class Invalid(Refused):
    """What was sent cannot be used as it is; `field` in the facts says where."""

    code = "base.invalid"
    status = 422


class Forbidden(Refused):
    """You are known, and this is not for you to do."""

    code = "base.forbidden"
    status = 403


class Stale(Refused):
    """Somebody changed this row after you read it."""

    code = "base.stale"
