"""The page of an order's whole story."""

from functools import partial

from flask import Blueprint
from flask.typing import ResponseReturnValue

from base.i18n import knows, t
from base.scope import Scope
from base.web import locale, render
from qa import scoring, story
from security import chronicle, people
from security.doors import needs
from tasks.models import Task

ICONS = {
    "placed": "shopping-bag",
    "imported": "arrow-down-on-square-stack",
    "short": "clock",
    "order.held": "hand-raised",
    "order.let_pass": "check",
    "promised": "archive-box",
    "task.opened": "queue-list",
    "task.claimed": "hand-raised",
    "task.assigned": "hand-raised",
    "task.released": "arrow-uturn-left",
    "task.expired": "clock",
    "task.submitted": "paper-airplane",
    "task.drawn": "clipboard-document-check",
    "task.sent_back": "arrow-uturn-left",
    "task.accepted": "check-circle",
    "task.rejected": "x-circle",
    "task.lapsed": "clock",
    "task.overturned": "scale",
    "appeal.opened": "scale",
    "appeal.upheld": "scale",
    "appeal.overturned": "scale",
    "appeal.withdrawn": "arrow-uturn-left",
    "appeal.lapsed": "clock",
    "task.cancelled": "x-circle",
    "order.cancelled": "x-circle",
    "recipient.revealed": "eye",
    "clock.paused": "pause",
    "clock.resumed": "play",
    "shipped": "truck",
    "pay.accrued": "banknotes",
}
KINDS = {
    "short": "warn", "order.held": "warn", "order.let_pass": "ok",
    "task.released": "warn", "task.expired": "warn", "task.sent_back": "warn",
    "task.accepted": "ok", "task.rejected": "bad", "task.cancelled": "bad", "order.cancelled": "bad",
    "shipped": "ok", "pay.accrued": "ok", "task.lapsed": "ok", "task.overturned": "ok",
    "appeal.overturned": "ok",
}  # fmt: skip


def register(pages: Blueprint) -> None:
    """Hangs the page's door into the room's."""
    pages.get("/orders/<int:order_id>/story", endpoint="order_story")(order_story)


@needs("order.see")
def order_story(scope: Scope, order_id: int) -> ResponseReturnValue:
    """From the customer to the pay line."""
    found = story.story(scope, order_id)
    return render(
        scope,
        "qa/story.html",
        story=found,
        names=people.names(scope),
        labels={task.id: _labels(task) for task in found.tasks},
        icons=ICONS,
        kinds=KINDS,
        said_of=_said,
        value_of=partial(chronicle.value_of, locale=locale()),
    )


def _labels(task: Task) -> dict[str, str]:
    """The names of the defects its rubric knows."""
    return {one.code: one.named(locale()) for one in scoring.parse(task.revision.rubric).criteria}


def _said(act: str) -> str:
    """What an act is called here, else as the journal calls it."""
    for key in (f"qa.story.act.{act.replace('.', '_')}", f"journal.act.{act}"):
        if knows(key):
            return t(locale(), key)
    return act
