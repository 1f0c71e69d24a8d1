"""The owner's pages of training: the modules, one with who has it, its draft, and its publication."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import images
from base.errors import Invalid, NotFound, Refused
from base.images import Picture
from base.rows import mine
from base.scope import Scope
from base.web import locale, render, tell, wants_json, zone
from partners import queries, typed
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.training import accompanying, demands, forms, pictures, reads, shelf, writing
from partners.training import content as rule
from partners.training.content import KINDS, LIMITS, MOST_CHOICES, Content
from partners.training.models import WHOM
from partners.training.pilot import LEAST, MOST
from partners.training.writing import BadDay
from security import shops
from security.doors import needs, of_files


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/training", endpoint="training")(every)
    pages.post("/training", endpoint="new_module")(new)
    pages.post("/training/library/<string:name>", endpoint="take_module")(take)
    pages.post("/training/pilot", endpoint="set_pilot")(set_pilot)
    pages.get("/training/<int:module_id>", endpoint="module")(module)
    pages.get("/training/<int:module_id>/draft", endpoint="module_draft")(edit)
    pages.post("/training/<int:module_id>/draft", endpoint="save_module")(save)
    pages.post("/training/<int:module_id>/draft/publish", endpoint="publish_module")(publish)
    pages.get("/training/pictures/<string:name>", endpoint="training_picture")(picture)


@needs("training.manage")
def every(scope: Scope) -> ResponseReturnValue:
    """The modules, samples and the pilot, in the order in which a newcomer meets them."""
    return every_with(scope)


def every_with(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    """The same, with what is wrong about a form of it."""
    ruled = shops.rules(scope)
    return render(
        scope,
        "partners/training/modules.html",
        error.status if error else 200,
        modules=reads.every(scope),
        shelf=shelf.books(locale()),
        samples=demands.samples(scope),
        pilots=accompanying.every(scope),
        names=queries.names(scope),
        goal=ruled.pilot_goal,
        held=ruled.pilot_held,
        least=LEAST,
        most=MOST,
        form=request.form,
        error=error,
    )


@needs("training.manage")
def new(scope: Scope) -> ResponseReturnValue:
    """Begins a module with nothing in it but its title."""
    try:
        made = writing.make(scope, Content(title=request.form.get("title", "")))
    except Invalid as error:
        if wants_json():
            raise
        return every_with(scope, error)
    return redirect(url_for("partners.module_draft", module_id=made))


@needs("training.manage")
def take(scope: Scope, name: str) -> ResponseReturnValue:
    """Begins a module with what the library has; the owner reads and changes it before it is published."""
    made = writing.make(scope, shelf.book(name, locale()))
    tell("ok", "training.taken")
    return redirect(url_for("partners.module_draft", module_id=made))


@needs("training.manage")
def set_pilot(scope: Scope) -> ResponseReturnValue:
    """Sets how newcomers' pilots are."""
    try:
        accompanying.set_terms(scope, goal=typed.whole("goal"), held=typed.whole("held"))
    except Invalid as error:
        if wants_json():
            raise
        return every_with(scope, error)
    tell("ok", "training.pilot.saved")
    return redirect(url_for("partners.training"))


@needs("training.manage")
def module(scope: Scope, module_id: int) -> ResponseReturnValue:
    """A module: its editions, who has passed it, and giving it to somebody."""
    return module_with(scope, module_id)


def module_with(scope: Scope, module_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """The same, with what is wrong about a form of it."""
    row, editions = writing.module(scope, module_id), writing.editions(scope, module_id)
    published = [one for one in editions if one.published_at is not None]
    names = queries.names(scope)
    working = mine(scope, Partner).where(Partner.state != LEFT).order_by(Partner.id)
    return render(
        scope,
        "partners/training/module.html",
        error.status if error else 200,
        module=row,
        title=(published or editions)[-1].content["title"],
        editions=list(reversed(published)),
        draft=writing.draft(scope, row.id),
        learners=reads.learners(scope, row.id),
        names=names,
        working={card.id: names[card.id] for card in scope.session.scalars(working)},
        whom=WHOM,
        today=scope.now.astimezone(zone()).date().isoformat(),
        form=request.form,
        error=error,
    )


@needs("training.manage")
def edit(scope: Scope, module_id: int) -> ResponseReturnValue:
    row = writing.module(scope, module_id)
    newest = writing.editions(scope, row.id)[-1]
    return _edit(scope, row.id, rule.told(newest.content))


def _edit(
    scope: Scope, module_id: int, content: Content, error: Refused | None = None
) -> ResponseReturnValue:
    before = [row for row in writing.editions(scope, module_id) if row.published_at is not None]
    return render(
        scope,
        "partners/training/draft.html",
        error.status if error else 200,
        module_id=module_id,
        draft=writing.draft(scope, module_id),
        before=before,
        content=content,
        kinds=KINDS,
        limits=LIMITS,
        most_choices=MOST_CHOICES,
        today=scope.now.astimezone(zone()).date().isoformat(),
        form=request.form,
        error=error,
        field=str(error.facts.get("field", "")) if error else "",
    )


@of_files(dict[int, Picture])
def uploaded(_scope: Scope, module_id: int) -> dict[int, Picture]:  # noqa: ARG001 (the address of the form)
    """The pictures a form brings, cleaned while nothing is locked."""
    return {place: images.clean(data) for place, data in forms.uploads().items()}


@needs("training.manage", largest=pictures.LARGEST, prepare=uploaded)
def save(scope: Scope, module_id: int, prepared: dict[int, Picture]) -> ResponseReturnValue:
    """Keeps the draft, after what the pressed button does to it."""
    row = writing.module(scope, module_id)
    names = {place: pictures.keep(scope, shown) for place, shown in prepared.items()}
    content, place = forms.acted(forms.content(names), request.form.get("act", ""))
    try:
        writing.save(scope, row.id, content)
    except Invalid as error:
        if wants_json():
            raise
        return _edit(scope, row.id, content, error)
    tell("ok", "training.saved")
    return redirect(url_for("partners.module_draft", module_id=row.id, _anchor=place or None))


@needs("training.manage")
def publish(scope: Scope, module_id: int) -> ResponseReturnValue:
    row, there = writing.module(scope, module_id), writing.draft(scope, module_id)
    try:
        day = typed.since(scope)
        if day is None:
            raise BadDay(field="since")
        writing.publish(scope, row.id, asks_again=request.form.get("again") == "1", holds_from=day)
    except Invalid as error:
        if wants_json() or there is None:
            raise
        return _edit(scope, row.id, rule.told(there.content), error)
    tell("ok", "training.published_now")
    return redirect(url_for("partners.module", module_id=row.id))


@needs("photo.see")
def picture(scope: Scope, name: str) -> ResponseReturnValue:
    """A picture of a module; under its name it never changes."""
    if len(name) != 64:
        raise NotFound
    response = Response(pictures.jpeg(scope, name), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
