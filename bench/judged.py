"""Many judged pieces of work: whether the pages of quality stay as quick as in a shop with few."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Integer, case, func, literal, select

from base.scope import THE_HOUSE, Scope, acting
from bench.filling import copied, later
from bench.house import House
from bench.pages import Cost, costs
from bench.serving import serving
from qa.models import Defect, Inspection
from qa.tallies import keeping
from security.models import Membership
from tasks.lifecycle import ACCEPTED
from tasks.models import Submission, Task

NAME = "judged-"
DAYS = 90  # over which verdicts are spread
WRONG = 10  # one of so many was sent back, for one defect
CODES = ("photo_unclear", "bad_seal", "wrong_item")
PAGES = {
    "board": ("owner", "/board"),
    "quality": ("owner", "/quality?days=28"),
    "cases": ("owner", "/quality/cases"),
    "reviewers": ("owner", "/reviewers"),
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
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        _grown(scope, [hand.actor.partner_id or 0 for hand in house.hands], verdicts)
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        keeping.rebuild(scope)
    house.settle()
    with serving(house.environ, said=house.folder / "judged.log") as server:
        return Judged(verdicts, costs(house, server, PAGES, times=times))


def _grown(scope: Scope, hands: list[int], wanted: int) -> None:
    """Copies of a piece that waits to be looked at, each judged at its own minute, by turns of all hands."""
    stands = func.count(Inspection.id).filter(Inspection.state == "judged")
    here = select(stands).where(Inspection.shop_id == scope.shop_id)
    before = scope.session.scalar(here) or 0
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


def _tasks(scope: Scope, model: int, hands: list[int], first: int, last: int) -> None:
    start = select(literal(first, Integer()).label("n")).cte("numbers", recursive=True)
    numbers = start.union_all(select(start.c.n + 1).where(start.c.n < last))
    n = numbers.c.n
    hand = case(*((n % len(hands) == place, id_) for place, id_ in enumerate(hands)), else_=hands[0])
    at = later(scope, scope.now - timedelta(days=DAYS), (n * 997) % (DAYS * 86400))
    ended = {"state": literal(ACCEPTED), "holder_id": hand, "submitted_at": at, "ended_at": at}
    copied(scope, Task.__table__, model, numbers, ended | {"order_id": literal(None, Integer())})


def _inspections(scope: Scope, model: int, newest: int) -> None:
    handed = (
        select(Submission.id, Submission.task_id, Submission.at)
        .where(Submission.shop_id == scope.shop_id, Submission.task_id > newest)
        .subquery("handed_in")
    )
    said = case((handed.c.task_id % WRONG == 0, "send_back"), else_="accept")
    judged = {
        "task_id": handed.c.task_id,
        "submission_id": handed.c.id,
        "state": literal("judged"),
        "verdict": said,
        "judged_at": handed.c.at,
        "reviewer_id": literal(_reviewer(scope), Integer()),
        "look_s": literal(40, Integer()),
    }
    copied(scope, Inspection.__table__, model, handed, judged)


def _reviewer(scope: Scope) -> int:
    """The account that judged it all."""
    stmt = select(Membership.account_id).where(
        Membership.shop_id == scope.shop_id, Membership.role == "reviewer"
    )
    return scope.session.scalars(stmt).first() or 0


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
    n = found.c.id / WRONG
    code = case(*((n % len(CODES) == place, code) for place, code in enumerate(CODES)), else_=CODES[0])
    copied(scope, Defect.__table__, made.id, found, {"inspection_id": found.c.id, "code": code})
