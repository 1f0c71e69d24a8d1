"""Words that goods are found by, as they are compared."""

import unicodedata


def normal(word: str) -> str:
    """A word as it is compared: width, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
