"""The owner's pages of kinds: those there are, one of her own made, its work opened, paused and retired."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import sheets
from base.errors import Invalid, NotFound, Refused
from base.i18n import knows, t
from base.scope import Scope
from base.sheet import Limits, Sheet
from base.web import locale, render, tell, wants_json
from partners.kinds import OWN, own
from partners.pay import pricing
from security.doors import needs
from tasks import forms, own_kinds, procedures, queues, work_lists
from tasks.kinds import known
from tasks.pages import pages
from tasks.results import reads as results
from tasks.suggestions import noting
from tasks.suggestions.rule import TRIED_EVERY

LARGEST = 2_000_000
LIMITS = Limits(size=8 << 20, rows=work_lists.MOST_ROWS + 1, columns=30)
TURNS = {"open": ("pause",), "paused": ("resume", "retire"), "retired": ("resume",)}

File = tuple[bytes, Sheet]


class NoFile(Invalid):
    """A file was to be chosen."""

    code = "tasks.no_file"


@pages.get("/kinds", endpoint="kinds")
@needs("kind.manage")
def kinds_page(scope: Scope) -> ResponseReturnValue:
    return _kinds(scope)


@pages.post("/kinds", endpoint="make_kind")
@needs("kind.manage")
def make_kind(scope: Scope) -> ResponseReturnValue:
    """Makes a kind and goes on to write its procedure."""
    said = {name: request.form.get(name, "") for name in ("ko", "en", "icon")}
    try:
        made, draft = own_kinds.make(scope, **said, won=_won())
    except Invalid as error:
        if wants_json():
            raise
        return _kinds(scope, error)
    tell("ok", "kinds_page.made", name=made.name["ko"])
    return redirect(url_for("tasks.sop_draft", sop_id=draft.sop_id))


@pages.get("/kinds/<kind>", endpoint="kind")
@needs("kind.manage")
def kind_page(scope: Scope, kind: str) -> ResponseReturnValue:
    return _kind(scope, kind)


@pages.post("/kinds/<kind>/name", endpoint="rename_kind")
@needs("kind.manage")
def rename_kind(scope: Scope, kind: str) -> ResponseReturnValue:
    known.kind(scope, kind)
    ko, en = request.form.get("ko", ""), request.form.get("en", "")
    found = OWN.fullmatch(kind)
    return _then(scope, kind, lambda: own_kinds.rename(scope, int(found[1]) if found else 0, ko=ko, en=en))


@pages.post("/kinds/<kind>/due", endpoint="set_kind_due")
@needs("kind.manage")
def set_kind_due(scope: Scope, kind: str) -> ResponseReturnValue:
    known.kind(scope, kind)
    hours = forms.number(request.form, "hours")
    return _then(scope, kind, lambda: queues.set_due(scope, kind, hours=hours))


@pages.post("/kinds/<kind>/<step>", endpoint="turn_kind")
@needs("kind.manage")
def turn_kind(scope: Scope, kind: str, step: str) -> ResponseReturnValue:
    known.kind(scope, kind)
    if step not in queues.TURNED:
        raise NotFound
    return _then(scope, kind, lambda: queues.turn(scope, kind, step), said=f"kinds_page.did.{step}")


@pages.post("/kinds/<kind>/tasks", endpoint="open_work")
@needs("kind.manage")
def open_work(scope: Scope, kind: str) -> ResponseReturnValue:
    """Opens work by hand."""
    said = {name: request.form.get(name, "") for name in ("title", "note", "sku")}
    count = forms.number(request.form, "count")

    def opening() -> tuple[int, ...]:
        return own_kinds.open_by_hand(scope, kind, **said, count=count)

    return _then(scope, kind, opening, said="kinds_page.opened")


def _read(_scope: Scope, **_ids: Any) -> File | Refused:
    """The file that was chosen, read while nothing is locked."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    try:
        if not data:
            raise NoFile(field="file")
        return data, sheets.read(data, (upload.filename if upload else "") or "", LIMITS)
    except Invalid as refusal:
        refusal.facts.setdefault("field", "file")
        return refusal


@pages.post("/kinds/<kind>/list", endpoint="open_list")
@needs("kind.manage", largest=LARGEST, prepare=_read)
def open_list(scope: Scope, kind: str, prepared: File | Refused) -> ResponseReturnValue:
    """Opens a piece of work for every row of a file."""

    def opening() -> tuple[int, ...]:
        if isinstance(prepared, Refused):
            raise prepared
        data, sheet = prepared
        return own_kinds.open_list(scope, kind, data=data, sheet=sheet)

    return _then(scope, kind, opening, said="kinds_page.opened")


def _then(scope: Scope, kind: str, act: Any, *, said: str = "kinds_page.saved") -> ResponseReturnValue:
    """Does it and shows the kind again: with what was typed where it was refused."""
    try:
        done = act()
    except Refused as error:
        if wants_json() or error.status == 404:
            raise
        return _kind(scope, kind, error)
    tell("ok", said, n=len(done or ()))
    return redirect(url_for("tasks.kind", kind=kind))


def _kinds(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    waiting = queues.counts(queues.waiting(scope))
    facts: dict[str, Any] = {
        "coded": tuple(known.coded()),
        "own": tuple(own(scope)),
        "states": queues.states(scope),
        "waiting": waiting,
        "prices": pricing.prices_at(scope, scope.now),
        "icons": own_kinds.ICONS,
        "pictured": own_kinds.pictured(scope),
        **_told(error),
    }
    return render(scope, "tasks/kinds.html", error.status if error else 200, **facts)


def _kind(scope: Scope, kind: str, error: Refused | None = None) -> ResponseReturnValue:
    of, queue = known.kind(scope, kind), queues.queue_of(scope, kind)
    state = queue.state if queue else "open"
    facts: dict[str, Any] = {
        "kind": kind,
        "words": own(scope).get(kind, {}),
        "state": state,
        "turns": TURNS[state],
        "hours": (queue.due_s if queue else of.due_s) // 3600,
        "waiting": queues.counts(queues.waiting(scope)).get(kind, 0),
        "price": pricing.prices_at(scope, scope.now).get(kind, of.first_price),
        "procedures": [one for one in procedures.shelf(scope) if one.kind == kind],
        "most": own_kinds.MOST_AT_ONCE,
        "columns": work_lists.COLUMNS,
        "results": bool(OWN.fullmatch(kind)) and results.any_accepted(scope, kind),
        **_suggested(scope, kind),
        **_told(error),
    }
    return render(scope, "tasks/kind.html", error.status if error else 200, **facts)


def _suggested(scope: Scope, kind: str) -> dict[str, Any]:
    """How often what is suggested is kept, and what its fields are called."""
    if not known.kind(scope, kind).suggests:
        return {"suggested": None}
    found = noting.figures(scope, kind)
    keys = {one.field: f"kinds.{kind}.suggested.{one.field}" for one in found}
    names = {field: t(locale(), key) if knows(key) else field for field, key in keys.items()}
    return {"suggested": found, "names": names, "tried_every": TRIED_EVERY}


def _told(error: Refused | None) -> dict[str, Any]:
    """What was typed, and what is wrong with it."""
    field = str(error.facts.get("field", "")) if error else ""
    troubles = error.facts.get("troubles", ()) if error else ()
    return {"form": request.form, "wrong": field, "trouble": _words(error), "troubles": troubles}


def _words(error: Refused | None) -> str:
    if error is None:
        return ""
    why = f"kinds_page.why.{error.facts.get('why')}"
    key = why if "why" in error.facts else f"refused.{error.code}"
    return t(locale(), key, **error.facts)


def _won() -> int:
    """The price typed; none, or nonsense, is refused as a price. Raises BadPrice."""
    text = request.form.get("won", "").strip().replace(",", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise pricing.BadPrice(field="won", low=0, high=pricing.MOST)
    return int(text)
