"""From a real Asterisk to a player: what was said is recorded, encrypted, heard again, also if Asterisk is killed."""

import asyncio
import io
import re
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from api_rows import add_user, call_statements, write
from integration.api.admin.conftest import parts_on, signed_in
from integration.test_real_login import Listener, logged_in
from kept_recordings import Keeping
from made_recordings import loudest, tone, ulaw
from msgspec.structs import replace
from phones.people import Team, Trunk

from api.app import create_origin
from api.database import Database
from api.recordings.place import RecordingPlace
from api.recordings.playing import Player
from api.recordings.routes import RecordingDesk
from api.recordings.rows import RecordingRows
from api.recordings.store import RecordingStore
from asterisk.account import Account
from asterisk.actions import MixMonitor, StopMixMonitor
from asterisk.connection import Connection
from infra.asterisk import RealAsterisk

# Eight periods in the 20 ms of a packet, so that packets join without a click.
TONE = 400
CANDIDATES = (200, 300, TONE, 500, 800, 1000)


@asynccontextmanager
async def recording(asterisk: RealAsterisk) -> AsyncIterator[None]:
    """Queue calls are recorded meanwhile."""
    asterisk.cli("dialplan set global RECORD_QUEUES yes")
    try:
        yield
    finally:
        asterisk.cli("dialplan set global RECORD_QUEUES no")


@asynccontextmanager
async def talking(asterisk: RealAsterisk) -> AsyncIterator[Any]:
    """A customer who hums a tone, connected to an agent."""
    async with Team(asterisk, media=True) as team, Trunk(asterisk, media=True) as trunk:
        trunk.phone.sound = ulaw(tone(TONE, 0.02))
        team.all_do(lambda agent: agent.answers_after(0.1))
        call = await trunk.call("2100")
        rung = await team.next_call()
        await rung.until_answered()
        yield call


@asynccontextmanager
async def acting(asterisk: RealAsterisk) -> AsyncIterator[Connection]:
    """A login that may act."""
    host, port = asterisk.ami_address
    account = Account(host, port, asterisk.control_user, asterisk.control_secret)
    connected = asyncio.Event()
    connection = Connection(account, lambda packets, received: None, on_login=lambda login: connected.set())
    connection.start()
    try:
        await asyncio.wait_for(connected.wait(), 30)
        yield connection
    finally:
        await connection.close()


def heard(data: bytes) -> tuple[float, int]:
    """How many seconds a WAV file has, and its loudest tone."""
    with wave.open(io.BytesIO(data)) as file:
        count = file.getnframes()
        samples = file.readframes(count)
    assert len(samples) == 2 * count
    return count / 8000, loudest(samples, CANDIDATES)


async def played(keeping: Keeping, url: str, row: dict[str, Any]) -> bytes:
    """A recording as a supervisor hears it, put together of three parts."""
    database = Database(url)
    add_user(keeping.owner, "supervisor", "supervisor")
    await database.open()
    try:
        desk = RecordingDesk(RecordingRows(database), Player(RecordingStore(keeping.store, keeping.keys)))
        origin = create_origin(replace(parts_on(database), recordings=desk))
        client = await signed_in(origin, "supervisor")
        (item,) = (await client.get("/api/pbx/recordings", params={"callId": row["call_id"]})).json()["items"]
        parts = []
        for wanted in ("bytes=0-9999", "bytes=10000-19999", "bytes=20000-"):
            answer = await client.get(f"/api/pbx/recordings/{item['id']}/audio", headers={"range": wanted})
            assert answer.status_code == 206
            parts.append(answer.content)
        return b"".join(parts)
    finally:
        await database.close()


@pytest.fixture
def keeping(tmp_path: Path, database_as: Callable[..., str], asterisk: RealAsterisk) -> Any:
    """A keeper at the spool of the real Asterisk."""
    spool = asterisk.installation.recording_spool
    for left in spool.iterdir():
        left.unlink()
    with Keeping(tmp_path, database_as, spool) as it:
        it.give_key()
        it.start(asterisk.system_name)
        yield it


async def test_a_call_is_recorded_encrypted_and_played_back(
    asterisk: RealAsterisk, keeping: Keeping, database_as: Callable[..., str]
) -> None:
    listener = Listener(asterisk.system_name)
    async with logged_in(asterisk, listener), recording(asterisk), talking(asterisk) as call:
        await asyncio.sleep(2.0)
        (file,) = keeping.spool.iterdir()
        assert keeping.rows() == []
        await call.hang_up()
        found = await listener.until(lambda it: bool(it.calls) and not any(state.calls for state in it.states.values()))
        write(keeping.owner, call_statements(found.calls.values()))
        await asyncio.to_thread(keeping.until_kept, 1)
    assert keeping.stop() == 0
    (row,) = keeping.rows()
    (known,) = found.calls.values()
    assert (row["call_id"], row["tenant_id"], row["file"]) == (known.call_id, "default", file.name)
    assert file.name.startswith(known.call_id.partition(":")[2])
    seconds, loud = heard(await played(keeping, database_as("trunkline_api"), row))
    assert (1.5 < seconds < 3.5, loud) == (True, TONE)


async def test_a_recording_that_is_asked_for_is_kept_while_the_call_goes_on(
    asterisk: RealAsterisk, keeping: Keeping
) -> None:
    async with acting(asterisk) as connection, talking(asterisk) as call:
        channel = next(name for name in asterisk.channels() if name.startswith("PJSIP/trunk-"))
        (uniqueid,) = re.findall(r"UniqueID: (\S+)", asterisk.cli(f"core show channel {channel}"))
        file = RecordingPlace(PurePosixPath(keeping.spool)).file(asterisk.system_name, uniqueid)
        await connection.send(MixMonitor(channel, file, "b"))
        await asyncio.sleep(1.0)
        assert [str(path) for path in keeping.spool.iterdir()] == [file]
        await connection.send(StopMixMonitor(channel))
        await asyncio.to_thread(keeping.until_kept, 1)
        assert not call.ended.is_set()
    (row,) = keeping.rows()
    seconds, loud = heard(keeping.plain(row))
    assert (row["file"], 0.5 < seconds < 2, loud) == (PurePosixPath(file).name, True, TONE)


async def test_what_a_killed_asterisk_had_recorded_is_kept(asterisk: RealAsterisk, keeping: Keeping) -> None:
    async with recording(asterisk), talking(asterisk):
        # Asterisk writes two seconds at a time.
        await asyncio.sleep(5.0)
        assert len(list(keeping.spool.iterdir())) == 1
        try:
            await asyncio.to_thread(asterisk.kill)
            await asyncio.to_thread(keeping.until_kept, 1)
        finally:
            # Not in another thread, with which it would end.
            asterisk.start()
    (row,) = keeping.rows()
    # Nothing was heard of the call here.
    assert row["call_id"] is None
    seconds, loud = heard(keeping.plain(row))
    assert (seconds >= 2, row["seconds"] == seconds, loud) == (True, True, TONE)
