"""What is said goes out: to clients over a socket, into files, in its order."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from simulated import BEGIN_S, SCENARIOS, run, traffic

from asterisk.ami import PacketBuffer, parse_packet
from asterisk.simulator.access import Account
from asterisk.simulator.actions import Actions
from asterisk.simulator.control import Control
from asterisk.simulator.drive import Stage, play, run_traffic
from asterisk.simulator.files import Files
from asterisk.simulator.pace import Pace
from asterisk.simulator.pbx import Options, Pbx
from asterisk.simulator.playback import read_recording
from asterisk.simulator.server import Server
from asterisk.simulator.traffic import Plan, Traffic

LOGIN = b"Action: Login\r\nUsername: trunkline\r\nSecret: sesame\r\n\r\n"


class OnAir:
    """A stage with its server and one client."""

    def __init__(self, pbx: Pbx, actions: Actions, folder: Path, pace: Pace) -> None:
        self.files = Files(folder)
        self.stage = Stage(pbx, actions, self.files, pace)
        self.server = Server(Account("trunkline", "sesame"), self.stage.act)

    async def listener(self) -> asyncio.Task[list[bytes]]:
        """A client that reads to the end; what it gets is the task's result."""
        port = await self.server.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(LOGIN)
        await self.server.listeners(1)

        async def read() -> list[bytes]:
            buffer, packets = PacketBuffer(), list[bytes]()
            while chunk := await reader.read(1 << 16):
                packets += buffer.feed(chunk)
            writer.close()
            return packets

        return asyncio.ensure_future(read())


@pytest.fixture
async def closing() -> AsyncIterator[list[OnAir]]:
    """Whatever is put in is closed."""
    shows: list[OnAir] = []
    yield shows
    for show in shows:
        await show.server.close()
        show.files.close()


async def test_a_recording_is_played_as_fast_as_it_is_read(tmp_path: Path, closing: list[OnAir]) -> None:
    moments = read_recording(SCENARIOS / "load_300" / "session.ami.gz")
    pbx = Pbx(Options(), 0)
    show = OnAir(pbx, Actions(pbx), tmp_path, Pace(None))
    closing.append(show)
    heard = await show.listener()
    await play(show.stage, show.server, moments)
    await show.server.finish()
    assert (await heard)[2:] == [moment.data for moment in moments if moment.kind == "event"]
    for name in ("queue_log", "cel.csv"):
        assert (tmp_path / name).read_bytes() == (SCENARIOS / "load_300" / name).read_bytes()


async def test_traffic_over_a_socket_is_what_the_seed_says(tmp_path: Path, closing: list[OnAir]) -> None:
    plan = Plan(calls=30)
    pbx = Pbx(Options(), BEGIN_S * 1_000_000, 3)
    made = Traffic(pbx, plan)
    show = OnAir(pbx, Actions(pbx, Control(made.floor)), tmp_path, Pace(None))
    closing.append(show)
    heard = await show.listener()
    await run_traffic(show.stage, show.server, made)
    await show.server.finish()
    expected = run(traffic(plan, seed=3))
    assert (await heard)[2:] == [raw.strip(b"\r\n") for raw in expected.events]
    assert (tmp_path / "queue_log").read_bytes().splitlines() == expected.queue_log
    assert (tmp_path / "cel.csv").read_bytes().splitlines() == expected.cel


async def test_recordings_that_lie_years_apart_are_played_at_once(tmp_path: Path, closing: list[OnAir]) -> None:
    (path,) = SCENARIOS.glob("s12_*/session.ami.gz")
    moments = read_recording(path)
    later = [type(moment)(moment.at_us + 10**14, moment.kind, moment.data) for moment in moments]
    pbx = Pbx(Options(), 0)
    show = OnAir(pbx, Actions(pbx), tmp_path, Pace(1_000_000))
    closing.append(show)
    heard = await show.listener()
    await play(show.stage, show.server, moments + later)
    await show.server.finish()
    events = [moment.data for moment in moments if moment.kind == "event"]
    assert (await heard)[2:] == events * 2


async def test_nothing_to_play_is_nothing_played(tmp_path: Path, closing: list[OnAir]) -> None:
    pbx = Pbx(Options(), 0)
    show = OnAir(pbx, Actions(pbx), tmp_path, Pace(1))
    closing.append(show)
    await play(show.stage, show.server, [])
    assert not show.stage.pace.running


def test_an_action_is_done_at_the_present_time(tmp_path: Path) -> None:
    made = traffic(Plan())
    pace = Pace(1, lambda: 0.0)
    pace.begin(made.pbx.now_us + 7_000_000)
    files = Files(tmp_path)
    stage = Stage(made.pbx, Actions(made.pbx), files, pace)
    action = b"Action: QueuePause\r\nInterface: PJSIP/1001\r\nPaused: true\r\nReason: Lunch"
    answers, events = stage.act(parse_packet(action))
    files.close()
    assert parse_packet(answers[0]).response == "Success"
    assert parse_packet(events[-1]).get("LastPause") == str(BEGIN_S + 7)
    assert (tmp_path / "queue_log").read_text().startswith(f"{BEGIN_S + 7}|NONE|NONE|Maria Lopez|PAUSEALL|Lunch\n")
