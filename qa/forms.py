"""The reviewer's form: what was ticked, written and drawn, read into defects and handed to the desk."""

from collections.abc import Iterator

from werkzeug.datastructures import MultiDict

from base.errors import Invalid
from base.scope import Scope
from qa import marking, phrases, review
from qa.judgement import BadDefect
from qa.marking import Seen
from qa.queries import Desk
from qa.scoring import OTHER

LONGEST = 9  # digits
Form = MultiDict[str, str]


class NoVersion(Invalid):
    """The form does not say which version of the inspection it was made from."""

    code = "qa.no_version"


def judge(scope: Scope, desk: Desk, form: Form) -> None:
    """Judges as the form says. Raises NoVersion, BadDefect, and what `review.judge` raises."""
    version = whole(form.get("version", ""))
    if not version:
        raise NoVersion(field="version")
    review.judge(
        scope,
        desk.at_hand.id,
        version=version,
        verdict=form.get("verdict", ""),
        defects=seen(desk, form),
        note=phrases.use(scope, form.get("phrase", ""), words=form.get("note", "").strip()),
    )


def whole(text: str) -> int:
    """The number a form or an address carries; for anything else 0, which names no row and no version."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else 0


def seen(desk: Desk, form: Form) -> list[Seen]:
    """The defects that were ticked, with their marks. Raises BadDefect."""
    spots = marking.read(form.get("mark", ""))
    if spots is None:
        raise BadDefect(field="mark", why="words")
    item_of = {photo: item.key for photo, item in desk.photos}
    lines = marking.pair(list(_ticked(desk, form)), spots, item_of)
    stretches = marking.stretches(form.get("span", ""))
    if stretches is None:
        raise BadDefect(field="mark", why="words")
    both = None if lines is None else marking.pair_stretches(lines, stretches)
    if both is None:
        raise BadDefect(field="defects", why="unnamed_mark")
    return both


def _ticked(desk: Desk, form: Form) -> Iterator[Seen]:
    """In the order of the rubric: the first defect of a photo's item takes its mark."""
    ticked = set(form.getlist("defect"))
    asked = {answered.item.key for answered in desk.items}
    for criterion in desk.rubric.criteria:
        if criterion.code in ticked:
            item = criterion.item if criterion.item in asked else ""
            yield _line(criterion.code, item, form)
    for code in sorted(ticked - {criterion.code for criterion in desk.rubric.criteria}):
        yield _line(code, form.get(f"item-{OTHER}", ""), form)


def _line(code: str, item: str, form: Form) -> Seen:
    return Seen(code, item, form.get(f"severity-{code}", ""), form.get(f"note-{code}", ""))
