"""All pages of this room, registered on one blueprint."""

from stock import (
    claim_pages,
    count_pages,
    import_pages,
    level_pages,
    move_pages,
    order_pages,
    picture_pages,
    practice_pages,
    problem_pages,
    product_file_pages,
    product_pages,
    result_pages,
)
from stock.anomalies import pages as odd_pages
from stock.buying import pages as buying_pages
from stock.buying import purchase_pages
from stock.channels import pages as channel_pages
from stock.checks import pages as check_pages
from stock.counts import pages as round_pages
from stock.flow import pages as flow_pages
from stock.front import pages
from stock.handovers import pages as handover_pages
from stock.labels import pages as label_pages
from stock.returns import pages as return_pages
from stock.sets import pages as set_pages
from stock.value import pages as value_pages

__all__ = [
    "buying_pages",
    "channel_pages",
    "check_pages",
    "claim_pages",
    "count_pages",
    "flow_pages",
    "handover_pages",
    "import_pages",
    "label_pages",
    "level_pages",
    "move_pages",
    "odd_pages",
    "order_pages",
    "pages",
    "picture_pages",
    "practice_pages",
    "problem_pages",
    "product_file_pages",
    "product_pages",
    "purchase_pages",
    "result_pages",
    "return_pages",
    "round_pages",
    "set_pages",
    "value_pages",
]
