"""One shift: eight clients work through a day while accidents happen; afterwards the books are compared."""

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tasks.models import Task
from tests.torture import evening, skew
from tests.torture.caller import Caller
from tests.torture.checker import Verdict
from tests.torture.history import History
from tests.torture.nemesis import Nemesis
from tests.torture.people import Owner, Partner, Person, Reviewer
from tests.torture.stand import Hired, Stand, refill, stand

GAP_S = (0.1, 1.6)
FEW, MORE = 40, 120


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, what happened meanwhile, and what is wrong."""

    engine: str
    seed: int
    seconds: float
    faults: Counter[str]
    acts: dict[str, dict[str, int]]
    starts: dict[str, int]
    broken: list[str]
    verdict: Verdict

    @property
    def held(self) -> bool:
        return self.verdict.held

    def document(self) -> dict[str, Any]:
        told = {key: getattr(self, key) for key in ("engine", "seed", "seconds", "acts", "starts")}
        wrong = asdict(self.verdict)
        counts = {f"{name}_count": len(found) for name, found in wrong.items()}
        faults = {"faults": dict(self.faults), "fault_count": self.faults.total()}
        return told | faults | counts | wrong | {"server_errors": self.broken[:20], "held": self.held}


def run(engine: str, folder: Path, *, seed: int, seconds: float, with_valkey: bool = True) -> Report:
    """A shift of so many seconds on a fresh stand."""
    with stand(engine, folder, with_valkey=with_valkey) as made:
        return day(made, seed=seed, seconds=seconds)


def day(made: Stand, *, seed: int, seconds: float) -> Report:
    """The clients, the accidents, the evening."""
    if not made.until_ready():
        raise TimeoutError("the web never answered")
    history, ended, nemesis = History(), threading.Event(), Nemesis(made, Random(seed))
    crew = [_person(made, one, history, ended, seed + number) for number, one in enumerate(made.people)]
    hands = [threading.Thread(target=one.day, daemon=True) for one in crew]
    for hand in hands:
        hand.start()
    began = time.monotonic()
    _happen(made, nemesis, until=began + seconds)
    nemesis.heal()
    took = time.monotonic() - began
    time.sleep(1)
    ended.set()
    for hand in hands:
        hand.join()
    history.write(made.folder / "history.jsonl")
    verdict = evening.close(made, history)
    starts = {"web": made.services[0].starts, "worker": made.services[1].starts}
    return Report(
        made.engine, seed, round(took, 1), nemesis.done, history.counted(), starts, history.broken, verdict
    )


def _happen(made: Stand, nemesis: Nemesis, *, until: float) -> None:
    """Accidents with short pauses, and new work before there is none."""
    while time.monotonic() < until:
        time.sleep(nemesis.random.uniform(*GAP_S))
        nemesis.strike()
        with suppress(SQLAlchemyError):
            _replenish(made)


def _replenish(made: Stand) -> None:
    with made.look() as scope:
        open_ = scope.session.scalar(select(func.count()).where(Task.state == "open"))
    if (open_ or 0) < FEW:
        refill(made, MORE)


def _person(made: Stand, one: Hired, history: History, ended: threading.Event, seed: int) -> Person:
    caller = Caller(
        one.account, made.port, lambda: made.sign_in(one.member), Random(seed), history, ended.is_set
    )
    if one.role == "owner":
        return Owner(caller, lambda: skew.Skewed.now().astimezone())
    return {"partner": Partner, "reviewer": Reviewer}[one.role](caller)
