"""Where judges of the same pieces part."""

from hypothesis import given
from hypothesis import strategies as st

from qa.reviewers import spread

CODES = st.sets(st.sampled_from(["seal", "photo", "label"]))
PIECES = st.lists(st.dictionaries(st.integers(1, 4), CODES, max_size=4), max_size=6)


@given(PIECES)
def test_the_spread_counts_each_piece_once_and_knows_no_order(pieces: list[dict[int, set[str]]]) -> None:
    found = spread.of_criteria(pieces)
    assert found == spread.of_criteria(pieces[::-1])
    assert {one.code for one in found} == {
        code for piece in pieces for named in piece.values() for code in named
    }
    for one in found:
        assert 0 <= one.apart <= one.of == sum(len(piece) > 1 for piece in pieces)
        assert sum(one.seen.values()) == sum(
            one.code in named for piece in pieces for named in piece.values()
        )
    same = [{judge: {"seal"} for judge in piece} for piece in pieces]
    assert [one.apart for one in spread.of_criteria(same)] == [0] * any(same)
