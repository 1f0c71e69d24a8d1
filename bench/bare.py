"""The bare engine: the recorded claim and handing-in said by processes that do nothing else."""

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update

from base.config import ROOT
from base.scope import THE_HOUSE, acting
from bench.house import HANDS, House
from bench.recording import Recorded
from tasks.models import StageClock, Submission, Task


class HandFailed(Exception):
    """A bare hand ended before it reported; its last words are the message."""


@dataclass(frozen=True, slots=True)
class Bare:
    """Pairs a second of so many processes; tasks that were handed out twice."""

    hands: int
    pairs: int
    per_second: float
    twice: int


def measure(house: House, said: Recorded, *, seconds: float, most: int) -> Bare:
    """Lets the bare hands work and puts back what they did; on SQLite one hand, as it has one writer."""
    hands = HANDS if house.engine == "PostgreSQL" else 1
    asked = {
        "url": house.environ["DATABASE_URL"],
        "shop_id": house.shop_id,
        "begin": "BEGIN" if house.engine == "PostgreSQL" else "BEGIN IMMEDIATE",
        "take": said.take,
        "hand_in": said.hand_in,
        "most": most // hands,
        "seconds": seconds,
    }
    done = _worked([_hand(asked) for _ in range(hands)])
    put_back(house)
    tasks = [task for one in done for task in one["tasks"]]
    rate = sum(len(one["tasks"]) / one["seconds"] for one in done)
    return Bare(hands, len(tasks), rate, len(tasks) - len(set(tasks)))


def put_back(house: House) -> None:
    """Opens again what was taken bare: work whose clock in the house still waits for somebody to claim it."""
    waits = exists().where(
        StageClock.task_id == Task.id, StageClock.stage == "claim", StageClock.ended_at.is_(None)
    )
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        taken: tuple[ColumnElement[bool], ...] = (
            Task.shop_id == scope.shop_id,
            Task.state.in_(["claimed", "submitted"]),
            waits,
        )
        ids = select(Task.id).where(*taken)
        as_it_is = {"synchronize_session": False}
        scope.session.execute(
            delete(Submission).where(Submission.task_id.in_(ids)).execution_options(**as_it_is)
        )
        fresh = dict.fromkeys(("holder_id", "lease_until", "claimed_at", "submitted_at", "won"))
        again = update(Task).where(*taken).values(state="open", fence=0, **fresh)
        scope.session.execute(again.execution_options(**as_it_is))


def _hand(asked: dict[str, Any]) -> "subprocess.Popen[bytes]":
    hand = subprocess.Popen(
        [sys.executable, "-m", "bench.bare_hand"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert hand.stdin is not None
    pickle.dump(asked, hand.stdin)
    hand.stdin.flush()
    return hand


def _worked(hands: list["subprocess.Popen[bytes]"]) -> list[Any]:
    """Begins once all are ready; what each reports."""
    for hand in hands:
        assert hand.stdout is not None
        hand.stdout.readline()
    for hand in hands:
        assert hand.stdin is not None
        hand.stdin.write(b"begin\n")
        hand.stdin.flush()
    return [_reported(hand) for hand in hands]


def _reported(hand: "subprocess.Popen[bytes]") -> Any:
    out, _none = hand.communicate(timeout=120)
    if hand.returncode:
        raise HandFailed(hand.returncode)
    return json.loads(out)
