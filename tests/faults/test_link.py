"""The line to a PBX fails in the middle of a packet, a character or a list: noticed, recorded, and made good."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
import pytest
from faults.exactness import verdict
from faults.line import Failure, Line
from streamed.centre import PARTITIONS, Centre, Round, own_centre
from streamed.way_in import WayIn
from truth import told_by_calls, told_by_queue_log

from asterisk.decode import Link
from asterisk.replay import Replay, replay_records
from calls.form import call_form
from calls.state import Gap

log = logging.getLogger(__name__)

# What the PBX has said last when the line fails, and for which time. The list is the one of the first login.
POINTS = {
    "mid-packet": (b"Event: AgentConnect\r\nPriv", 3),
    "mid-character": (b"CallerIDName: J\xc3", 1),
    "mid-list": (b"Event: QueueMember\r\nQu", 2),
}
CASES = [(failure, point) for failure in Failure for point in POINTS]
# In life's own time: what is listed is so many real seconds old.
CALLS, SECONDS, TALK = 60, 30.0, 5.0
NOTICED_WITHIN = 10.0
# A line that still answered a ping every three seconds was heard so long ago at most.
PING_EVERY = 3.0


@dataclass
class Broken:
    """A PBX behind a line that failed, and what came of it."""

    way: WayIn
    line: Line
    replay: Replay

    @property
    def gap(self) -> Gap:
        """The first gap, which the failure made."""
        return self.replay.gaps[0]

    @property
    def failed_ms(self) -> float:
        assert self.line.failed_at is not None, "the line never failed: its point was not reached"
        return self.line.failed_at * 1000


@pytest.fixture(scope="module")
def centre(server_folder: Path) -> Iterator[Centre]:
    """One worker is enough here."""
    with own_centre(server_folder / "link", ["1"]) as running:
        yield running


@pytest.fixture(scope="module")
def broken(centre: Centre) -> Iterator[dict[str, Broken]]:
    """Every failure at every point, each on a PBX of its own, all at the same time: most of it is waiting."""
    ways = [
        WayIn(centre.workers.broker, centre.folder / f"line{number}", f"line{number}", PARTITIONS[number % 4])
        for number in range(len(CASES))
    ]
    try:
        lines = asyncio.run(_let_fail(centre, ways))
        found = [Broken(way, line, replay_records(way.logged())) for way, line in zip(ways, lines, strict=True)]
        yield {f"{failure} {point}": it for (failure, point), it in zip(CASES, found, strict=True)}
    finally:
        for process in (process for way in ways for process in way.running.values()):
            process.kill()


async def _let_fail(centre: Centre, ways: list[WayIn]) -> list[Line]:
    lines = []
    for number, (way, (failure, point)) in enumerate(zip(ways, CASES, strict=True)):
        way.folder.mkdir()
        way.generate(CALLS, SECONDS, number + 1, speed=1, talk=TALK)
        lines.append(Line(way.address, failure, *POINTS[point]))
        way.ingest(await lines[-1].open())
    try:
        await asyncio.to_thread(Round(centre, tuple(ways)).until_done)
    finally:
        for line in lines:
            await line.close()
    return lines


@pytest.mark.parametrize("case", [f"{failure} {point}" for failure, point in CASES])
def test_a_failing_line(centre: Centre, broken: dict[str, Broken], case: str) -> None:
    it = broken[case]
    gap, links = it.gap, _links(it)
    assert gap.end is not None and gap.end >= it.failed_ms
    assert gap.start >= it.failed_ms - 1000 * PING_EVERY - 1000
    assert gap.start <= it.failed_ms + 1000
    noticed = (links[1] - it.failed_ms) / 1000
    log.info("%s: noticed after %.1f s, gap of %.1f s: %s", case, noticed, (gap.end - gap.start) / 1000, gap.cause)
    assert noticed <= NOTICED_WITHIN
    assert _stored_gaps(centre, it)[0] == (gap.cause, gap.start, gap.end)
    tail, _ = POINTS[case.split()[-1]]
    assert not [entry for record in it.way.logged() for entry in record.entries if entry.raw.endswith(tail)]
    assert not it.replay.states[it.way.pbx].calls, "calls that ended unheard are still open"
    assert _unknown(it) == []


def test_what_is_stored_is_what_was_heard(centre: Centre, broken: dict[str, Broken]) -> None:
    found = verdict(Round(centre, tuple(it.way for it in broken.values())))
    assert found.exact, found.first


def _links(it: Broken) -> list[int]:
    """When the ingester noted what became of its connection: heard, lost, heard again …"""
    noted = [entry for record in it.way.logged() if record.source == "link" for entry in record.entries]
    causes = [msgspec.json.decode(entry.raw, type=Link).cause for entry in noted]
    assert [cause is None for cause in causes[:3]] == [True, False, True]
    return [entry.received for entry in noted]


def _stored_gaps(centre: Centre, it: Broken) -> list[tuple[object, ...]]:
    query = (
        "SELECT cause, (extract(epoch FROM started_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint"
        " FROM gaps WHERE pbx = %s ORDER BY started_at"
    )
    with psycopg.connect(centre.url()) as connection:
        return connection.execute(query, (it.way.pbx,)).fetchall()


def _unknown(it: Broken) -> list[str]:
    """Stints of the PBX's own log that reached beyond the gap on either side and that we do not know as answered."""
    assert it.gap.end is not None
    begin, end = it.gap.start / 1000 - 2, it.gap.end / 1000 + 2
    lines = [line.split("|") for line in (it.way.folder / "queue_log").read_text().splitlines()]
    seen = {line[1] for line in lines if line[4] == "ENTERQUEUE" and float(line[0]) < begin}
    seen |= {line[1] for line in lines if line[4] in ("COMPLETECALLER", "COMPLETEAGENT") and float(line[0]) > end}
    told = told_by_queue_log(it.way.folder / "queue_log")
    ours = told_by_calls(msgspec.to_builtins(call_form(call)) for call in it.replay.calls.values())
    wanted = {key: stint["agent"] for key, stint in told.items() if key[0] in seen and stint["ended_by"]}
    still = {line[1] for line in lines if line[4] == "CONNECT" and not begin < float(line[0]) < end} | seen
    return [
        f"{key}: {agent}, we have {ours.get(key)}"
        for key, agent in wanted.items()
        if key[0] in still and (key not in ours or ours[key]["agent"] not in (agent, None))
    ]
