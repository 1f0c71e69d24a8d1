"""Hands with a known share of wrong work, for comparing plans: some written down, some from real answers.

The written ones are made up in the shape that shops and crowds have: most do little wrong, a few do much.
`DARI_REALDATA` may name a folder with real answers (`crowd/*/labels.csv`: task, worker, label; `gold.csv`:
task, label); a worker's share is that of their answers which differ from the known ones.
"""

import csv
from collections import defaultdict
from pathlib import Path

LEAST = 20  # answers with a known truth, for a worker's share to mean something
#: Wrong in a hundred, one number a hand.
WRITTEN = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 8, 10, 12, 18, 25, 35, 50)


def written() -> list[float]:
    """The hands written down here."""
    return [percent / 100 for percent in WRITTEN]


def crowd(folder: Path) -> dict[str, list[float]]:
    """The hands of each set of real answers in a folder, and of all together; empty where there are none."""
    sets = {path.parent.name: _of(path.parent) for path in sorted(folder.glob("crowd/*/labels.csv"))}
    return sets | ({"crowd": [one for hands in sets.values() for one in hands]} if len(sets) > 1 else {})


def _of(folder: Path) -> list[float]:
    truth = {row["task"]: row["label"] for row in _rows(folder / "gold.csv")}
    said: dict[str, list[bool]] = defaultdict(list)
    for row in _rows(folder / "labels.csv"):
        if row["task"] in truth:
            said[row["worker"]].append(row["label"] != truth[row["task"]])
    return [sum(wrong) / len(wrong) for _who, wrong in sorted(said.items()) if len(wrong) >= LEAST]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
