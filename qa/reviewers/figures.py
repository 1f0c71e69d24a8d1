"""How reviewers judge beside the others: agreement by criterion, procedure and week; and leniency.

What is told of the team and of everybody's verdicts comes from the tallies; what is told of one reviewer's
criteria and procedures, from their latest pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from base.scope import Scope
from base.shares import Share
from qa.agreement.intervals import Difference, Stratum, difference
from qa.agreement.sureness import Agreement, alpha, kappa
from qa.reviewers import pairs, rolled
from qa.reviewers.pairs import Pair
from qa.reviewers.rolled import NOTHING, Said, Twice
from qa.scoring import VERDICTS
from security import people
from security.policy import OWNER, REVIEWER

WEEKS = 8
MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class Week:
    """The pairs of a week, and of how many of them the same was said."""

    begin: date
    share: Share


@dataclass(frozen=True, slots=True)
class Kept:
    """What the tallies keep of reviewers, by account."""

    twice: Mapping[int, Twice]
    strata: Mapping[int, Sequence[Stratum]]
    known: Mapping[int, Share]
    settled: Mapping[int, Share]

    def judged(self, account_id: int) -> int:
        """How many pieces of comparable work."""
        return sum(one.n for one in self.strata.get(account_id, ()))


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
    kept = _kept(scope)
    here = {member.account_id for role in (OWNER, REVIEWER) for member in people.members(scope, role=role)}
    ids = sorted(here | set(kept.strata), key=lambda id_: (-kept.judged(id_), id_))
    rows = tuple(_figures(scope, id_, kept) for id_ in ids)
    return Team(rows, _of_sops(rolled.by_sop(scope), "sop"), pairs.waiting(scope))


def of(scope: Scope, account_id: int) -> Figures:
    """The figures of one reviewer, with what is told of each criterion."""
    told, found = _figures(scope, account_id, _kept(scope)), pairs.latest(scope, account_id)
    by_sop: dict[int, dict[Said, int]] = {}
    for pair in found:
        one, other = sorted(opinion.verdict for opinion in pair.opinions)
        said = by_sop.setdefault(pair.sop_id, {})
        said[one, other] = said.get((one, other), 0) + 1
    return replace(told, codes=_by_code(found, account_id), sops=_of_sops(by_sop, f"sop-{account_id}"))


def together(scope: Scope) -> Agreement:
    """How far the actor's own verdicts agree with the others', for their own page: up to last week.

    A number that moved with a verdict would tell which look was the second.
    """
    me = scope.actor.id
    mine = rolled.twice(scope, me).get(me, Twice())
    return kappa(mine.before(rolled.this_week(scope)), VERDICTS, seed=f"verdicts-{me}")


def _kept(scope: Scope) -> Kept:
    return Kept(rolled.twice(scope), rolled.strata(scope), rolled.known(scope), rolled.settled(scope))


def _figures(scope: Scope, account_id: int, kept: Kept) -> Figures:
    mine = kept.twice.get(account_id, Twice())
    weeks = _weeks(mine, rolled.this_week(scope))
    return Figures(
        account_id,
        kept.judged(account_id),
        kappa(mine.said, VERDICTS, seed=f"verdicts-{account_id}"),
        difference(kept.strata.get(account_id, ())),
        kept.known.get(account_id, NOTHING),
        kept.settled.get(account_id, NOTHING),
        {},
        {},
        weeks,
        _drift(weeks),
    )


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


def _of_sops(by_sop: Mapping[int, Mapping[Said, int]], seed: str) -> dict[int, Agreement]:
    return {sop_id: alpha(said, VERDICTS, seed=f"{seed}-{sop_id}") for sop_id, said in by_sop.items()}


def _weeks(mine: Twice, this: date) -> list[Week]:
    begins = [this - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    return [Week(begin, _alike(mine.weeks.get(begin, {}))) for begin in begins]


def _alike(said: Mapping[Said, int]) -> Share:
    return Share(sum(n for (one, other), n in said.items() if one == other), sum(said.values()))


def _drift(weeks: Sequence[Week]) -> Difference | None:
    half = len(weeks) // 2
    late, early = weeks[half:], weeks[:half]
    hits, n = sum(week.share.hits for week in late), sum(week.share.n for week in late)
    return difference(
        [Stratum(hits, n, sum(week.share.hits for week in early), sum(week.share.n for week in early))]
    )
