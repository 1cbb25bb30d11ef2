"""The connection against an AMI server of a hundred lines, over a real socket."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from fake_asterisk import FakeAsterisk

from asterisk.account import Account, Timing
from asterisk.actions import Filter, Originate, Ping, QueueAdd, QueuePause, QueueStatus
from asterisk.ami import PACKET_END, event_name
from asterisk.connection import Connection, LoggedIn, wall_clock_ms
from asterisk.errors import (
    ActionRefused,
    AmiError,
    ConnectionLost,
    LoginRefused,
    NotConnected,
)

FAST = Timing(
    boot=0.01,
    ping_every=0.02,
    ping_timeout=0.05,
    ping_grace=0.05,
    retry_first=0.001,
    retry_most=0.01,
    retry_refused=0.05,
)
CALM = Timing(retry_first=0.001, retry_most=0.01)
ORIGINATE = Originate("PJSIP/1001", "out", "9123", channel_id="mine")


class Listener:
    """What a connection told its owner, in one list: the order matters."""

    def __init__(self) -> None:
        self.told: list[bytes | LoggedIn | AmiError] = []

    def packets(self, packets: list[bytes], received_ms: int) -> None:
        assert abs(received_ms - wall_clock_ms()) < 60_000
        self.told += packets

    def names(self) -> list[str]:
        """Event names, `login` and `lost`, without the answers to pings."""
        names = [event_name(item).decode() if isinstance(item, bytes) else _hook(item) for item in self.told]
        return [name for name in names if name]

    def lost(self) -> list[AmiError]:
        return [item for item in self.told if isinstance(item, AmiError)]


def _hook(item: LoggedIn | AmiError) -> str:
    return "login" if isinstance(item, LoggedIn) else "lost"


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    server = FakeAsterisk()
    await server.listen()
    yield server
    await server.stop()


@pytest.fixture
async def listener() -> Listener:
    return Listener()


Connect = Callable[..., Connection]


@pytest.fixture
async def connect(asterisk: FakeAsterisk, listener: Listener) -> AsyncIterator[Connect]:
    """Start a connection to the server with the given timing and options."""
    connections: list[Connection] = []

    def start(timing: Timing = CALM, *, secret: str = "s3cret", plain: bool = False, **options: object) -> Connection:
        account = Account("127.0.0.1", asterisk.port, "lab", secret, plain_login=plain)
        hooks = {"on_packets": listener.packets, "on_login": listener.told.append, "on_lost": listener.told.append}
        connections.append(Connection(account, timing=timing, **(hooks | options)))  # type: ignore[arg-type]
        connections[-1].start()
        return connections[-1]

    yield start
    for connection in connections:
        await connection.close()


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - what is waited for is state, and the server's too
            await asyncio.sleep(0.001)


async def logged_in(connection: Connection) -> Connection:
    await until(lambda: connection.logged_in)
    return connection


# ---- logging in


async def test_the_secret_does_not_travel(asterisk: FakeAsterisk, connect: Connect) -> None:
    connection = await logged_in(connect())
    assert [packet.get("Action") for packet in asterisk.heard] == ["Challenge", "Login"]
    assert not any("s3cret" in value for packet in asterisk.heard for _, value in packet.fields)
    assert connection.trouble is None


async def test_the_secret_travels_only_where_it_is_allowed_to(asterisk: FakeAsterisk, connect: Connect) -> None:
    await logged_in(connect(plain=True))
    assert [(packet.get("Action"), packet.get("Secret")) for packet in asterisk.heard] == [("Login", "s3cret")]


async def test_the_owner_hears_of_the_login_before_its_first_packet_and_not_of_its_answers(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    asterisk.after_login = b"Event: FullyBooted\r\n\r\nEvent: Newchannel\r\n\r\n"
    await logged_in(connect())
    await until(lambda: len(listener.told) == 3)
    login, *packets = listener.told
    assert isinstance(login, LoggedIn)
    assert login.banner == "Asterisk Call Manager/11.0.0"
    assert packets == [b"Event: FullyBooted", b"Event: Newchannel"]


async def test_a_wrong_secret_is_reported_with_what_to_do_and_tried_again_later(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    connection = connect(FAST, secret="wr0ng")
    await until(lambda: asterisk.count("Login") == 2)
    assert isinstance(connection.trouble, LoginRefused)
    assert "'lab'" in str(connection.trouble)
    assert "manager.conf" in str(connection.trouble)
    assert "wr0ng" not in str(connection.trouble)
    assert listener.told == []
    asterisk.secret = "wr0ng"
    await logged_in(connection)


async def test_what_cannot_be_reached_is_reported_once_and_then_found(
    asterisk: FakeAsterisk, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    await asterisk.stop()
    with caplog.at_level(logging.INFO, "asterisk.connection"):
        connection = connect(FAST)
        await until(lambda: isinstance(connection.trouble, ConnectionLost))
        await asyncio.sleep(0.05)
        await asterisk.listen(asterisk.port)
        await logged_in(connection)
    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "check that Asterisk runs" in warnings[0]
    assert [record.message[:9] for record in caplog.records] == ["not conne", "logged in"]


async def test_initial_actions_are_sent_once_asterisk_has_booted(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    connection = await logged_in(connect(initial_actions=[QueueStatus()]))
    await connection.send(Ping())
    assert asterisk.count("QueueStatus") == 0
    asterisk.say(b"Event: FullyBooted\r\n\r\n")
    resync = ["QueueParams", "Hangup", "QueueParams", "QueueStatusComplete"]
    await until(lambda: listener.names() == ["login", "FullyBooted", *resync])
    asterisk.after_login = b"Event: FullyBooted\r\n\r\n"
    asterisk.hang_up()
    await until(lambda: listener.names()[6:] == ["lost", "login", "FullyBooted", *resync])


async def test_initial_actions_are_sent_to_an_asterisk_that_does_not_say_that_it_has_booted(
    asterisk: FakeAsterisk, connect: Connect
) -> None:
    await logged_in(connect(FAST, initial_actions=[QueueStatus()]))
    await until(lambda: asterisk.count("QueueStatus") == 1)
    asterisk.say(b"Event: FullyBooted\r\n\r\n")
    await until(lambda: asterisk.count("QueueStatus") == 2)


# ---- packets


async def test_packets_keep_their_order_and_bytes_however_they_are_cut(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    await logged_in(connect())
    packets = [f"Event: E{number}\r\nName: Žofie 🎧".encode() for number in range(30)]
    stream = b"".join(packet + PACKET_END for packet in packets)
    for start in range(0, len(stream), 7):
        asterisk.say(stream[start : start + 7])
        await asyncio.sleep(0)
    await until(lambda: len(listener.told) == 31)
    assert listener.told[1:] == packets


async def test_reading_stops_and_goes_on_and_the_line_is_not_thought_dead(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    connection = await logged_in(connect(FAST))
    connection.pause_reading()
    asterisk.say(b"Event: Hangup\r\n\r\n")
    await until(lambda: asterisk.count("Ping") >= 3)
    assert listener.names() == ["login"]
    connection.resume_reading()
    await until(lambda: listener.names() == ["login", "Hangup"])


async def test_a_pause_outlives_a_reconnect(asterisk: FakeAsterisk, connect: Connect, listener: Listener) -> None:
    connection = connect(CALM)
    connection.pause_reading()
    await logged_in(connection)
    asterisk.say(b"Event: Hangup\r\n\r\n")
    await asyncio.sleep(0.05)
    assert listener.names() == ["login"]
    connection.resume_reading()
    await until(lambda: listener.names() == ["login", "Hangup"])


# ---- actions


async def test_an_answer_is_the_response_and_the_items_of_its_list(asterisk: FakeAsterisk, connect: Connect) -> None:
    connection = await logged_in(connect())
    one, many = await asyncio.gather(connection.send(Ping()), connection.send(QueueStatus("sales")))
    assert (one.response.response, one.items) == ("Success", ())
    assert [item.name for item in many.items] == ["QueueParams", "QueueParams"]
    assert asterisk.heard[-1].get("Queue") == "sales"


async def test_a_refusal_is_an_error_with_asterisks_own_words(connect: Connect) -> None:
    connection = await logged_in(connect())
    with pytest.raises(ActionRefused, match="Already there") as refused:
        await connection.send(QueueAdd("sales", "PJSIP/1001"))
    assert refused.value.reason == "Unable to add interface: Already there"


async def test_nothing_is_sent_without_a_login(asterisk: FakeAsterisk, connect: Connect) -> None:
    connection = connect()
    with pytest.raises(NotConnected, match="QueuePause was not sent"):
        await connection.send(QueuePause("PJSIP/1001", True))
    await logged_in(connection)
    assert (await connection.send(Ping())).items == ()
    assert asterisk.count("QueuePause") == 0


# ---- loss


async def test_an_action_in_flight_is_never_sent_again(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    asterisk.silent = {"Originate"}
    connection = await logged_in(connect())
    call = asyncio.create_task(connection.send(ORIGINATE))
    await until(lambda: asterisk.count("Originate"))
    asterisk.hang_up()
    with pytest.raises(ConnectionLost, match="Originate: Asterisk closed the connection; it may have been done"):
        await call
    await until(lambda: asterisk.logins == 2)
    await (await logged_in(connection)).send(Ping())
    assert asterisk.count("Originate") == 1
    assert listener.names() == ["login", "lost", "login"]


async def test_a_line_that_died_without_a_word_is_noticed_and_replaced(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    await logged_in(connect(FAST))
    asterisk.silent = {"*"}
    await until(listener.lost)
    assert "no sign of life" in str(listener.lost()[0])
    asterisk.silent = set()
    await until(lambda: listener.names() == ["login", "lost", "login"])


async def test_a_line_on_which_events_come_but_no_answers_is_given_a_moment_and_then_up(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener
) -> None:
    asterisk.silent = {"Ping"}
    await logged_in(connect(FAST))
    while not listener.lost():
        asterisk.say(b"Event: Hangup\r\n\r\n")
        await asyncio.sleep(0.005)
    assert "too slow, an answer takes more than 0.1 s" in str(listener.lost()[0])


async def test_it_knows_when_it_heard_something_last(asterisk: FakeAsterisk, connect: Connect) -> None:
    connection = connect(CALM)
    await logged_in(connection)
    before = connection.heard_ms
    await asyncio.sleep(0.01)
    asterisk.say(b"Event: Hangup\r\n\r\n")
    await until(lambda: connection.heard_ms > before)
    assert abs(connection.heard_ms - wall_clock_ms()) < 60_000


async def test_what_asterisk_refuses_of_them_is_logged(
    asterisk: FakeAsterisk, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    asterisk.after_login = b"Event: FullyBooted\r\n\r\n"
    await logged_in(connect(CALM, initial_actions=[QueueAdd("q", "PJSIP/1"), QueueStatus()]))
    await until(lambda: "Asterisk refused QueueAdd: Unable to add interface" in caplog.text)
    assert "QueueStatus" not in caplog.text


async def test_filters_are_sent_with_each_login(asterisk: FakeAsterisk, connect: Connect) -> None:
    await logged_in(connect(CALM, filters=[Filter(filter="!^Event: CEL")]))
    await until(lambda: asterisk.count("Filter") == 1)
    asterisk.hang_up()
    await until(lambda: asterisk.count("Filter") == 2)


async def test_a_packet_that_its_owner_could_not_take_ends_the_connection(
    asterisk: FakeAsterisk, connect: Connect, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    def full(packets: list[bytes], received_ms: int) -> None:
        raise OSError(f"disk full after {len(packets)} packets at {received_ms}")

    await logged_in(connect(on_packets=full))
    asterisk.say(b"Event: Hangup\r\n\r\n")
    await until(lambda: listener.names() == ["login", "lost", "login"])
    assert "disk full" in str(listener.lost()[0])
    assert "1 packets could not be handed on" in caplog.text


# ---- the end


async def test_close_logs_off_and_is_not_a_loss(asterisk: FakeAsterisk, connect: Connect, listener: Listener) -> None:
    connection = await logged_in(connect())
    asterisk.silent = {"QueueStatus"}
    waiting = asyncio.create_task(connection.send(QueueStatus()))
    await until(lambda: asterisk.count("QueueStatus"))
    await connection.close()
    await connection.close()
    with pytest.raises(ConnectionLost, match="QueueStatus"):
        await waiting
    await until(lambda: asterisk.count("Logoff"))
    with pytest.raises(NotConnected, match="was closed"):
        await connection.send(Ping())
    assert listener.names() == ["login"]


async def test_close_ends_the_attempts_to_reconnect(asterisk: FakeAsterisk, connect: Connect) -> None:
    connection = connect(FAST, secret="wr0ng")
    await until(lambda: isinstance(connection.trouble, LoginRefused))
    await connection.close()
    tried = asterisk.count("Login")
    await asyncio.sleep(2 * FAST.retry_refused)
    assert asterisk.count("Login") == tried
