"""The owner's pages of this room: importing them opens their doors on the room's blueprint."""

from tasks import sop_editor, sop_item_pages, sop_pages, task_pages

__all__ = ["sop_editor", "sop_item_pages", "sop_pages", "task_pages"]
