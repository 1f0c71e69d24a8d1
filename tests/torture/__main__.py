"""A shift of accidents from the command line: python -m tests.torture --minutes N --seed S [--engine E] [--json]."""

import json
import sys
import tempfile
from pathlib import Path

import click

from tests.engines import NoEngine
from tests.torture import shift
from tests.torture.shift import Report


@click.command()
@click.option("--minutes", default=5.0, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgres", "both"]), default="both", show_default=True
)
@click.option("--json", "as_json", is_flag=True)
@click.option("--keep", is_flag=True, help="Leave the folder with logs and history.")
def torture(*, minutes: float, seed: int, engine: str, as_json: bool, keep: bool) -> None:
    """A simulated day under accidents; exit code 0 only when nothing was lost, doubled or stuck."""
    engines = ("sqlite", "postgres") if engine == "both" else (engine,)
    reports = [one for name in engines if (one := _shift(name, minutes, seed, keep=keep)) is not None]
    if as_json:
        click.echo(json.dumps({"shifts": [report.document() for report in reports]}, ensure_ascii=False))
    else:
        for report in reports:
            click.echo("\n".join(lines(report)))
    sys.exit(0 if reports and all(report.held for report in reports) else 1)


def _shift(engine: str, minutes: float, seed: int, *, keep: bool) -> Report | None:
    click.echo(f"{engine}: seed {seed}, {minutes:g} minutes ...", err=True)
    folder = Path(tempfile.mkdtemp(prefix=f"dari-torture-{engine}-"))
    try:
        return shift.run(engine, folder, seed=seed, seconds=60 * minutes)
    except NoEngine as missing:
        click.echo(f"{engine}: left out, {missing}", err=True)
        return None
    finally:
        if keep:
            click.echo(f"{engine}: {folder}", err=True)
        else:
            _remove(folder)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def lines(report: Report) -> list[str]:
    """The report for people."""
    wrong = report.verdict
    told = [
        (
            f"{report.engine}: seed {report.seed}, {report.seconds:g} s, {report.faults.total()} faults,"
            f" lost {len(wrong.lost)}, twice {len(wrong.twice)}, stuck {len(wrong.stuck)}"
        ),
        "  faults: " + ", ".join(f"{kind} {n}" for kind, n in sorted(report.faults.items())),
    ]
    for kind, seen in report.acts.items():
        told.append(f"  {kind}: {seen['ok']} ok, {seen['fail']} refused, {seen['unknown']} never answered")
    for name in ("lost", "twice", "stuck"):
        told += [f"  {name}: {words}" for words in getattr(wrong, name)]
    if report.broken:
        told.append(f"  answers of 500: {len(report.broken)}, such as {report.broken[0]}")
    return told


if __name__ == "__main__":
    torture()
