"""The owner's pages of what is put right in pay, and of what partners asked about it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners import people, typed
from partners.agreements import writing
from partners.models import Partner
from partners.pay import adjusting, disputing, proposals, reads
from partners.pay.models import PayDispute
from partners.pay.months import Month
from partners.pay.wanting import ADJUSTMENT, BONUS, COUNTER, PENALTY, Wanted
from security.doors import needs

OFFERED = (ADJUSTMENT, BONUS, PENALTY)  # what is typed by hand; a counter line is begun at its line


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/pay/adjustments", endpoint="pay_adjustments")(adjustments)
    pages.post("/pay/adjustments", endpoint="propose_pay")(propose)
    pages.post("/pay/adjustments/<int:proposal_id>/confirm", endpoint="confirm_pay")(confirm)
    pages.post("/pay/adjustments/<int:proposal_id>/refuse", endpoint="refuse_pay")(refuse)
    pages.get("/pay/questions", endpoint="pay_questions")(questions)
    pages.post("/pay/questions/<int:dispute_id>/answer", endpoint="answer_pay")(answer)


@needs("pay.see")
def adjustments(scope: Scope) -> ResponseReturnValue:
    """What waits for a second pair of eyes, and the form."""
    return _adjustments(scope)


def _adjustments(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    waiting, latest = proposals.waiting(scope), proposals.latest(scope)
    return render(
        scope,
        "partners/pay_adjustments.html",
        error.status if error else 200,
        waiting=waiting,
        latest=latest,
        names=reads.names(scope, {row.partner_id for row in (*waiting, *latest)}),
        hands=people.hands(scope),
        alone=adjusting.lone_owner(scope),
        offered=[sort for sort in OFFERED if sort != PENALTY or writing.holds_penalty(scope)],
        me=scope.actor.id,
        form=request.form or request.args,
        error=error,
    )


@needs("pay.adjust")
def propose(scope: Scope) -> ResponseReturnValue:
    """Proposes something; a penalty by its breaches, by the arithmetic that was agreed."""
    form = request.form
    try:
        partner_id = one(scope, Partner, typed.whole("partner")).id
        if form.get("sort") == PENALTY:
            month = Month.of(scope.now, zone())
            gross = reads.view(scope, partner_id, month=month, zone=zone()).statement.won
            breaches = typed.whole("breaches")
            reason = form.get("reason", "")
            row = adjusting.penalty(
                scope, partner_id, month=month, gross=gross, breaches=breaches, reason=reason
            )
        else:
            row = adjusting.propose(scope, partner_id, _wanted())
    except Invalid as error:
        if wants_json():
            raise
        return _adjustments(scope, error)
    tell("ok", "pay.adjustments.counts" if row.state == "confirmed" else "pay.adjustments.waits")
    return redirect(url_for("partners.pay_adjustments"))


def _wanted() -> Wanted:
    form = request.form
    sort = form.get("sort", "")
    if sort not in (*OFFERED, COUNTER):
        raise NotFound
    line = typed.whole("line") if form.get("line") else None
    return Wanted(sort, typed.signed("won"), form.get("reason", ""), line_id=line)


@needs("pay.adjust")
def confirm(scope: Scope, proposal_id: int) -> ResponseReturnValue:
    """A second owner says yes."""
    adjusting.confirm(scope, proposal_id)
    tell("ok", "pay.adjustments.confirmed")
    return redirect(url_for("partners.pay_adjustments"))


@needs("pay.adjust")
def refuse(scope: Scope, proposal_id: int) -> ResponseReturnValue:
    """An owner says no, or takes it back."""
    adjusting.refuse(scope, proposal_id)
    tell("ok", "pay.adjustments.refused")
    return redirect(url_for("partners.pay_adjustments"))


@needs("pay.see")
def questions(scope: Scope) -> ResponseReturnValue:
    """What partners asked."""
    return _questions(scope)


def _questions(scope: Scope, error: Refused | None = None, at: int = 0) -> ResponseReturnValue:
    waiting = disputing.waiting(scope)
    return render(
        scope,
        "partners/pay_questions.html",
        error.status if error else 200,
        waiting=waiting,
        about=reads.about(scope, waiting),
        names=reads.names(scope, {row.partner_id for row in waiting}),
        alone=adjusting.lone_owner(scope),
        error=error,
        wrong_id=at,
        form=request.form,
    )


@needs("pay.adjust")
def answer(scope: Scope, dispute_id: int) -> ResponseReturnValue:
    """Answers, and puts right what is to be put right."""
    one(scope, PayDispute, dispute_id)
    try:
        disputing.answer(scope, dispute_id, words=request.form.get("words", ""), won=typed.signed("won"))
    except Invalid as error:
        if wants_json():
            raise
        return _questions(scope, error, dispute_id)
    tell("ok", "pay.questions.answered")
    return redirect(url_for("partners.pay_questions"))
