"""Actions are written once; whoever waits gets the answer, or learns whether the action may have been done."""

import asyncio

import pytest

from asterisk.actions import Originate, Ping, QueueStatus
from asterisk.ami import PacketBuffer, parse_packet
from asterisk.errors import ActionTimedOut, ConnectionLost, InvalidAction
from asterisk.exchange import Exchange
from asterisk.wire import Wire

ORIGINATE = Originate("PJSIP/1001", "out", "9123")


class RecordingTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def actions(self) -> list[tuple[str, str]]:
        packets = map(parse_packet, PacketBuffer().feed(self.written))
        return [(packet.get("Action"), packet.action_id) for packet in packets]


@pytest.fixture
async def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
async def wire(transport: RecordingTransport) -> Wire:
    made = Wire(lambda wire, packets: None, lambda wire: None)
    made.connection_made(transport)
    return made


async def test_answers_find_who_asked_whatever_their_order(wire: Wire, transport: RecordingTransport) -> None:
    exchange = Exchange()
    first = asyncio.create_task(exchange.ask(wire, Ping(), 5, "a/1"))
    second = asyncio.create_task(exchange.ask(wire, QueueStatus(), 5, "a/2"))
    await asyncio.sleep(0)
    exchange.settle(b"Response: Success\r\nActionID: a/2\r\nEventList: start")
    assert exchange.settle(b"Response: Success\r\nActionID: a/1") is not None
    exchange.settle(b"Event: QueueStatusComplete\r\nActionID: a/2\r\nEventList: Complete")
    assert (await first).response.action_id == "a/1"
    assert (await second).response.action_id == "a/2"
    assert transport.actions() == [("Ping", "a/1"), ("QueueStatus", "a/2")]


async def test_no_answer_in_time_says_whether_to_ask_again(wire: Wire, transport: RecordingTransport) -> None:
    exchange = Exchange()
    with pytest.raises(ActionTimedOut, match=r"Originate: no answer in 0.001 s; it may .*do not send it again"):
        await exchange.ask(wire, ORIGINATE, 0.001)
    with pytest.raises(ActionTimedOut, match="QueueStatus: no answer in 0 s; ask again"):
        await exchange.ask(wire, QueueStatus(), 0)
    assert [name for name, _ in transport.actions()] == ["Originate", "QueueStatus"]


async def test_a_late_answer_disturbs_nobody(wire: Wire) -> None:
    exchange = Exchange()
    with pytest.raises(ActionTimedOut):
        await exchange.ask(wire, ORIGINATE, 0, "a/1")
    assert exchange.settle(b"Response: Success\r\nActionID: a/1") is None


async def test_a_lost_line_says_whether_to_ask_again(wire: Wire) -> None:
    exchange = Exchange()
    asked = asyncio.create_task(exchange.ask(wire, ORIGINATE, 5))
    await asyncio.sleep(0)
    wire.connection_lost(None)
    with pytest.raises(ConnectionLost, match="Originate: Asterisk closed the connection; it may have been done"):
        await asked


async def test_an_action_id_is_used_by_one_at_a_time(wire: Wire, transport: RecordingTransport) -> None:
    exchange = Exchange()
    first = asyncio.create_task(exchange.ask(wire, ORIGINATE, 5, "command-7"))
    await asyncio.sleep(0)
    with pytest.raises(InvalidAction, match="in use"):
        await exchange.ask(wire, Ping(), 5, "command-7")
    exchange.settle(b"Response: Success\r\nActionID: command-7")
    await first
    assert transport.actions() == [("Originate", "command-7")]


async def test_what_cannot_be_written_leaves_nothing_behind(wire: Wire, transport: RecordingTransport) -> None:
    exchange = Exchange()
    with pytest.raises(InvalidAction, match="Exten"):
        await exchange.ask(wire, Originate("PJSIP/1001", "out", "9\r\nAction: Command"), 5, "a/1")
    assert transport.written == b""
    assert exchange.settle(b"Response: Success\r\nActionID: a/1") is None


async def test_whoever_stops_waiting_is_forgotten(wire: Wire) -> None:
    exchange = Exchange()
    asked = asyncio.create_task(exchange.ask(wire, Ping(), 5, "a/1"))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert exchange.settle(b"Response: Success\r\nActionID: a/1") is None


async def test_action_ids_differ_between_exchanges(wire: Wire, transport: RecordingTransport) -> None:
    for exchange in (Exchange(), Exchange()):
        exchange.write(wire, Ping())
        exchange.write(wire, Ping())
    assert len({action_id for _, action_id in transport.actions()}) == 4
