"""Quiet hours, handles, what looks like a customer's, and where mail may go: rules as tables of cases."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from base import mail, personal
from talk import leading, quiet, words
from talk.quiet import NEVER, NIGHT, Choice, Quiet

pytestmark = pytest.mark.quick
SEOUL = ZoneInfo("Asia/Seoul")
NOON_REST = Quiet(time(12), time(13, 30))


def at(clock: str, day: int = 23) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+09:00")


@pytest.mark.parametrize(
    ("now", "rest", "ends"),
    [
        (at("20:59"), NIGHT, None),
        (at("21:00"), NIGHT, at("08:00", 24)),
        (at("23:59"), NIGHT, at("08:00", 24)),
        (at("00:00"), NIGHT, at("08:00")),
        (at("07:59"), NIGHT, at("08:00")),
        (at("08:00"), NIGHT, None),
        (at("11:59"), NOON_REST, None),
        (at("12:00"), NOON_REST, at("13:30")),
        (at("13:30"), NOON_REST, None),
        (at("03:00"), NEVER, None),
    ],
)
def test_quiet_hours_end(now: datetime, rest: Quiet, ends: datetime | None) -> None:
    assert quiet.ends(now, rest, SEOUL) == ends


@pytest.mark.parametrize(
    ("kind", "now", "choice", "mailed"),
    [
        ("message", at("10:00"), Choice(frozenset(), NIGHT, False), at("10:05")),
        ("sent_back", at("10:00"), Choice(frozenset(), NIGHT, False), at("10:01")),
        ("message", at("10:00"), Choice(frozenset({"message"}), NIGHT, False), None),
        (
            "message",
            at("20:56"),
            Choice(frozenset(), NIGHT, False),
            at("08:00", 24),
        ),  # within the bundle it got quiet
        ("message", at("07:57"), Choice(frozenset(), NIGHT, False), at("08:02")),
        ("sent_back", at("23:00"), Choice(frozenset(), NIGHT, False), at("08:00", 24)),
        ("sent_back", at("23:00"), Choice(frozenset(), NIGHT, True), at("23:01")),
        (
            "mention",
            at("23:00"),
            Choice(frozenset(), NIGHT, True),
            at("08:00", 24),
        ),  # only urgent ones get through
    ],
)
def test_when_a_notice_is_mailed(kind: str, now: datetime, choice: Choice, mailed: datetime | None) -> None:
    assert quiet.mail_at(now, kind, choice, SEOUL) == mailed


def test_a_phone_is_felt_outside_of_quiet_hours() -> None:
    calm, let = Choice(frozenset(), NIGHT, False), Choice(frozenset(), NIGHT, True)
    felt = [
        quiet.buzzes(now, choice, urgent=urgent, zone=SEOUL)
        for now in (at("12:00"), at("22:00"))
        for choice in (calm, let)
        for urgent in (False, True)
    ]
    assert felt == [True, True, True, True, False, False, False, True]


@pytest.mark.parametrize("text", ["", "24:00", "9:00", "21:00:00", "٢١:٠٠", "21.00", " 21:00"])
def test_what_is_no_time(text: str) -> None:
    assert quiet.clock(text) is None


HANDLES = {**words.CALLED, "boram": "3:reviewer", "boram kim": "4:owner"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@검수자 확인 부탁해요", {"reviewer"}),
        ("@검수자님, @사장님께", {"reviewer", "owner"}),
        ("@OWNER and @Partner", {"owner", "partner"}),
        ("@boram kim please", {"4:owner"}),  # the longer name counts
        ("@Boram, please", {"3:reviewer"}),
        ("@boramk", set()),
        ("me@owner.com", set()),
        ("검수자 @ 사장님", set()),
        ("@@owner", set()),
    ],
)
def test_who_is_called(text: str, called: set[str]) -> None:
    assert words.called(text, HANDLES) == called
    assert "".join(piece.text for piece in words.pieces(text, list(HANDLES))) == text
    assert any(piece.calls for piece in words.pieces(text, list(HANDLES))) == bool(called)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  안녕\r\n하세요  \n", "안녕\n하세요"),
        ("a\u202eb\u2066c\ufeff", "abc"),
        ("a\x00\x1b[31mb\tc", "a[31mb\tc"),
        ("👨‍👩‍👧 <b>&amp;", "👨‍👩‍👧 <b>&amp;"),
        (" \u200b\n\n", ""),
    ],
)
def test_text_is_made_plain(typed: str, kept: str) -> None:
    assert words.plain(typed) == kept


@pytest.mark.parametrize(
    ("text", "phone", "address"),
    [
        ("010-1234-5678로 전화했어요", True, False),
        ("01012345678", True, False),
        ("+82 10 1234 5678", True, False),
        ("０１０－１２３４－５６７８", True, False),
        ("0502-1234-5678 안심번호", True, False),
        ("02-345-6789", True, False),
        ("서울시 강남구 테헤란로 152", False, True),
        ("성남시 분당구 판교역로 235", False, True),
        ("테헤란대로 7", False, True),
        ("101동 1203호 앞에", False, True),
        ("152 Teheran-ro", False, True),
        ("송장 6012345678901", False, False),
        ("바코드 8801234567893", False, False),
        ("가로 20 세로 30, 바로 2개 넣었어요", False, False),
        ("10시 30분에 3번 상자", False, False),
        ("2026-11-23 14:00", False, False),
        ("ORD-2026-000123", False, False),
    ],
)
def test_what_looks_like_a_customers(text: str, phone: bool, address: bool) -> None:
    assert (personal.phone_number(text), personal.address(text)) == (phone, address)


@pytest.mark.parametrize(
    ("url", "sender", "safe"),
    [
        ("", "", True),
        ("smtps://dari:secret@mail.example", "dari@shop.example", True),
        ("smtp+starttls://mail.example:587", "dari@shop.example", True),
        ("smtp://127.0.0.1:2525", "dari@shop.example", True),
        ("smtp://mail.example", "dari@shop.example", False),  # in the open
        ("smtps://dari@mail.example", "dari@shop.example", False),  # no password
        ("smtps://mail.example", "", False),
        ("smtps://mail.example", "Dari <dari@shop.example>", False),
        ("smtps://mail.example", "dari@shop.example\nBcc: x@y.example", False),
        ("", "dari@shop.example", False),
        ("https://mail.example", "dari@shop.example", False),
        ("smtps://mail.example/path", "dari@shop.example", False),
        ("smtps://mail.example:x", "dari@shop.example", False),
        ("smtps://", "dari@shop.example", False),
    ],
)
def test_mail_settings_that_put_nothing_at_risk(url: str, sender: str, safe: bool) -> None:
    found = [reason for reason, holds in mail.dangers(url, sender).items() if holds]
    assert (found == []) == safe
    assert [reason for reason in found if "secret" in reason] == []


def test_nothing_of_a_letter_begins_another_header() -> None:
    letter = mail.Letter("minji@example.com", "하늘상점\r\nBcc: x@y.example", "알림", "dari-1-2", at("10:00"))
    made = mail.message(letter, "dari@shop.example").as_bytes()
    assert [line for line in made.split(b"\r\n") if line.lower().startswith(b"bcc")] == []
    assert made.count(b"Message-ID: <dari-1-2@shop.example>") == 1


@pytest.mark.parametrize(
    ("kind", "ids", "path"),
    [
        ("message", {"task_id": 7, "announcement_id": None}, "/tasks/7/thread"),
        ("sent_back", {"task_id": 7, "announcement_id": None}, "/work/7"),
        ("lease", {"task_id": 7, "announcement_id": None}, "/work/7"),
        ("assigned", {"task_id": 7, "announcement_id": None}, "/work/7"),
        ("offered", {"task_id": 7, "announcement_id": None}, "/today"),
        ("announcement", {"task_id": None, "announcement_id": 3}, "/announcements/3"),
    ],
)
def test_where_a_notice_leads(kind: str, ids: dict[str, int | None], path: str) -> None:
    assert leading.path(kind, **ids) == path
