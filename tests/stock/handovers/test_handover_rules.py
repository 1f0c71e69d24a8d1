"""The rules of a hand-over's line: asked twice, and what is settled moves what differed and no more."""

import pytest

from stock.handovers import life
from stock.handovers.life import AGAIN, CALLED_OFF, DIFFERS, RECEIVED, SENT, SETTLED


@pytest.mark.parametrize(
    ("state", "sent", "units", "step", "to"),
    [
        (SENT, 5, 5, life.AGREE, RECEIVED),
        (SENT, 5, 4, life.ASK, AGAIN),
        (SENT, 5, 0, life.ASK, AGAIN),
        (AGAIN, 5, 5, life.AGREE, RECEIVED),
        (AGAIN, 5, 6, life.DIFFER, DIFFERS),
        (AGAIN, 5, 0, life.DIFFER, DIFFERS),
    ],
)
def test_what_differs_is_asked_once_more(state: str, sent: int, units: int, step: str, to: str) -> None:
    assert life.next_step(state, sent=sent, units=units) == step
    assert life.end(state, step) == to


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ((RECEIVED, SENT, DIFFERS), life.UNDER_WAY),
        ((RECEIVED, AGAIN), life.UNDER_WAY),
        ((RECEIVED, DIFFERS, CALLED_OFF), life.UNSETTLED),
        ((RECEIVED, SETTLED, CALLED_OFF), life.DONE),
        ((CALLED_OFF, CALLED_OFF), life.CANCELLED),
    ],
)
def test_a_hand_over_stands_as_its_lines_stand(states: tuple[str, ...], whole: str) -> None:
    assert life.whole(states) == whole


def test_settling_moves_what_differed_from_where_the_book_had_it() -> None:
    """Two of ten are missing: they lie on the way. Three more came: the book has them where they were."""
    few = {one: dict(life.settled(one, sent=10, received=8)) for one in life.outcomes(sent=10, received=8)}
    assert few == {
        life.SENDER: {"way": -2, "sender": 2},
        life.RECEIVER: {"way": -2, "receiver": 2},
        life.LOST: {"way": -2},
    }
    many = {one: dict(life.settled(one, sent=10, received=13)) for one in life.outcomes(sent=10, received=13)}
    assert many == {
        life.SENDER: {"sender": -3, "receiver": 3},
        life.RECEIVER: {},
        life.FOUND: {"receiver": 3},
    }
    assert life.outcomes(sent=10, received=10) == ()
    with pytest.raises(ValueError, match="found"):
        life.settled(life.FOUND, sent=10, received=8)
