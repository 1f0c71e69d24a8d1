"""Answering: items are saved one by one or as a form, each by the version it was given to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from base import prepared
from base.errors import Invalid, NotFound, Refused, Stale
from base.prepared import SHOP
from base.rows import one
from base.scope import Scope
from tasks import checklist, dispatch, drafts
from tasks.checklist import Facts, Item, Problem
from tasks.holding import ever_held, held
from tasks.models import Answer, Task
from tasks.numbers import decimal_of
from tasks.sheet import Given, NotThisItem, answers_of, check_editable, facts_of, item_of

NOTHING = Facts()


class BadAnswer(Invalid):
    """The answer cannot stand. Facts: item, problem (a code) and the problem's own."""

    code = "tasks.bad_answer"


class StaleAnswer(Stale):
    """Another tab or phone answered this item first. Facts: item, value and version as they are now."""

    code = "tasks.stale_answer"


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as it stands now, what is still wrong with it, and how long the task is held."""

    version: int
    problem: Problem | None
    lease_until: datetime | None


def answer(scope: Scope, task_id: int, *, item: str, value: Any, version: int) -> Saved:
    """Saves one answer if nobody answered since the version seen (0: none yet); the lease is renewed.

    Raises NotFound, LeaseEnded, HandedIn, UnknownItem, NotThisItem, BadAnswer, StaleAnswer.
    """
    task = held(scope, task_id)
    told = _fit(scope, task, item, value, version)
    _write(scope, task, [told])
    dispatch.renew(scope, task)
    return Saved(answers_of(scope, task)[item].version, told.problem, task.lease_until)


def answer_all(scope: Scope, task_id: int, said: Mapping[str, tuple[Any, int]]) -> dict[str, Refused]:
    """Saves the answers of a whole form, each by its item with the version seen; the lease is renewed.

    Gives what refuses those that cannot stand, by item; the others are saved. Raises NotFound, LeaseEnded,
    HandedIn, UnknownItem.
    """
    task, fit, refused = held(scope, task_id), [], dict[str, Refused]()
    for item, (value, version) in said.items():
        try:
            fit.append(_fit(scope, task, item, value, version))
        except (BadAnswer, NotThisItem, StaleAnswer) as refusal:
            refused[item] = refusal
    if fit:
        _write(scope, task, fit)
        dispatch.renew(scope, task)
    return refused


def keep_late(scope: Scope, task_id: int, *, item: str, value: Any) -> None:
    """Keeps an answer that came after the lease had ended. Raises NotFound, UnknownItem, BadAnswer."""
    task = one(scope, Task, task_id)
    if not ever_held(scope, task):
        raise NotFound
    asked = item_of(scope, task, item)
    _check(scope, task, asked, value)
    drafts.keep_late(scope, task, item=item, value=canonical(asked, value))


def canonical(item: Item, value: Any) -> Any:
    """The answer as it is stored: numbers as plain decimals, codes without blanks, nothing as None."""
    if checklist.blank(value) and item.type != "check":
        return None
    if item.type == "number":
        return f"{decimal_of(value):f}"
    if item.type == "scan":
        return [code.strip() for code in value if code.strip()]
    return value.strip() if item.type == "text" else value


def _check(scope: Scope, task: Task, item: Item, value: Any) -> Problem | None:
    """What is wrong with the answer; facts are read only for items that look at them."""
    if checklist.blank(value) and item.type != "check":
        return None
    facts = facts_of(scope, task) if item.type in {"scan", "own"} or item.target else NOTHING
    problem = checklist.check(item, value, facts)
    if problem and not problem.stands:
        raise BadAnswer(item=item.key, field=item.key, problem=problem.code, **problem.facts)
    return problem


def _fit(scope: Scope, task: Task, item: str, value: Any, version: int) -> "_Told":
    """The answer as it may be written. Raises UnknownItem, NotThisItem, BadAnswer, StaleAnswer."""
    asked = item_of(scope, task, item)
    check_editable(scope, task, item)
    problem = _check(scope, task, asked, value)
    told = _Told(item, canonical(asked, value), version, problem)
    row = answers_of(scope, task).get(item)
    if (row.version if row else 0) != version and not _again(task, row, told):
        raise StaleAnswer(item=item, value=row and row.value["v"], version=row.version if row else 0)
    return told


def _again(task: Task, row: Given | None, told: "_Told") -> bool:
    """Whether it is the same answer twice, as a phone sends it that heard no reply."""
    return row is not None and (row.value["v"], row.round) == (told.value, task.round)


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer that fits: in the form it is stored in, with the version it was given to."""

    item: str
    value: Any
    version: int
    problem: Problem | None


def _write(scope: Scope, task: Task, told: Sequence[_Told]) -> None:
    known, new = answers_of(scope, task), []
    written = {"round": task.round, "by": scope.actor.id, "at": scope.now}
    for one_ in told:
        row = known.get(one_.item)
        if row is None:
            new.append(written | {"task_id": task.id, "item": one_.item, "value": {"v": one_.value}})
        elif row.version != one_.version:
            continue  # it stands already
        elif prepared.run(scope, _ANEW, _placed(task, one_, written)).rowcount != 1:
            raise StaleAnswer(item=one_.item, value=row.value["v"], version=row.version)
        known[one_.item] = Given(one_.item, {"v": one_.value}, task.round, one_.version + 1)
    prepared.put(scope, Answer, *new)


def _placed(task: Task, told: _Told, written: Mapping[str, Any]) -> dict[str, Any]:
    where = {"task": task.id, "of": told.item, "seen": told.version}
    return where | {"told": {"v": told.value}} | {f"to_{name}": value for name, value in written.items()}


ANSWERS: Any = Answer.__table__
_ANEW = (
    update(ANSWERS)
    .where(
        ANSWERS.c.shop_id == SHOP,
        ANSWERS.c.task_id == bindparam("task"),
        ANSWERS.c.item == bindparam("of"),
        ANSWERS.c.version == bindparam("seen"),
    )
    .values(
        value=bindparam("told"),
        round=bindparam("to_round"),
        by=bindparam("to_by"),
        at=bindparam("to_at"),
        version=ANSWERS.c.version + 1,
    )
)
