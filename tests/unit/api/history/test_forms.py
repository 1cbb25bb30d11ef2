"""api/history/forms.py: a row of a list as it is told."""

from datetime import UTC, datetime
from typing import Any

from api.history.forms import CallRow, call_row


def test_sums_of_nothing_are_null_and_counts_are_0() -> None:
    nothing: dict[str, Any] = dict.fromkeys(CallRow.__struct_fields__)
    del nothing["cursor"]
    at = datetime(2026, 11, 22, 12, 0, 0, 5_000, UTC)
    told = call_row(nothing | {"call_id": "pbx:1", "ordinal": 2, "at": at, "is_known": False, "recordings": 0})
    assert told.cursor == "2026-11-22T12:00:00.005000Z~2~pbx:1"
    assert (told.queues, told.agents, told.stays, told.transfers, told.has_notes) == ([], [], 0, 0, False)
    assert (told.wait_s, told.talk_s, told.duration) == (None, None, None)


def test_names_are_in_order_and_sums_without_dust() -> None:
    full: dict[str, Any] = dict.fromkeys(CallRow.__struct_fields__)
    del full["cursor"]
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    more = {"call_id": "pbx:1", "ordinal": 0, "at": at, "queues": ["b", "a"], "wait_s": 0.1 + 0.2, "has_notes": True}
    told = call_row(full | more)
    assert (told.queues, told.wait_s, told.has_notes) == (["a", "b"], 0.3, True)
