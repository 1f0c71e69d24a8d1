"""What a kind of work is made of; another kind is one more module with such a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from base.scope import Scope
from tasks.checklist import Facts
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its name in code, the title and items of its first SOP, its rubric, and its facts."""

    name: str
    sop_title: str
    items: tuple[Mapping[str, Any], ...]
    criteria: tuple[Mapping[str, Any], ...]
    facts: Callable[[Scope, Task], Facts]
