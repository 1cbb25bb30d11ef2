"""The import of years of queue_log is the reducer's own account of it, said for all calls at once."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from queue_logs import any_lines, content, shifts, told_by_reducer, told_by_sets
from truth import disagreements, told_by_calls, told_by_queue_log

# These stays are open where their queue_log ends: the recording stopped, or the rest stands under another callid.
OPEN = {"lab1-1795361263.19", "lab1-1795701943.150", "lab1-1795703039.1163", "lab1-1795706692.1218"}
# A caller who is over because the PBX came up anew, and is spoken of once more all the same.
BACK_AFTER_A_START = [
    b"1795360397|lab1-1795360000.0|q1|NONE|ENTERQUEUE|||0",
    b"1795360397|lab1-1795360000.0|q1|NONE|ABANDON|1|1|0",
    b"1795360398|NONE|NONE|NONE|QUEUESTART|",
    b"1795360398|lab1-1795360000.0|q1|NONE|ENTERQUEUE|||0",
    b"1795360398|lab1-1795360000.0|q1|NONE|ABANDON|1|1|0",
]
LOGS = sorted(Path(__file__).parents[1].glob("scenarios/*/queue_log"))


@given(any_lines)
def test_any_lines_are_told_alike_by_sets_and_by_the_reducer(lines: list[bytes]) -> None:
    assert told_by_sets(content(lines)) == told_by_reducer(content(lines))


@given(shifts)
def test_what_queues_write_is_told_alike_by_sets_and_by_the_reducer(lines: list[bytes]) -> None:
    assert told_by_sets(content(lines)) == told_by_reducer(content(lines))


@given(shifts, st.lists(st.integers(0, 100), max_size=2))
@example(BACK_AFTER_A_START, [60])
def test_it_does_not_matter_where_the_file_is_cut_into_pieces(lines: list[bytes], percent: list[int]) -> None:
    cuts = tuple(len(lines) * each // 100 for each in sorted(percent))
    assert told_by_sets(content(lines), cuts) == told_by_reducer(content(lines))


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.parent.name)
def test_every_recorded_queue_log_is_told_alike(log: Path) -> None:
    assert told_by_sets(log.read_bytes()) == told_by_reducer(log.read_bytes())


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.parent.name)
def test_every_recorded_stay_is_told_as_the_independent_check_reads_it(log: Path) -> None:
    forms, _ = told_by_sets(log.read_bytes())
    found = disagreements(told_by_queue_log(log), told_by_calls(forms))
    assert [it for it in found if not any(callid in it for callid in OPEN)] == []
    assert all(it.endswith("in queue_log only") for it in found)
