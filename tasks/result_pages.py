"""Taking out what came of the work of a kind that the owner made."""

from flask.typing import ResponseReturnValue

from base.errors import NotFound
from base.scope import Scope
from base.web import locale
from partners import kinds
from partners.kinds import OWN
from security.doors import needs
from tasks import downloads
from tasks.kinds import known
from tasks.pages import pages
from tasks.results import reads


@pages.get("/kinds/<kind>/results.<ending>", endpoint="kind_results")
@needs("kind.manage")
def kind_results(scope: Scope, kind: str, ending: str) -> ResponseReturnValue:
    """The accepted answers, a line for each piece of work; a coded kind has files of its own."""
    if not OWN.fullmatch(known.kind(scope, kind).name):
        raise NotFound
    found = reads.table(scope, kind)
    title = kinds.named(scope, kind, locale())
    return downloads.table(f"{kind}-results", ending, title, found.header, found.rows)
