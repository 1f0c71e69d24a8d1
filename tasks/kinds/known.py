"""The kinds of work this house knows: every folder beside this file that declares one, found at the start."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

from base import i18n
from base.background import Job
from base.errors import NotFound
from base.invariants import Ask
from base.rows import one
from base.scope import Scope, for_good
from partners.kinds import OWN, own
from partners.models import OwnKind
from tasks import kinds
from tasks.kinds import homemade
from tasks.kinds.kind import Kind
from tasks.models import Task
from tasks.news import TaskClaimed


@cache
def coded() -> Mapping[str, Kind]:
    """The kinds that are folders, by name; their tables, pages and words are loaded with them."""
    found: dict[str, Kind] = {}
    for name in folders():
        kind_: Kind = _part(name, "kind").KIND
        if kind_.name != name:
            raise ValueError(f"tasks/kinds/{name}: its kind is called {kind_.name}")
        found[name] = kind_
        i18n.beside(f"kinds.{name}", home_of(name))
        if _has(name, "models"):
            _part(name, "models")
    return found


def folders() -> tuple[str, ...]:
    """The names of the folders, sorted."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(kinds.__path__) if found.ispkg))


def home_of(name: str) -> Path:
    """The folder of a kind."""
    return Path(next(iter(importlib.import_module(f"{kinds.__name__}.{name}").__path__)))


def roots() -> list[str]:
    """The folders the kinds' folders lie in."""
    return list(kinds.__path__)


def pages() -> list[ModuleType]:
    """The kinds' own pages: modules with a blueprint called `pages`."""
    return [_part(name, "pages") for name in coded() if _has(name, "pages")]


def on_claimed(scope: Scope, news: TaskClaimed) -> None:
    """Tells the kind that a task of it was taken; kinds of the owner's own have nothing to do then."""
    task = one(scope, Task, news.task_id)
    if task.kind in coded():
        coded()[task.kind].claimed(scope, task)


def jobs() -> dict[str, Job]:
    """The kinds' own background work, by name."""
    return {
        name: job
        for folder in coded()
        if _has(folder, "jobs")
        for name, job in _part(folder, "jobs").JOBS.items()
    }


def invariants() -> dict[str, Mapping[str, Ask]]:
    """What must always hold of the kinds' own tables, by kind; the words are `kinds.<name>.broken.<code>`."""
    return {name: _part(name, "invariants").ASKED for name in coded() if _has(name, "invariants")}


def kind(scope: Scope, name: str) -> Kind:
    """The kind of this name in this shop. Raises NotFound."""
    found = coded().get(name)
    if found is not None:
        return found
    if not (of_owner := OWN.fullmatch(name)):
        raise NotFound
    return for_good(scope, ("kind", name), lambda: _homemade(scope, name, int(of_owner[1])))


def every(scope: Scope) -> tuple[str, ...]:
    """The kinds of a shop, its owner's own last."""
    return (*coded(), *own(scope))


def _homemade(scope: Scope, name: str, id_: int) -> Kind:
    """A kind the owner made: its items from its procedure alone, which she writes."""
    title = one(scope, OwnKind, id_).name["ko"]
    return Kind(name, title, homemade.ITEMS, homemade.CRITERIA)


def _part(name: str, part: str) -> ModuleType:
    return importlib.import_module(f"{kinds.__name__}.{name}.{part}")


def _has(name: str, part: str) -> bool:
    return (home_of(name) / f"{part}.py").is_file()
