"""Interval rules: published examples to the printed digit, and the parts of a span."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calls.call import Call, Stint, StintOutcome
from calls.settings import QueueSettings
from calls.spans import MEANINGS, Rule, dated_tallies, split
from calls.tally import NOTHING, Tally

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "worked_examples.json").read_text())
QUEUE = QueueSettings(wrapup_s=10.0, service_level_s=20.0, short_abandon_s=5.0)
HALF_HOUR = 30 * 60_000


def at(clock: str) -> int:
    """`07:28` of some day, in ms since the epoch."""
    return int(datetime.fromisoformat(f"2026-11-22T{clock}+00:00").timestamp() * 1000)


def half_hour(moment: int) -> str:
    start = moment - moment % HALF_HOUR
    return f"{start // 3_600_000 % 24:02d}:{start // 60_000 % 60:02d}"


def test_by_event_a_call_is_offered_and_answered_in_two_intervals_as_genesys_has_it() -> None:
    example = EXAMPLES["genesys_interval"]
    entered, answered = at(example["call"]["enter"]), at(example["call"]["answer"])
    stint = Stint("u1", "support", entered, left_at=answered, outcome=StintOutcome.ANSWERED)
    call = Call("l1", "pbx1", entered, "default", stints=(stint,))
    cells: dict[str, Tally] = {}
    for moment, tally in dated_tallies(call, 0, QUEUE, Rule.BY_EVENT):
        cells[half_hour(moment)] = cells.get(half_hour(moment), NOTHING) + tally
    for interval, expected in example["expected"].items():
        found = cells[interval.partition("-")[0]]
        assert {"offered": found.offered, "answered": found.answered} == expected


def test_a_span_is_split_and_a_contact_is_whole_as_amazon_has_it() -> None:
    example = EXAMPLES["amazon_interval"]
    start, end = at(example["call"]["start"]), at(example["call"]["end"])
    parts = {half_hour(moment): ms / 60_000 for moment, ms in split(start, end, HALF_HOUR)}
    assert parts == example["agent_activity_driven_minutes"]
    stint = Stint("u1", "support", start, left_at=start, outcome=StintOutcome.ANSWERED)
    call = Call("l1", "pbx1", start, "default", ended_at=end, stints=(stint,))
    ((moment, _),) = dated_tallies(call, 0, QUEUE, Rule.BY_DISCONNECT)
    assert {half_hour(moment): (end - start) / 60_000} == example["contact_record_driven_minutes"]


def test_a_call_that_goes_on_is_not_disconnected() -> None:
    call = Call("l1", "pbx1", 0, "default", stints=(Stint("u1", "support", 0),))
    assert dated_tallies(call, 0, QUEUE, Rule.BY_DISCONNECT) == []


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([60_000, 900_000]))
def test_the_parts_of_a_span_are_the_span(start: int, length: int, interval: int) -> None:
    parts = split(start, start + length, interval)
    assert sum(ms for _, ms in parts) == length
    assert all(0 < ms <= interval and at % interval == 0 for at, ms in parts)


def test_every_rule_says_what_it_means() -> None:
    assert set(MEANINGS) == set(Rule)
