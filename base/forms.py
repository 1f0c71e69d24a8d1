"""Forms of several fields: everything that is wrong with one is said at once, in the reader's words."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from wtforms import Form, IntegerField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from base.i18n import t
from base.scope import Scope

F = TypeVar("F", bound=Form)

#: Where our words stand for what WTForms says.
SAID = {
    "This field is required.": "forms.required",
    "Not a valid integer value.": "forms.whole_number",
    "Number must be between %(min)s and %(max)s.": "forms.between",
    "Invalid input.": "forms.invalid",
}
DIGITS = 15  # longer ones are no number that a person means


class Words:
    """WTForms' refusals in the language of whoever fills the form in."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def gettext(self, said: str) -> str:
        """Our words, with the places that WTForms fills in."""
        return t(self.locale, SAID[said], low="%(min)s", high="%(max)s")

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The same for one and for many: Korean knows no plural, and our English avoids it here."""
        return self.gettext(one if n == 1 else many)


class Asked(Form):
    """What a page asks: labels are catalogue keys, refusals the reader's words."""

    class Meta(DefaultMeta):
        locale = "ko"

        def get_translations(self, form: BaseForm) -> Words:  # noqa: ARG002 (WTForms hands the form over)
            return Words(self.locale)


class WholeNumber(IntegerField):
    """A whole number as people write it: blanks around it and commas in it do no harm."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is no whole number."""
        super().process_formdata([_plain(text) for text in valuelist])


def _plain(text: str) -> str:
    plain = text.replace(",", "").strip()
    return plain if len(plain) <= DIGITS and "_" not in plain else "no number"


def shown(scope: Scope, kind: type[F], values: Mapping[str, object]) -> F:
    """A form that shows these values."""
    return kind(data=values, meta={"locale": scope.actor.locale})


def typed(scope: Scope, kind: type[F]) -> F:
    """A form as it was sent."""
    return kind(request.form, meta={"locale": scope.actor.locale})
