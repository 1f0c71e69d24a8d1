"""Tagging as a kind of work: a sheet of pictures, each described with a vocabulary."""

import json
from collections.abc import Mapping
from typing import Any

from base.scope import Scope, for_good
from security.policy import PARTNER
from tasks.checklist import Answers, Facts, Problem
from tasks.items import Item
from tasks.kinds.kind import Kind
from tasks.kinds.tagging import acts_mixing, forms, reads, reads_hints, saying
from tasks.kinds.tagging.acts_album import ready
from tasks.kinds.tagging.acts_weighing import call_off, take_in
from tasks.kinds.tagging.procedure import CRITERIA, ITEMS, TITLE
from tasks.kinds.tagging.reads_review import beside
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import from_text, plain
from tasks.models import Task
from tasks.own import Finding
from tasks.suggestions.rule import Outcome

ALIKE = 5  # pictures of which all are described the same, before it is said


def facts(scope: Scope, task: Task) -> Facts:
    """The words of the album's edition, as text: what is said of a picture is held against them."""
    album, _sheet = reads.album_of(scope, task)
    text = for_good(
        scope,
        ("vocabulary text", album.edition_id),
        lambda: json.dumps(plain(reads.words_of(scope, album.edition_id)), ensure_ascii=False),
    )
    return Facts({"words": text})


def fields(scope: Scope, task: Task) -> tuple[Item, ...]:
    """One field for each picture."""
    pictures = reads.pictures_of(scope, task)
    return tuple(
        Item(
            key=reads.field(picture),
            type="own",
            label={"ko": f"사진 {nth}", "en": f"Photo {nth}"},
            help={},
            required=True,
            severity="minor",
        )
        for nth, picture in enumerate(pictures, start=1)
    )


def check(_item: Item, value: Any, facts_: Facts) -> Problem | None:
    """What is wrong with a description: outside the vocabulary, against its rules, or not whole yet."""
    words = from_text(str(facts_.values["words"]))
    said = saying.read(words, value)
    return said if isinstance(said, Problem) else saying.lacking(words, said)


def look(_scope: Scope, _task: Task, answers: Answers) -> tuple[Finding, ...]:
    """Says where every picture is described the same: it may be so, or nobody looked."""
    said = [json.dumps(value, sort_keys=True) for key, value in answers.items() if key.startswith("own-p")]
    alike = len(said) >= ALIKE and len(set(said)) == 1
    return (Finding("all_alike", facts={"n": len(said)}),) if alike else ()


def shown(scope: Scope, task: Task, answers: Answers) -> Mapping[str, object]:
    """The words and pictures; to who judges also what others said, which whoever works never sees."""
    album, _sheet = reads.album_of(scope, task)
    words = reads.words_of(scope, album.edition_id)
    pictures = {reads.field(picture): picture for picture in reads.pictures_of(scope, task)}
    drawn: dict[str, object] = {"words": words, "pictures": pictures, "hinted": {}}
    if scope.actor.role == PARTNER:
        drawn["hinted"] = reads_hints.shown(scope, task, album)
    if scope.actor.role != PARTNER:
        read = {key: saying.read(words, answers.get(key)) for key in pictures}
        mine = {key: said for key, said in read.items() if isinstance(said, Described)}
        drawn["beside"] = beside(scope, task, pictures, mine)
    return drawn


def suggested(scope: Scope, task: Task, answers: Answers) -> tuple[Outcome, ...]:
    """What was suggested for each picture, and whether what is said of it holds all of it."""
    album, _sheet = reads.album_of(scope, task)
    words, found = reads.words_of(scope, album.edition_id), []
    for key, by_attribute in reads_hints.shown(scope, task, album).items():
        said = saying.read(words, answers.get(key))
        for attribute in words.attributes:
            if hinted := by_attribute.get(attribute.key):
                kept = isinstance(said, Described) and hinted <= set(said.said(attribute))
                found.append(Outcome(attribute.key, reads_hints.SOURCE, kept))
    return tuple(found)


def picture(scope: Scope, task: Task, name: str) -> int | None:
    """The picture a field asks about, by the field's key: no other number of it is told to whoever works."""
    return next((one.picture_id for one in reads.pictures_of(scope, task) if reads.field(one) == name), None)


KIND = Kind(
    name=reads.KIND,
    sop_title=TITLE,
    items=ITEMS,
    criteria=CRITERIA,
    facts=facts,
    first_price=300,
    fields=fields,
    typed=forms.typed,
    check=check,
    look=look,
    shown=shown,
    suggested=suggested,
    accepted=take_in,
    called_off=call_off,
    ready=ready,
    picture=picture,
    claimed=acts_mixing.on_claimed,
)
