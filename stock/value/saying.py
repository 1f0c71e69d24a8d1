"""Amounts as a person says them: 312만원, 1억 2,000만원 (pure but for the words of won)."""

from base.i18n import won

MAN, EOK = 10_000, 100_000_000


def rough(amount: int, locale: str) -> str:
    """Korean in tens of thousands from there on, to the nearest; else to the won."""
    if locale != "ko" or amount < MAN:
        return won(amount, locale)
    eok, man = divmod((amount + MAN // 2) // MAN, EOK // MAN)
    if not eok:
        return f"{man:,}만원"
    return f"{eok:,}억 {man:,}만원" if man else f"{eok:,}억원"
