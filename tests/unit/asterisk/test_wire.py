"""The data path of one connection, and what it says when there is none."""

import asyncio

import pytest

from asterisk.errors import AmiError, ConnectionLost, OversizedPacket
from asterisk.wire import Dialer, Wire


class FakeTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.ended = ""

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"


class Owner:
    """Takes what a wire says, and fails on a packet that says so."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.losses = 0
        self.transport = FakeTransport()
        self.wire = Wire(self.take, self.lose)
        self.wire.connection_made(self.transport)

    def take(self, wire: Wire, packets: list[bytes]) -> None:
        self.packets += packets
        if b"fail" in packets:
            raise RuntimeError("no room")

    def lose(self, wire: Wire) -> None:
        assert wire.lost.done()
        self.losses += 1


async def test_packets_are_handed_on_as_bytes_and_the_banner_is_kept() -> None:
    owner = Owner()
    assert owner.wire.banner == ""
    stream = "Asterisk Call Manager/11.0.0\r\nN: Ž\r\n\r\nN: 🎧\r\n\r\n".encode()
    for byte in stream:
        owner.wire.data_received(bytes([byte]))
    assert owner.packets == ["N: Ž".encode(), "N: 🎧".encode()]
    assert owner.wire.banner == "Asterisk Call Manager/11.0.0"


async def test_bytes_without_a_packet_end_cut_the_line() -> None:
    owner = Owner()
    for _ in range(9):
        owner.wire.data_received(b"x" * (1024 * 1024))
    assert isinstance(owner.wire.lost.result(), OversizedPacket)
    assert (owner.transport.ended, owner.losses) == ("aborted", 1)


async def test_what_comes_after_the_end_is_ignored() -> None:
    owner = Owner()
    owner.wire.abort(ConnectionLost("enough"))
    owner.wire.data_received(b"N: 1\r\n\r\n")
    owner.wire.connection_lost(None)
    assert (owner.packets, owner.losses, str(owner.wire.lost.result())) == ([], 1, "enough")


async def test_an_owner_that_fails_loses_the_line(caplog: pytest.LogCaptureFixture) -> None:
    owner = Owner()
    owner.wire.data_received(b"fail\r\n\r\n")
    assert "no room" in str(owner.wire.lost.result())
    assert owner.transport.ended == "aborted"
    assert "RuntimeError: no room" in caplog.text


@pytest.mark.parametrize(
    ("error", "text"), [(None, "Asterisk closed the connection"), (OSError("reset"), "the connection broke (reset)")]
)
async def test_the_end_has_a_reason(error: Exception | None, text: str) -> None:
    owner = Owner()
    owner.wire.connection_lost(error)
    reason: AmiError = owner.wire.lost.result()
    assert str(reason) == text


async def test_closing_lets_what_was_written_out() -> None:
    owner = Owner()
    owner.wire.close()
    assert owner.transport.ended == "closed"
    assert not owner.wire.lost.done()


async def test_dialling_an_open_and_a_closed_port() -> None:
    owner = Owner()
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    dialer = Dialer("127.0.0.1", server.sockets[0].getsockname()[1], None, lambda: Wire(owner.take, owner.lose))
    wire = await dialer.dial(5)
    assert "closed" in str(await wire.lost)
    server.close()
    await server.wait_closed()
    with pytest.raises(ConnectionLost, match=r"cannot connect.*check that Asterisk runs"):
        await dialer.dial(5)
    with pytest.raises(ConnectionLost, match="no connection in 0 s: check the address"):
        await dialer.dial(0)
