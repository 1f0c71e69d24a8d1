"""The pages of doing a task: one card for each item, saved as it is answered, handed in as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.i18n import t
from base.images import Picture
from base.rows import one
from base.scope import Scope, acting, undo
from base.web import answer, locale, render, tell, wants_json
from security.doors import needs
from tasks import cards, checklist, dispatch, forms, holding, sheet, sop_words, wording, work
from tasks.evidence_pages import PHOTOS, pictures
from tasks.models import Task
from tasks.pages import pages
from tasks.practice import Unread
from tasks.reading_pages import to_be_read
from tasks.recipients import PURPOSES, masked


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says besides the sheet: refused answers by item as typed, and what is missing or not."""

    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    show_missing: bool = False


@pages.get("/work/<int:task_id>")
@needs("task.work")
def work_page(scope: Scope, task_id: int) -> ResponseReturnValue:
    try:
        return _page(scope, holding.looked_at(scope, task_id), 200, Said())
    except holding.LeaseEnded as refusal:
        return _ended(scope, task_id, refusal)
    except holding.HandedIn:
        return render(scope, "tasks/handed_in.html", task=one(scope, Task, task_id))
    except Unread:
        return to_be_read(scope, holding.in_hand(scope, task_id))


@pages.post("/work/<int:task_id>/answers")
@needs("task.work", largest=PHOTOS, prepare=pictures)
def save(scope: Scope, task_id: int, prepared: dict[str, list[Picture]]) -> ResponseReturnValue:
    """Saves the item a script names, or everything the form carries; a photo may be taken off with it."""
    try:
        if "item" in request.form:
            return _save_one(scope, task_id)
        if _save_all(scope, task_id, prepared):
            return _again(scope, task_id, prepared)
        if removed := forms.number(request.form, "remove"):
            work.remove_photo(scope, task_id, removed)
    except holding.LeaseEnded as refusal:
        return _late(scope, task_id, refusal)
    tell("ok", "tasks.work.kept")
    return redirect(url_for("tasks.work_page", task_id=task_id))


@pages.post("/work/<int:task_id>/submission")
@needs("task.work", largest=PHOTOS, prepare=pictures)
def submit(scope: Scope, task_id: int, prepared: dict[str, list[Picture]]) -> ResponseReturnValue:
    """Hands in what the form carries with what was saved before; what is missing is named and jumped to."""
    work.ahead(scope, task_id)
    try:
        if not _is_handed_in(scope, task_id) and _save_all(scope, task_id, prepared):
            return _again(scope, task_id, prepared)
        made = work.submit(scope, task_id, fence=forms.number(request.form, "fence"))
    except holding.LeaseEnded as refusal:
        return _late(scope, task_id, refusal)
    except work.Unfinished:
        if wants_json():
            raise
        return _again(scope, task_id, prepared)
    if wants_json():
        return answer({"submission_id": made.id, "round": made.round})
    tell("ok", "tasks.work.handed_in")
    return redirect(url_for("tasks.today"))


@pages.post("/work/<int:task_id>/release")
@needs("task.work")
def release(scope: Scope, task_id: int) -> ResponseReturnValue:
    dispatch.release(scope, task_id, reason=request.form.get("reason", ""))
    tell("ok", "tasks.work.released")
    return redirect(url_for("tasks.today"))


def _page(scope: Scope, task: Task, status: int, said: Said) -> ResponseReturnValue:
    told = drawn(scope, task, said) | {"recipient": masked(scope, task), "purposes": PURPOSES}
    return render(scope, "tasks/work.html", status, reasons=dispatch.REASONS, **told)


def drawn(scope: Scope, task: Task, said: Said) -> dict[str, Any]:
    """What the sheet of a task is drawn from: the work itself, and nothing about who it is for."""
    found = cards.sheet_of(scope, task)
    return {
        "sheet": found,
        "said": said,
        "sections": sop_words.titles(task.revision.items, locale()),
        "purpose": sop_words.said(task.revision.items.get("purpose"), locale()),
        "lacking": wording.lacking(locale(), found),
        "words": partial(wording.problem, locale()),
        "options": partial(wording.options, locale()),
        "seen": partial(wording.finding, locale(), task.kind),
        "labels": wording.criteria(locale(), task.revision.rubric),
    }


def _again(scope: Scope, task_id: int, taken: Mapping[str, list[Picture]]) -> ResponseReturnValue:
    """The page once more, with what is missing; what cannot stand is shown as typed, with why.

    The rest is kept in a transaction of its own: this one ends with the refusal and keeps nothing.
    """
    undo(scope)
    with acting(scope.world, shop_id=scope.shop_id, actor=scope.actor, ip=scope.ip) as kept:
        errors = _save_all(kept, task_id, taken)
        task = holding.held(kept, task_id)
        typed = forms.given(sheet.items_of(kept, task), request.form)
        said = Said(errors, {key: typed[key] for key in errors}, show_missing=not errors)
        return _page(kept, task, 422, said)


def _save_one(scope: Scope, task_id: int) -> ResponseReturnValue:
    key, task = request.form["item"], holding.held(scope, task_id)
    value = forms.given(sheet.items_of(scope, task), request.form).get(key)
    version = forms.number(request.form, f"version-{key}")
    try:
        kept = work.answer(scope, task_id, item=key, value=value, version=version)
    except work.BadAnswer as refusal:
        text = wording.refused(locale(), refusal.facts)
        return answer({"code": refusal.code, "text": text, "field": f"answer-{key}"}, refusal.status)
    found = cards.sheet_of(scope, task)
    card = found.card(key)
    return answer(
        {
            "fields": {f"version-{key}": str(kept.version)},
            "stands": card.stands if card else "todo",
            "progress": {"done": found.done, "total": found.total},
            "asked": [one.item.key for one in found.asked],
            "text": wording.saved(
                locale(),
                kept.problem,
                [wording.finding(locale(), task.kind, one) for one in found.seen(key)],
            ),
        }
    )


def _save_all(scope: Scope, task_id: int, taken: Mapping[str, list[Picture]]) -> dict[str, str]:
    """Saves what the form changed; gives the words of what was refused, by item."""
    task = holding.held(scope, task_id)
    done, items = sheet.answers_of(scope, task), sheet.items_of(scope, task)
    anew = {item.key for item in items if sheet.asked_anew(task, item, done.get(item.key))}
    stored = {key: row.value["v"] for key, row in done.items() if key not in anew}
    told = {
        key: (value, forms.number(request.form, f"version-{key}"))
        for key, value in forms.given(items, request.form).items()
        if value != stored.get(key) and not (checklist.blank(value) and checklist.blank(stored.get(key)))
    }
    refused = work.answer_all(scope, task_id, told)
    for item, pictures_ in taken.items():
        for picture in pictures_:
            work.attach(scope, task_id, item=item, picture=picture)
    return {key: _words(refusal) for key, refusal in refused.items()}


def _words(refusal: Refused) -> str:
    if isinstance(refusal, work.BadAnswer):
        return wording.refused(locale(), refusal.facts)
    return t(locale(), f"refused.{refusal.code}", **refusal.facts)


def _is_handed_in(scope: Scope, task_id: int) -> bool:
    try:
        holding.held(scope, task_id)
    except holding.HandedIn:
        return True
    return False


def _late(scope: Scope, task_id: int, refusal: Refused) -> ResponseReturnValue:
    """Keeps what came too late in a transaction of its own, then says so."""
    undo(scope)
    with acting(scope.world, shop_id=scope.shop_id, actor=scope.actor, ip=scope.ip) as later:
        items = sheet.items_of(later, one(later, Task, task_id))
        for key, value in forms.given(items, request.form).items():
            _keep_one(later, task_id, key, value)
        return _ended(later, task_id, refusal)


def _keep_one(later: Scope, task_id: int, key: str, value: Any) -> None:
    if checklist.blank(value):
        return
    try:
        work.keep_late(later, task_id, item=key, value=value)
    except Invalid:
        return  # what could not stand in time does not stand now


def _ended(scope: Scope, task_id: int, refusal: Refused) -> ResponseReturnValue:
    """The lease is over: in words, with this task and the next under the thumb."""
    if wants_json():
        text = t(locale(), f"refused.{refusal.code}")
        return answer(
            {"code": refusal.code, "text": text, "next_url": url_for("tasks.offers")}, refusal.status
        )
    task, next_id = one(scope, Task, task_id), refusal.facts.get("next_id")
    return render(scope, "tasks/gone.html", refusal.status, refusal=refusal, task=task, next_id=next_id)
