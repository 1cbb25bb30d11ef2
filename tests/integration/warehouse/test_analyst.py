"""Analysts' SQL: what is answered, what is refused, and what is stopped."""

from datetime import datetime
from pathlib import Path

import pytest
from made_calls import START, queue_call
from made_lake import publish_calls

from warehouse.analyst import ask
from warehouse.errors import MartsMissing, QueryRefused, QueryStopped
from warehouse.published import marts_path


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_calls(data, [queue_call(n, at=START + n * 1000) for n in range(3)])
    return marts_path(data, "default")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE calls", "Only one SELECT"),
        ("SELECT 1; SELECT 2", "Only one SELECT"),
        ("", "Only one SELECT"),
        ("FROM duckdb_settings()", "Not here: duckdb_settings"),
        ("SELECT (SELECT max(content) FROM READ_TEXT('/etc/passwd'))", "Not here: read_text"),
        ("FROM '/etc/passwd'", "does not exist"),
        ("SELEC 1", "syntax error"),
        ("SELECT to_days(2000000000)", "cannot be shown"),
    ],
)
def test_what_is_no_question_about_the_marts_is_refused(marts: Path, statement: str, words: str) -> None:
    """tests/attacks.py has many more, which run in a locked process; see locked/test_walls.py."""
    with pytest.raises(QueryRefused, match=words):
        ask(marts, statement)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("SELECT count(*) FROM calls", (3,)),
        ("SELECT offered, service_level FROM service_level", (3, 1.0)),
        ("WITH a AS (SELECT 1 AS x) SELECT x, y FROM a, range(2) AS r(y) ORDER BY y DESC", (1, 1)),
        ("SELECT unnest([1, 2])", (1,)),
        ("SELECT 'read_csv'", ("read_csv",)),
        ("SELECT name FROM (SHOW TABLES) WHERE name = 'calls'", ("calls",)),
        ("PIVOT (SELECT pbx, queue FROM stints) ON queue IN ('support') USING count(*)", ("pbx1", 3)),
        ("SELECT comment FROM duckdb_columns() WHERE table_name = 'q15' AND column_name = 'pbx'", ("The PBX",)),
        ("SELECT title FROM metrics WHERE name = 'asa';", ("Speed of answer",)),
    ],
)
def test_questions_about_the_marts_are_answered(marts: Path, question: str, first: tuple[object, ...]) -> None:
    assert ask(marts, question).rows[0] == first


def test_times_are_shown_in_the_asked_zone(marts: Path) -> None:
    ((moment,),) = ask(marts, "SELECT min(started_at) FROM calls", "Asia/Tokyo").rows
    assert isinstance(moment, datetime)
    assert moment.isoformat() == "2026-10-24T09:00:00+09:00"
    assert ask(marts, "SELECT min(started_at)::VARCHAR FROM calls", "Asia/Tokyo").rows == [("2026-10-24 09:00:00+09",)]
    with pytest.raises(QueryRefused, match="Europe/Berlin"):
        ask(marts, "SELECT 1", "Mars/Olympus")


def test_an_endless_question_is_stopped_in_time(marts: Path) -> None:
    with pytest.raises(QueryStopped, match=r"after 0\.2 s"):
        ask(marts, "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a.range % 7 = b.range", seconds=0.2)


def test_a_greedy_question_is_stopped(marts: Path) -> None:
    with pytest.raises(QueryStopped, match="memory"):
        ask(marts, "SELECT list(range) FROM range(100000000)")


def test_more_rows_than_anybody_can_use_are_cut_off_and_that_is_said(marts: Path) -> None:
    answer = ask(marts, "FROM range(1000)", most_rows=10)
    assert ([row[0] for row in answer.rows], answer.columns, answer.cut) == (list(range(10)), ["range"], True)
    assert not ask(marts, "FROM range(10)", most_rows=10).cut


def test_before_anything_is_published_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(MartsMissing, match="trunkline up"):
        ask(tmp_path / "default.duckdb", "SELECT 1")
