"""Two real ingesters on one PBX, of which one and then the other is killed: no event is missing or counted twice."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import msgspec
import psycopg
import pytest
from streamed.centre import PARTITIONS, QUIET_SECONDS, Centre, own_centre
from streamed.way_in import WayIn
from streamed.worker import applied, ends, stored, stored_state
from truth import disagreements, told_by_calls, told_by_queue_log

from asterisk.replay import replay_records
from calls.form import call_form
from calls.state import Stage

PBX, PARTITION = "twins", PARTITIONS[0]
CALLS, SECONDS, SEED, SPEED = 400, 40.0, 11, 5
NOBODY = "127.0.0.1:1"
# How long one is away, a supervisor's restart and more.
AWAY_SECONDS = (0.2, 2.0)


@pytest.fixture
def centre(server_folder: Path) -> Iterator[Centre]:
    """One worker."""
    with own_centre(server_folder / "twins", ["1"]) as running:
        yield running


@contextmanager
def three(centre: Centre) -> Iterator[tuple[WayIn, WayIn, WayIn]]:
    """The two, and a witness who hears everything, is never killed, and tells only its log."""
    a, b = (WayIn(centre.workers.broker, centre.folder / name, PBX, PARTITION, name) for name in ("a", "b"))
    witness = WayIn(NOBODY, centre.folder / "witness", PBX, PARTITION, "witness")
    try:
        for way in (a, b, witness):
            way.folder.mkdir()
        a.generate(CALLS, SECONDS, SEED, SPEED, more=("--numbered", "--clients", "3"))
        for way in (a, b, witness):
            way.ingest(a.address)
        yield a, b, witness
    finally:
        for process in (process for way in (a, b, witness) for process in way.running.values()):
            process.kill()


def test_one_and_then_the_other_is_killed(centre: Centre) -> None:
    chance = Random(SEED)
    with three(centre) as (a, b, witness):
        simulator, kills = a.running["simulator"], 0
        centre.until(lambda: len(_logins(centre)) == 2, "that both have joined")
        while simulator.running:
            _kill(centre, (a, b)[kills % 2], a, chance.uniform(*AWAY_SECONDS))
            kills += 1
        _until_applied(centre, a, b, witness)
        assert kills >= 4
        told = replay_records(witness.logged())
        assert told.rejects == []
        wanted = {call_id: call_form(call) for call_id, call in told.calls.items()}
        assert asyncio.run(stored(centre.url(), [PBX])) == wanted
        forms = [msgspec.to_builtins(form) for form in wanted.values()]
        assert disagreements(told_by_queue_log(a.folder / "queue_log"), told_by_calls(forms)) == []
        with psycopg.connect(centre.url()) as connection:
            # The one that begins when the PBX leaves in the end.
            assert connection.execute("SELECT ended_at FROM gaps WHERE pbx = %s", (PBX,)).fetchall() == [(None,)]
            assert connection.execute("SELECT reason FROM rejects WHERE pbx = %s", (PBX,)).fetchall() == []


def _kill(centre: Centre, victim: WayIn, pbx: WayIn, away: float) -> None:
    """Kill it, start it again, and wait until it counts again."""
    centre.until(lambda: victim.ingester in _logins(centre), "that it is known")
    before = _logins(centre)[victim.ingester]
    victim.running["ingest"].kill()
    time.sleep(away)
    victim.ingest(pbx.address)
    back = lambda: _logins(centre).get(victim.ingester, 0) > before  # noqa: E731
    centre.until(lambda: back() or not pbx.running["simulator"].running, "its coming back")


def _logins(centre: Centre) -> dict[str, int]:
    """Since when each that has joined has listened."""
    listeners = stored_state(centre.url(), PBX).listeners
    return {name: it.since for name, it in listeners.items() if it.stage is Stage.JOINED}


def _until_applied(centre: Centre, a: WayIn, b: WayIn, witness: WayIn) -> None:
    quiet = lambda way: time.time() - way.log_files()[-1].stat().st_mtime > QUIET_SECONDS  # noqa: E731
    centre.until(lambda: all(map(quiet, (a, b, witness))), "the end of the logs")
    centre.until(lambda: a.all_sent() and b.all_sent(), "the logs' way to Kafka")
    end = asyncio.run(ends(centre.workers.broker, [PARTITION]))[PARTITION]
    centre.until(lambda: applied(centre.url()).get(PARTITION, 0) >= end, "the last record's way to PostgreSQL")
