"""The day's people: partners take and hand in, reviewers judge, an owner brings orders and goods and cancels."""

import io
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from PIL import Image

from base.i18n import SEOUL
from bench import workshop
from bench.browser import Answer
from stock import samples
from tests.torture.caller import Caller, Unanswered, numbers
from tests.torture.history import FAIL, OK, UNKNOWN

THINK_S = (0.05, 0.4)
ORDERS_IN_A_FILE = 8
SHADES = 12  # different pictures


@cache
def picture(shade: int) -> bytes:
    """A small picture unlike the others."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (20 * shade, 90, 200 - 10 * shade)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Person:
    """Somebody who works through the day; `turn` is one thing they do."""

    caller: Caller

    def day(self) -> None:
        while not self.caller.stopped():
            with suppress(Unanswered):
                self.turn()
            time.sleep(self.caller.random.uniform(*THINK_S))
        self.caller.hang_up()

    def turn(self) -> None:
        raise NotImplementedError

    def chance(self, share: float) -> bool:
        return self.caller.random.random() < share

    def note(self, kind: str, ask: Callable[[], Answer], **facts: object) -> Answer | None:
        """Does an act and writes down how it ended; the answer where it was acknowledged."""
        try:
            answer = ask()
        except Unanswered:
            self.caller.history.add(self.caller.account, kind, UNKNOWN, **facts)
            return None
        outcome = OK if answer.status < 400 else FAIL
        told = {"location": answer.location} if answer.location else {}
        if answer.body.startswith(b"{"):
            told |= {"said": answer.json()}
        self.caller.history.add(self.caller.account, kind, outcome, status=answer.status, **facts, **told)
        return answer if outcome == OK else None


class Partner(Person):
    """Takes work, takes a photo now and then, and hands in, gives back, or forgets about it."""

    def turn(self) -> None:
        claimed = self.note("claim", lambda: self.caller.post("/offers/next"))
        if claimed is not None:
            self.do(claimed.json()["task_id"])
            return
        for task_id in numbers(r"/work/(\d+)", self.caller.get("/today"))[:4]:
            self.do(task_id)

    def do(self, task_id: int) -> None:
        page = self.caller.get(f"/work/{task_id}")
        fence = re.search(r'name="fence" value="(\d+)"', page.body.decode())
        if page.status != 200 or fence is None:
            return
        held = {"task": task_id, "fence": int(fence[1])}
        if self.chance(0.15):
            self.photograph(task_id)
        if self.chance(0.05):
            return
        if self.chance(0.1):
            path, told = f"/work/{task_id}/release", {"reason": "no_time"}
            self.note("release", lambda: self.caller.post(path, **told), **held)
            return
        versions = dict(re.findall(r'name="(version-\w+)" value="(\d+)"', page.body.decode()))
        answers = {"answer-picked": "1", "answer-condition": "fine", "fence": fence[1]} | versions
        if self.chance(0.3):
            self.answer(task_id, versions, answers)
        self.note("submit", lambda: self.caller.post(f"/work/{task_id}/submission", **answers), **held)

    def answer(self, task_id: int, versions: dict[str, str], answers: dict[str, str]) -> None:
        """Saves one item by itself; the form goes on from the version it was told."""
        told = {"item": "condition", "answer-condition": "dented"} | versions
        saved = self.note(
            "answer", lambda: self.caller.post(f"/work/{task_id}/answers", **told), task=task_id
        )
        if saved is not None:
            answers |= saved.json()["fields"]

    def photograph(self, task_id: int) -> None:
        data = picture(self.caller.random.randrange(SHADES))
        path = f"/work/{task_id}/photos/packed"
        self.note("photo", lambda: self.caller.send(path, file=("photo", "p.jpg", data)), task=task_id)


class Reviewer(Person):
    """Judges what is first in the queue; two of them often want the same."""

    def turn(self) -> None:
        waiting = numbers(r"/inspections/(\d+)", self.caller.get("/inspections"))
        if not waiting:
            return
        inspection = self.caller.random.choice(waiting[:3])
        desk = self.caller.get(f"/inspections/{inspection}")
        version = re.search(r'name="version" value="(\d+)"', desk.body.decode())
        if desk.status == 200 and version is not None:
            self.judge(inspection, version[1])

    def judge(self, inspection: int, version: str) -> None:
        verdict = self.caller.random.choices(["accept", "send_back", "reject"], [8, 1, 1])[0]
        seen = {} if verdict == "accept" else {"defect": "damaged", "note": "again"}
        path, told = f"/inspections/{inspection}/verdict", {"version": version, "verdict": verdict} | seen
        self.note("judge", lambda: self.caller.post(path, **told), inspection=inspection, verdict=verdict)


@dataclass
class Owner(Person):
    """Brings in order files and goods, and cancels orders that were just placed."""

    now: Callable[[], datetime]
    files: int = 0

    def turn(self) -> None:
        which = self.caller.random.choices(
            [self.bring_orders, self.receive, self.cancel, self.look], [2, 2, 3, 2]
        )
        which[0]()
        time.sleep(0.5)

    def bring_orders(self) -> None:
        """Uploads a file, starts it; the checker knows the numbers of its orders."""
        self.files += 1
        seed = self.caller.random.randrange(10**9)
        data = samples.order_file(
            samples.offers(), orders=ORDERS_IN_A_FILE, seed=seed, until=self.now().astimezone(SEOUL)
        )
        found = re.findall(r"^\d+,(\d+),", data.decode("cp949"), re.MULTILINE)
        kept = self.note(
            "upload", lambda: self.caller.send("/orders/import", file=("file", f"{self.files}.csv", data))
        )
        if kept is None or "/orders/import/" not in kept.location:
            return
        path = kept.location.partition("?")[0] + "/start"
        self.note("import", lambda: self.caller.post(path), numbers=sorted(set(found)))

    def receive(self) -> None:
        """Goods arrive; how many says which delivery it was."""
        units = self.caller.random.randrange(1, 10**6)
        told = {"sku": self.caller.random.choice(workshop.SKUS), "quantity": str(units)}
        self.note("receive", lambda: self.caller.post("/stock/receive", **told), units=units)

    def cancel(self) -> None:
        orders = numbers(r'href="/orders/(\d+)"', self.caller.get("/orders"))
        if orders:
            order = self.caller.random.choice(orders)
            self.note("cancel", lambda: self.caller.post(f"/orders/{order}/cancel", why="asked"), order=order)

    def look(self) -> None:
        self.caller.get(self.caller.random.choice(["/board", "/tasks", "/stock", "/journal"]))
