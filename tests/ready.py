"""Brought into the process that servers are forked from, after the house: what each would work out at its first page."""

from sqlalchemy.orm import configure_mappers

from base import i18n

configure_mappers()
for language in i18n.LOCALES:
    i18n.catalogue(language)
