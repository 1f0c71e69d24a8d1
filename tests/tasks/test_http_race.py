"""Fifty partners at one server, over HTTP: every task has one winner, and every loser is told in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from threading import Barrier, Semaphore
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from base.i18n import t
from base.models import Receipt
from base.scope import Scope, acting
from bench import crowd, workshop
from bench.browser import Answer, Browser
from bench.crowd import Hand
from qa.doctor import examine
from security import journal
from security.models import AuditEntry
from tasks.models import Submission, Task
from tests.cast import Cast
from tests.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.both]  # locks
T = TypeVar("T")

HANDS, WORK, CAPACITY = 50, 500, 12
CHOSEN, RIVALS = 200, 3  # so many tasks are wanted by three hands each
LOAD, BEFORE_THE_END, WAITING = 8, 60, 200
NEXT = "/offers/next"


@dataclass(frozen=True, slots=True)
class Played:
    """What a hand was told, in turn."""

    hand: Hand
    told: list[Answer]

    @property
    def won(self) -> list[int]:
        return [answer.json()["task_id"] for answer in self.told if answer.status == 200]

    @property
    def refusals(self) -> list[tuple[int, dict[str, object]]]:
        return [(answer.status, answer.json()) for answer in self.told if answer.status != 200]


@dataclass(frozen=True, slots=True)
class Shift:
    """The server, the hands at work, and their shop as the database has it."""

    served: Served
    cast: Cast
    hands: list[Hand]

    @contextmanager
    def looking(self) -> Iterator[Scope]:
        haneul = self.cast.haneul
        with acting(self.served.world, shop_id=haneul.shop_id, actor=haneul.actor, reading=True) as scope:
            yield scope

    def browser(self, hand: Hand) -> Browser:
        return self.served.browser(hand.key)

    def together(self, act: Callable[[int, Hand], T]) -> list[T]:
        """Everybody begins at the same instant."""
        line = Barrier(len(self.hands))

        def one(place: int) -> T:
            line.wait()
            return act(place, self.hands[place])

        with ThreadPoolExecutor(len(self.hands)) as pool:
            return list(pool.map(one, range(len(self.hands))))

    def tasks(self) -> dict[int, Task]:
        with self.looking() as scope:
            return {task.id: task for task in scope.session.scalars(select(Task))}

    def is_whole(self) -> bool:
        """Whether everything that must always hold of the shop holds, and its journal is what was written."""
        with self.looking() as scope:
            assert list(examine.invariants(scope)) == []
            return journal.verify(scope).held


def shift(served: Served, cast: Cast, *, hands: int, work: int, capacity: int) -> Shift:
    """Hands, half of whom read English, and work that is open."""
    haneul = cast.haneul
    with acting(served.world, shop_id=haneul.shop_id, actor=haneul.actor) as scope:
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, work)
        return Shift(served, cast, crowd.hire(scope, hands, capacity=capacity, locales=("ko", "en")))


def until_refused(browser: Browser) -> Iterator[Answer]:
    """Presses *next task* until told that there is none, or that no more may be held."""
    while True:
        yield (answer := browser.post(NEXT))
        if answer.status != 200:
            return


def test_fifty_clients_on_five_hundred_tasks(served: Served, cast: Cast) -> None:
    at_work = shift(served, cast, hands=HANDS, work=WORK, capacity=CAPACITY)
    ids = sorted(at_work.tasks())

    def play(place: int, hand: Hand) -> Played:
        browser = at_work.browser(hand)
        wanted = [
            ids[n] for n in range(CHOSEN) if place in {(RIVALS * n + by) % HANDS for by in range(RIVALS)}
        ]
        return Played(hand, [*(browser.post(f"/offers/{n}/claim") for n in wanted), *until_refused(browser)])

    played = at_work.together(play)
    # Who looks for work while the last tasks are in other hands for an instant is told that there is none.
    played += [Played(hand, list(until_refused(at_work.browser(hand)))) for hand in at_work.hands]
    assert sorted(task_id for one in played for task_id in one.won) == ids
    holders = {task_id: one.hand.actor.partner_id for one in played for task_id in one.won}
    assert {task.id: task.holder_id for task in at_work.tasks().values()} == holders
    assert max(Counter(holders.values()).values()) <= CAPACITY
    for one in played:
        for status, told in one.refusals:
            facts = {"held": CAPACITY, "capacity": CAPACITY, "next_id": told.get("next_id")}
            words = t(one.hand.actor.locale, f"refused.{told['code']}", **facts)
            assert (status, told["text"]) == (409, words)
    losers = [told for one in played for _status, told in one.refusals if told["code"] == "tasks.taken"]
    assert len(losers) >= CHOSEN
    assert {told["next_id"] for told in losers if "next_id" in told} - set(ids) == set()
    assert at_work.is_whole()


def test_one_form_sent_three_times_at_once_is_one_act(served: Served, cast: Cast) -> None:
    at_work = shift(served, cast, hands=1, work=8, capacity=4)
    tab = at_work.browser(at_work.hands[0])
    tabs = [tab, served.browser(at_work.hands[0].key), served.browser(at_work.hands[0].key)]

    def thrice(path: str, client_id: str, **fields: str) -> set[Answer]:
        line = Barrier(len(tabs))

        def send(one: Browser) -> Answer:
            line.wait()
            return one.post(path, client_id=client_id, **fields)

        with ThreadPoolExecutor(len(tabs)) as pool:
            return set(pool.map(send, tabs))

    claims = [thrice(NEXT, f"claim-{n:03}") for n in range(4)]  # the last one fills the hand
    assert [len(answers) for answers in claims] == [1, 1, 1, 1]
    won = [answers.pop().json()["task_id"] for answers in claims]
    assert won == sorted(task.id for task in at_work.tasks().values() if task.holder_id)
    handed_in = [thrice(f"/work/{n}/submission", f"submit-{n:03}", **workshop.ANSWERS) for n in won]
    assert [{answer.status for answer in answers} for answers in handed_in] == [{200}] * 4
    with at_work.looking() as scope:
        assert scope.session.scalar(select(func.count()).select_from(Submission)) == 4
    released = at_work.browser(at_work.hands[0]).post(NEXT).json()["task_id"]
    answers = thrice(f"/work/{released}/release", "release-001", reason="no_time")
    assert {answer.status for answer in answers} == {302}
    assert at_work.is_whole()


def test_told_to_stop_under_load_the_server_leaves_nothing_half_done(served: Served, cast: Cast) -> None:
    at_work = shift(served, cast, hands=LOAD, work=WAITING, capacity=CAPACITY)
    done = Semaphore(0)

    def work(_place: int, hand: Hand) -> list[int]:
        browser, told = at_work.browser(hand), []
        try:
            while (claimed := browser.post(NEXT)).status == 200:
                told.append(claimed.json()["task_id"])
                browser.post(f"/work/{told[-1]}/submission", **workshop.ANSWERS)
                done.release()
        except (OSError, HTTPException):
            pass  # the server is gone
        return told

    def end() -> int:
        for _ in range(BEFORE_THE_END):
            done.acquire()
        return served.server.stop()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(end)
        told = {task_id for one in at_work.together(work) for task_id in one}
        assert ended.result() == 0
    claimed = {task.id for task in at_work.tasks().values() if task.fence}
    assert (told - claimed, len(claimed) < WAITING) == (set(), True)
    with at_work.looking() as scope:
        journalled = select(AuditEntry.subject_id).where(AuditEntry.act == "task.claimed")
        kept = select(func.count()).where(Receipt.request == f"POST {NEXT}")
        assert set(scope.session.scalars(journalled)) == claimed
        assert scope.session.scalar(kept) == len(claimed)
    assert at_work.is_whole()
