"""Background work that failed too often: what it was, why, and trying it once more."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from base import outbox
from base.i18n import knows, t
from base.scope import Scope
from base.web import locale, render, tell
from security import audit
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/errands", endpoint="errands")(errands)
    pages.post("/errands/<int:errand_id>/retry", endpoint="retry_errand")(retry)


@needs("errands.manage")
def errands(scope: Scope) -> ResponseReturnValue:
    """The shop's dead letters, newest first."""
    return render(scope, "qa/errands.html", rows=outbox.dead_letters(scope), job_name=_job_name)


@needs("errands.manage")
def retry(scope: Scope, errand_id: int) -> ResponseReturnValue:
    """Wakes one; it is done once more from its beginning. Raises NotFound."""
    outbox.retry(scope, errand_id)
    audit.note(scope, "errand.retried", "errand", errand_id)
    tell("ok", "qa.errands.woken")
    return redirect(url_for("qa.errands"))


def _job_name(job: str) -> str:
    key = f"qa.errands.job.{job.replace('.', '_')}"
    return t(locale(), key) if knows(key) else job
