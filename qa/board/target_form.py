"""The form of the targets: a whole number for each measure, or nothing."""

from wtforms.validators import NumberRange, Optional

from base.forms import Asked, WholeNumber
from qa.board.targets import LIMITS


def _number(measure: str) -> WholeNumber:
    return WholeNumber(f"qa.targets.measure.{measure}", [Optional(), NumberRange(*LIMITS[measure])])


class TargetsForm(Asked):
    """What the owner wants the four numbers of the board to be."""

    promises = _number("promises")
    quality = _number("quality")
    stock = _number("stock")
    cost = _number("cost")
