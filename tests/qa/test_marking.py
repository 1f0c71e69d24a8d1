"""Marks: read from what is typed or drawn, and tied to the defects they show."""

import pytest

from qa.marking import Seen, Spot, box, pair, read

LEFT, RIGHT = Spot(7, 100, 200, 300, 400), Spot(7, 500, 500, 100, 100)
OTHER = Spot(9, 0, 0, 1000, 1000)
ITEMS = {7: "packed_photo", 9: "cushion_photo"}


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("", []),
        ("  ", []),
        ("7:10,20,30,40", [LEFT]),
        ("7:10,20,30,40  9:0,0,100,100\n", [LEFT, OTHER]),
        ("7:10,20,0,40", None),
        ("7:80,20,30,40", None),
        ("7:10,20,30", None),
        ("7:10,20,30,40,50", None),
        ("x:10,20,30,40", None),
        ("7:-1,20,30,40", None),
        (" ".join(["7:1,1,1,1"] * 21), None),
    ],
)
def test_what_is_typed(text, spots):
    assert read(text) == spots


def test_a_mark_is_drawn_in_hundredths():
    assert box(LEFT) == (10, 20, 30, 40)


def at(code: str, item: str, spot: Spot | None = None) -> Seen:
    return (
        Seen(code, item)
        if spot is None
        else Seen(code, item, "", "", spot.photo_id, spot.x, spot.y, spot.w, spot.h)
    )


@pytest.mark.parametrize(
    ("seen", "spots", "lines"),
    [
        ([], [], []),
        ([], [LEFT], None),
        ([at("bad_seal", "seal")], [], [at("bad_seal", "seal")]),
        ([at("bad_seal", "seal")], [LEFT], [at("bad_seal", "seal", LEFT)]),
        (
            [at("bad_seal", "seal"), at("photo_unclear", "packed_photo")],
            [LEFT],
            [at("bad_seal", "seal"), at("photo_unclear", "packed_photo", LEFT)],
        ),
        (
            [at("photo_unclear", "packed_photo"), at("bad_cushioning", "cushion_photo")],
            [OTHER, LEFT, RIGHT],
            [
                at("photo_unclear", "packed_photo", LEFT),
                at("bad_cushioning", "cushion_photo", OTHER),
                at("photo_unclear", "packed_photo", RIGHT),
            ],
        ),
    ],
)
def test_a_mark_belongs_to_the_defect_of_its_photo(seen, spots, lines):
    assert pair(seen, spots, ITEMS) == lines
