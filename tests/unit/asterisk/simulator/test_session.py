"""One connection speaks AMI as Asterisk does."""

import asyncio
from collections.abc import Iterator, Sequence
from hashlib import md5

import pytest

from asterisk.ami import Packet, PacketBuffer, parse_packet
from asterisk.simulator.access import Account
from asterisk.simulator.session import GREETING, Session, response, wire

LOGIN = "Action: Login\r\nActionID: 1\r\nUsername: trunkline\r\nSecret: sesame"


class Line(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.ended = ""
        self.over = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.ended = self.ended or "closed"
        self.over.set()

    def abort(self) -> None:
        self.ended = "cut off"
        self.over.set()

    def is_closing(self) -> bool:
        return bool(self.ended)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is buffered here."""


class Desk:
    """A server for one session."""

    def __init__(self) -> None:
        self.account = Account("trunkline", "sesame")
        self.write_timeout_s = 0.0
        self.refusal_s = 0.0
        self.acted: list[str] = []
        self.sent: list[bytes] = []
        self.changes = 0

    def act(self, action: Packet) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Answer everything with Success and one event."""
        self.acted.append(action.get("Action"))
        return [response(action, "Success")], [b"Event: Acted"]

    def broadcast(self, events: Sequence[bytes]) -> None:
        """Keep them."""
        self.sent += events

    def changed(self, session: Session) -> None:
        """Count it."""
        self.changes += 1

    def now(self) -> float:
        """A fixed time."""
        return 1_795_360_000.5

    def uptime_s(self) -> int:
        """A fixed uptime."""
        return 99


class Client:
    """The other end of a session."""

    def __init__(self) -> None:
        self.desk, self.line = Desk(), Line()
        self.session = Session(self.desk)
        self.session.connection_made(self.line)
        self._buffer = PacketBuffer()

    def says(self, *actions: str) -> list[Packet]:
        """Send actions; return what came back since the last time."""
        self.session.data_received(wire([action.encode() for action in actions]))
        return self.hears()

    def hears(self) -> list[Packet]:
        """What has come since the last time."""
        written, self.line.written = self.line.written, b""
        return [parse_packet(raw) for raw in self._buffer.feed(written)]


@pytest.fixture
def client() -> Iterator[Client]:
    """A connected client that has been greeted."""
    client = Client()
    assert client.line.written == GREETING
    yield client


def test_a_login_is_accepted_and_then_booted(client: Client) -> None:
    accepted, booted = client.says(LOGIN)
    assert (accepted.response, accepted.get("Message")) == ("Success", "Authentication accepted")
    assert (booted.name, booted.get("Uptime"), booted.get("Status")) == ("FullyBooted", "99", "Fully Booted")
    assert client.session.hears_everything


def test_who_wants_no_system_events_does_not_hear_of_the_boot(client: Client) -> None:
    assert len(client.says(f"{LOGIN}\r\nEvents: call,agent")) == 1
    assert client.session.logged_in


def test_an_md5_login_answers_its_challenge(client: Client) -> None:
    (challenge,) = client.says("Action: Challenge\r\nAuthType: MD5")
    key = md5(f"{challenge.get('Challenge')}sesame".encode(), usedforsecurity=False).hexdigest()
    accepted, _ = client.says(f"Action: Login\r\nAuthType: MD5\r\nUsername: trunkline\r\nKey: {key}\r\nEvents: on")
    assert accepted.response == "Success"


def test_a_challenge_of_another_kind_is_refused(client: Client) -> None:
    (refused,) = client.says("Action: Challenge\r\nAuthType: SHA")
    assert refused.get("Message") == "Must specify AuthType"


async def test_a_wrong_secret_is_refused_and_hung_up_on(client: Client) -> None:
    assert client.says("Action: Login\r\nUsername: trunkline\r\nSecret: guess") == []
    await client.line.over.wait()
    (refused,) = client.hears()
    assert (refused.response, refused.get("Message")) == ("Error", "Authentication failed")
    assert client.says("Action: Ping") == [] and not client.session.logged_in


def test_nothing_is_done_before_login(client: Client) -> None:
    (refused,) = client.says("Action: QueueStatus\r\nActionID: 5")
    assert (refused.response, refused.get("Message"), refused.action_id) == ("Error", "Permission denied", "5")
    assert client.desk.acted == []


def test_actions_are_answered_and_their_events_sent_to_all(client: Client) -> None:
    client.says(LOGIN)
    (answer,) = client.says("Action: QueuePause\r\nActionID: 5")
    assert answer.action_id == "5" and client.desk.sent == [b"Event: Acted"]


def test_a_ping_is_answered_with_the_time(client: Client) -> None:
    client.says(LOGIN)
    (pong,) = client.says("Action: Ping")
    assert (pong.get("Ping"), pong.get("Timestamp")) == ("Pong", "1795360000.500000")


def test_events_are_switched_and_filtered(client: Client) -> None:
    client.says(LOGIN)
    event = b"Event: VarSet\r\nPrivilege: dialplan,all"
    (off,) = client.says("Action: Events\r\nEventMask: off")
    client.session.deliver([event], wire([event]))
    assert off.get("Events") == "Off" and client.hears() == [] and not client.session.hears_everything
    on, added = client.says("Action: Events\r\nEventMask: on", "Action: Filter\r\nOperation: Add\r\nFilter: !VarSet")
    client.session.deliver([event, b"Event: Hold"], b"")
    assert (on.get("Events"), added.get("Message")) == ("On", "Success")
    assert [packet.name for packet in client.hears()] == ["Hold"]


def test_goodbye(client: Client) -> None:
    (goodbye,) = client.says("Action: Logoff")
    assert goodbye.response == "Goodbye" and client.line.ended == "closed"


async def test_who_does_not_read_is_cut_off_after_the_timeout(client: Client) -> None:
    client.session.pause_writing()
    assert not client.session.writable.is_set()
    await client.line.over.wait()
    assert client.line.ended == "cut off"


async def test_who_catches_up_in_time_stays(client: Client) -> None:
    client.desk.write_timeout_s = 1000.0
    client.session.pause_writing()
    client.session.resume_writing()
    assert client.session.writable.is_set() and not client.line.ended


def test_what_is_no_ami_is_cut_off(client: Client) -> None:
    client.session.data_received(b"x" * 9_000_000)
    assert client.line.ended == "cut off"


def test_a_lost_connection_hears_nothing_more(client: Client) -> None:
    client.says(LOGIN)
    client.session.connection_lost(None)
    assert client.session.closed and not client.session.hears_everything and client.desk.changes == 2
