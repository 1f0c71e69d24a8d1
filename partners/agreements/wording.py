"""An agreement in words: its clauses from the terms, the price list and the shop's card."""

from base.i18n import t, won
from base.scope import Scope
from partners import kinds, queries
from partners.agreements.terms import (
    CHANNEL,
    CLAUSES,
    DATA,
    FREEDOM,
    NEVER,
    OWN,
    PENALTY,
    PRICE,
    TERM,
    WORK,
    Clause,
    Terms,
)
from partners.joining import cards
from partners.joining.cards import Card


def clauses(scope: Scope, terms: Terms, *, locale: str) -> tuple[Clause, ...]:
    """The clauses of these terms in a language; one without words is left out."""
    said = {
        WORK: _work(scope, terms, locale),
        PRICE: _price(scope, locale),
        DATA: t(locale, "agreements.clause.data.text"),
        CHANNEL: t(locale, "agreements.clause.channel.text"),
        FREEDOM: t(locale, "agreements.clause.freedom.text"),
        PENALTY: _penalty(terms, locale),
        NEVER: "\n".join(f"- {t(locale, f'joining.never.{code}')}" for code in cards.NEVER),
        TERM: _term(terms, locale),
        OWN: "",
    }
    whole = {code: "\n".join(filter(None, (said[code], terms.words.get(code, "")))) for code in CLAUSES}
    return tuple(
        Clause(code, t(locale, f"agreements.clause.{code}.title"), text)
        for code, text in whole.items()
        if text
    )


def head(card: Card, *, number: int, locale: str) -> str:
    """Who agrees, and which edition it is."""
    facts = {"shop": card.shop, "owner": card.owner, "business_no": card.business_no_written}
    return t(locale, "agreements.head", number=number, **facts)


def _work(scope: Scope, terms: Terms, locale: str) -> str:
    lines = [
        t(locale, "agreements.clause.work.line", kind=kinds.named(scope, kind, locale), hours=hours)
        for kind, hours in sorted(terms.hours.items())
    ]
    return "\n".join(
        [t(locale, "agreements.clause.work.text" if lines else "agreements.clause.work.shops"), *lines]
    )


def _price(scope: Scope, locale: str) -> str:
    now = {rate.kind: rate for rate in reversed(queries.rates(scope)) if rate.since <= scope.now}
    lines = [
        t(
            locale,
            "agreements.clause.price.line",
            kind=kinds.named(scope, kind, locale),
            won=won(rate.won, locale),
        )
        for kind, rate in sorted(now.items())
    ]
    return "\n".join([t(locale, "agreements.clause.price.text"), *lines])


def _penalty(terms: Terms, locale: str) -> str:
    if not terms.fines:
        return t(locale, "agreements.clause.penalty.off")
    return t(locale, "agreements.clause.penalty.on", rate=terms.rate_pct, cap=terms.cap_pct)


def _term(terms: Terms, locale: str) -> str:
    if terms.months:
        return t(locale, "agreements.clause.term.months", n=terms.months)
    return t(locale, "agreements.clause.term.open")
