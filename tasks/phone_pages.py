"""The installed app's two doors of its own: the service worker, and the page shown without a network."""

from flask import Response
from flask.typing import ResponseReturnValue

from base.config import ROOT
from base.scope import Scope
from base.web import render
from security.doors import needs
from tasks.pages import pages


@pages.get("/worker.js")
@needs("anyone")
def worker(_scope: Scope) -> ResponseReturnValue:
    """The worker's script at the root, because a worker sees only what lies below its own address."""
    return Response((ROOT / "static/js/worker.js").read_bytes(), mimetype="text/javascript")


@pages.get("/offline")
@needs("anyone")
def offline(scope: Scope) -> ResponseReturnValue:
    """A page of no person and no shop: the only page that a phone keeps."""
    return render(scope, "tasks/offline.html", language_url="", face="", nav=[], notices=[])
