"""The doors of pay, hung into the room's."""

from flask import Blueprint

from partners.pay import adjusting_pages, month_pages, own_pages, partner_pages, price_pages


def register(pages: Blueprint) -> None:
    """Hangs the pages of pay into the room's."""
    for beside in (own_pages, month_pages, adjusting_pages, price_pages, partner_pages):
        beside.register(pages)
