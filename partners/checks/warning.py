"""The question before something is sent that sounds like a false offer; its readers are warned as well."""

from base.errors import Invalid
from partners.checks import signals


class SoundsFalse(Invalid):
    """A text sounds like a false offer; it is sent if its writer is sure. Facts: field, signs."""

    code = "checks.sounds_false"


def ask(text: str, *, sure: bool, field: str) -> None:
    """Raises SoundsFalse where a text has a sign and its writer has not said that they are sure."""
    signs = signals.found(text)
    if signs and not sure:
        raise SoundsFalse(field=field, signs=signs)
