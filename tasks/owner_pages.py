"""The owner's pages of this room: importing them opens their doors on the room's blueprint."""

from tasks import (
    giving_pages,
    kind_pages,
    rubric_pages,
    sop_editor,
    sop_file_pages,
    sop_item_pages,
    sop_pages,
    sop_section_pages,
    task_pages,
)
from tasks.automation import pages as automation_pages
from tasks.capacity import pages as capacity_pages
from tasks.lateness import pages as lateness_pages
from tasks.leaving import pages as leaving_pages
from tasks.pages import pages

automation_pages.register(pages)
capacity_pages.register(pages)

__all__ = [
    "giving_pages",
    "kind_pages",
    "lateness_pages",
    "leaving_pages",
    "rubric_pages",
    "sop_editor",
    "sop_file_pages",
    "sop_item_pages",
    "sop_pages",
    "sop_section_pages",
    "task_pages",
]
