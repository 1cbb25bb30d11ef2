"""`python -m warehouse.locked`: one question to one answer, of every type, within its limits."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from attacks import ENDLESS
from integration.warehouse.locked.conftest import Place

from warehouse.locked.answering import encoded


def asked(place: Place, statement: str, **changes: Any) -> dict[str, Any]:
    """The answer of a process of its own, whose environment is empty."""
    question = {
        "data": str(place.data), "tenant": "default", "statement": statement, "timezone": "Asia/Tokyo", "seconds": 5.0,
        "most_rows": 10, "most_bytes": 10_000,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-I", "-m", "warehouse.locked"], input=json.dumps(question | changes).encode(),
        env={}, cwd="/", capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_type_is_answered_as_json(place: Place) -> None:
    answer = asked(
        place,
        "SELECT min(started_at) AS t, DATE '2026-11-22' AS d, 1.5::DECIMAL(4, 2), 12345678901234567890123::HUGEINT,"
        " 'NaN'::DOUBLE, NULL, [1, 2], {'a': 1}, MAP {1: 'x'}, '101'::BIT, 'a'::BLOB, INTERVAL 90 MINUTES,"
        " '00000000-0000-0000-0000-000000000007'::UUID, TIME '10:00', true FROM calls",
    )
    assert answer["columns"][:2] == ["t", "d"]
    assert answer["types"][:3] == ["TIMESTAMP WITH TIME ZONE", "DATE", "DECIMAL(4,2)"]
    (row,) = answer["rows"]
    assert row[0].startswith("2026-10-24 09:00:00") or row[0].startswith("2026-10-24T09:00:00+09:00")
    assert [str(value) for value in row[1:4]] == ["2026-11-22", "1.50", "12345678901234567890123"]
    assert row[5] is None
    assert not answer["cut"]


def test_an_answer_has_so_many_rows_and_bytes_and_says_that_there_are_more(place: Place) -> None:
    rows = asked(place, "FROM range(1000)")
    assert (len(rows["rows"]), rows["cut"]) == (10, True)
    wide = asked(place, "SELECT repeat('x', 3000) FROM range(5)")
    assert (len(wide["rows"]), wide["cut"]) == (3, True)


def test_what_goes_wrong_is_said(place: Place) -> None:
    assert asked(place, "DROP TABLE calls")["error"] == "refused"
    assert asked(place, "SELECT 1", timezone="Mars/Olympus")["error"] == "refused"
    assert asked(place, "SELECT 1", tenant="../default")["error"] == "missing"
    greedy = asked(place, "SELECT list(range) FROM range(100000000)")
    assert (greedy["error"], "memory" in greedy["detail"]) == ("stopped", True)


def test_what_cannot_be_interrupted_is_ended_by_the_system(place: Place) -> None:
    with pytest.raises(AssertionError):
        asked(place, ENDLESS, seconds=0.5)


def test_a_row_that_has_no_room_ends_the_answer() -> None:
    kept, cut = encoded([("a",), ("b" * 100,), ("c",)], 20)
    assert ([bytes(row) for row in kept], cut) == ([b'["a"]'], True)
    # What JSON cannot say is text.
    kept, cut = encoded([(1.5, {(1, 2): 3}, None, timedelta(hours=1), object)], 200)
    assert ([bytes(row) for row in kept], cut) == ([b'[1.5,{"(1, 2)":3},null,"PT3600S","<class \'object\'>"]'], False)
