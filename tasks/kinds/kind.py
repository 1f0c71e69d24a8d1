"""What a kind of work is made of; `docs/adding-a-kind.md` says how one is added."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from base.scope import Scope
from tasks.checklist import Answers, Facts, Problem
from tasks.items import Item
from tasks.models import Task
from tasks.own import Finding
from tasks.suggestions.rule import Outcome
from tasks.wanted import Wanted

TWO_DAYS = 18 * 3600  # in business seconds, of nine hours a day


def nothing(_scope: Scope, _task: Task) -> tuple[Item, ...]:
    """No fields of its own."""
    return ()


def unseen(_scope: Scope, _task: Task, _answers: Answers) -> tuple[Finding, ...]:
    """No automatic checks."""
    return ()


def plain(_scope: Scope, _task: Task, _answers: Answers) -> Mapping[str, object]:
    """Nothing besides the sheet is drawn."""
    return {}


def fine(_item: Item, _value: Any, _facts: Facts) -> Problem | None:
    """Any value will do."""
    return None


def ends(_scope: Scope, _task: Task) -> None:
    """Acceptance brings about nothing besides the pay."""


def unmoved(_scope: Scope, _task: Task) -> None:
    """Work that is called off leaves nothing behind."""


def unsuggested(_scope: Scope, _task: Task, _answers: Answers) -> tuple[Outcome, ...]:
    """Nothing is suggested."""
    return ()


def unknown(_scope: Scope, _task: Task) -> Facts:
    """Nothing is known beforehand."""
    return Facts()


def no_picture(_scope: Scope, _task: Task, _name: str) -> int | None:
    """Whoever works is shown no product pictures."""
    return None


def as_it_is(_scope: Scope, wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """What is wanted needs nothing made ready."""
    return wanted


def written(item: Item, form: Any) -> Any:
    """The text of the field's one place in the form, None where it is empty."""
    return form.get(f"answer-{item.key}", "").strip() or None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work. Its words are `kinds.<name>.…`, in the files words.ko.toml and words.en.toml beside it.

    `sop_title`, `items`, `criteria`: its first procedure and rubric; `first_price` in won, `due_s` the
    business seconds it is due in where nobody says otherwise: what a shop starts from.
    `facts`: what is known of a task; `flags` and `numbers` name what conditions and targets may ask of them.
    `fields`: what is asked besides the procedure, items of type "own", the same every time for a task;
    `typed` reads one from a form, `check` says what is wrong with its value (the words of a code are
    `kinds.<name>.problem.<code>`, or those of `tasks.problem`).
    `look`: automatic checks of the whole sheet. `shown`: what its partner.html and reviewer.html need.
    `suggested`: what the sheet suggested from past work, and whether these answers keep it; asked at the
    first hand-in, and measured.
    `accepted`: what acceptance brings about, within the accepting transaction; `called_off`: what follows
    when one task of it is cancelled by hand, within that transaction.
    `ready`: makes ready what work is wanted about before its tasks are opened, whoever wants it, and says
    what the tasks are then about; it refuses before it writes.
    `claimed`: what follows at once when a hand takes a task, within the claiming transaction.
    `picture`: the product picture that a task shows under a name; its holder gets it by no other address.
    """

    name: str
    sop_title: str
    items: tuple[Mapping[str, Any], ...]
    criteria: tuple[Mapping[str, Any], ...]
    facts: Callable[[Scope, Task], Facts] = unknown
    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    first_price: int = 0
    due_s: int = TWO_DAYS
    fields: Callable[[Scope, Task], tuple[Item, ...]] = nothing
    typed: Callable[[Item, Any], Any] = written
    check: Callable[[Item, Any, Facts], Problem | None] = fine
    look: Callable[[Scope, Task, Answers], tuple[Finding, ...]] = unseen
    shown: Callable[[Scope, Task, Answers], Mapping[str, object]] = plain
    suggested: Callable[[Scope, Task, Answers], Sequence[Outcome]] = unsuggested
    accepted: Callable[[Scope, Task], None] = ends
    called_off: Callable[[Scope, Task], None] = unmoved
    ready: Callable[[Scope, Sequence[Wanted]], Sequence[Wanted]] = as_it_is
    picture: Callable[[Scope, Task, str], int | None] = no_picture
    claimed: Callable[[Scope, Task], None] = ends

    @property
    def has_fields(self) -> bool:
        """Whether something is asked besides the procedure."""
        return self.fields is not nothing

    @property
    def looks(self) -> bool:
        """Whether a machine checks the sheet."""
        return self.look is not unseen

    @property
    def suggests(self) -> bool:
        """Whether its sheets suggest anything."""
        return self.suggested is not unsuggested
