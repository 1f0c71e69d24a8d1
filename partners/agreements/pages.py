"""Pages of agreements: the owner writes, publishes and compares; a partner reads and signs."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import forms
from base.errors import Invalid, NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners import queries
from partners.agreements import signing, writing
from partners.agreements import terms as rule
from partners.agreements.models import Agreement, Signature
from partners.agreements.terms import WORDED, Terms
from partners.agreements.writing import TooEarly
from partners.lifecycle import LEFT
from partners.models import Partner
from security import people
from security.doors import needs

NUMBERS = ("rate_pct", "cap_pct", "months")


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/agreements", endpoint="agreements")(every)
    pages.get("/agreements/draft", endpoint="agreement_draft")(edit)
    pages.post("/agreements/draft", endpoint="save_agreement")(save)
    pages.post("/agreements/draft/publish", endpoint="publish_agreement")(publish)
    pages.get("/agreements/<int:agreement_id>", endpoint="agreement")(agreement)
    pages.get("/agreements/<int:agreement_id>/compare", endpoint="compare_agreement")(compare)
    pages.get("/my-agreement", endpoint="own_agreement")(own)
    pages.post("/my-agreement/<int:agreement_id>/sign", endpoint="sign_agreement")(sign)


@needs("agreement.manage")
def every(scope: Scope) -> ResponseReturnValue:
    """The editions, and who has not signed the newest."""
    editions = writing.published(scope)
    return render(
        scope,
        "partners/agreements/agreements.html",
        200,
        editions=list(reversed(editions)),
        draft=writing.draft(scope),
        signed=_signed(scope, editions[-1].id) if editions else {},
        names=_working(scope),
    )


def _working(scope: Scope) -> dict[int, str]:
    names = queries.names(scope)
    here = mine(scope, Partner).where(Partner.state != LEFT).order_by(Partner.id)
    return {card.id: names[card.id] for card in scope.session.scalars(here)}


def _signed(scope: Scope, agreement_id: int) -> dict[int, Signature]:
    rows = mine(scope, Signature).where(Signature.agreement_id == agreement_id).order_by(Signature.id)
    return {row.partner_id: row for row in scope.session.scalars(rows)}


@needs("agreement.manage")
def edit(scope: Scope) -> ResponseReturnValue:
    return _edit(scope)


def _edit(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    row, last = writing.draft(scope), writing.published(scope)
    terms = rule.told((row or last[-1]).terms) if row or last else Terms()
    return render(
        scope,
        "partners/agreements/draft.html",
        error.status if error else 200,
        draft=row,
        terms=terms,
        clauses=writing.clauses_of(scope, row) if row else (),
        kinds=sorted({rate.kind for rate in queries.rates(scope)}),
        worded=WORDED,
        form=request.form,
        today=scope.now.astimezone(zone()).date().isoformat(),
        error=error,
        field=str(error.facts.get("field", "")) if error else "",
    )


@needs("agreement.manage")
def save(scope: Scope) -> ResponseReturnValue:
    try:
        writing.save(scope, _typed(scope), sure=request.form.get("sure") == "1")
    except Invalid as error:
        if wants_json():
            raise
        return _edit(scope, error)
    tell("ok", "agreements.saved")
    return redirect(url_for("partners.agreement_draft"))


def _typed(scope: Scope) -> Terms:
    form = request.form
    kinds = {rate.kind for rate in queries.rates(scope)}
    hours = {kind: _number(f"hours-{kind}") for kind in kinds if form.get(f"hours-{kind}", "").strip()}
    numbers = {name: _number(name) if form.get(name, "").strip() else 0 for name in NUMBERS}
    return Terms(hours=hours, words={code: form.get(f"words-{code}", "") for code in WORDED}, **numbers)


def _number(field: str) -> int:
    text = request.form.get(field, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= forms.DIGITS):
        raise rule.BadTerm(field=field, low=0, high=rule.MOST_HOURS)
    return int(text)


@needs("agreement.manage")
def publish(scope: Scope) -> ResponseReturnValue:
    try:
        agreement_id = writing.publish(
            scope, signer=request.form.get("signer", ""), holds_from=_holds_from(scope)
        )
    except Refused as error:
        if wants_json():
            raise
        return _edit(scope, error)
    tell("ok", "agreements.published_now")
    return redirect(url_for("partners.agreement", agreement_id=agreement_id))


def _holds_from(scope: Scope) -> datetime:
    """The first instant of the day typed; at once where none was, or today."""
    typed = request.form.get("holds_from", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise TooEarly(field="holds_from") from error
    if day is None or day == scope.now.astimezone(zone()).date():
        return scope.now
    return datetime.combine(day, time(), tzinfo=zone()).astimezone(UTC)


@needs("agreement.manage")
def agreement(scope: Scope, agreement_id: int) -> ResponseReturnValue:
    """One edition as it was published, to read and to print, with the names under it."""
    row = one(scope, Agreement, agreement_id)
    if row.published_at is None:
        raise NotFound
    facts = {"edition": row, "clauses": writing.clauses_of(scope, row), "own": None, "dated": _dated}
    signed, names = _signed(scope, row.id), _working(scope)
    return render(
        scope,
        "partners/agreements/agreement.html",
        200,
        signed=signed,
        names=names,
        form={},
        error=None,
        **facts,
    )


def _dated(at: datetime) -> str:
    """An instant as paper has it: it is read on another day."""
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M}"


@needs("agreement.manage")
def compare(scope: Scope, agreement_id: int) -> ResponseReturnValue:
    """What an edition says differently from the one before it."""
    row = one(scope, Agreement, agreement_id)
    old = writing.before(scope, row)
    changed = rule.compared(writing.clauses_of(scope, old), writing.clauses_of(scope, row))
    facts = {"edition": row, "old": old, "changed": changed}
    return render(scope, "partners/agreements/compare.html", 200, **facts)


@needs("joining.own")
def own(scope: Scope) -> ResponseReturnValue:
    return _own(scope)


def _own(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    """The newest edition for the reader, with what changed, and the place for their name."""
    found = signing.own(scope)
    if found is None:
        return render(scope, "partners/agreements/none.html", 200)
    row = found.edition
    old = [edition for edition in writing.published(scope) if edition.number < row.number][-1:]
    clauses = writing.clauses_of(scope, row)
    return render(
        scope,
        "partners/agreements/agreement.html",
        error.status if error else 200,
        edition=row,
        clauses=clauses,
        own=found,
        dated=_dated,
        changed=rule.compared(writing.clauses_of(scope, old[0]), clauses) if old else (),
        signed={},
        names={},
        name=people.names(scope).get(scope.actor.id, ""),
        form=request.form,
        error=error,
    )


@needs("joining.own")
def sign(scope: Scope, agreement_id: int) -> ResponseReturnValue:
    form = request.form
    try:
        read = form.get("read") == "1"
        signing.sign(scope, agreement_id, name=form.get("name", ""), sha256=form.get("sha256", ""), read=read)
    except Invalid as error:
        if wants_json():
            raise
        return _own(scope, error)
    tell("ok", "agreements.signed_now")
    return redirect(url_for("partners.own_papers"))
