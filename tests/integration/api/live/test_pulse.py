"""api/live/pulse.py: freshness, gaps and certainty from PostgreSQL, kept between the questions."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from api_rows import call_statements, change, write
from msgspec.structs import replace
from stories import NOON, told

from api.database import Database
from api.live.freshness import Certainty, Gap, LogEnds, PbxReport
from api.live.pulse import SELDOM_S, PostgresPulse

NOON_UTC = datetime.fromtimestamp(NOON / 1000, UTC)
MIDNIGHT = NOON - 12 * 3_600_000


def heard(url: str, applied_ms: int, event_ms: int) -> None:
    """The stream processor notes how far a PBX was applied."""
    values = [NOON_UTC + timedelta(milliseconds=ms) for ms in (applied_ms, event_ms)]
    change(
        url,
        "INSERT INTO pbx_health VALUES ('pbx', %s, %s, 1) ON CONFLICT (pbx) DO UPDATE"
        " SET applied_at = excluded.applied_at, last_event_at = excluded.last_event_at",
        *values,
    )


class Asking:
    """A pulse on a database, and its clock in seconds."""

    def __init__(self, url: str) -> None:
        self.database, self.now, self.log = Database(url, wait_s=1.0), 0.0, LogEnds()
        self.pulse = PostgresPulse(self.database, lambda: NOON, lambda: self.log, lambda: self.now)

    async def ask(self) -> None:
        """Ask what is due."""
        await self.pulse.refresh(["default"], MIDNIGHT)


@pytest.fixture
async def asking(database_as: Callable[..., str]) -> AsyncIterator[Asking]:
    """A pulse by the API's own role."""
    asking = Asking(database_as("trunkline_api"))
    await asking.database.open()
    yield asking
    await asking.database.close()


async def test_a_report_says_how_long_the_way_of_the_last_event_was(asking: Asking, database: str) -> None:
    heard(database, applied_ms=0, event_ms=-5_000)
    await asking.ask()
    # What happened before we looked may have waited for us.
    assert list(asking.pulse.reports()) == [PbxReport("pbx", NOON, 0, NOON - 5_000)]
    heard(database, applied_ms=1_040, event_ms=1_000)
    await asking.ask()
    heard(database, applied_ms=9_000, event_ms=1_000)
    await asking.ask()
    assert list(asking.pulse.reports()) == [PbxReport("pbx", NOON + 9_000, 40, NOON + 1_000)]
    assert asking.pulse.heard_at() == NOON


async def test_a_pbx_is_up_to_date_where_the_log_of_its_partition_is_applied(asking: Asking, database: str) -> None:
    heard(database, applied_ms=-3_600_000, event_ms=-3_600_000)
    change(database, "INSERT INTO pbx_partitions VALUES ('pbx', 3)")
    for cluster, topic, partition in [("c", "pbx.events", 3), ("c", "pbx.events", 4), ("c", "x", 3), ("b", "x", 3)]:
        end = 7 if (cluster, topic, partition) == ("c", "pbx.events", 3) else 8
        change(database, "INSERT INTO sink_offsets VALUES (%s, %s, %s, %s)", cluster, topic, partition, end)
    # As of the last moment at which it was; a cluster of which nothing was applied yet is read from its beginning.
    for at, cluster, end, until in [(1, "c", 8, -3_600_000), (2, "c", 7, 2), (3, "d", 1, 2), (4, "d", 0, 4)]:
        asking.log = LogEnds(NOON + at, cluster, {3: end, 4: 7})
        await asking.ask()
        assert [each.applied_at for each in asking.pulse.reports()] == [NOON + until]


async def test_todays_gaps_and_those_that_last(asking: Asking, database: str) -> None:
    for start, end in [(-3600 * 25, -3600 * 23), (-3600 * 24, None), (-60, -30)]:
        change(
            database,
            "INSERT INTO gaps (pbx, source, cause, started_at, ended_at) VALUES ('pbx', 'ami', 'lost', %s, %s)",
            NOON_UTC + timedelta(seconds=start),
            None if end is None else NOON_UTC + timedelta(seconds=end),
        )
    await asking.ask()
    assert sorted(asking.pulse.gaps(), key=lambda gap: gap.start) == [
        Gap("pbx", "ami", "lost", NOON - 24 * 3_600_000, None),
        Gap("pbx", "ami", "lost", NOON - 60_000, NOON - 30_000),
    ]


async def test_todays_ended_calls_by_certainty(asking: Asking, database: str) -> None:
    call = told("0 arrives, 1 joins support, 30 abandons support").call
    final = replace(call, linkedid="2", certainty="final")
    write(
        database,
        call_statements(
            [
                call,
                final,
                replace(final, linkedid="3", tenant="other"),
                replace(final, linkedid="4", started_at=MIDNIGHT - 1),
                replace(call, linkedid="5", ended_at=None),
            ]
        ),
    )
    assert asking.pulse.certainty("default") == Certainty(0, 0)
    await asking.ask()
    assert asking.pulse.certainty("default") == Certainty(final=1, provisional=1)
    change(database, "UPDATE call_sessions SET certainty = 'final'")
    await asking.ask()
    assert asking.pulse.certainty("default") == Certainty(final=1, provisional=1)
    asking.now += SELDOM_S
    await asking.ask()
    assert asking.pulse.certainty("default") == Certainty(final=2, provisional=0)


async def test_while_the_database_is_away_the_last_answers_stay(asking: Asking, database: str) -> None:
    heard(database, applied_ms=0, event_ms=0)
    await asking.ask()
    change(database, "DROP TABLE pbx_health")
    with pytest.raises(psycopg.Error):
        await asking.ask()
    assert list(asking.pulse.reports()) == [PbxReport("pbx", NOON, 0, NOON)]
