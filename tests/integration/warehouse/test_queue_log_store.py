"""The store of imports: one at a time, and with the warehouse's own rights, which reach no call of live events."""

import psycopg
import pytest
from made_calls import queue_call
from made_installation import Installation

from warehouse.errors import ImportRefused, LakeUnavailable
from warehouse.queue_log_store import opened


def test_two_imports_of_one_pbx_do_not_run_at_once(installation: Installation) -> None:
    with (
        opened(installation.source, "lab1"),
        opened(installation.source, "lab2"),
        pytest.raises(ImportRefused, match="Another import of lab1"),
        opened(installation.source, "lab1", patience_s=0.1),
    ):
        pass


def test_one_import_may_follow_the_other(installation: Installation) -> None:
    for _ in range(2):
        with opened(installation.source, "lab1", patience_s=0.1) as store:
            assert (store.progress(), store.interfaces()) == ([], {})


def test_a_database_that_does_not_answer_is_told_with_what_to_do() -> None:
    with pytest.raises(LakeUnavailable, match="trunkline up"), opened("postgresql://127.0.0.1:1/none", "lab1"):
        pass


def test_the_warehouse_has_no_right_to_change_a_call_of_live_events(installation: Installation) -> None:
    installation.write(queue_call(1, wait_s=4))
    with psycopg.connect(installation.source) as connection:
        assert connection.execute("UPDATE call_sessions SET outcome = 'other'").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM call_sessions")
