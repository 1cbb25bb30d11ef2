"""The server over a real socket: everybody gets the same, and who does not read is dropped."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from asterisk.ami import Packet, PacketBuffer
from asterisk.simulator.access import Account
from asterisk.simulator.server import Server, with_number
from asterisk.simulator.session import response, wire

EVENT = b"Event: Hold\r\nPrivilege: call,all\r\nFiller: " + b"x" * 100_000


class Reader:
    """A client that reads what it is asked to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._buffer = PacketBuffer()
        self._packets: list[bytes] = []

    async def packet(self) -> bytes:
        """The next packet; b"" at the end."""
        while not self._packets:
            chunk = await self.reader.read(1 << 16)
            if not chunk:
                return b""
            self._packets += self._buffer.feed(chunk)
        return self._packets.pop(0)


def act(action: Packet) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Answer, and cause one event."""
    return [response(action, "Success")], [b"Event: Acted"]


class House:
    """A server, and the clients who came."""

    def __init__(self) -> None:
        self.server = Server(Account("trunkline", "sesame"), act, write_timeout_s=0.05, refusal_s=0.0)
        self.clients: list[Reader] = []
        self.port = 0

    async def login(self, events: str = "on") -> Reader:
        """A client who has connected and logged in."""
        client = Reader(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        login = f"Action: Login\r\nUsername: trunkline\r\nSecret: sesame\r\nEvents: {events}"
        client.writer.write(wire([login.encode()]))
        assert b"accepted" in await client.packet()
        if events == "on":
            assert b"FullyBooted" in await client.packet()
        return client


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A server that listens; it and its clients are closed in the end."""
    house = House()
    house.port = await house.server.start("127.0.0.1", 0)
    yield house
    for client in house.clients:
        client.writer.close()
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            await client.writer.wait_closed()
    await house.server.close()


async def test_everybody_gets_the_same_events_in_the_same_order(house: House) -> None:
    clients = [await house.login() for _ in range(3)]
    events = [f"Event: E{i}".encode() for i in range(100)]
    house.server.broadcast(events)
    house.server.broadcast([])
    assert [[await client.packet() for _ in events] for client in clients] == [events] * 3


async def test_the_one_who_acts_is_answered_before_the_event_comes(house: House) -> None:
    actor, other = await house.login(), await house.login()
    actor.writer.write(b"Action: QueuePause\r\nActionID: 9\r\n\r\n")
    assert [await actor.packet(), await actor.packet()] == [b"Response: Success\r\nActionID: 9", b"Event: Acted"]
    assert await other.packet() == b"Event: Acted"


async def test_the_barrier_waits_for_clients_who_get_all_events(house: House) -> None:
    waiting = asyncio.ensure_future(house.server.listeners(2))
    clients = [await house.login(), await house.login("off"), await house.login("call,agent")]
    await asyncio.sleep(0)
    assert not waiting.done()
    clients[1].writer.write(b"Action: Events\r\nEventMask: on\r\n\r\n")
    await waiting
    assert b"Events: On" in await clients[1].packet()


async def test_who_does_not_read_is_dropped_and_the_others_go_on(house: House) -> None:
    slow, fast = await house.login(), await house.login()
    sent = 0
    # Far more than the kernel and the high-water mark hold.
    for _ in range(300):
        house.server.broadcast([EVENT])
        sent += 1
        assert await fast.packet() == EVENT
    await house.server.drained()
    house.server.broadcast([b"Event: Last"])
    assert await fast.packet() == b"Event: Last"
    received = 0
    with contextlib.suppress(ConnectionResetError):
        while await slow.packet():
            received += 1
    assert received < sent


def test_a_number_stands_behind_the_time_of_what_everybody_is_told() -> None:
    event = b"Event: Hold\r\nPrivilege: call,all\r\nTimestamp: 1.5\r\nSystemName: sim1"
    assert with_number(event, 7) == event.replace(b"1.5\r\n", b"1.5\r\nSequenceNumber: 7\r\n")
    assert with_number(b"Event: QueueParams\r\nQueue: support", 7) == b"Event: QueueParams\r\nQueue: support"


async def test_everybody_gets_the_same_numbers(house: House) -> None:
    house.server.numbered = True
    first = await house.login()
    event = b"Event: Hold\r\nTimestamp: 1.5\r\nSystemName: sim1"
    house.server.broadcast([event])
    second = await house.login()
    house.server.broadcast([event])
    assert await first.packet() == with_number(event, 0)
    assert await first.packet() == await second.packet() == with_number(event, 1)


async def test_everything_is_read_before_the_end(house: House) -> None:
    house.server.write_timeout_s = 1000.0
    client = await house.login()
    house.server.broadcast([EVENT] * 30)
    ending = asyncio.ensure_future(house.server.finish())
    packets = [await client.packet() for _ in range(31)]
    client.writer.close()
    await ending
    assert packets == [EVENT] * 30 + [b""]


async def test_a_taken_port_is_an_error(house: House) -> None:
    second = Server(Account("trunkline", "sesame"), act)
    with pytest.raises(OSError, match="address already in use"):
        await second.start("127.0.0.1", house.port)
    assert second.uptime_s() == 0
