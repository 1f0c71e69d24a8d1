"""What changed in a procedure, told to a partner before the first task under a new edition."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import answer, locale, render, wants_json
from security.doors import needs
from security.shops import rules
from tasks import holding, practice, rubric_words, sop_changes, sop_words
from tasks.models import Task
from tasks.pages import pages


def to_be_read(scope: Scope, task: Task) -> ResponseReturnValue:
    """What the task's edition changes against the one this partner knows; all of it where they know none."""
    revision = task.revision
    known = practice.known_before(scope, revision)
    changes = rubric_words.all_differences(known, revision, locale()) if known else ()
    return render(
        scope,
        "tasks/what_changed.html",
        task=task,
        revision=revision,
        known=known,
        changes=sop_changes.for_reader(changes, locale()),
        lines=sop_words.lines(revision.items["items"], locale()),
        purpose=sop_words.said(revision.items.get("purpose"), locale()),
        revision_n=rules(scope).revision_n,
    )


@pages.post("/work/<int:task_id>/read")
@needs("task.work")
def have_read(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Keeps that the holder has read it, and leads on to the work."""
    practice.read(scope, holding.in_hand(scope, task_id))
    here = url_for("tasks.work_page", task_id=task_id)
    return answer({"next_url": here}) if wants_json() else redirect(here)
