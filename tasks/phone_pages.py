"""The installed app's own doors: the worker, the page without a network, copies of what is in hand."""

import gzip

from flask import Response, request
from flask.typing import ResponseReturnValue

from base.config import ROOT
from base.scope import Scope
from base.web import answer, render
from security.doors import needs
from tasks import holding
from tasks.kinds.drawing import task_title
from tasks.pages import pages
from tasks.work_pages import Said, drawn

SCRIPTS = tuple(
    sorted(f"js/{path.name}" for path in (ROOT / "static/js").glob("*.js") if path.stem != "worker")
)


@pages.get("/worker.js")
@needs("anyone")
def worker(_scope: Scope) -> ResponseReturnValue:
    """The worker's script at the root, because a worker sees only what lies below its own address."""
    return Response((ROOT / "static/js/worker.js").read_bytes(), mimetype="text/javascript")


@pages.get("/offline")
@needs("anyone")
def offline(scope: Scope) -> ResponseReturnValue:
    """A page of nobody, the only one that a phone keeps; it names every script a sheet may need."""
    return render(
        scope, "tasks/offline.html", language_url="", face="", nav=[], notices=[], scripts_kept=SCRIPTS
    )


@pages.get("/work/<int:task_id>/copy")
@needs("task.work")
def copy(scope: Scope, task_id: int) -> ResponseReturnValue:
    """The sheet of a task in hand, for work without a network: no recipient, no name, no token."""
    task = holding.looked_at(scope, task_id)
    assert task.lease_until is not None  # a CHECK of the table: what is held is held for a time
    page = render(scope, "tasks/copy.html", kept=True, **drawn(scope, task, Said()))
    return _squeezed(
        answer(
            {
                "task": task.id,
                "title": task_title(task),
                "until": int(task.lease_until.timestamp() * 1000),
                "html": page.get_data(as_text=True),
            }
        )
    )


def _squeezed(response: Response) -> Response:
    """The answer in gzip where the browser takes it: it holds no secret that a length could tell (BREACH)."""
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
