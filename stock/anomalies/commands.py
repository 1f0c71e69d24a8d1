"""The command line of what is odd: `dari anomalies replay FILE`."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from base.errors import Invalid
from base.i18n import t
from stock.anomalies import replay, telling
from stock.anomalies.replay import Outcome
from stock.buying.commands import read

MOST_SHOWN = 20


@click.group("anomalies")
def anomalies() -> None:
    """Orders that look wrong, before they ship."""


@anomalies.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed tries the same errors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def replay_(*, file: Path, seed: int, as_json: bool) -> None:
    """Plays a file's orders as they came: which would have been held, how many of these were false alarms.

    Needs no shop. Errors are put in besides, one at a time, to see how many are caught.
    """
    locale = os.environ.get("DARI_LOCALE", "ko")
    try:
        intake = read(file)
    except Invalid as refused:
        click.echo(t(locale, f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)
    found = replay.play(intake.orders, intake.cancellations, seed=seed)
    if as_json:
        click.echo(json.dumps(told(found)))
        return
    for line in said(locale, found):
        click.echo(line)


def told(found: Outcome) -> dict[str, object]:
    """The outcome as numbers and codes."""
    return {
        "orders": found.orders,
        "stopped": [asdict(one) for one in found.stopped],
        "errors": found.errors,
        "false_alarms": found.false_alarms,
        "per_thousand": round(found.per_thousand, 2),
        "tried": found.tried,
        "caught": dict(found.caught),
    }


def said(locale: str, found: Outcome) -> list[str]:
    """The outcome in sentences."""
    first = {"n": found.orders, "stopped": len(found.stopped), "errors": found.errors}
    lines = [
        t(locale, "anomalies.replay.orders", **first),
        t(locale, "anomalies.replay.false", n=found.false_alarms, rate=f"{found.per_thousand:.2f}"),
    ]
    for one in found.stopped[:MOST_SHOWN]:
        why = telling.sentence(locale, one.odd.why, {"sku": one.odd.sku, **one.odd.facts})
        after = "meant" if one.minutes is None else "error"
        back = t(locale, f"anomalies.replay.{after}", n=one.minutes or 0)
        lines.append(f"  {one.number}  {why} {back}")
    for error, caught in found.caught.items() if found.tried else ():
        share = f"{caught / found.tried:.1%}"
        lines.append(t(locale, f"anomalies.replay.{error}", share=share, n=found.tried))
    return lines
