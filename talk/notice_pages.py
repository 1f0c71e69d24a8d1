"""The pages of notices: the list, opening one, the bell's few bytes, and what one wants to be told how."""

from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid
from base.scope import Scope
from base.web import locale, render, tell
from security.doors import needs
from talk import choices, digests, notices, quiet

__all__ = ["register"]


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/notices", endpoint="notices")(every)
    pages.get("/notices/bell", endpoint="bell")(bell)
    pages.post("/notices/<int:notice_id>/open", endpoint="open_notice")(open_)
    pages.post("/notices/read", endpoint="read_notices")(read_all)
    pages.get("/notices/choices", endpoint="choices")(chosen)
    pages.post("/notices/choices", endpoint="choose")(choose)
    pages.get("/settings/talk", endpoint="rules")(rules)
    pages.post("/settings/talk", endpoint="save_rules")(save_rules)


@needs("notice.own")
def every(scope: Scope) -> ResponseReturnValue:
    """One's notices, the latest first."""
    found = notices.every(scope, after=request.args.get("after", ""))
    said = partial(digests.said, locale())
    return render(
        scope, "talk/notices.html", rows=found.rows, next=found.next, said=said, urgent=quiet.URGENT
    )


@needs("notice.own")
def bell(scope: Scope) -> ResponseReturnValue:
    """The bell alone, for pages that do not fetch themselves anew."""
    return render(scope, "talk/bell.html")


@needs("notice.own")
def open_(scope: Scope, notice_id: int) -> ResponseReturnValue:
    """Marks a notice read and leads to where it can be acted on."""
    return redirect(digests.leads(notices.read(scope, notice_id)))


@needs("notice.own")
def read_all(scope: Scope) -> ResponseReturnValue:
    """Marks all of them read but for announcements, which wait to be confirmed."""
    notices.read_all(scope)
    return redirect(url_for("talk.notices"))


@needs("notice.own")
def chosen(scope: Scope) -> ResponseReturnValue:
    """What is mailed, and when it is quiet."""
    return _choices(scope)


@needs("notice.own")
def choose(scope: Scope) -> ResponseReturnValue:
    form = request.form
    try:
        choices.choose(
            scope,
            mailed=form.getlist("mailed"),
            begins=form.get("quiet_from", "").strip(),
            ends=form.get("quiet_to", "").strip(),
            urgent_through=form.get("urgent_through") == "1",
        )
    except Invalid as error:
        return _choices(scope, error)
    tell("ok", "talk.choices.kept")
    return redirect(url_for("talk.choices"))


def _choices(scope: Scope, error: Invalid | None = None) -> ResponseReturnValue:
    own = choices.own(scope)
    told = quiet.TOLD[scope.actor.role]
    unmailed = own.unmailed["kinds"] if own else []
    return render(
        scope,
        "talk/choices.html",
        error.status if error else 200,
        kinds=told,
        urgent=quiet.URGENT,
        mailed=request.form.getlist("mailed") if error else [one for one in told if one not in unmailed],
        own=own,
        usual=choices.rules(scope).quiet,
        mails=bool(scope.world.settings.mail_url),
        form=request.form,
        error=error,
    )


@needs("talk.rules")
def rules(scope: Scope) -> ResponseReturnValue:
    """The shop's quiet hours and its own standard phrases."""
    return _rules(scope)


@needs("talk.rules")
def save_rules(scope: Scope) -> ResponseReturnValue:
    form = request.form
    said = {side: form.get(f"phrases_{side}", "").splitlines() for side in choices.SIDES}
    try:
        begins, ends = form.get("quiet_from", "").strip(), form.get("quiet_to", "").strip()
        choices.save_rules(scope, begins=begins, ends=ends, phrases=said)
    except Invalid as error:
        return _rules(scope, error)
    tell("ok", "talk.rules.kept")
    return redirect(url_for("talk.rules"))


def _rules(scope: Scope, error: Invalid | None = None) -> ResponseReturnValue:
    status = error.status if error else 200
    decided, mails = choices.rules(scope), bool(scope.world.settings.mail_url)
    return render(
        scope, "talk/rules.html", status, rules=decided, mails=mails, form=request.form, error=error
    )
