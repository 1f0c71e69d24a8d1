"""Writing a vocabulary: a block for each attribute, its tags as an outline, and a block for one more."""

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import tags
from tasks import downloads
from tasks.kinds.tagging import acts_export, acts_words, outline
from tasks.kinds.tagging.acts_deciding import words_in_use
from tasks.kinds.tagging.acts_words import Drafted
from tasks.kinds.tagging.models import Vocabulary
from tasks.kinds.tagging.pages import pages, words_of
from tasks.kinds.tagging.vocabulary import MOST_ATTRIBUTES, REGIONS, BadVocabulary

BLANK = Drafted("", "", "", several=False, required=True, region="none", outline="")


@pages.get("/words/<int:vocabulary_id>")
@needs("tag.manage")
def words(scope: Scope, vocabulary_id: int) -> ResponseReturnValue:
    vocabulary = one(scope, Vocabulary, vocabulary_id)
    drafts = [
        Drafted(it.key, it.ko, it.en, it.several, it.required, it.region, outline.written(it))
        for it in words_in_use(scope, vocabulary).attributes
    ]
    return _page(scope, vocabulary, drafts, vocabulary.edition)


@pages.post("/words/<int:vocabulary_id>")
@needs("tag.manage")
def save_words(scope: Scope, vocabulary_id: int) -> ResponseReturnValue:
    """Keeps what was written as a new edition; what cannot stand is shown with its line, nothing is lost."""
    vocabulary, drafts = one(scope, Vocabulary, vocabulary_id), _drafts()
    seen = int(request.form.get("seen", "0")) if request.form.get("seen", "0").isdecimal() else 0
    try:
        edition = acts_words.save(scope, vocabulary_id, attributes=drafts, seen=seen)
    except Refused as error:
        if wants_json():
            raise
        return _page(scope, vocabulary, drafts, seen, error)
    tell("ok", "kinds.tagging.words.saved", n=edition.number)
    return redirect(url_for("tagging.words", vocabulary_id=vocabulary_id))


@pages.get("/words/<int:vocabulary_id>/tags.<ending>")
@needs("tag.manage")
def tag_file(scope: Scope, vocabulary_id: int, ending: str) -> ResponseReturnValue:
    """What stands on products, as a file."""
    vocabulary = one(scope, Vocabulary, vocabulary_id)
    found = acts_export.tag_file(scope, vocabulary_id)
    return downloads.table(f"tags-{vocabulary_id}", ending, vocabulary.name, found.header, found.rows)


def _drafts() -> list[Drafted]:
    """What the form says; a block without a name and tags is no attribute."""
    found = [_draft(n) for n in range(MOST_ATTRIBUTES + 1) if f"{n}-ko" in request.form]
    return [draft for draft in found if draft.ko or draft.outline.strip()]


def _draft(n: int) -> Drafted:
    form = request.form
    region = form.get(f"{n}-region", "none")
    return Drafted(
        key=form.get(f"{n}-key", ""),
        ko=" ".join(form[f"{n}-ko"].split())[:60],
        en=" ".join(form.get(f"{n}-en", "").split())[:60],
        several=form.get(f"{n}-several") == "1",
        required=form.get(f"{n}-required") == "1",
        region=next((known for known in REGIONS if known == region), "none"),
        outline=form.get(f"{n}-outline", "")[:40_000],
    )


def _page(
    scope: Scope, vocabulary: Vocabulary, drafts: Sequence[Drafted], seen: int, error: Refused | None = None
) -> ResponseReturnValue:
    at = _place(drafts, error)
    room = [BLANK] if len(drafts) < MOST_ATTRIBUTES else []
    return render(
        scope,
        "tagging/words.html",
        error.status if error else 200,
        vocabulary=vocabulary,
        drafts=[*drafts, *room],
        seen=seen,
        tagged=tags.any_of(scope, vocabulary.id),
        trouble=words_of(error) if error else "",
        at=at,
        wrong=words_of(error) if error and at is not None else "",
    )


def _place(drafts: Sequence[Drafted], error: Refused | None) -> int | None:
    """Which block a refusal is about."""
    if not isinstance(error, BadVocabulary):
        return None
    return next((n for n, draft in enumerate(drafts) if draft.ko == error.facts["attribute"]), None)
