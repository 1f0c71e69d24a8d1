"""How reviewers judge beside the others: agreement by criterion, procedure and week; and leniency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from base import calendars
from base.scope import Scope
from base.shares import Share
from qa.agreement.intervals import Difference, Stratum, difference
from qa.agreement.sureness import Agreement, alpha, kappa
from qa.reviewers import pairs as pairs_
from qa.reviewers.models import Known, Look
from qa.reviewers.pairs import Pair
from qa.reviewers.rules import GOLD, JUDGED
from qa.scoring import VERDICTS
from security import people
from security.policy import OWNER, REVIEWER

WEEKS = 8
BESIDE = timedelta(days=90)  # of inspections, for how leniently somebody judges
MOST_CODES = 12
NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Week:
    """The pairs of a week, and of how many of them the same was said."""

    begin: date
    share: Share


@dataclass(frozen=True, slots=True)
class Beside:
    """What is counted besides pairs: how many were judged, comparable work, and known pieces."""

    judged: int
    strata: Sequence[Stratum]
    known: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """One reviewer beside the others. `drift` is the later half of the weeks less the earlier."""

    account_id: int
    judged: int
    verdicts: Agreement
    lenient: Difference | None
    known: Share
    settled: Share
    codes: Mapping[str, Agreement]
    sops: Mapping[int, Agreement]
    weeks: Sequence[Week]
    drift: Difference | None


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody who judges here, and how the shop's procedures are judged."""

    rows: tuple[Figures, ...]
    sops: Mapping[int, Agreement]
    open_cases: int

    @property
    def pairs(self) -> int:
        """How many submissions were judged twice."""
        return sum(row.verdicts.n for row in self.rows) // 2


def team(scope: Scope) -> Team:
    """The figures of everybody who may judge or did; the ones who judged most first."""
    found = pairs_.pairs(scope)
    beside = pairs_.strata(scope, scope.now - BESIDE)
    judged = {id_: sum(one.n for one in of_it) for id_, of_it in beside.items()}
    here = {member.account_id for role in (OWNER, REVIEWER) for member in people.members(scope, role=role)}
    ids = sorted(here | set(judged), key=lambda id_: (-judged.get(id_, 0), id_))
    known = _known(scope)
    rows = tuple(
        _figures(scope, id_, found, Beside(judged.get(id_, 0), beside.get(id_, ()), known.get(id_, NOTHING)))
        for id_ in ids
    )
    open_cases = sum(not pair.settled and _differ(pair) for pair in found)
    return Team(rows, _by_sop(found, "sop"), open_cases)


def of(scope: Scope, account_id: int) -> Figures:
    """The figures of one reviewer, with what is told of each criterion."""
    found = [pair for pair in pairs_.pairs(scope) if account_id in pair.reviewers]
    strata = pairs_.strata(scope, scope.now - BESIDE).get(account_id, ())
    known = _known(scope).get(account_id, NOTHING)
    told = _figures(scope, account_id, found, Beside(sum(one.n for one in strata), strata, known))
    return replace(told, codes=_by_code(found, account_id), sops=_by_sop(found, f"sop-{account_id}"))


def together(scope: Scope) -> Agreement:
    """How far the actor's own verdicts agree with the others', for their own page: up to last week.

    A number that moved with a verdict would tell which look was the second.
    """
    me, zone = scope.actor.id, calendars.current(scope).zone
    today = scope.now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    mine = [
        pair.of(me)
        for pair in pairs_.pairs(scope)
        if me in pair.reviewers and pair.at.astimezone(zone).date() < monday
    ]
    return kappa([(one.verdict, other.verdict) for one, other in mine], VERDICTS, seed=f"verdicts-{me}")


def _figures(scope: Scope, account_id: int, found: Iterable[Pair], beside: Beside) -> Figures:
    mine = [pair for pair in found if account_id in pair.reviewers]
    told = [(pair.of(account_id)[0].verdict, pair.of(account_id)[1].verdict) for pair in mine]
    settled = [pair for pair in mine if pair.settled]
    right = sum(pair.of(account_id)[0].verdict == pair.settled for pair in settled)
    weeks = _weeks(scope, mine, account_id)
    return Figures(
        account_id,
        beside.judged,
        kappa(told, VERDICTS, seed=f"verdicts-{account_id}"),
        difference(beside.strata),
        beside.known,
        Share(right, len(settled)),
        {},
        {},
        weeks,
        _drift(weeks),
    )


def _differ(pair: Pair) -> bool:
    one, other = pair.opinions
    return one.verdict != other.verdict


def _by_code(mine: Sequence[Pair], account_id: int) -> dict[str, Agreement]:
    """Whether a defect was seen: of those anybody saw, the ones seen most first."""
    seen: dict[str, int] = {}
    for pair in mine:
        for code in pair.opinions[0].codes | pair.opinions[1].codes:
            seen[code] = seen.get(code, 0) + 1
    most = sorted(seen, key=lambda code: (-seen[code], code))[:MOST_CODES]
    return {
        code: kappa(
            [(code in pair.of(account_id)[0].codes, code in pair.of(account_id)[1].codes) for pair in mine],
            (False, True),
            seed=f"{code}-{account_id}",
        )
        for code in most
    }


def _by_sop(found: Iterable[Pair], seed: str) -> dict[int, Agreement]:
    of_sop: dict[int, list[tuple[str, str]]] = {}
    for pair in found:
        of_sop.setdefault(pair.sop_id, []).append((pair.opinions[0].verdict, pair.opinions[1].verdict))
    return {sop_id: alpha(units, VERDICTS, seed=f"{seed}-{sop_id}") for sop_id, units in of_sop.items()}


def _weeks(scope: Scope, mine: Sequence[Pair], account_id: int) -> list[Week]:
    zone = calendars.current(scope).zone
    today = scope.now.astimezone(zone).date()
    begins = [today - timedelta(days=today.weekday() + 7 * back) for back in reversed(range(WEEKS))]
    told: dict[date, list[bool]] = {begin: [] for begin in begins}
    for pair in mine:
        day = pair.at.astimezone(zone).date()
        one, other = pair.of(account_id)
        told.get(day - timedelta(days=day.weekday()), []).append(one.verdict == other.verdict)
    return [Week(begin, Share(sum(said), len(said))) for begin, said in told.items()]


def _drift(weeks: Sequence[Week]) -> Difference | None:
    half = len(weeks) // 2
    late, early = weeks[half:], weeks[:half]
    hits, n = sum(week.share.hits for week in late), sum(week.share.n for week in late)
    return difference(
        [Stratum(hits, n, sum(week.share.hits for week in early), sum(week.share.n for week in early))]
    )


def _known(scope: Scope) -> dict[int, Share]:
    """How often each was right about pieces whose verdict is known."""
    since: datetime = scope.now - pairs_.LOOKED_BACK
    rows = scope.session.execute(
        select(Look.reviewer_id, Look.verdict, Known.verdict, func.count())
        .join(Known, Known.id == Look.known_id)
        .where(Look.shop_id == scope.shop_id, Look.purpose == GOLD, Look.state == JUDGED)
        .where(Look.judged_at >= since)
        .group_by(Look.reviewer_id, Look.verdict, Known.verdict)
    )
    found: dict[int, Share] = {}
    for reviewer_id, said, true, n in rows:
        before = found.get(reviewer_id or 0, NOTHING)
        found[reviewer_id or 0] = Share(before.hits + (n if said == true else 0), before.n + n)
    return found
