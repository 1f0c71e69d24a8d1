"""Many judged pieces of work: whether the pages of quality stay as quick as in a shop with few.

One in twenty was judged twice, by another who saw every eighth of those differently, and each of many weeks
has its signed minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, case, func, literal, select

from base.scope import THE_HOUSE, Scope, acting
from bench.filling import AT_ONCE, copied, later
from bench.house import House
from bench.pages import Cost, costs
from qa.models import Defect, Inspection
from qa.reviewers import planning
from qa.reviewers.models import Look
from qa.reviewers.planning import Meant
from qa.reviewers.rules import JUDGED, SECOND
from qa.rituals import reviews
from qa.rituals.models import Minutes
from qa.tallies import keeping
from security.models import Membership
from tasks.lifecycle import ACCEPTED
from tasks.models import Submission, Task

NAME = "judged-"
DAYS = 90  # over which verdicts are spread, few or many: by a golden stride, which leaves no gaps
STRIDE = 4_805_833
WRONG = 10  # one of so many was sent back, for one defect
CODES = ("photo_unclear", "bad_seal", "wrong_item")
TWICE, UNLIKE = 20, 8  # one of so many was looked at again; of those, one of so many judged otherwise
WHY = ("newcomer", "standing", "fraction")  # by turns
WEEKS = 45  # with minutes
PAGES = {
    "board": ("owner", "/board"),
    "quality": ("owner", "/quality?days=28"),
    "cases": ("owner", "/quality/cases"),
    "cases of a hand": ("owner", "/quality/cases?dim=partner&id={hand}"),
    "inspected": ("owner", "/board/rows/inspected"),
    "sampling": ("owner", "/sampling/kinds/packing"),
    "reviewers": ("owner", "/reviewers"),
    "reviewer": ("owner", "/reviewers/{reviewer}"),
    "reviews": ("owner", "/reviews"),
    "partners": ("owner", "/partners"),
    "own record": ("reviewer", "/own-record"),
    "own quality": ("partner", "/my-quality"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The pages of quality over so many verdicts."""

    verdicts: int
    pages: list[Cost]


def measure(house: House, *, verdicts: int, times: int) -> Judged:
    """Grows the shop to so many verdicts, counts its tallies anew, and asks the pages."""
    ids = filled(house, verdicts)
    with house.serving("judged.log") as server:
        return Judged(verdicts, costs(house, server, paths(ids), times=times))


def filled(house: House, verdicts: int) -> dict[str, int]:
    """Grows the shop to so many verdicts and counts it anew; a hand and a reviewer who are among them."""
    hands = [hand.actor.partner_id or 0 for hand in house.hands]
    ids: dict[str, int] = {}
    for size in (
        *range(_stand(house) + AT_ONCE, verdicts, AT_ONCE),
        verdicts,
    ):  # or it is too long a statement
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            _grown(scope, hands, size)
            ids = {"hand": hands[0], "reviewer": _judges(scope)[0]}
    house.settle()  # and then it is counted, by what the engine knows of its tables
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        keeping.rebuild(scope)
    house.settle()
    return ids


def _stand(house: House) -> int:
    """How many verdicts there are."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        return _judged(scope)


def _judged(scope: Scope) -> int:
    here = (Inspection.shop_id == scope.shop_id, Inspection.state == "judged")
    return scope.session.scalar(select(func.count(Inspection.id)).where(*here)) or 0


def paths(ids: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Role and path of each page, with whose they are."""
    return {name: (role, path.format(**ids)) for name, (role, path) in PAGES.items()}


def _grown(scope: Scope, hands: list[int], wanted: int) -> None:
    """Copies of a piece that waits to be looked at, each judged at its own minute, by turns of all hands."""
    before = _judged(scope)
    model = scope.session.scalars(
        select(Inspection).where(Inspection.shop_id == scope.shop_id, Inspection.state == "waiting")
    ).first()
    assert model is not None  # a newcomer's work is always looked at
    newest = scope.session.scalar(select(func.max(Task.id))) or 0
    _tasks(scope, model.task_id, hands, before + 1, wanted)
    columns = (Task.id, Task.holder_id, Task.submitted_at)
    made = select(*columns).where(Task.shop_id == scope.shop_id, Task.id > newest).subquery("tasks_made")
    copied(
        scope,
        Submission.__table__,
        model.submission_id,
        made,
        {"task_id": made.c.id, "partner_id": made.c.holder_id, "at": made.c.submitted_at},
    )
    _inspections(scope, model.id, newest)
    _defects(scope)
    _looks(scope)
    _minutes(scope)


def _tasks(scope: Scope, model: int, hands: list[int], first: int, last: int) -> None:
    start = select(literal(first, BigInteger()).label("n")).cte("numbers", recursive=True)
    numbers = start.union_all(select(start.c.n + 1).where(start.c.n < last))
    n = numbers.c.n
    hand = case(*((n % len(hands) == place, id_) for place, id_ in enumerate(hands)), else_=hands[0])
    at = later(scope, scope.now - timedelta(days=DAYS), (n * STRIDE) % (DAYS * 86400))
    ended = {"state": literal(ACCEPTED), "holder_id": hand, "submitted_at": at, "ended_at": at}
    copied(scope, Task.__table__, model, numbers, ended | {"order_id": literal(None, Integer())})


def _inspections(scope: Scope, model: int, newest: int) -> None:
    handed = (
        select(Submission.id, Submission.task_id, Submission.partner_id, Submission.at)
        .where(Submission.shop_id == scope.shop_id, Submission.task_id > newest)
        .subquery("handed_in")
    )
    said = case((_lot(handed.c.task_id) % WRONG == 0, "send_back"), else_="accept")
    judged = {
        "task_id": handed.c.task_id,
        "submission_id": handed.c.id,
        "state": literal("judged"),
        "partner_id": handed.c.partner_id,
        "reason": _by_turns(_lot(handed.c.task_id), WHY),
        "verdict": said,
        "judged_at": handed.c.at,
        "flawed_at": case((said == "accept", None), else_=handed.c.at),
        "reviewer_id": _by_turns(_lot(handed.c.task_id) // 100, _judges(scope)),
        "look_s": literal(40, Integer()),
    }
    copied(scope, Inspection.__table__, model, handed, judged)


def _judges(scope: Scope) -> list[int]:
    """The accounts that judged it all: the reviewer and the owner."""
    judges = (Membership.shop_id == scope.shop_id, Membership.role.in_(("reviewer", "owner")))
    stmt = select(Membership.account_id).where(*judges).order_by(Membership.role.desc(), Membership.id)
    return list(scope.session.scalars(stmt))


def _lot(n: ColumnElement[int]) -> ColumnElement[int]:
    """A number that follows no turn: what comes in rows would lie in heaps on the days."""
    return n * n % 10_007


def _by_turns(n: ColumnElement[int], values: Sequence[int] | Sequence[str]) -> ColumnElement[Any]:
    turns = [(n % len(values) == place, value) for place, value in enumerate(values)]
    return case(*turns, else_=values[0])


def _defects(scope: Scope) -> None:
    """One in each piece that was sent back, of three sorts by turns: the first by hand, others like it."""
    seen = select(Defect.inspection_id).where(Defect.shop_id == scope.shop_id)
    back = (Inspection.shop_id == scope.shop_id, Inspection.verdict == "send_back")
    without = select(Inspection.id).where(*back, Inspection.id.not_in(seen))
    first = scope.session.scalars(without.order_by(Inspection.id).limit(1)).one()
    made = Defect(
        shop_id=scope.shop_id, inspection_id=first, item="", code=CODES[0], severity="major", note=""
    )
    scope.session.add(made)
    scope.session.flush()
    found = without.subquery("found")
    n = found.c.id // WRONG
    copied(
        scope, Defect.__table__, made.id, found, {"inspection_id": found.c.id, "code": _by_turns(n, CODES)}
    )


def _looks(scope: Scope) -> None:
    """One of many looked at again by the other of the two, the first by hand, others like it."""
    one, other = _judges(scope)[:2]
    again = select(Look.first_id).where(Look.shop_id == scope.shop_id)
    drawn = (Inspection.state == "judged", Inspection.task_id % TWICE == 0, Inspection.id.not_in(again))
    columns = (Inspection.id, Inspection.task_id, Inspection.submission_id)
    judged = (*columns, Inspection.reviewer_id, Inspection.verdict, Inspection.judged_at)
    firsts = select(*judged).where(Inspection.shop_id == scope.shop_id, *drawn)
    first = scope.session.scalars(
        select(Inspection).where(Inspection.shop_id == scope.shop_id, *drawn).order_by(Inspection.id).limit(1)
    ).one()
    made = planning.plan(scope, first, Meant(SECOND, barred_id=one), seed=NAME)
    made.state, made.reviewer_id, made.verdict = JUDGED, other, first.verdict
    made.number, made.look_s, made.judged_at, made.due_at = -first.id, 40, first.judged_at, first.judged_at
    scope.session.flush()
    of = firsts.where(Inspection.id != first.id).subquery("firsts")
    unlike = of.c.task_id // TWICE % UNLIKE == 0
    otherwise = case((of.c.verdict == "accept", "send_back"), else_="accept")
    ours = {
        "number": -of.c.id,
        "task_id": of.c.task_id,
        "submission_id": of.c.submission_id,
        "first_id": of.c.id,
        "barred_id": of.c.reviewer_id,
        "reviewer_id": case((of.c.reviewer_id == one, other), else_=one),
        "verdict": case((unlike, otherwise), else_=of.c.verdict),
        "judged_at": of.c.judged_at,
        "due_at": of.c.judged_at,
        "case_at": case((unlike, of.c.judged_at), else_=None),
    }
    copied(scope, Look.__table__, made.id, of, ours)


def _minutes(scope: Scope) -> None:
    """Signed minutes of the weeks before; the same in a shop with few verdicts and with many."""
    monday = scope.now.date() - timedelta(days=scope.now.weekday() + 7)
    if scope.session.scalar(select(Minutes.id).where(Minutes.shop_id == scope.shop_id).limit(1)):
        return
    for back in range(1, WEEKS):
        first = monday - timedelta(weeks=back)
        made = reviews.begin(scope, "week", first)
        reviews.sign(scope, made, version=1)
