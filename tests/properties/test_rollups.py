"""The rollups of stints against what `calls` says of each: equal for any calls, to the last bit."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import polars as pl
from hypothesis import given, settings
from made_calls import many_calls, part_frame

from calls.call import Call, StintOutcome
from calls.settings import QueueSettings, Settings
from calls.tally import NOTHING, Tally, interval_start, let_in, stint_tally
from calls.waits import wait_bin
from warehouse.rollups import KEY, roll
from warehouse.wait_rollups import WAIT_KEY, add_up, roll_waits

# "new" is a queue that no table knows yet.
KNOWN = Settings(
    queues={
        "support": QueueSettings(service_level_s=20.0, short_abandon_s=5.0, wrapup_s=12.5),
        "sales": QueueSettings(service_level_s=0.0, short_abandon_s=60.0, wrapup_s=0.0),
    }
)
QUEUES = pl.DataFrame(
    {
        "pbx": ["pbx1", "pbx1", "pbx2"],
        "queue": ["support", "sales", "support"],
        "service_level_s": [20.0, 0.0, 1.0],
        "short_abandon_s": [5.0, 60.0, 1.0],
        "wrapup_s": [12.5, 0.0, 1.0],
    }
)
WHO: dict[str, Any] = {"call_id": pl.String, "ordinal": pl.Int32}
STINTS = WHO | {
    "tenant": pl.String, "pbx": pl.String, "queue": pl.String, "entered_at": "time", "outcome": pl.String,
    "wait_s": pl.Float64,
}  # fmt: skip
LEGS = WHO | {"stint": pl.Int32, "talk_s": pl.Float64, "hold_s": pl.Float64}
MISSED = {"call_id": pl.String, "stint": pl.Int32}
KEPT = (StintOutcome.ANSWERED, StintOutcome.ABANDONED)


def rolled(calls: list[Call]) -> pl.DataFrame:
    frames = (
        part_frame(calls, part, schema) for part, schema in (("stints", STINTS), ("legs", LEGS), ("missed", MISSED))
    )
    return roll(*frames, QUEUES)


def tallied(calls: list[Call]) -> dict[tuple[Any, ...], Tally]:
    """The same cells by adding up `stint_tally`."""
    cells: dict[tuple[Any, ...], Tally] = {}
    for call in calls:
        for index, stint in enumerate(call.stints):
            start = datetime.fromtimestamp(interval_start(stint.entered_at) / 1000, UTC)
            key = (call.tenant, call.pbx, stint.queue, start)
            cells[key] = cells.get(key, NOTHING) + stint_tally(call, index, KNOWN.queue(stint.queue))
    return cells


@settings(max_examples=30)
@given(many_calls())
def test_the_rollup_of_any_calls_is_the_sum_of_their_tallies(calls: list[Call]) -> None:
    cells = {row[: len(KEY)]: Tally(*row[len(KEY) :]) for row in rolled(calls).iter_rows()}
    assert cells == tallied(calls)


def counted(calls: list[Call]) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            call.tenant, call.pbx, stint.queue, datetime.fromtimestamp(stint.entered_at / 1000, UTC).date(),
            stint.outcome.value if stint.outcome in KEPT else "flow_out", wait_bin(stint.wait_ms),
        )
        for call in calls
        for stint in call.stints
        if let_in(stint) and stint.outcome is not None and stint.wait_ms is not None
    )  # fmt: skip


@settings(max_examples=30)
@given(many_calls())
def test_the_histogram_of_any_stints_is_the_count_of_their_bins(calls: list[Call]) -> None:
    days = roll_waits(part_frame(calls, "stints", STINTS))
    assert {row[: len(WAIT_KEY)]: row[len(WAIT_KEY)] for row in days.iter_rows()} == counted(calls)
    months = add_up(days)
    assert months["n"].sum() == days["n"].sum()
    assert set(months["month"]) == {day.replace(day=1) for day in days["day"]}
