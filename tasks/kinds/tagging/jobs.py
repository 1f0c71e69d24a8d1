"""Background work of tagging: a sheet whose answers are all in is weighed by itself."""

from collections.abc import Mapping

from base.background import Job
from tasks.kinds.tagging.acts_album import WEIGH
from tasks.kinds.tagging.acts_weighing import weigh

JOBS: Mapping[str, Job] = {WEIGH: weigh}
