"""Reading marts: numbers, local time, empty intervals, waits, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_calls import queue_call
from made_lake import NOW, publish_calls

from calls.call import StintOutcome
from calls.metrics import SERVICE_LEVELS
from calls.settings import QueueSettings
from warehouse.marts import COUNTS, DEFAULT_EDGES, RATIOS, BadRange, Marts, MartsMissing, open_marts

BERLIN = "Europe/Berlin"
# The day on which Europe's clocks go back: 25 hours from 22:00 UTC of the day before.
LONG_DAY = datetime(2026, 10, 24, 22, tzinfo=UTC)
LONG_DAY_END = LONG_DAY + timedelta(hours=25)
SUPPORT = QueueSettings("Support line", None, 10.0, 20.0, 5.0, 0.8)
QUARTER_MS = 900_000


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    """A call in every quarter of the long day, the first of an hour abandoned; one in sales, which no table knows."""
    data = tmp_path_factory.mktemp("data")
    outcomes = [StintOutcome.ABANDONED, *[StintOutcome.ANSWERED] * 3]
    calls = [queue_call(n, outcomes[n % 4], 10 + n % 4, ms(LONG_DAY) + n * QUARTER_MS) for n in range(100)]
    publish_calls(data, [*calls, queue_call(100, None, at=ms(LONG_DAY), queue="sales")], {"support": SUPPORT})
    return open_marts(data, "default")


def test_a_day_of_25_hours_has_25_rows_and_all_of_its_calls(marts: Marts) -> None:
    hours = marts.service_level(LONG_DAY, LONG_DAY_END, ["support"], "1h", BERLIN)
    assert hours["offered"].to_list() == [4] * 25
    assert hours["service_level"].to_list() == [0.75] * 25
    labels = hours["interval_start"].dt.strftime("%H:%M%:z").to_list()
    assert labels[1:5] == ["01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00"]
    day = marts.service_level(LONG_DAY, LONG_DAY_END, ["support"], "1d", BERLIN)
    assert day["offered"].to_list() == [100]


def test_rows_are_by_interval_and_queue_with_names_and_parts(marts: Marts) -> None:
    frame = marts.service_level(LONG_DAY, LONG_DAY + timedelta(hours=1))
    level = ("service_level", "service_level_met", "service_level_of")
    assert frame.columns == ["interval_start", "pbx", "queue", "name", *COUNTS, *level, *RATIOS]
    assert frame["queue"].to_list() == ["sales", "support"] * 4
    assert frame["name"].to_list() == ["sales", "Support line"] * 4
    assert frame.row(3, named=True)["service_level_met"] == 1


def test_where_nobody_arrived_counts_are_0_and_everything_else_is_null(marts: Marts) -> None:
    later = LONG_DAY_END + timedelta(days=7)
    frame = marts.service_level(later, later + timedelta(minutes=30), ["support"])
    assert len(frame) == 2
    for row in frame.iter_rows(named=True):
        assert [row[name] for name in (*COUNTS, "service_level_met", "service_level_of")] == [0] * (len(COUNTS) + 2)
        assert [row[name] for name in ("service_level", *RATIOS)] == [None] * (len(RATIOS) + 1)
    assert marts.service_level(later, later + timedelta(minutes=30), empty=False).is_empty()
    assert marts.total(later, later + timedelta(minutes=30))["service_level"] is None


def test_who_still_waits_is_offered_and_has_no_service_level(marts: Marts) -> None:
    total = marts.total(LONG_DAY, LONG_DAY_END, ["sales"])
    assert (total["offered"], total["answered"], total["service_level"]) == (1, 0, None)


def test_queues_together_are_the_sum_of_the_queues(marts: Marts) -> None:
    overall = marts.overall(LONG_DAY, LONG_DAY_END, interval="1h", timezone=BERLIN)
    assert overall["offered"].to_list() == [5] + [4] * 24
    totals = marts.totals(LONG_DAY, LONG_DAY_END)
    assert dict(zip(totals["queue"], totals["offered"], strict=True)) == {"sales": 1, "support": 100}
    assert marts.total(LONG_DAY, LONG_DAY_END)["offered"] == 101


def test_a_queue_without_calls_in_the_range_is_in_the_totals_with_nothing(marts: Marts) -> None:
    later = LONG_DAY_END + timedelta(days=7)
    totals = marts.totals(later, later + timedelta(days=1), ["support"])
    assert totals["offered"].to_list() == [0]
    assert totals["service_level"].to_list() == [None]


@pytest.mark.parametrize("variant", [metric.name for metric in SERVICE_LEVELS])
def test_every_variant_can_be_asked_for(marts: Marts, variant: str) -> None:
    total = marts.total(LONG_DAY, LONG_DAY_END, variant=variant)
    assert total["service_level"] == total["service_level_met"] / total["service_level_of"]


def test_queues_are_asked_for_by_id_or_by_pbx_and_id(marts: Marts) -> None:
    assert marts.total(LONG_DAY, LONG_DAY_END, ["pbx1:support"])["offered"] == 100
    assert marts.total(LONG_DAY, LONG_DAY_END, [])["offered"] == 0
    with pytest.raises(BadRange, match="No queue 'suport'; there are: sales, support"):
        marts.total(LONG_DAY, LONG_DAY_END, ["suport"])


def test_a_wait_lies_in_the_bin_that_ends_with_it(marts: Marts) -> None:
    bins = marts.wait_histogram(LONG_DAY, LONG_DAY_END, edges=(10, 11, 12))
    assert bins["to_s"].to_list() == [10.0, 11.0, 12.0, None]
    assert bins["abandoned"].to_list() == [25, 0, 0, 0]
    assert bins["answered"].to_list() == [0, 25, 25, 25]
    assert bins["flow_out"].to_list() == [0, 0, 0, 0]
    default = marts.wait_histogram(LONG_DAY, LONG_DAY_END)
    assert default["to_s"].to_list() == [*DEFAULT_EDGES, None]
    assert default.sum()["answered"].item() == 75


def test_waits_are_quantiles_of_those_who_left(marts: Marts) -> None:
    assert marts.waits(LONG_DAY, LONG_DAY_END) == {"p50": 11.5, "p90": 13.0, "p95": 13.0, "longest": 13.0}
    nobody = LONG_DAY_END + timedelta(days=7)
    assert marts.waits(nobody, nobody + timedelta(days=1)) == dict.fromkeys(("p50", "p90", "p95", "longest"))


def test_the_watermark_and_the_queues_are_known(marts: Marts) -> None:
    assert marts.watermark() == NOW
    assert [(it.queue, it.name, it.service_level_s, it.target) for it in marts.queue_names()] == [
        ("sales", "sales", 20.0, 0.8),
        ("support", "Support line", 20.0, 0.8),
    ]


def test_what_makes_no_sense_is_refused(marts: Marts) -> None:
    for question in (
        {"interval": "1y"},
        {"timezone": "Mars/Olympus"},
        {"variant": "sl_of_the_moon"},
        {"variant": "offered; DROP TABLE q15"},
    ):
        with pytest.raises(BadRange):
            marts.service_level(LONG_DAY, LONG_DAY_END, **question)
    with pytest.raises(BadRange, match="choose a longer interval"):
        marts.service_level(LONG_DAY, LONG_DAY + timedelta(days=365 * 40))


def test_before_anything_is_published_it_says_so(tmp_path: Path) -> None:
    nothing = open_marts(tmp_path, "default")
    assert not nothing.ready()
    with pytest.raises(MartsMissing, match="trunkline up"):
        nothing.queue_names()
