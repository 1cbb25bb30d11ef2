"""Loads from a real PostgreSQL into a real lake: what is in it afterwards, whatever happened before."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_calls import AGENTS, QUEUES, START, many_calls, newer, queue_call
from made_installation import Installation
from msgspec.structs import replace

from calls.call import Call, StintOutcome
from calls.form import call_form, iso
from calls.presence import PresenceState
from calls.settings import QueueSettings, Settings
from calls.tally import COLUMNS, NOTHING, Tally, interval_start, stint_tally
from streams.rows import IntervalRow
from warehouse.duck import transaction
from warehouse.errors import LakeUnavailable
from warehouse.extract import OVERLAP, open_window
from warehouse.lake import open_lake
from warehouse.load import load
from warehouse.upkeep import tidy
from warehouse.verify import verify

STRICT = QueueSettings(wrapup_s=10.0, service_level_s=1.0, short_abandon_s=5.0, target=0.9)
LOOSE = QueueSettings(wrapup_s=0.0, service_level_s=60.0, short_abandon_s=5.0, target=0.9)
INTERVAL = IntervalRow("pbx1", "anna", "default", "available", "", "2026-10-24T00:00:00Z", "2026-10-24T00:05:00Z")


def cells(installation: Installation) -> dict[tuple[Any, ...], Tally]:
    """q15 by tenant, queue and start in ms."""
    rows = installation.rows(
        f"SELECT tenant, queue, epoch_ms(interval_start), {', '.join(COLUMNS)} FROM lake.q15"
    )  # fmt: skip
    assert len(rows) == len({row[:3] for row in rows})
    return {row[:3]: Tally(*row[3:]) for row in rows}


def expected_cells(calls: list[Call], queues: dict[str, QueueSettings] | None = None) -> dict[tuple[Any, ...], Tally]:
    """The same from the calls themselves."""
    known = Settings(queues=queues or {})
    found: dict[tuple[Any, ...], list[Tally]] = {}
    for call in calls:
        for index, stint in enumerate(call.stints):
            key = (call.tenant, stint.queue, interval_start(stint.entered_at))
            found.setdefault(key, []).append(stint_tally(call, index, known.queue(stint.queue)))
    return {key: reduce(add, tallies, NOTHING) for key, tallies in found.items()}


def test_a_call_is_in_the_lake_while_it_waits_and_as_it_ended(installation: Installation) -> None:
    waiting = queue_call(1, outcome=None)
    installation.write(waiting)
    assert installation.load().calls == 1
    assert cells(installation) == expected_cells([waiting])
    ended = newer(waiting, stints=queue_call(1).stints, legs=queue_call(1).legs)
    installation.write(ended)
    assert installation.load().calls == 1
    assert cells(installation) == expected_cells([ended])
    assert installation.rows("SELECT call_id, version FROM lake.call_sessions") == [("pbx1:l1", 2)]


def test_without_changes_there_is_no_new_load(installation: Installation) -> None:
    installation.write(queue_call(1))
    first = installation.load()
    again = installation.load()
    assert (again.load_id, again.calls, again.cells) == (first.load_id, 0, 0)
    assert again.watermark > first.watermark
    assert installation.rows("SELECT count(*) FROM lake.load_audit") == [(1,)]


def test_a_call_that_moves_leaves_nothing_where_it_was(installation: Installation) -> None:
    call = queue_call(1)
    installation.write(call)
    installation.load()
    moved = newer(call, tenant="other", stints=queue_call(1, queue="sales", at=START + 3_600_000).stints)
    installation.write(moved)
    installation.load()
    assert cells(installation) == expected_cells([moved])
    assert installation.rows("SELECT tenants FROM lake.load_audit ORDER BY load_id") == [
        (["default"],),
        (["default", "other"],),
    ]


def read_since(installation: Installation) -> datetime:
    """From when on the next load reads."""
    with installation.lake() as connection, transaction(connection):
        since = open_window(connection, full=False).since
    assert since is not None
    return since + OVERLAP


def test_what_a_load_could_not_see_is_read_again_however_late_it_is_committed(installation: Installation) -> None:
    installation.write(queue_call(1))
    before = installation.load().watermark
    with psycopg.connect(installation.owner) as late:
        late.execute("UPDATE call_sessions SET version = 9, changed_at = clock_timestamp()")
        for n in (2, 3):
            installation.write(queue_call(n))
            installation.load()
            assert read_since(installation) == before
    # The last load could not see it, so what it wrote is still to be read.
    assert read_since(installation) == before
    loaded = installation.load()
    assert loaded.calls == 1
    assert read_since(installation) == loaded.watermark
    assert installation.rows("SELECT version FROM lake.call_sessions WHERE call_id = 'pbx1:l1'") == [(9,)]


def test_a_queues_new_thresholds_hold_for_all_of_its_history(installation: Installation) -> None:
    calls = [queue_call(1), queue_call(2, at=START + 86_400_000), queue_call(3, queue="sales")]
    installation.write(*calls)
    installation.load()
    for settings_now in (STRICT, LOOSE):
        installation.write_queue("support", settings_now)
        installation.load()
        assert cells(installation) == expected_cells(calls, {"support": settings_now})
    assert installation.rows("SELECT queue, service_level_s FROM lake.queues") == [("support", 60.0)]


def test_presence_is_loaded_once_and_replaced_when_it_was_corrected(installation: Installation) -> None:
    installation.write_presence(INTERVAL)
    assert [installation.load().presence, installation.load().presence] == [1, 0]
    installation.write_presence(
        IntervalRow("pbx1", "anna", "default", "paused", "lunch", INTERVAL.started_at, INTERVAL.ended_at)
    )
    assert installation.load().presence == 1
    assert installation.rows("SELECT state, reason FROM lake.presence_intervals") == [("paused", "lunch")]


def test_a_full_load_replaces_everything(installation: Installation) -> None:
    installation.write(queue_call(1), queue_call(2, outcome=StintOutcome.ABANDONED))
    installation.write_presence(INTERVAL)
    installation.load()
    installation.wipe()
    left = queue_call(2, outcome=StintOutcome.ABANDONED)
    installation.write(left)
    installation.load(full=True)
    assert cells(installation) == expected_cells([left])
    assert installation.rows("SELECT call_id FROM lake.call_sessions") == [("pbx1:l2",)]
    assert installation.rows("SELECT count(*) FROM lake.presence_intervals") == [(0,)]


def test_the_lake_may_be_moved(installation: Installation) -> None:
    installation.write(*(queue_call(n) for n in range(1, 301)))
    installation.load()
    installation.data = installation.data.rename(installation.data.with_name("elsewhere"))
    assert list(installation.data.rglob("*.parquet"))
    assert installation.rows("SELECT sum(answered) FROM lake.q15") == [(300,)]


def test_loads_at_once_without_the_lock_do_not_double_anything(installation: Installation) -> None:
    calls = [queue_call(n) for n in range(1, 21)]
    installation.load()
    installation.write(*calls)
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(installation.load().load_id)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 3
    assert cells(installation) == expected_cells(calls)
    assert installation.rows("SELECT count(*), count(DISTINCT call_id) FROM lake.stints") == [(20, 20)]


KILLED = """
    import sys
    from pathlib import Path
    from warehouse.lake import open_lake
    from warehouse.load import load
    catalog, data, source = sys.argv[1:]
    with open_lake(catalog, Path(data), source) as connection:
        print("begin", flush=True)
        while True:
            load(connection, full=True)
            print("loaded", flush=True)
"""


def test_a_load_that_is_killed_leaves_the_lake_whole(installation: Installation) -> None:
    calls = [queue_call(n, at=START + n * 60_000) for n in range(1, 501)]
    installation.write(*calls)
    installation.load()
    arguments = [installation.catalog, str(installation.data), installation.source]
    for part_of_a_load in (0.4, 0.7, 0.9, 1.0):
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), *arguments], stdout=subprocess.PIPE, text=True
        ) as loader:
            assert loader.stdout is not None
            assert loader.stdout.readline() == "begin\n"
            begun = time.monotonic()
            assert loader.stdout.readline() == "loaded\n"
            wait = part_of_a_load * (time.monotonic() - begun)
            timer = threading.Timer(wait, os.kill, (loader.pid, signal.SIGKILL))
            timer.start()
            loader.wait()
        assert cells(installation) == expected_cells(calls)
        assert installation.rows("SELECT count(*) FROM lake.call_sessions") == [(500,)]
    installation.write(queue_call(501))
    installation.load()
    assert cells(installation) == expected_cells([*calls, queue_call(501)])


def test_a_password_is_never_in_an_error(installation: Installation) -> None:
    wrong = installation.catalog.replace("@", "wrong-secret@")
    with pytest.raises(LakeUnavailable) as caught:
        open_lake(wrong, installation.data)
    assert "wrong-secret" not in str(caught.value)
    assert "trunkline up" in str(caught.value)


@pytest.fixture
def lake(installation: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    with installation.lake() as connection:
        yield connection


def stored(lake: duckdb.DuckDBPyConnection) -> dict[str, Counter[tuple[Any, ...]]]:
    """The calls and their parts as the lake has them, in a form that can be compared."""
    queries = {
        "calls": "SELECT call_id, tenant, status, version FROM lake.call_sessions",
        "stints": "SELECT call_id, ordinal, tenant, queue, outcome, wait_s FROM lake.stints",
        "legs": "SELECT call_id, ordinal, tenant, stint, agent, talk_s, hold_s FROM lake.legs",
        "missed": "SELECT call_id, ordinal, tenant, stint, agent, ring_s FROM lake.missed_rings",
    }
    return {name: Counter(lake.execute(query).fetchall()) for name, query in queries.items()}


def expected(calls: list[Call]) -> dict[str, Counter[tuple[Any, ...]]]:
    """The same from the calls themselves."""
    found: dict[str, Counter[tuple[Any, ...]]] = {name: Counter() for name in ("calls", "stints", "legs", "missed")}
    for call in calls:
        form = call_form(call)
        who = form.call_id
        found["calls"][(who, form.tenant, form.status, call.version)] += 1
        found["stints"].update(
            (who, n, form.tenant, it.queue, it.outcome, it.wait_s) for n, it in enumerate(form.stints)
        )
        found["legs"].update(
            (who, n, form.tenant, it.stint, it.agent, it.talk_s, it.hold_s) for n, it in enumerate(form.legs)
        )
        found["missed"].update((who, n, form.tenant, it.stint, it.agent, it.ring_s) for n, it in enumerate(form.missed))
    return found


def after(old: Call | None, call: Call) -> Call:
    """The call with a version beyond that of the old one."""
    return call if old is None else replace(call, version=old.version + 1)


# Who is reached where from then on; what an agent did.
some_agents = st.sampled_from([None, ("anna", AGENTS[0], "1001"), ("anna", AGENTS[1], "1002"), ("ben", AGENTS[0], "9")])
some_spans = st.lists(
    st.builds(
        lambda agent, state, start, length: IntervalRow(
            "pbx1", agent, "default", state, "", iso(START + start * 600_000), iso(START + start * 600_000 + length)
        ),
        st.sampled_from(["anna", "ben"]), st.sampled_from(PresenceState), st.integers(0, 5), st.integers(1, 5_000_000),
    ),
    max_size=3, unique_by=lambda row: (row.agent_id, row.started_at),
)  # fmt: skip
some_steps = st.lists(
    st.tuples(many_calls(4), st.booleans(), st.sampled_from([None, *QUEUES]), some_agents, some_spans),
    min_size=1,
    max_size=5,
)


# Each example takes seconds, so a failure is shown as it was found.
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=some_steps)
def test_after_any_steps_the_lake_is_what_the_database_is(
    installation: Installation,
    lake: duckdb.DuckDBPyConnection,
    steps: list[tuple[list[Call], bool, str | None, tuple[str, str, str] | None, list[IntervalRow]]],
) -> None:
    installation.wipe()
    load(lake, full=True)
    latest: dict[str, Call] = {}
    queues: dict[str, QueueSettings] = {}
    for number, (calls, is_tidied, queue, agent, spans) in enumerate(steps):
        newest = [after(latest.get(call.call_id), call) for call in calls]
        installation.write(*newest)
        latest |= {call.call_id: call for call in newest}
        if queue is not None:
            queues[queue] = LOOSE if queues.get(queue) is STRICT else STRICT
            installation.write_queue(queue, queues[queue])
        if agent is not None:
            installation.write_agent(*agent, version=number)
        installation.write_presence(*spans)
        load(lake)
        if is_tidied:
            tidy(lake)
    now = list(latest.values())
    assert stored(lake) == expected(now)
    assert cells(installation) == expected_cells(now, queues)
    # What each load counted is what a recount of everything gives.
    assert verify(lake, installation.data).rows == []
