"""Lines to PostgreSQL: what is owed is said in its order, fails where it is said, and is not said when undone."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from base.lines import AT_ONCE, Patient, Word
from tests.engines import Server

INTO = "INSERT INTO kept (n) VALUES ($1::BIGINT)"
ALL = "SELECT n FROM kept WHERE n > $1::BIGINT ORDER BY n"


@pytest.fixture
def line(pg_server: Server) -> Iterator[Patient]:
    """A line with an empty table of its own, gone with the line."""
    with Patient.connect(pg_server.admin_dsn) as made:
        made.execute("CREATE TEMPORARY TABLE kept (n bigint PRIMARY KEY)")
        made.commit()
        yield made


def kept(line: Patient) -> list[int]:
    rows, _met = line.ask(ALL, [0], reads=True)
    return [n for (n,) in rows]


def test_what_is_owed_is_said_before_the_next_question_whoever_asks(line: Patient) -> None:
    line.tell(INTO, [[1], [2]])
    assert kept(line) == [1, 2]
    line.tell(INTO, [[3]])
    assert line.execute("SELECT count(*) FROM kept").fetchone() == (3,)
    assert line.ask_each("UPDATE kept SET n = n + $1::BIGINT WHERE n > $2::BIGINT", [[10, 1], [0, 99]]) == 2
    line.tell(INTO, [[n] for n in range(100, 101 + AT_ONCE)])
    line.commit()
    assert len(kept(line)) == 3 + AT_ONCE + 1


def test_what_is_undone_is_never_said(line: Patient) -> None:
    line.tell(INTO, [[1]])
    line.rollback()
    assert kept(line) == []
    line.tell(INTO, [[1]])
    kept(line)
    line.rollback()
    assert kept(line) == []


def test_what_fails_is_raised_by_the_next_word_and_named(line: Patient) -> None:
    line.tell(INTO, [[1], [1]])
    with pytest.raises(psycopg.errors.UniqueViolation):
        kept(line)
    assert line.said_badly == INTO
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        kept(line)
    line.rollback()
    line.tell(INTO, [[1], [1]])
    with pytest.raises(psycopg.errors.UniqueViolation):
        line.commit()
    line.rollback()
    assert kept(line) == []


def test_places_take_small_and_large_numbers_and_nothing(line: Patient) -> None:
    asked = "SELECT $1::BIGINT, $2::TEXT, $3::TIMESTAMP WITH TIME ZONE"
    told = [
        line.ask(asked, [n, text, None], reads=True)[0] for n, text in ((1, "a"), (2**40, None), (None, ""))
    ]
    assert told == [[(1, "a", None)], [(2**40, None, None)], [(None, "", None)]]
    with pytest.raises(psycopg.errors.SyntaxError):
        line.ask("SELEKT $1", [1], reads=True)


def test_undoing_a_part_makes_nothing_forgotten(line: Patient) -> None:
    """psycopg then tells the server to let go of every statement, so that ours are made ready anew."""
    kept(line)
    line.execute("SELECT %s::int", [1], prepare=True)
    line.execute("SAVEPOINT before")
    line.tell(INTO, [[1]])
    line.execute("ROLLBACK TO SAVEPOINT before")
    assert kept(line) == []


def test_a_line_that_reads_begins_so(line: Patient) -> None:
    line.read_only = True
    line.tell("UPDATE pg_catalog.pg_class SET relname = relname WHERE oid = $1::OID", [[0]])
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        line.commit()


def test_a_line_that_died_says_so(line: Patient) -> None:
    kept(line)
    line.pgconn.finish()
    with pytest.raises(psycopg.OperationalError):
        kept(line)
    assert line.closed is True


def test_a_question_of_later_is_answered_as_of_its_place_in_the_order(
    line: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaths, speak = list[int](), Patient._speak_whole

    def counted(to: Patient, words: Sequence[Word]) -> list[Any]:
        breaths.append(len(words))
        return speak(to, words)

    monkeypatch.setattr(Patient, "_speak_whole", counted)
    line.tell(INTO, [[1]])
    one = line.soon(ALL, [0])
    line.tell(INTO, [[2]])
    both = line.soon(ALL, [0])
    assert breaths == []
    assert [one(), both(), one()] == [[(1,)], [(1,), (2,)], [(1,)]]
    assert breaths == [len(["BEGIN", "one", "its question", "another", "its question"])]


def test_a_change_that_must_meet_a_row_says_so_with_the_next_word(line: Patient) -> None:
    change, lost = "UPDATE kept SET n = $1::BIGINT WHERE n = $2::BIGINT", LookupError("nobody")
    line.tell(INTO, [[1]])
    line.must(change, [2, 1], lost)
    assert kept(line) == [2]
    line.must(change, [3, 1], lost)
    with pytest.raises(LookupError, match="nobody"):
        kept(line)
    assert kept(line) == [2]  # the line itself is well, and whoever was refused undoes what they did
    line.must(change, [3, 1], lost)
    with pytest.raises(LookupError, match="nobody"):
        line.commit()
    line.rollback()
    assert kept(line) == []  # nothing of it was kept
