"""What a kind of work is made of; another kind is one more module with such a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from base.scope import Scope
from tasks.checklist import Facts
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its name in code, the title and items of its first SOP, its rubric, and its facts.

    `flags` and `numbers` name what the facts may say, for conditions and for targets of measured items.
    """

    name: str
    sop_title: str
    items: tuple[Mapping[str, Any], ...]
    criteria: tuple[Mapping[str, Any], ...]
    facts: Callable[[Scope, Task], Facts]
    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
