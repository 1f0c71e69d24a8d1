"""What this room does in the background: jobs that acts promise, and work at its turns."""

from datetime import timedelta

from base.background import Job, Periodic
from qa import lapsing
from qa.appeals import judging
from qa.causes import keeping as causes
from qa.reviewers import planning
from qa.sampling import batches
from qa.tallies import keeping
from qa.vendors import keeping as vendors

JOBS: dict[str, Job] = {batches.SETTLE: batches.settle}
PERIODIC: dict[str, Periodic] = {
    # First, because others read its sums.
    "tallies": Periodic(timedelta(seconds=5), keeping.keep, wanted=keeping.behind),
    "unreviewed": Periodic(timedelta(minutes=15), lapsing.lapse_due, wanted=lapsing.wanted),
    "appeals": Periodic(timedelta(minutes=15), judging.lapse_due, wanted=judging.wanted),
    "looks": Periodic(timedelta(minutes=1), planning.issue_due, wanted=planning.planned),
    "batches": Periodic(timedelta(minutes=1), batches.close_due, wanted=batches.wanted),
    "causes": Periodic(timedelta(hours=1), causes.keep, wanted=causes.wanted),
    "vendors": Periodic(timedelta(minutes=15), vendors.keep, wanted=vendors.wanted),
}
