"""The page of a task's thread: reading it, saying something, having read it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json
from partners.checks import signals
from security.doors import needs
from talk import announcement_pages, choices, conversation, notice_pages, saying, threads, words
from talk.conversation import Thread
from talk.saying import Said
from talk.teams import pages as team_pages
from tasks.items import parse

pages = Blueprint("talk", __name__)
notice_pages.register(pages)
announcement_pages.register(pages)
team_pages.register(pages)


@pages.get("/tasks/<int:task_id>/thread")
@needs("thread.talk")
def thread(scope: Scope, task_id: int) -> ResponseReturnValue:
    """The thread; `to` names the side to speak to, `say` a standard phrase to begin with."""
    return _page(scope, task_id)


@pages.post("/tasks/<int:task_id>/thread")
@needs("thread.talk")
def write(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Says something; where it may not be said so, what was typed stands there still."""
    try:
        message = saying.write(scope, task_id, said(request.form))
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, task_id, error)
    if wants_json():
        return answer({"id": message.id})
    tell("ok", "talk.said")
    here = url_for("talk.thread", task_id=task_id, to=request.form.get("to") or None)
    return redirect(f"{here}#message-{message.id}")


@pages.post("/tasks/<int:task_id>/thread/seen")
@needs("thread.talk")
def see(scope: Scope, task_id: int) -> ResponseReturnValue:
    """The reader has read up to the message that was the latest on their page."""
    last = request.form.get("up_to", "")
    threads.see(scope, task_id, up_to=int(last) if last.isdecimal() and len(last) < 19 else 0)
    return answer({}) if wants_json() else redirect(url_for("talk.thread", task_id=task_id))


def said(form: dict[str, str]) -> Said:
    """What a form says."""
    return Said(
        text=form.get("text", ""),
        marks=form.get("marks", ""),
        to=form.get("to", ""),
        sure=form.get("sure") == "1",
    )


def _page(scope: Scope, task_id: int, error: Invalid | None = None) -> ResponseReturnValue:
    found = conversation.thread(scope, task_id, to=request.values.get("to", ""))
    phrases = choices.phrases(scope)
    begun = request.args.get("say", "")
    return render(
        scope,
        "talk/thread.html",
        error.status if error else 200,
        thread=found,
        photos=_photos(found),
        names={photo.id: _named(found, photo.item) for photo in found.photos},
        phrases=phrases,
        text=request.form.get("text", "") or (phrases[int(begun)] if begun in _numbers(phrases) else ""),
        form=request.form,
        error=error,
        longest=words.LONGEST,
        signs=signals.found,
    )


def _numbers(phrases: tuple[str, ...]) -> set[str]:
    return {str(number) for number in range(len(phrases))}


def _photos(found: Thread) -> list[tuple[str, str, int]]:
    """Address, name and id of the photos that can be marked."""
    return [
        (url_for("tasks.photo", photo_id=photo.id), _named(found, photo.item), photo.id)
        for photo in found.photos
    ]


def _named(found: Thread, key: str) -> str:
    items = {item.key: item for item in parse(found.task.revision.items)}
    return items[key].named(locale()) if key in items else key
