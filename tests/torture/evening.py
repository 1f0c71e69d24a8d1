"""After the day: everything healed, the clock far ahead, and the books compared with what clients were told."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from base import files
from base.models import Errand, Inbox
from base.scope import Scope
from qa.doctor.examine import SHOP, examine
from qa.models import Inspection
from security.models import AuditEntry
from stock.models import Import, Movement, Order
from tasks.lifecycle import HELD
from tasks.models import Photo, Submission, Task
from tests.torture import checker, skew
from tests.torture.caller import Caller
from tests.torture.checker import Told, Verdict
from tests.torture.history import UNKNOWN, Act, History
from tests.torture.nemesis import POISON
from tests.torture.people import Partner
from tests.torture.stand import Stand, superuser_dsn

PATIENCE_S = 60.0
TOMORROW = timedelta(hours=40)  # past every lease, session and jump of the day
TAKEN_AGAIN = 20


def close(stand: Stand, history: History) -> Verdict:
    """The verdict on a day, once nothing more is done to the stand."""
    verdict = Verdict()
    if not stand.until_ready(PATIENCE_S):
        verdict.stuck.append("the web does not answer")
        return verdict
    with stand.look() as scope:
        held = list(scope.session.scalars(select(Task.id).where(Task.state.in_(HELD))))
    _to(stand, TOMORROW.total_seconds())
    verdict.stuck += _settled(stand)
    verdict.stuck += _taken_again(stand, held)
    with stand.look() as scope:
        _compare(scope, history, verdict)
    verdict.lost += _examined(stand)
    return verdict


def _to(stand: Stand, seconds: float) -> None:
    """Every clock at the same place, far ahead."""
    skew.jump(stand.clock, seconds)
    if stand.database is not None:
        skew.jump_database(superuser_dsn(stand.database), seconds)


def _settled(stand: Stand) -> list[str]:
    """What still waits once the house had its time: leases, errands, imports."""
    deadline = time.monotonic() + PATIENCE_S
    while (left := list(_waiting(stand))) and time.monotonic() < deadline:
        time.sleep(0.5)
    return left


def _waiting(stand: Stand) -> Iterator[str]:
    try:
        with stand.look() as scope:
            columns = select(Task.id, Task.state, Task.lease_until < scope.now)
            yield from checker.stuck(
                scope.session.execute(columns.where(Task.lease_until.is_not(None))).all()
            )
            due = (Errand.state.in_(("waiting", "leased")), Errand.due_at <= scope.now, Errand.job != POISON)
            yield from (
                f"errand {id_} of {job}"
                for id_, job in scope.session.execute(select(Errand.id, Errand.job).where(*due))
            )
            dead = select(Errand.id, Errand.job).where(Errand.state == "dead", Errand.job != POISON)
            yield from (f"dead errand {id_} of {job}" for id_, job in scope.session.execute(dead))
            imports = select(Import.id, Import.state).where(Import.state.not_in(("done", "refused")))
            yield from (f"import {id_} is {state}" for id_, state in scope.session.execute(imports))
    except SQLAlchemyError as away:
        yield f"the database does not answer: {type(away).__name__}"


def _taken_again(stand: Stand, held: list[int]) -> Iterator[str]:
    """Somebody who took nothing all day can take the work that was in vanished hands."""
    with stand.look() as scope:
        free = set(scope.session.scalars(select(Task.id).where(Task.id.in_(held), Task.state == "open")))
    spare = stand.spare
    caller = Caller(
        spare.account, stand.port, lambda: stand.sign_in(spare.member), Random(0), History(), _never
    )
    for task_id in sorted(free)[:TAKEN_AGAIN]:
        if Partner(caller).note("claim", lambda: caller.post(f"/offers/{task_id}/claim")) is None:  # noqa: B023
            yield f"task {task_id} cannot be taken again"
    caller.hang_up()


def _never() -> bool:
    return False


def _compare(scope: Scope, history: History, verdict: Verdict) -> None:
    """The history against the books."""
    columns = (AuditEntry.act, AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.facts)
    mine = select(*columns).where(AuditEntry.shop_id == scope.shop_id).order_by(AuditEntry.seq)
    lines = [Told(*row) for row in scope.session.execute(mine)]
    inspections = _by_id(scope, Inspection.id, Inspection.verdict, Inspection.reviewer_id)
    units = Counter(
        scope.session.scalars(select(Movement.quantity).where(Movement.key.startswith("receive:")))
    )
    numbers = Counter(scope.session.scalars(select(Order.number)))
    handed_in = _by_id(scope, Submission.id, Submission.task_id, Submission.fence)
    verdict.lost += [
        *checker.claims(history.of("claim"), lines),
        *checker.submits(history.of("submit"), handed_in),
        *checker.verdicts(history.of("judge"), inspections),
        *checker.deliveries(history.of("receive"), units),
        *checker.orders(history.of("import"), numbers),
        *checker.cancelled(history.of("cancel"), _states(scope, Order)),
        *_photos(scope, history.of("photo")),
    ]
    sent = [*history.of("receive"), *history.of("receive", UNKNOWN)]
    verdict.twice += [
        *history.twice,
        *checker.lives(lines, _states(scope, Task)),
        *checker.doubled(checker.handed_in(lines), "handing-in"),
        *checker.doubled(checker.judged(lines), "verdict"),
        *checker.doubled(_issues(scope), "goods taken out"),
        *checker.doubled_deliveries(sent, units),
        *_errands(scope),
    ]


def _by_id(scope: Scope, *columns: Any) -> dict[int, Any]:
    return {id_: tuple(rest) for id_, *rest in scope.session.execute(select(*columns))}


def _states(scope: Scope, table: type[Task] | type[Order]) -> dict[int, str]:
    return dict(scope.session.execute(select(table.id, table.state)).all())


def _issues(scope: Scope) -> list[tuple[int, ...]]:
    """Order, product and place of every unit that left; an order ships once."""
    columns = (Movement.order_id, Movement.product_id, Movement.location_id)
    return [tuple(row) for row in scope.session.execute(select(*columns).where(Movement.kind == "issue"))]


def _errands(scope: Scope) -> Iterator[str]:
    """An errand is done exactly when its proof stands, and every import was done by one."""
    done = set(scope.session.scalars(select(Errand.id).where(Errand.state == "done")))
    proven = set(scope.session.scalars(select(Inbox.errand_id))) - {-1}
    yield from (f"errand {id_} and its proof disagree" for id_ in sorted(done ^ proven))


def _photos(scope: Scope, acts: list[Act]) -> Iterator[str]:
    """Acknowledged photos whose row or file is gone."""
    keys = dict(scope.session.execute(select(Photo.id, Photo.file_key)).all())
    for number in (act.facts["said"]["id"] for act in acts):
        if number not in keys or not files.exists(scope.world.files, keys[number]):
            yield f"photo {number}"


def _examined(stand: Stand) -> list[str]:
    """What the doctor finds that is bad: invariants of every room, the journal's chain, the seals."""
    wanted = {"engine", "schema", "house_journal", *SHOP} - {"calendar"}
    return [
        f"doctor: {found.code} {dict(found.facts)}"
        for one in examine(stand.world)
        if one.code in wanted
        for found in one.found
        if found.severity == "bad"
    ]
