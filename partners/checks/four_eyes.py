"""The last yes needs two people, one of them an owner; where there is only one, it is said openly (pure)."""

from collections.abc import Collection
from dataclasses import dataclass

OWNER = "owner"
DONE, SECOND, AN_OWNER, ALONE = "done", "second", "an_owner", "alone"


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes of somebody: an account, in a role, and whether they said that there is nobody else."""

    account_id: int
    role: str
    alone: bool = False


def stands(yeses: Collection[Yes], *, able: Collection[int]) -> str:
    """Whether it is decided, or what is missing: a second yes, an owner's, or the word that one is alone.

    `able` are the accounts that may say yes. A yes said alone counts while nobody else may.
    """
    people = {yes.account_id for yes in yeses}
    if not people:
        return SECOND
    if not any(yes.role == OWNER for yes in yeses):
        return AN_OWNER
    if len(people) > 1:
        return DONE
    if set(able) - people:
        return SECOND
    return DONE if any(yes.alone for yes in yeses) else ALONE
