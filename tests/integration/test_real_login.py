"""Logging in to a real Asterisk: its own filters keep back what nobody reads, and its lists tell what was missed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from integration.queue_lines import QueueLines
from phones.people import Team, Trunk

from asterisk.account import Account
from asterisk.ami import event_name
from asterisk.connection import Connection, LoggedIn
from asterisk.filters import FILTERS
from asterisk.lists import RESYNC
from asterisk.noise import is_ignored
from asterisk.replay import Replay, replay_records
from calls.call import Call, Status
from calls.codec import RECORD_VERSION, Entry, Record
from infra.asterisk import RealAsterisk


@dataclass
class Listener:
    """Keeps what it hears, a login after the other, as an ingester would."""

    pbx: str
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    logins: int = 0

    def begin(self, login: LoggedIn) -> None:
        self.logins += 1

    def take(self, packets: list[bytes], received: int) -> None:
        first = len(self.entries) + 1
        self.entries += [(self.logins, Entry(first + place, received, raw)) for place, raw in enumerate(packets)]

    def heard(self) -> set[str]:
        """The types that came; answers and list items left out."""
        return {event_name(entry.raw).decode() for _, entry in self.entries if b"\r\nPrivilege: " in entry.raw}

    def replay(self) -> Replay:
        """What it comes to."""
        return replay_records(
            Record(RECORD_VERSION, self.pbx, "ami", "a", login, [entry]) for login, entry in self.entries
        )

    async def until(self, met: Callable[[Replay], bool]) -> Replay:
        """Wait until what was heard comes to this."""
        async with asyncio.timeout(30):
            while True:
                if met(found := self.replay()):
                    return found
                await asyncio.sleep(0.1)


@asynccontextmanager
async def logged_in(asterisk: RealAsterisk, listener: Listener) -> AsyncIterator[None]:
    """A login such as the ingester's, for as long as it takes."""
    host, port = asterisk.ami_address
    account = Account(host, port, asterisk.ami_user, asterisk.ami_secret)
    lists = {"filters": FILTERS, "initial_actions": RESYNC}
    connection = Connection(account, listener.take, on_login=listener.begin, **lists)  # type: ignore[arg-type]
    connection.start()
    try:
        yield
    finally:
        await connection.close()


async def test_asterisk_keeps_back_what_nobody_reads(asterisk: RealAsterisk) -> None:
    listener, lines = Listener(asterisk.system_name), QueueLines(asterisk.queue_log)
    async with logged_in(asterisk, listener):
        await listener.until(lambda found: bool(found.states) and bool(found.states[asterisk.system_name].queues))
        listener.entries.clear()
        async with Team(asterisk) as team, Trunk(asterisk) as trunk:
            team.all_do(lambda agent: agent.answers_after(0.1, talks=0.5))
            await (await trunk.call("2100")).until_ended()
        await lines.until_event("COMPLETEAGENT")
        await listener.until(lambda found: not any(state.calls for state in found.states.values()))
    events = [entry.raw for _, entry in listener.entries if b"\r\nPrivilege: " in entry.raw]
    assert [event_name(raw) for raw in events if is_ignored(raw)] == []
    assert listener.heard() >= {"QueueCallerJoin", "AgentConnect", "AgentComplete", "Newexten", "Hangup"}


async def test_why_a_queue_let_nobody_in_passes_the_filters(asterisk: RealAsterisk) -> None:
    listener = Listener(asterisk.system_name)
    async with logged_in(asterisk, listener), Trunk(asterisk) as trunk:
        await listener.until(lambda found: bool(found.states) and bool(found.states[asterisk.system_name].queues))
        # Nobody works in Sales.
        await (await trunk.call("2002")).until_ended()
        found = await listener.until(lambda it: bool(it.calls) and not _open(it))
    assert [stint.outcome for stint in _only(found).stints] == ["join_empty"]
    assert "VarSet" in listener.heard()


async def test_a_call_that_was_connected_before_the_login_is_known_from_the_lists(asterisk: RealAsterisk) -> None:
    late, lines = Listener(asterisk.system_name), QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.answers_after(1.2))
        began = time.time()
        call = await trunk.call("2100", number="5554711")
        agent = (await lines.until_event("CONNECT"))[-1].agent
        await asyncio.sleep(1.0)
        async with logged_in(asterisk, late):
            found = _only(await late.until(lambda it: bool(_open(it)) and _open(it)[0].status is Status.CONNECTED))
            await call.hang_up()
            ended = _only(await late.until(lambda it: bool(it.calls) and not _open(it)))
    assert (found.from_number, found.stints[0].queue, found.stints[0].agent) == ("5554711", "2100", agent)
    assert abs(found.started_at / 1000 - began) < 2 and found.legs[0].stint == 0
    assert found.stints[0].wait_ms is not None and 1000 <= found.stints[0].wait_ms < 4000
    assert (ended.outcome, ended.legs[0].ended_by) == ("answered", "caller")


def _open(found: Replay) -> list[Call]:
    return [call for state in found.states.values() for call in state.calls.values()]


def _only(found: Replay) -> Call:
    (call,) = found.calls.values()
    return call
