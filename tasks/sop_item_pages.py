"""The form of one item of a draft: what was typed stays there until it can be kept."""

import json
from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import images
from base.errors import NotFound, Refused, Stale
from base.i18n import t
from base.images import Picture
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs, of_files
from tasks import media, procedures, sop_conditions, sop_forms, sop_pictures, sop_words, sops
from tasks.checklist import BadItem
from tasks.conditions import clauses_of
from tasks.items import LANGUAGES, SEVERITIES, TYPES
from tasks.kinds.known import kind as known_kind
from tasks.media import Media
from tasks.models import SopRevision
from tasks.pages import pages
from tasks.sop_editor import NoDraft, draft_of, trouble_of, why_of
from tasks.sop_pages import ICONS, whole
from tasks.sop_pictures import PICTURE

Entry = Mapping[str, Any]


@pages.get("/sops/<int:sop_id>/draft/new")
@needs("sop.write")
def new_sop_item(scope: Scope, sop_id: int) -> ResponseReturnValue:
    type_ = request.args.get("type", "")
    if type_ not in TYPES:
        raise NotFound
    return _form(scope, draft_of(scope, sop_id), sop_forms.fields_of({"type": type_}), key="")


@pages.get("/sops/<int:sop_id>/draft/items/<string:key>")
@needs("sop.write")
def sop_item(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    entry = _entry(revision, key)
    if not entry:
        raise NotFound
    return _form(scope, revision, sop_forms.fields_of(entry), key=key)


@of_files(list[Picture])
def picture(_scope: Scope, sop_id: int) -> list[Picture]:  # noqa: ARG001 (the address of the form)
    """The picture a form carries, cleaned while nothing is locked; none, or one."""
    upload = request.files.get("picture")
    data = upload.read() if upload else b""
    return [images.clean(data)] if data else []


@pages.post("/sops/<int:sop_id>/draft/items")
@needs("sop.write", largest=PICTURE, prepare=picture)
def put_sop_item(scope: Scope, sop_id: int, prepared: list[Picture]) -> ResponseReturnValue:
    """Keeps an item; what was typed stays in the form when it is refused or somebody was quicker."""
    form, version = request.form.to_dict(), whole("version")
    if prepared:
        form["media_picture"] = sop_pictures.keep(scope, prepared[0])
    revision = procedures.draft(scope, sop_id)
    if revision is None and version:
        return _form(scope, _newest(scope, sop_id), form, key=form.get("key", ""), error=NoDraft())
    if revision is None:  # the reader was told that keeping this opens another draft
        revision = sops.draft(scope, sop_id)
        version = revision.version
    key = form.get("key", "") or _free_key(scope, sop_id)
    try:
        entry = sop_forms.entry_of(form, key=key, old=_entry(revision, key))
        sops.put_item(scope, revision.id, entry=entry, version=version)
    except (BadItem, Stale) as error:
        if wants_json():
            raise
        return _form(scope, revision, form, key=form.get("key", ""), error=error)
    tell("ok", "sops.item_saved")
    return redirect(url_for("tasks.sop_draft", sop_id=sop_id, _anchor=f"item-{key}"))


def _form(
    scope: Scope, revision: SopRevision, fields: Mapping[str, str], *, key: str, error: Refused | None = None
) -> ResponseReturnValue:
    entries = revision.items["items"]
    kept, told = _entry(revision, key), sop_words.speech(entries, locale())
    facts: dict[str, Any] = {
        "revision": revision,
        "version": 0 if isinstance(error, NoDraft) else revision.version,
        "key": key,
        "fields": fields,
        "type": fields.get("type", ""),
        "icons": ICONS,
        "severities": SEVERITIES,
        "conditions": _conditions(scope, revision, fields, key),
        "condition_rows": sop_conditions.ROWS,
        "media": _media(fields),
        "targets": known_kind(scope, revision.sop.kind).numbers,
        "rows": sop_forms.rows_of_choices(fields),
        "error": error,
        "wrong": _wrong(error, fields),
        "trouble": trouble_of(error, revision) if error else "",
        "kept_words": kept.get("label", {}),
        "kept": sop_words.line(kept, told) if kept and isinstance(error, Stale) else None,
    }
    return render(scope, "tasks/sop_item.html", error.status if error else 200, **facts)


def _conditions(
    scope: Scope, revision: SopRevision, fields: Mapping[str, str], key: str
) -> list[tuple[str, str]]:
    """The options of *when is it asked*; those that stand are offered whatever they say."""
    entries, kind = revision.items["items"], known_kind(scope, revision.sop.kind)
    speaks = sop_words.speech(entries, locale())
    known = sop_conditions.options(entries, flags=kind.flags, numbers=kind.numbers, before=key)
    offered = {
        sop_conditions.option(one): sop_words.condition(sop_conditions.opened(one), speaks)
        for one in [*known, *clauses_of(_entry(revision, key).get("when"))]
    }
    typed = {fields.get(row, "") for row in sop_conditions.ROWS} - {sop_conditions.ALWAYS, ""}
    offered |= {raw: raw for raw in sorted(typed - set(offered))}
    return [(sop_conditions.ALWAYS, t(locale(), "sops.always")), *offered.items()]


def _media(fields: Mapping[str, str]) -> list[tuple[int, str, Media]]:
    """What is shown beside the words, as the form has it: place, stored form, and what it is."""
    found = [(n, fields.get(f"media_{n}", "")) for n in range(media.MOST_MEDIA)]
    return [(n, raw, shown[0]) for n, raw in found if raw and (shown := _readable(raw))]


def _readable(raw: str) -> tuple[Media, ...]:
    try:
        return media.read([json.loads(raw)])
    except ValueError:
        return ()


def _wrong(error: Refused | None, fields: Mapping[str, str]) -> dict[str, str]:
    """The refusal's words at the field of the form where it belongs."""
    if not isinstance(error, BadItem):
        return {}
    field, why = str(error.facts["field"]), str(error.facts["why"])
    words = why_of(field, why)
    if field not in {"label", "help"}:
        return {field: words}
    named = [f"{field}_{language}" for language in LANGUAGES]
    blank = [name for name in named if not fields.get(name, "").strip()]
    return dict.fromkeys(blank if why == "language_missing" else named, words)


def _newest(scope: Scope, sop_id: int) -> SopRevision:
    return procedures.edition(scope, sop_id, procedures.procedure(scope, sop_id).editions[0].number)


def _entry(revision: SopRevision, key: str) -> Entry:
    """The item of this key as it stands; empty when there is none."""
    return next((entry for entry in revision.items["items"] if entry["key"] == key), {})


def _free_key(scope: Scope, sop_id: int) -> str:
    type_ = request.form.get("type", "")
    return sop_forms.free_key(type_ if type_ in TYPES else "item", procedures.used_keys(scope, sop_id))
