"""The command line of policies: `dari policies`, the ways of giving work side by side."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields

import click

from qa.policies.week import WAYS, Told, Way, play

LOADS = (0.15, 0.4, 0.6, 0.75)  # a lean shop, a quiet one, a busy one, and one with more than it can do
SAID = {
    "first_come": "first come",
    "promise": "promise",
    "fair": "promise, fair",
    "varied": "promise, fair, varied",
}
HEAD = (
    "load",
    "way",
    "tasks",
    "late",
    "days without work",
    "hours without work",
    "Gini of work",
    "longest run",
)


@click.command("policies")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The first week; the same seed, the same week."
)
@click.option(
    "--weeks", type=click.IntRange(1, 500), default=40, show_default=True, help="Means of so many weeks."
)
@click.option("--partners", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def policies(*, seed: int, weeks: int, partners: int, as_json: bool) -> None:
    """Plays made-up weeks under several ways of giving work and prints what came of each, side by side."""
    found = [
        (load, way, mean([play(way, seed=seed + n, load=load, partners=partners) for n in range(weeks)]))
        for load in LOADS
        for way in WAYS
    ]
    if as_json:
        rows = [{"load": load, "way": way.name} | asdict(told) for load, way, told in found]
        click.echo(json.dumps({"seed": seed, "weeks": weeks, "partners": partners, "rows": rows}))
        return
    click.echo(f"| {' | '.join(HEAD)} |")
    click.echo(f"|{'---|' * len(HEAD)}")
    for load, way, told in found:
        click.echo(_row(load, way, told))


def mean(weeks: Sequence[Told]) -> Told:
    """What the weeks came to on average."""
    names = [field.name for field in fields(Told)]
    return Told(**{name: sum(getattr(week, name) for week in weeks) / len(weeks) for name in names})


def _row(load: float, way: Way, told: Told) -> str:
    shown = (
        f"{load:.2f}",
        SAID[way.name],
        f"{told.pieces:,.0f}",
        f"{100 * told.late:.1f} %",
        f"{100 * told.idle:.1f} %",
        f"{told.waited_h:.1f}",
        f"{told.gini:.3f}",
        f"{told.longest:.1f}",
    )
    return f"| {' | '.join(shown)} |"
