"""Words: the Korean and English catalogues, money and times as people say them."""

import string
import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LOCALES = ("ko", "en")
FOLDER = Path(__file__).parent / "locale"
SEOUL = ZoneInfo("Asia/Seoul")


_BESIDE: dict[str, Path] = {}  # words that stand beside what they are about: the folder by its prefix


def beside(prefix: str, folder: Path) -> None:
    """Makes the words of a folder, `words.<language>.toml`, known under a prefix."""
    if _BESIDE.get(prefix) != folder:
        _BESIDE[prefix] = folder
        catalogue.cache_clear()


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Every key of a language with its words, read once from `locale/<language>/*.toml` and beside."""
    words: dict[str, str] = {}
    files = [(path, "") for path in sorted((FOLDER / locale).glob("*.toml"))]
    files += [(folder / f"words.{locale}.toml", f"{name}.") for name, folder in sorted(_BESIDE.items())]
    for path, prefix in files:
        for key, text in _flat(tomllib.loads(path.read_text(encoding="utf-8")), prefix):
            if key in words:
                raise ValueError(f"{path.name}: {key} is said twice")
            words[key] = text
    return words


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, value))
    return pairs


def t(locale: str, key: str, **facts: object) -> str:
    """The words of a key with its facts filled in; `key.one` is taken for n == 1 where it exists.

    Raises KeyError for a key that neither language knows: a missing word is a bug, not a blank.
    """
    words = catalogue(locale if locale in LOCALES else "ko")
    if facts.get("n") == 1 and f"{key}.one" in words:
        key = f"{key}.one"
    elif f"{key}.other" in words:
        key = f"{key}.other"
    text = words[key]
    return _Speaker().vformat(text, (), facts) if "{" in text else text


def knows(key: str) -> bool:
    """Whether the catalogue has words for this key."""
    words = catalogue("ko")
    return key in words or f"{key}.other" in words


JOSA = {
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "은/는": ("은", "는"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
}
DIGITS_WITH_FINAL = set("013678")
LETTERS_WITH_FINAL = set("lmnrLMNR")


class _Speaker(string.Formatter):
    """str.format that knows Korean particles: `{name:이/가}` picks by the last sound."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in JOSA:
            return f"{value}{josa(str(value), format_spec)}"
        return str(super().format_field(value, format_spec))


def josa(word: str, pair: str) -> str:
    """The particle of a pair that fits the word's last sound; 로 also follows ㄹ."""
    closed, open_ = JOSA[pair]
    last = word[-1:] or " "
    jong = (ord(last) - 0xAC00) % 28 if "가" <= last <= "힣" else None
    if jong is None:
        final = last in DIGITS_WITH_FINAL or last in LETTERS_WITH_FINAL
        rieul = last in "178lrLR"
    else:
        final, rieul = jong != 0, jong == 8
    if pair == "으로/로" and rieul:
        return open_
    return closed if final else open_


def won(amount: int | Decimal, locale: str = "ko") -> str:
    """Whole won as people write it."""
    whole = int(amount)
    return f"{whole:,}원" if locale == "ko" else f"₩{whole:,}"


def exact(at: datetime, locale: str = "ko", *, now: datetime | None = None, zone: ZoneInfo = SEOUL) -> str:
    """The exact time in the shop's zone: 오늘 17:30, 11월 23일 (월) 09:00; the year if another."""
    local, today = at.astimezone(zone), (now or at).astimezone(zone)
    clock = f"{local:%H:%M}"
    if now is not None and local.date() == today.date():
        return f"{t(locale, 'time.today')} {clock}"
    weekday = t(locale, f"time.weekday.{local.isoweekday()}")
    if locale == "ko":
        year = f"{local.year}년 " if local.year != today.year else ""
        return f"{year}{local.month}월 {local.day}일 ({weekday}) {clock}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{weekday} {local.day} {local:%b}{year} {clock}"


def human(at: datetime, now: datetime, locale: str = "ko") -> str:
    """How far away an instant is: 2시간 남음, 3일 전, 방금."""
    delta = at - now
    seconds = int(abs(delta).total_seconds())
    if seconds < 60:
        return t(locale, "time.now")
    side = "left" if delta > timedelta(0) else "ago"
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return t(locale, f"time.{side}.{unit}", n=seconds // size)
    raise AssertionError("unreachable")


def duration(seconds: int, locale: str = "ko") -> str:
    """A span in its two largest units: 1시간 20분."""
    hours, minutes = divmod(max(0, seconds) // 60, 60)
    parts = [t(locale, "time.span.hour", n=hours)] if hours else []
    if minutes or not hours:
        parts.append(t(locale, "time.span.minute", n=minutes))
    return " ".join(parts)


def parse_local(text: str, zone: ZoneInfo = SEOUL) -> datetime:
    """An instant from a form's local date-time field. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
