"""What a partner has besides the tabs: the page of *more* lists all of it, so that nothing is far away."""

from collections.abc import Mapping

from flask import current_app, url_for

from base.scope import Scope
from security.policy import PARTNER

Row = tuple[str, str, str]

# fmt: off
OWN: Mapping[str, tuple[Row, ...]] = {
    # endpoint                  words                        icon
    "work": (
        ("tasks.done",          "tasks.done.title",          "inbox"),
        ("talk.own_teams",      "teams.own.title",           "users"),
        ("tasks.why_work",      "dispatch.why.title",        "queue-list"),
        ("partners.own_hours",  "hours.own.title",           "clock"),
    ),
    "quality": (
        ("qa.own_work",         "qa.own_work.title",         "clipboard-document-check"),
        ("partners.own_standing", "partners.standing.own_title", "chart-bar"),
        ("tagging.habits",      "kinds.tagging.habits.title",      "photo"),
        ("qa.own_talks",        "rituals.own_talks",         "chat-bubble-left-right"),
        ("qa.own_sampling",     "sampling.own_title",        "magnifying-glass"),
        ("qa.draws",            "sampling.draws.title",      "arrow-path"),
    ),
    "papers": (
        ("partners.own_papers", "checks.own.title",          "document-check"),
        ("partners.own_training", "training.own.title",     "academic-cap"),
        ("partners.own_agreement", "agreements.own_title",   "document-text"),
        ("tasks.own_lateness",  "lateness.own",        "calendar-days"),
        ("tasks.own_leaving",   "leaving.title",             "arrow-right-start-on-rectangle"),
        ("partners.own_account", "pay.account.title",    "credit-card"),
    ),
    "news": (
        ("talk.notices",        "talk.notices.title",        "bell"),
        ("talk.announcements",  "talk.announcements.title",  "megaphone"),
        ("talk.choices",        "talk.choices.title",        "adjustments-horizontal"),
        ("security.tokens",     "security.tokens.title",     "key"),
    ),
}
# fmt: on


def own(scope: Scope) -> dict[str, list[Row]]:
    """A partner's table with addresses in the place of endpoints; what is not there is left out."""
    if scope.actor.role != PARTNER:
        return {}
    return {
        heading: [
            (url_for(endpoint), words, icon)
            for endpoint, words, icon in rows
            if endpoint in current_app.view_functions
        ]
        for heading, rows in OWN.items()
    }
