"""The pages of tagging besides the work itself: words, albums, what is known, and pictures in dispute."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.i18n import knows, t
from base.rows import mine, page
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs
from tasks.kinds.tagging import acts_words, reads_albums
from tasks.kinds.tagging.models import Album, Vocabulary

pages = Blueprint("tagging", __name__, url_prefix="/tagging")


def words_of(error: Refused) -> str:
    """A refusal in words: those of what exactly is wrong where there are any."""
    why, problem = error.facts.get("why"), error.facts.get("problem")
    keys = (f"problem.{problem}", f"vocabulary_problem.{why}", f"album_problem.{why}")
    known = [key for key in (f"kinds.tagging.{end}" for end in keys) if knows(key)]
    return t(locale(), known[0] if known else f"refused.{error.code}", **error.facts)


@pages.get("")
@needs("tag.manage")
def albums(scope: Scope) -> ResponseReturnValue:
    return albums_page(scope)


def albums_page(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    """Albums and vocabularies; after a refusal the name that was typed stays."""
    found = page(scope, mine(scope, Album), by=(Album.id,), after=request.args.get("after", ""), size=20)
    return render(
        scope,
        "tagging/albums.html",
        error.status if error else 200,
        page=found,
        tallies=reads_albums.tallies(scope, [album.id for album in found.rows]),
        disputed=reads_albums.disputed(scope),
        vocabularies=list(scope.session.scalars(mine(scope, Vocabulary).order_by(Vocabulary.name))),
        typed=request.form.get("name", ""),
        trouble=words_of(error) if error else "",
    )


@pages.post("/words")
@needs("tag.manage")
def add_words(scope: Scope) -> ResponseReturnValue:
    """Begins a vocabulary and leads to writing its words."""
    try:
        made = acts_words.create(scope, name=request.form.get("name", ""))
    except Refused as error:
        if wants_json():
            raise
        return albums_page(scope, error)
    tell("ok", "kinds.tagging.words.made")
    return redirect(url_for("tagging.words", vocabulary_id=made.id))


from tasks.kinds.tagging import pages_albums, pages_habits, pages_review, pages_words  # noqa: E402, F401 (they register here)
