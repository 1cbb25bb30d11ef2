"""What the steps rest on: names that are calculated in SQL, and that every verb has the data that is read of it."""

import duckdb
import pytest

from asterisk.queue_log import NAMES
from calls.form import call_uuid
from calls.queue_log_story import TOLD
from warehouse.queue_log_steps import MACROS, NUMBER, ROWS, TEXT


@pytest.mark.parametrize("call_id", ["lab1:lab1-1795360534.16", "pbx:1.2", "zürich:ü-1.1", "a:b"])
def test_the_id_of_a_row_is_the_one_that_live_events_give_it(call_id: str) -> None:
    connection = duckdb.connect()
    connection.execute(MACROS)
    assert connection.execute("SELECT call_uuid(?)", [call_id]).fetchall() == [(str(call_uuid(call_id)),)]


def test_what_is_read_of_a_verb_is_in_its_layout() -> None:
    for names in (NUMBER, TEXT):
        assert all(name in NAMES[verb] and verb in TOLD for verb, name in names.items())


def test_there_are_rows_for_a_call_and_each_kind_of_its_parts() -> None:
    assert list(ROWS) == ["call_sessions", "stints", "legs", "missed_rings"]
