"""The owner's page of the journal: its lines in words, by person and by what they are about."""

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound
from base.scope import Scope
from base.web import locale, render
from security import chronicle, journal, people
from security.doors import needs
from security.journal import Entry
from security.pages import pages

#: Where the row a line is about can be seen: the page and the name of its id.
PAGES = {
    "order": ("stock.order", "order_id"),
    "product": ("stock.product", "product_id"),
    "import": ("stock.import_result", "import_id"),
    "task": ("tasks.record", "task_id"),
    "sop": ("tasks.sop", "sop_id"),
    "partner": ("partners.pay_of", "partner_id"),
}
SUBJECTS = ("order", "import", "product", "task", "sop", "inspection", "look", "partner", "membership",
            "account", "shop", "calendar", "count")  # fmt: skip


@pages.get("/journal", endpoint="journal")
@needs("journal.see")
def journal_page(scope: Scope) -> ResponseReturnValue:
    asked = request.args
    about, who = asked.get("about", ""), asked.get("who", 0, type=int)
    names = people.names(scope)
    if about not in {"", *SUBJECTS} or (who and who not in names):
        raise NotFound
    page = journal.lines(scope, actor_id=who, subject=about, after=asked.get("after", ""))
    return render(
        scope,
        "security/journal.html",
        page=page,
        told=[chronicle.told(line, locale()) for line in page.rows],
        links=[_link(line) for line in page.rows],
        names=names,
        subjects=SUBJECTS,
        picked={"about": about or None, "who": who or None},
        checked=journal.verify(scope) if asked.get("check") == "1" else None,
    )


def _link(line: Entry) -> str:
    """The page of the row a line is about, empty where there is none."""
    endpoint, name = PAGES.get(line.subject, ("", ""))
    if not line.subject_id or endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **{name: line.subject_id})  # type: ignore[arg-type]  # the name of an id
