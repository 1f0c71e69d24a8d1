"""Reading the history afterwards: what was acknowledged stands, once, and nothing waits for ever (T4).

The rules are pure: they compare what clients were told with what the database holds.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.lifecycle import HELD, OPEN, after
from tests.torture.history import OK, Act

#: Journal acts about a task, as the steps of its life.
STEP = {
    "task.claimed": "claim", "task.assigned": "assign", "task.released": "release", "task.expired": "expire", "task.submitted": "submit",
    "task.drawn": "sample", "task.accepted": "accept", "task.sent_back": "send_back",
    "task.rejected": "reject", "task.cancelled": "cancel",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A journal line as the rules read it."""

    act: str
    actor: int
    subject: int
    facts: str = "{}"


@dataclass
class Verdict:
    """What is wrong; three lists of words, all empty when everything held."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return not (self.lost or self.twice or self.stuck)


def lives(lines: Iterable[Told], states: Mapping[int, str]) -> Iterator[str]:
    """Tasks whose journal is no life that the table allows, or ends elsewhere than the row: two holders show here."""
    at: dict[int, str] = {}
    for line in lines:
        if line.act not in STEP:
            continue
        before = at.get(line.subject, OPEN)
        if before == "?":
            continue
        to = after(before, STEP[line.act])
        if to is None:
            yield f"task {line.subject}: {line.act} while {before}"
        at[line.subject] = to or "?"
    for task, state in states.items():
        if at.get(task, OPEN) not in {"?", state}:
            yield f"task {task}: journalled {at.get(task, OPEN)}, is {state}"


def claims(acts: Sequence[Act], lines: Sequence[Told]) -> Iterator[str]:
    """Acknowledged claims that the journal does not hold as often."""
    told = Counter((act.facts["said"]["task_id"], act.who) for act in acts)
    made = Counter((line.subject, line.actor) for line in lines if line.act == "task.claimed")
    yield from (f"claim of task {task} by {who}" for (task, who), n in told.items() if made[task, who] < n)


def submits(acts: Sequence[Act], rows: Mapping[int, tuple[int, int]]) -> Iterator[str]:
    """Acknowledged submissions that are not there for this task and hold; `rows`: id -> (task, fence)."""
    for act in acts:
        number, held = act.facts["said"]["submission_id"], (act.facts["task"], act.facts["fence"])
        if rows.get(number) != held:
            yield f"submission {number} of task {held[0]}"


def doubled(pairs: Iterable[tuple[int, ...]], what: str) -> Iterator[str]:
    """What stands more than once and may stand only once."""
    yield from (f"{what} {pair}: {n} times" for pair, n in Counter(pairs).items() if n > 1)


def shared(acts: Iterable[Act], key: str, what: str) -> Iterator[str]:
    """Different acts that were told the same result as if each had made it."""
    told = Counter((act.facts["said"][key], act.who) for act in acts if act.outcome == OK)
    yield from (f"{what} {number} was given {n} times" for (number, _who), n in told.items() if n > 1)


def verdicts(acts: Sequence[Act], rows: Mapping[int, tuple[str, int]]) -> Iterator[str]:
    """Acknowledged verdicts that the inspection does not hold; `rows`: id -> (verdict, reviewer)."""
    for act in acts:
        if rows.get(act.facts["inspection"]) != (act.facts["verdict"], act.who):
            yield f"verdict {act.facts['verdict']} of inspection {act.facts['inspection']}"


def deliveries(acts: Sequence[Act], units: Counter[int]) -> Iterator[str]:
    """Acknowledged deliveries of goods that the ledger does not hold."""
    told = Counter(act.facts["units"] for act in acts)
    yield from (f"delivery of {n} units" for n, times in told.items() if units[n] < times)


def doubled_deliveries(acts: Sequence[Act], units: Counter[int]) -> Iterator[str]:
    """Deliveries that stand more often than anybody sent them."""
    sent = Counter(act.facts["units"] for act in acts)
    yield from (f"delivery of {n} units: {units[n]}" for n in sent if units[n] > sent[n])


def orders(acts: Sequence[Act], numbers: Counter[str]) -> Iterator[str]:
    """Orders of acknowledged imports that are not there."""
    wanted = {number for act in acts for number in act.facts["numbers"]}
    yield from (f"order {number}" for number in sorted(wanted) if numbers[number] == 0)


def cancelled(acts: Sequence[Act], states: Mapping[int, str]) -> Iterator[str]:
    """Acknowledged cancellations of orders that are not cancelled."""
    for act in acts:
        if states.get(act.facts["order"]) != "cancelled":
            yield f"cancellation of order {act.facts['order']}"


def judged(lines: Sequence[Told]) -> list[tuple[int, ...]]:
    """The inspections that were judged, as often as the journal says."""
    return [(line.subject,) for line in lines if line.act == "inspection.judged"]


def handed_in(lines: Sequence[Told]) -> list[tuple[int, ...]]:
    """Task and hold and round of every submission that the journal knows."""
    found = [(line.subject, json.loads(line.facts)) for line in lines if line.act == "task.submitted"]
    return [(task, facts["fence"], facts["round"]) for task, facts in found]


def stuck(tasks: Iterable[tuple[int, str, bool]]) -> Iterator[str]:
    """Tasks in somebody's hand though their lease is over; rows: id, state, over."""
    yield from (f"task {id_} is still {state}" for id_, state, over in tasks if over and state in HELD)
