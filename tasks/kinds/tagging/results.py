"""What was found of a picture, as it is kept: by attribute the tags held, how sure, and how many agreed."""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.kinds.tagging.deciding import Outcome
from tasks.kinds.tagging.saying import Described
from tasks.kinds.tagging.vocabulary import Vocabulary

Found = dict[str, Any]
CERTAIN = 1000  # per mille


def of_hands(outcome: Outcome, words: Vocabulary, picture: int) -> Found:
    """What the hands' answers came to."""
    found = {}
    for attribute in words.attributes:
        decided = outcome.decided[picture, attribute.key]
        held = [[one.tag, round(one.confidence * CERTAIN), list(one.at)] for one in decided.held]
        found[attribute.key] = {
            "held": held,
            "sure": round(decided.confidence * CERTAIN),
            "answers": decided.answers,
            "agreeing": decided.agreeing,
        }
    return found


def of_person(said: Described, words: Vocabulary, *, answers: int) -> Found:
    """What a person says is so."""
    found = {}
    for attribute in words.attributes:
        if attribute.region == "none":
            held = [[tag, CERTAIN, []] for tag in said.said(attribute)]
        else:
            held = [[m.tag, CERTAIN, list(m.at)] for m in said.marks if m.of == attribute.key]
        found[attribute.key] = {"held": held, "sure": CERTAIN, "answers": answers, "agreeing": 0}
    return found


def held(found: Mapping[str, Any]) -> Iterator[tuple[str, str, int, int, tuple[int, ...]]]:
    """Attribute, tag, how sure in per mille, of how many answers, and where, of everything held."""
    for attribute, of_it in found.items():
        for tag, sure, at in of_it["held"]:
            yield attribute, tag, sure, of_it["answers"], tuple(at)
