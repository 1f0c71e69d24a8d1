"""What the layout shows around every page: who is here, in which shop, and the sections of the role."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import LoginManager, UserMixin

from base.web import locale, notices
from security.phone import sealing_key
from security.policy import PARTNER
from security.visitors import Visitor

# fmt: off
NAV: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    # endpoint             words                      icon
    "partner": (
        ("tasks.today",    "layout.nav_item.today",    "home"),
        ("tasks.offers",   "layout.nav_item.work",     "queue-list"),
        ("stock.own",      "layout.nav_item.my_stock", "archive-box"),
        ("partners.own_pay", "layout.nav_item.pay",    "banknotes"),
        ("security.me",    "layout.nav_item.more",     "ellipsis-horizontal"),
    ),
    "reviewer": (
        ("qa.queue",       "layout.nav_item.queue",     "clipboard-document-check"),
        ("tagging.disputes", "layout.nav_item.disputes", "scale"),
        ("qa.own_record",  "layout.nav_item.my_record", "chart-bar"),
        ("tasks.sops",     "layout.nav_item.sops",      "book-open"),
        ("security.me",    "layout.nav_item.more",      "ellipsis-horizontal"),
    ),
    "owner": (
        ("qa.board",       "layout.nav_item.board",    "presentation-chart-line"),
        ("stock.orders",   "layout.nav_item.orders",   "shopping-bag"),
        ("stock.levels",   "layout.nav_item.stock",    "archive-box"),
        ("listing.listings", "layout.nav_item.listings", "tag"),
        ("tasks.tasks",    "layout.nav_item.tasks",    "queue-list"),
        ("tagging.albums", "layout.nav_item.tagging",  "tag"),
        ("qa.queue",       "layout.nav_item.queue",    "clipboard-document-check"),
        ("tasks.sops",     "layout.nav_item.sops",     "book-open"),
        ("security.people", "layout.nav_item.people",  "users"),
        ("security.calendar", "layout.nav_item.calendar", "calendar-days"),
        ("security.journal", "layout.nav_item.journal", "document-text"),
        ("security.settings", "layout.nav_item.settings", "cog-6-tooth"),
    ),
}
# fmt: on
#: Pages that lie in a section without standing under its address.
BESIDE: Mapping[str, str] = {
    "/products": "stock.levels",
    "/imports": "stock.orders",
    "/claims": "stock.orders",
    "/buying": "stock.levels",
    "/partners": "security.people",
    "/teams": "security.people",
    "/capacity": "security.people",
    "/vendors": "security.people",
    "/joining": "security.people",
    "/checks": "security.people",
    "/documents": "security.people",
    "/agreements": "security.people",
    "/training": "security.people",
    "/my-training": "security.me",
    "/my-papers": "security.me",
    "/my-teams": "security.me",
    "/my-hours": "security.me",
    "/my-leaving": "security.me",
    "/my-references": "security.me",
    "/leavings": "security.people",
    "/my-agreement": "security.me",
    "/my-lateness": "security.me",
    "/prices": "security.people",
    "/pay/months": "security.people",
    "/pay/papers": "security.people",
    "/pay/adjustments": "security.people",
    "/pay/questions": "security.people",
    "/process": "qa.board",
    "/reviewers": "qa.board",
    "/rounds": "qa.own_record",
    "/quality": "qa.board",
    "/reviews": "qa.board",
    "/talks": "qa.board",
    "/my-talks": "security.me",
    "/sampling": "qa.queue",
    "/draws": "qa.queue",
    "/automation": "tasks.sops",
    "/kinds": "tasks.tasks",
    "/work": "tasks.today",
    "/why": "tasks.today",
    "/standing": "security.me",
    "/my-quality": "security.me",
    "/own-sampling": "security.me",
    "/notices": "security.me",
    "/done": "tasks.offers",
}
HOME = {"partner": "tasks.today", "reviewer": "qa.queue", "owner": "qa.board"}


class Person(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of the visitor whom the door has recognised; the session row is the truth."""

    def __init__(self, visitor: Any) -> None:
        self.id = str(visitor.session_id)
        self.visitor = visitor


def recognise(app: Flask) -> None:
    """Lets `current_user` in templates be whoever the door has recognised."""
    manager = LoginManager(app)
    manager.session_protection = None  # the session row is the protection; client headers are not

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(_request: object) -> Person | None:
        visitor = g.get("visitor")
        return Person(visitor) if visitor else None


def around() -> dict[str, Any]:
    """What the layout shows around every page."""
    visitor = g.get("visitor")
    frame = {"locale": locale(), "notices": notices(), "language_url": url_for("security.language")}
    if visitor is None:
        return frame
    return (
        frame
        | {
            "face": visitor.role,
            "nav": nav(visitor.role),
            "shop_name": visitor.shop_name,
            "person_name": visitor.name,
            "home_url": url_for("home"),
            "roles_url": url_for("security.me"),
            "signout_url": url_for("security.sign_out"),
        }
        | ({"own_phone": _phone(visitor)} if visitor.role == PARTNER else {})
    )


def _phone(visitor: Visitor) -> dict[str, str]:
    """What the scripts of a partner's phone work with: whose it is, and what seals the work that waits."""
    return {
        "who": str(visitor.membership_id),
        "seal": sealing_key(current_app.extensions["dari"].settings, visitor),
        "edition": current_app.config["STATIC_EDITION"],
    }


def nav(role: str) -> list[tuple[str, str, str, bool]]:
    """The sections of a role: address, words, icon, and whether this page lies in it."""
    known = [row for row in NAV.get(role, ()) if row[0] in current_app.view_functions]
    return [(url_for(endpoint), words, icon, _lies_in(endpoint)) for endpoint, words, icon in known]


def _lies_in(endpoint: str) -> bool:
    roots = (url_for(endpoint), *(path for path, section in BESIDE.items() if section == endpoint))
    return any(request.path == root or request.path.startswith(f"{root}/") for root in roots)
