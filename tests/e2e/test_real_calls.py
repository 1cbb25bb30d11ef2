"""Twenty queue calls on a real Asterisk, through a whole installation: every place that shows calls shows the same.

The live socket, REST, PostgreSQL, the report from the mart, and Asterisk's own queue_log.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from e2e.twenty_calls import STORIES, make_twenty_calls
from installation import Installation, installation
from integration.queue_lines import QueueLine
from truth import disagreements, told_by_calls, told_by_queue_log
from websockets.asyncio.client import ClientConnection, connect

from infra.asterisk import RealAsterisk
from infra.local import Stack
from infra.ports import HOST
from infra.settings import Address, UpSettings

# What the last call came to is shown within a second; this is for a machine with other work.
PATIENCE_SECONDS = 60.0
# After a load the warehouse rests four times as long as it took; with other work that may be ten seconds and more.
LOAD_PATIENCE_SECONDS = 180.0
OUTCOMES = Counter(story.outcome for story in STORIES)
FIGURES = ("offered", "answered", "abandoned")

Frame = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """The installation that saw the twenty calls, what Asterisk wrote, what the socket told, and the day's zone."""

    whole: Installation
    asterisk: RealAsterisk
    queue_log: list[QueueLine]
    frames: list[Frame]
    zone: ZoneInfo

    @property
    def today(self) -> datetime:
        """The midnight before."""
        return datetime.now(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def range(self) -> tuple[str, ...]:
        """Today, as a command's options."""
        return "--from", _utc(self.today), "--to", _utc(self.today + timedelta(days=1))


@pytest.fixture(scope="module")
def told(running_asterisk: RealAsterisk) -> Iterator[Told]:
    """All twenty calls, made once."""
    host, port = running_asterisk.ami_address
    zone = zone_of_noon()
    settings = {
        "TRUNKLINE_PBX": running_asterisk.system_name,
        "TRUNKLINE_AMI_USER": running_asterisk.ami_user,
        "TRUNKLINE_AMI_SECRET": running_asterisk.ami_secret,
        "TRUNKLINE_TIMEZONE": zone.key,
    }
    with installation("--pbx", f"{host}:{port}", settings=settings) as whole:
        queue_log, frames = asyncio.run(watch_twenty_calls(whole, running_asterisk))
        yield Told(whole, running_asterisk, queue_log, frames, zone)


def zone_of_noon() -> ZoneInfo:
    """A zone in which it is about noon, so that no midnight falls into the test."""
    ahead = 12 - datetime.now(UTC).hour
    return ZoneInfo(f"Etc/GMT{-ahead:+d}")


async def watch_twenty_calls(whole: Installation, asterisk: RealAsterisk) -> tuple[list[QueueLine], list[Frame]]:
    """Open the socket, make the calls; listen until all is told, or for long enough, which is for the tests to say."""
    frames: list[Frame] = []
    url = f"{whole.url.replace('http', 'ws')}/ws/pbx"
    headers = {"Authorization": f"Bearer {whole.token}"}
    async with connect(url, origin=whole.url, additional_headers=headers, max_size=None) as socket:
        listening = asyncio.create_task(listen(socket, frames))
        await until(lambda: bool(frames))
        queue_log = await make_twenty_calls(asterisk)
        with suppress(TimeoutError):
            await until(lambda: len(ended(frames)) >= len(STORIES) and summary(frames) == figures_of_stories())
        listening.cancel()
    return queue_log, frames


async def listen(socket: ClientConnection, frames: list[Frame]) -> None:
    """Keep what is told."""
    async for text in socket:
        frames.append(json.loads(text))


async def until(met: Callable[[], bool]) -> None:
    """Wait until `met`. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.1)


def ended(frames: list[Frame]) -> list[str]:
    """The calls that the socket told had ended, once for each time; that one has become final is told again."""
    changes = [frame["data"] for frame in frames if frame["event"] == "call:state:changed"]
    provisional = [change for change in changes if change["metadata"]["certainty"] == "provisional"]
    return [change["callId"] for change in provisional if change["status"] == "ENDED"]


def queue_totals(frames: list[Frame]) -> dict[str, int]:
    """Today's figures, added up over the last word on each queue."""
    queues = {queue["queueId"]: queue for queue in frames[0]["data"]["queues"]}
    queues |= {frame["data"]["queueId"]: frame["data"] for frame in frames if frame["event"] == "queue:update"}
    return {name: sum(queue["today"][name] for queue in queues.values()) for name in FIGURES}


def summary(frames: list[Frame]) -> dict[str, int]:
    """Today's figures, as the last word on all queues together has them."""
    told = [frame["data"]["totals"] for frame in frames if frame["event"] in ("snapshot", "summary")]
    return figures(told[-1])


def figures(shown: dict[str, Any]) -> dict[str, int]:
    """Of all that is shown, what is compared."""
    return {name: shown[name] for name in FIGURES}


def figures_of_stories() -> dict[str, int]:
    """What everybody must show."""
    return {"offered": len(STORIES), "answered": OUTCOMES["answered"], "abandoned": OUTCOMES["abandoned"]}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_socket_told_the_end_of_each_call_once_and_the_totals(told: Told) -> None:
    assert told.frames[0]["event"] == "snapshot"
    assert [frame["seq"] for frame in told.frames] == list(range(1, len(told.frames) + 1))
    assert Counter(ended(told.frames)) == Counter(stored_calls(told).keys())
    assert queue_totals(told.frames) == figures_of_stories()
    assert summary(told.frames) == figures_of_stories()


def test_socket_followed_each_call_through_its_states(told: Told) -> None:
    seen: dict[str, list[str]] = {}
    for frame in told.frames:
        if frame["event"] == "call:state:changed":
            seen.setdefault(frame["data"]["callId"], []).append(frame["data"]["status"])
    assert len(seen) == len(STORIES)
    assert all(states[-1] == "ENDED" for states in seen.values())
    assert Counter("CONNECTED" in states for states in seen.values())[True] == OUTCOMES["answered"]


def test_rest_tells_the_day(told: Told) -> None:
    day = told.today.date().isoformat()
    metrics = told.whole.get(f"/api/pbx/manager/metrics?startDate={day}&endDate={day}")
    shown = {
        "offered": metrics["totalCalls"],
        "answered": metrics["answeredCalls"],
        "abandoned": metrics["abandonedCalls"],
    }
    assert shown == figures_of_stories()


def test_rest_tells_that_nobody_waits_or_talks_any_more(told: Told) -> None:
    queues = told.whole.get("/api/pbx/manager/queues")["queues"]
    agents = told.whole.get("/api/pbx/manager/agents")["agents"]
    assert {queue["id"] for queue in queues} >= {story.queue for story in STORIES}
    assert [queue["id"] for queue in queues if queue["waiting"]] == []
    assert {"PJSIP/1001", "PJSIP/1002", "PJSIP/1003"} <= {agent["id"] for agent in agents}
    assert [agent["id"] for agent in agents if "currentCall" in agent] == []


def test_postgres_has_each_call_by_queue_and_outcome(told: Told) -> None:
    assert Counter(stored_calls(told).values()) == {"ENDED": len(STORIES)}
    rows = ask(told, "SELECT queue, outcome FROM stints")
    assert Counter(rows) == Counter((story.queue, story.outcome) for story in STORIES)
    assert ask(told, "SELECT reason, raw FROM rejects") == []


def test_report_counts_them_in_all_in_queues_and_in_intervals(told: Told) -> None:
    report = loaded_report(told)
    by_queue = Counter(story.queue for story in STORIES)
    assert figures(report["total"]) == figures_of_stories()
    assert offered(report["queues"]) == by_queue
    assert offered(report["rows"]) == by_queue


def test_nothing_disagrees_with_queue_log(told: Told) -> None:
    lines = told.whole.run("calls", *told.range, "--json").splitlines()
    calls = [json.loads(line) for line in lines]
    mine = {line.callid for line in told.queue_log}
    truth = {key: stint for key, stint in told_by_queue_log(told.asterisk.queue_log).items() if key[0] in mine}
    assert len(calls) == len(truth) == len(STORIES)
    assert disagreements(truth, told_by_calls(calls)) == []


def stored_calls(told: Told) -> dict[str, str]:
    """PostgreSQL's calls, each with its status."""
    return dict(ask(told, "SELECT call_id, status FROM call_sessions"))


def ask(told: Told, query: str) -> list[tuple[Any, ...]]:
    """What the installation's database answers."""
    stack = Stack(UpSettings(data=told.whole.data, page=Address(HOST, told.whole.port)), {})
    with psycopg.connect(stack.values.owner_url()) as connection:
        return connection.execute(query.encode()).fetchall()


def loaded_report(told: Told) -> dict[str, Any]:
    """The report once all calls have been loaded, or after long enough."""
    deadline = time.monotonic() + LOAD_PATIENCE_SECONDS
    while True:
        report: dict[str, Any] = json.loads(told.whole.run("report", "service-level", *told.range, "--json"))
        if figures(report["total"]) == figures_of_stories() or time.monotonic() > deadline:
            return report
        time.sleep(0.5)


def offered(rows: list[dict[str, Any]]) -> Counter[str]:
    """How many were offered to each queue."""
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["queue"]] += row["offered"]
    return +counted
