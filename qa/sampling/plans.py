"""The plan in force for a kind of work, and choosing another: a new edition, for later work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from base.errors import Invalid
from base.rows import mine, one
from base.scope import Scope
from qa.sampling import recent
from qa.sampling.draws import BATCH, EVERY, FRACTION, METHODS, RECENT, STREAM, Plan
from qa.sampling.iso2859 import AQLS
from qa.sampling.models import SamplingPlan
from security import audit
from security.news import ShopOpened
from security.shops import Rules, rules
from tasks.kinds.known import every

WHOLE_SHOP = ""
#: Lowest and highest.
LIMITS: Mapping[str, tuple[int, int]] = {
    "percent": (1, 100),
    "clean_n": (1, 500),
    "size": (2, 100),  # what a reviewer's last verdict settles at once stays small
    "hours": (1, 9),
    "over_won": (0, 10**9),
}
LEAST = {FRACTION: 20, STREAM: 5, RECENT: recent.A_FEW, BATCH: 20, EVERY: 100}  # percent to start from
PARCELS = "packing"  # what must leave today cannot wait for its batch


class BadPlan(Invalid):
    """A number of a plan lies outside what the house can keep. Facts: field, low, high."""

    code = "sampling.bad_plan"


class UnknownPlan(Invalid):
    """There is no such way of sampling, AQL or kind of work. Facts: field."""

    code = "sampling.unknown_plan"


class ParcelsCannotWait(Invalid):
    """Batches make work wait for each other, and a parcel must leave. Facts: field."""

    code = "sampling.parcels_cannot_wait"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the owner chooses; what a method does not use stays as it is."""

    method: str
    percent: int
    clean_n: int = 10
    aql: str = "4.0"
    size: int = 20
    hours: int = 2
    over_won: int = 0


def first(scope: Scope, news: ShopOpened) -> None:
    """What a new shop starts with: sampling by standing, for every kind of work."""
    _keep(scope.inside(news.shop_id), WHOLE_SHOP, Chosen(RECENT, recent.A_FEW), number=1, by=0)


def row(scope: Scope, kind: str) -> SamplingPlan | None:
    """The edition in force for a kind: its own, else the shop's; none in a shop older than plans."""
    stmt = mine(scope, SamplingPlan).where(SamplingPlan.kind.in_((kind, WHOLE_SHOP)))
    newest = stmt.order_by(SamplingPlan.kind.desc(), SamplingPlan.number.desc()).limit(1)
    found: SamplingPlan | None = scope.session.scalar(newest)
    return found


def in_force(scope: Scope, kind: str) -> Plan:
    """The plan in force for a kind of work."""
    return of(rules(scope), row(scope, kind))


def of_edition(scope: Scope, plan_id: int) -> Plan:
    """The plan of one edition, whether or not it is still in force. Raises NotFound."""
    return of(rules(scope), one(scope, SamplingPlan, plan_id))


def of(ruled: Rules, chosen: SamplingPlan | Chosen | None) -> Plan:
    """A plan as the rules take it; without one the plain share that the shop's rules say."""
    plain = Plan(ruled.newcomer_n, ruled.sample_percent, ruled.revision_n)
    if chosen is None:
        return plain
    return replace(plain, **{name: getattr(chosen, name) for name in COLUMNS})


COLUMNS = ("method", "percent", "clean_n", "aql", "size", "hours", "over_won")


def editions(scope: Scope, kind: str, *, most: int = 10) -> list[SamplingPlan]:
    """The latest editions that were chosen for a kind, the newest first."""
    stmt = mine(scope, SamplingPlan).where(SamplingPlan.kind == kind)
    return list(scope.session.scalars(stmt.order_by(SamplingPlan.number.desc()).limit(most)))


def choose(scope: Scope, kind: str, chosen: Chosen) -> SamplingPlan:
    """Puts another plan in force, for work handed in from now on. Without a kind: for all that have none.

    Raises BadPlan, UnknownPlan, ParcelsCannotWait.
    """
    _check(scope, kind, chosen)
    newest = select(SamplingPlan.number).where(
        SamplingPlan.shop_id == scope.shop_id, SamplingPlan.kind == kind
    )
    last = scope.session.scalar(newest.order_by(SamplingPlan.number.desc()).limit(1)) or 0
    made = _keep(scope, kind, chosen, number=last + 1, by=scope.actor.id)
    told: dict[str, int | str] = {"method": chosen.method, "number": made.number}
    told |= {"kind": kind} if kind else {}
    audit.note(scope, "sampling.chosen", subject="sampling_plan", subject_id=made.id, **told)
    return made


def _keep(scope: Scope, kind: str, chosen: Chosen, *, number: int, by: int) -> SamplingPlan:
    made = SamplingPlan(
        shop_id=scope.shop_id,
        kind=kind,
        number=number,
        chosen_by=by,
        chosen_at=scope.now,
        **asdict(chosen),
    )
    scope.session.add(made)
    scope.session.flush()  # two who choose at once: the second is told by the unique number, and tries again
    return made


def _check(scope: Scope, kind: str, chosen: Chosen) -> None:
    if kind != WHOLE_SHOP and kind not in every(scope):
        raise UnknownPlan(field="kind")
    if chosen.method not in METHODS:
        raise UnknownPlan(field="method")
    if chosen.aql not in AQLS:
        raise UnknownPlan(field="aql")
    for name, (low, high) in LIMITS.items():
        if not low <= getattr(chosen, name) <= high:
            raise BadPlan(field=name, low=low, high=high)
    if chosen.method == BATCH and kind in (PARCELS, WHOLE_SHOP):
        raise ParcelsCannotWait(field="method")
