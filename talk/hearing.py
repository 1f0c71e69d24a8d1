"""What the work's news mean to people: who is told of which."""

from base.rows import one
from base.scope import Reaction, Scope
from partners.news import LeavingAsked, PaperShown, PartnerGone, StandingChanged, TrainingAssigned
from qa.appeals import seconds
from qa.appeals.lifecycle import JUDGED, WITHDRAWN
from qa.appeals.models import Appeal
from qa.appeals.news import AppealEnded, AppealOpened
from qa.causes.models import CorrectiveAction
from qa.causes.news import ActionDue, ActionMoved, QualityAlarmed, QualityAnswered
from qa.models import Inspection
from qa.news import InspectionLapsed, RoundEnded, TaskJudged
from qa.reviewers import round_reads
from security.policy import OWNER, REVIEWER
from talk import notices
from talk.models import Notice
from talk.notices import Told
from tasks.lifecycle import REJECTED
from tasks.models import Task
from tasks.news import TaskAssigned, TaskExpired, TaskOffered


def on_judged(scope: Scope, news: TaskJudged) -> None:
    """Whoever did it is told what they can act on: it came back, it was refused, it carries a remark."""
    remark = one(scope, Inspection, news.inspection_id).note
    kind = {"send_back": "sent_back", "reject": "rejected", "accept": "remark" if remark else ""}[
        news.verdict
    ]
    holder_id = one(scope, Task, news.task_id).holder_id
    if kind and holder_id is not None:
        _partner(scope, holder_id, Told(kind, f"{kind}-{news.inspection_id}", news.task_id))


def on_expired(scope: Scope, news: TaskExpired) -> None:
    """Work that came back and was not mended in time is refused; work that was only held is just gone on."""
    if one(scope, Task, news.task_id).state == REJECTED:
        _partner(scope, news.partner_id, Told("rejected", f"expired-{news.task_id}", news.task_id))


def on_assigned(scope: Scope, news: TaskAssigned) -> None:
    """Whoever is given work by the owner is told: it lies in their hands, and its time runs."""
    fence = one(scope, Task, news.task_id).fence
    _partner(scope, news.partner_id, Told("assigned", f"assigned-{news.task_id}-{fence}", news.task_id))


def on_offered(scope: Scope, news: TaskOffered) -> None:
    """Those whom work is shown to before others are told, once for each time it is."""
    until = one(scope, Task, news.task_id).offered_until
    key = f"offered-{news.task_id}-{until.timestamp() if until else 0:.0f}"
    readers = notices.readers_of(scope, news.partner_ids)
    notices.give(scope, readers, Told("offered", key, news.task_id))


def _partner(scope: Scope, partner_id: int, told: Told) -> None:
    notices.give(scope, notices.readers_of(scope, [partner_id]), told)


def on_lapsed(scope: Scope, news: InspectionLapsed) -> None:
    """What nobody looked at in time is told to the owner: that it passed, or that it waits on."""
    owners = notices.with_role(scope, OWNER)
    notices.give(scope, owners, Told("unreviewed", f"unreviewed-{news.inspection_id}", news.task_id))


def on_appeal_opened(scope: Scope, news: AppealOpened) -> None:
    """Whoever may take the second look is told that one is wanted."""
    able = set(seconds.others(scope, one(scope, Appeal, news.appeal_id)))
    judges = [*notices.with_role(scope, REVIEWER), *notices.with_role(scope, OWNER)]
    asked = [judge for judge in judges if judge.account_id in able] or notices.with_role(scope, OWNER)
    notices.give(scope, asked, Told("appeal", f"appeal-{news.appeal_id}", news.task_id))


def on_appeal_ended(scope: Scope, news: AppealEnded) -> None:
    """The partner learns how it ended, and whoever judged first how the second look went."""
    appeal = one(scope, Appeal, news.appeal_id)
    notices.settle(scope, Notice.kind == "appeal", Notice.key == f"appeal-{appeal.id}")
    told = Told("appealed", f"appealed-{appeal.id}", news.task_id)
    if news.state != WITHDRAWN:
        _partner(scope, appeal.partner_id, told)
    if news.state in JUDGED:
        judges = [*notices.with_role(scope, REVIEWER), *notices.with_role(scope, OWNER)]
        notices.give(scope, [judge for judge in judges if judge.account_id == appeal.against_id], told)


def on_round_ended(scope: Scope, news: RoundEnded) -> None:
    """Whoever was asked to judge in it may now read how the others saw it."""
    asked = set(round_reads.asked(scope, news.round_id))
    judging = [*notices.with_role(scope, OWNER), *notices.with_role(scope, REVIEWER)]
    judges = {judge.account_id: judge for judge in judging}
    told = Told("round_ended", f"round-{news.round_id}")
    notices.give(scope, [judge for id_, judge in judges.items() if id_ in asked], told)


def on_standing_changed(scope: Scope, news: StandingChanged) -> None:
    """Whoever's standing it is reads what changed it, and may ask."""
    _partner(scope, news.partner_id, Told("standing", f"standing-{news.change_id}"))


def on_training_assigned(scope: Scope, news: TrainingAssigned) -> None:
    """Whoever is given something to learn reads by when."""
    _partner(scope, news.partner_id, Told("training", f"training-{news.assignment_id}"))


def on_alarmed(scope: Scope, news: QualityAlarmed) -> None:
    """The owner says what it was."""
    notices.give(scope, notices.with_role(scope, OWNER), Told("alarm", f"alarm-{news.alarm_id}"))


def on_action_due(scope: Scope, news: ActionDue) -> None:
    """Who answers for it is told, where the pages of actions are theirs; else every owner. Once for a day."""
    action = one(scope, CorrectiveAction, news.action_id)
    owners = notices.with_role(scope, OWNER)
    asked = [owner for owner in owners if owner.account_id == action.owner_id] or owners
    notices.give(scope, asked, Told("action_due", f"action-{action.id}-{action.due.isoformat()}"))


def on_answered(scope: Scope, news: QualityAnswered) -> None:
    """Nobody need be told of it any more."""
    notices.settle(scope, Notice.kind == "alarm", Notice.key == f"alarm-{news.alarm_id}")


def on_action_moved(scope: Scope, news: ActionMoved) -> None:
    """So with what was due."""
    notices.settle(scope, Notice.kind == "action_due", Notice.key.startswith(f"action-{news.action_id}-"))


def on_paper_shown(scope: Scope, news: PaperShown) -> None:
    """An owner has a paper to look at."""
    notices.give(scope, notices.with_role(scope, OWNER), Told("papers", f"document-{news.document_id}"))


def on_leaving_asked(scope: Scope, news: LeavingAsked) -> None:
    """The other side is told: owners where a partner wants to leave, the partner where the shop ends it."""
    key = f"leaving-{news.departure_id}"
    if news.own:
        notices.give(scope, notices.with_role(scope, OWNER), Told("going", key))
    else:
        _partner(scope, news.partner_id, Told("leaving", key))


def on_gone(scope: Scope, news: PartnerGone) -> None:
    """Owners are told that somebody has left; whoever left is told nothing any more."""
    notices.settle(scope, Notice.kind.in_(["leaving", "going"]), Notice.key == f"leaving-{news.departure_id}")
    notices.give(scope, notices.with_role(scope, OWNER), Told("going", f"gone-{news.departure_id}"))


#: News that only people hear of.
ALONE: dict[type, tuple[Reaction, ...]] = {
    InspectionLapsed: (on_lapsed,),
    RoundEnded: (on_round_ended,),
    QualityAlarmed: (on_alarmed,),
    QualityAnswered: (on_answered,),
    ActionDue: (on_action_due,),
    ActionMoved: (on_action_moved,),
    LeavingAsked: (on_leaving_asked,),
    PaperShown: (on_paper_shown,),
    PartnerGone: (on_gone,),
    TrainingAssigned: (on_training_assigned,),
}
