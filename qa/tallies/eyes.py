"""What verdicts and second looks add to the tallies of whoever judges (pure)."""

from collections.abc import Iterable
from datetime import date, timedelta

from qa.scoring import ACCEPT, REJECT
from qa.tallies.rules import REVIEWER, Facts, Judged, Line, Looked, Sheet, local

#: Of reviewers: verdicts of any look, accepted, rejected · reviews with a clock, in time, seconds · second
#: looks, in time. By weeks, on their Mondays: of like work, accepted · things judged twice, by what the one
#: and the other said · of those settled, right · known pieces, right.
VERDICT, REVIEW, LOOKED = "verdict", "review", "looked"
ALIKE, TWICE, SETTLED, KNOWN = "alike", "twice", "settled", "known"
#: Dimensions of those: work alike by procedure and reason; two verdicts, of a reviewer and of a procedure.
LIKE, PAIR, BOTH = "like:", "pair:", "both:"
SECOND, GOLD = "second", "gold"  # what a look is for, as qa.reviewers.rules has it


def fold(lines: Iterable[Line], facts: Facts) -> Sheet:
    """What these lines add."""
    sheet = Sheet()
    for line in lines:
        if line.act == "inspection.judged":
            _judged(sheet, facts.judged[line.subject_id], facts)
        elif line.act == "look.judged":
            _looked(sheet, facts.looks[line.subject_id], str(line.facts["look"]), facts)
        elif line.act == "look.settled":
            _settled(sheet, facts.looks[line.subject_id], str(line.facts["verdict"]), facts)
    return sheet


def monday(day: date) -> date:
    """The day its week began."""
    return day - timedelta(days=day.weekday())


def like(sop_id: int, reason: str) -> str:
    """The dimension of comparable work: of one procedure, drawn for one reason."""
    return f"{LIKE}{sop_id}:{reason}"


def pair(mine: str, other: str) -> str:
    """The dimension of what a reviewer said and what the other one did."""
    return f"{PAIR}{mine}:{other}"


def both(one: str, other: str) -> str:
    """The dimension of what two said, whoever said which."""
    return f"{BOTH}{':'.join(sorted((one, other)))}"


def _judged(sheet: Sheet, seen: Judged, facts: Facts) -> None:
    day = local(seen.at, facts.zone)
    said(sheet, day, seen.reviewer_id, seen.verdict)
    if seen.clock is not None:
        in_time, seconds = seen.clock
        sheet.add((day, REVIEW, REVIEWER, seen.reviewer_id), 1, in_time, seconds)
    where = (monday(day), ALIKE, like(seen.sop_id, seen.reason), seen.reviewer_id)
    sheet.add(where, 1, seen.verdict == ACCEPT)


def said(sheet: Sheet, day: date, reviewer_id: int, verdict: str, n: int = 1) -> None:
    """So many verdicts of a reviewer."""
    sheet.add((day, VERDICT, REVIEWER, reviewer_id), n, n * (verdict == ACCEPT), n * (verdict == REJECT))


def _looked(sheet: Sheet, seen: Looked, purpose: str, facts: Facts) -> None:
    day = local(seen.at, facts.zone)
    said(sheet, day, seen.reviewer_id, seen.verdict)
    sheet.add((day, LOOKED, REVIEWER, seen.reviewer_id), 1, seen.in_time)
    week = monday(day)
    if purpose == SECOND:
        twice(sheet, week, seen)
    elif purpose == GOLD:
        sheet.add((week, KNOWN, REVIEWER, seen.reviewer_id), 1, seen.verdict == seen.known)


def twice(sheet: Sheet, week: date, seen: Looked, n: int = 1) -> None:
    """So many things that two judged alike: of each of the two, and of the procedure."""
    sheet.add((week, TWICE, pair(seen.first, seen.verdict), seen.first_by), n)
    sheet.add((week, TWICE, pair(seen.verdict, seen.first), seen.reviewer_id), n)
    sheet.add((week, TWICE, both(seen.first, seen.verdict), seen.sop_id), n)


def _settled(sheet: Sheet, seen: Looked, so: str, facts: Facts) -> None:
    settled(sheet, monday(local(seen.at, facts.zone)), seen, so)


def settled(sheet: Sheet, week: date, seen: Looked, so: str, n: int = 1) -> None:
    """So many cases of which the owner said what is so: which of the two had said it."""
    sheet.add((week, SETTLED, REVIEWER, seen.first_by), n, n * (seen.first == so))
    sheet.add((week, SETTLED, REVIEWER, seen.reviewer_id), n, n * (seen.verdict == so))
