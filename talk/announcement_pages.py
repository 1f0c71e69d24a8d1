"""The pages of announcements: the owner tells and sees who has read, a partner reads and confirms."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid
from base.rows import mine, one
from base.scope import Scope
from base.web import render, tell
from partners.checks import signals
from partners.lifecycle import LEFT
from partners.models import Partner
from security import people
from security.doors import needs
from security.policy import OWNER
from talk import announcing
from talk.models import Announcement

__all__ = ["register"]


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/announcements", endpoint="announcements")(every)
    pages.post("/announcements", endpoint="announce")(announce)
    pages.get("/announcements/<int:announcement_id>", endpoint="announcement")(announcement)
    pages.post("/announcements/<int:announcement_id>/confirmation", endpoint="confirm")(confirm)
    pages.post("/announcements/<int:announcement_id>/end", endpoint="end_announcement")(end)


@needs("announcement.see")
def every(scope: Scope) -> ResponseReturnValue:
    """The shop's announcements; a partner's own."""
    return _list(scope)


@needs("announcement.make")
def announce(scope: Scope) -> ResponseReturnValue:
    form = request.form
    ids = [int(text) for text in form.getlist("partners") if text.isdecimal() and len(text) < 19]
    try:
        made = announcing.publish(
            scope,
            title=form.get("title", ""),
            text=form.get("text", ""),
            partner_ids=ids if form.get("audience") == announcing.SOME else None,
            sure=form.get("sure") == "1",
        )
    except Invalid as error:
        return _list(scope, error)
    tell("ok", "talk.announcements.told")
    return redirect(url_for("talk.announcement", announcement_id=made.id))


@needs("announcement.see")
def announcement(scope: Scope, announcement_id: int) -> ResponseReturnValue:
    """One announcement: to the owner with who has read it, to a partner with the button that says so."""
    owns = scope.actor.role == OWNER
    own = None if owns else announcing.receipt(scope, announcement_id)
    return render(
        scope,
        "talk/announcement.html",
        it=one(scope, Announcement, announcement_id),
        own=own,
        signs=signals.found,
        readings=announcing.readings(scope, announcement_id) if owns else [],
    )


@needs("announcement.read")
def confirm(scope: Scope, announcement_id: int) -> ResponseReturnValue:
    announcing.confirm(scope, announcement_id)
    tell("ok", "talk.announcements.thanks")
    return redirect(url_for("talk.announcement", announcement_id=announcement_id))


@needs("announcement.make")
def end(scope: Scope, announcement_id: int) -> ResponseReturnValue:
    announcing.end(scope, announcement_id)
    tell("ok", "talk.announcements.taken_down")
    return redirect(url_for("talk.announcements"))


def _list(scope: Scope, error: Invalid | None = None) -> ResponseReturnValue:
    found = announcing.every(scope, after=request.args.get("after", ""))
    return render(
        scope,
        "talk/announcements.html",
        error.status if error else 200,
        rows=found.rows,
        next=found.next,
        partners=_partners(scope) if scope.actor.role == OWNER else [],
        form=request.form,
        error=error,
    )


def _partners(scope: Scope) -> list[tuple[int, str]]:
    """Whom an announcement can be for, by name."""
    members = people.members(scope, role="partner")
    left = {
        partner.id for partner in scope.session.scalars(mine(scope, Partner).where(Partner.state == LEFT))
    }
    return sorted(
        ((member.id, member.account.name) for member in members if member.id not in left),
        key=lambda pair: pair[1],
    )
