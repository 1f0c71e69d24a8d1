"""Pages of applicants: the shop's card, the form, and one's own application; nobody is signed in here."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.joining import answers, applying, cards, posters
from partners.joining.answers import Answers
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/apply/<slug>/<poster_code>", endpoint="shop_card")(shop_card)
    pages.get("/apply/<slug>/<poster_code>/form", endpoint="application_form")(application_form)
    pages.post("/apply/<slug>/<poster_code>/form", endpoint="apply")(apply)
    pages.get("/application/<slug>/<own_token>", endpoint="own_application")(own)
    pages.post("/application/<slug>/<own_token>/withdraw", endpoint="withdraw_application")(withdraw)
    pages.post("/application/<slug>/<own_token>/enter", endpoint="enter_welcome")(enter)


@needs("anyone")
def shop_card(scope: Scope, slug: str, poster_code: str) -> ResponseReturnValue:
    """Who asks for help here, and what they never ask for: before anything is asked."""
    inside, _ = posters.found(scope, slug, poster_code)
    facts = {"card": cards.shown(inside), "never": cards.NEVER, "slug": slug, "poster_code": poster_code}
    return render(inside, "partners/joining/shop_card.html", 200, **facts)


@needs("anyone")
def application_form(scope: Scope, slug: str, poster_code: str) -> ResponseReturnValue:
    return _form(scope, slug, poster_code)


def _form(scope: Scope, slug: str, poster_code: str, error: Refused | None = None) -> ResponseReturnValue:
    inside, _ = posters.found(scope, slug, poster_code)
    return render(
        inside,
        "partners/joining/form.html",
        error.status if error else 200,
        card=cards.shown(inside),
        skills=applying.offered(inside),
        asked=answers,
        slug=slug,
        poster_code=poster_code,
        form=request.form,
        chosen={name: request.form.getlist(name) for name in ("skills", "when", "tools")},
        error=error,
        field=str(error.facts.get("field", "")) if error else "",
    )


@needs("anyone", prepare=lambda scope, slug, poster_code: applying.count(scope, slug))  # noqa: ARG005 (the form's own ids)
def apply(scope: Scope, slug: str, poster_code: str, prepared: None) -> ResponseReturnValue:  # noqa: ARG001 (it was counted)
    try:
        ticked = {name: request.form.get(name) == "1" for name in ("consent", "sure")}
        token = applying.apply(scope, slug, poster_code, said=_said(), **ticked)
    except Invalid as error:
        if wants_json():
            raise
        return _form(scope, slug, poster_code, error)
    return redirect(url_for("partners.own_application", slug=slug, own_token=token))


def _said() -> Answers:
    form = request.form
    texts = {
        name: form.get(name, "")
        for name in ("name", "phone", "login", "kind", "business_no", "space", "words")
    }
    return Answers(
        **texts,
        skills=tuple(_whole(text) for text in form.getlist("skills")),
        hours=_whole(form.get("hours", "")),
        when=tuple(form.getlist("when")),
        tools=tuple(form.getlist("tools")),
    )


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@needs("anyone")
def own(scope: Scope, slug: str, own_token: str) -> ResponseReturnValue:
    """How one's own application stands, and what comes next."""
    inside, found = applying.own(scope, slug, own_token)
    facts = {"own": found, "card": found.card, "never": cards.NEVER, "slug": slug, "own_token": own_token}
    return render(inside, "partners/joining/own.html", 200, **facts)


@needs("anyone")
def withdraw(scope: Scope, slug: str, own_token: str) -> ResponseReturnValue:
    applying.withdraw(scope, slug, own_token)
    tell("ok", "joining.own.withdrawn_now")
    return redirect(url_for("partners.own_application", slug=slug, own_token=own_token))


@needs("anyone")
def enter(scope: Scope, slug: str, own_token: str) -> ResponseReturnValue:
    """Leads a welcome applicant to where they choose a password and come in."""
    return redirect(url_for("security.join_page", token=applying.way_in(scope, slug, own_token)))
