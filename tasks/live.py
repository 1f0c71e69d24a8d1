"""Work that has not ended, in the very words of the indexes of live work.

The engines use the index of a part of a table only where they can read its condition: a state as a bound
value they cannot read, and look at every task instead.
"""

from sqlalchemy import ColumnElement, literal_column

from tasks.lifecycle import ENDED
from tasks.models import Task

NOT_ENDED: ColumnElement[bool] = Task.state.not_in([literal_column(f"'{state}'") for state in ENDED])
