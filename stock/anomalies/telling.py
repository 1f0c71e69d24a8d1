"""Why a line is odd, in a sentence."""

from collections.abc import Mapping

from base.i18n import t
from stock.anomalies.rule import UNITS


def sentence(locale: str, why: str, facts: Mapping[str, int | str]) -> str:
    """The reason with its numbers; a product that was never sold has no largest order."""
    first = why == UNITS and not facts["top"]
    return t(locale, f"anomalies.why.{'units_first' if first else why}", **facts)
