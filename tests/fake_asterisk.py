"""An AMI server of a hundred lines, for tests of who speaks with one: answers what they ask, and misbehaves as told."""

import asyncio
from contextlib import suppress
from typing import Self

from asterisk.actions import md5_key
from asterisk.ami import PACKET_END, Packet, PacketBuffer, packet_bytes, parse_packet


class FakeAsterisk:
    """Knows one user; answers what the tests ask; does what they say to its newest connection."""

    def __init__(self) -> None:
        self.secret = "s3cret"
        self.silent: set[str] = set()
        """Actions that are not answered; "*" for all."""
        self.after_login = b""
        """Sent in the same write as the login's answer."""
        self.heard: list[Packet] = []
        self.raw = bytearray()
        """Every byte that was heard."""
        self.logins = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.server: asyncio.Server | None = None
        self.port = 0

    async def listen(self, port: int = 0) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        assert self.server
        self.server.close()
        self.hang_up()
        for writer in self.writers:
            with suppress(OSError):
                await writer.wait_closed()

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.close()

    def say(self, data: bytes) -> None:
        self.writers[-1].write(data)

    def count(self, action: str) -> int:
        return sum(packet.get("Action") == action for packet in self.heard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        buffer = PacketBuffer()
        with suppress(OSError):
            while data := await reader.read(4096):
                self.raw += data
                for packet in map(parse_packet, buffer.feed(data)):
                    self.heard.append(packet)
                    if not {"*", packet.get("Action")} & self.silent:
                        writer.write(self.answer(packet))
        writer.close()

    def answer(self, asked: Packet) -> bytes:
        match asked.get("Action"):
            case "Challenge":
                return reply(asked, Challenge="4711")
            case "Login" if asked.get("Key") == md5_key("4711", self.secret) or asked.get("Secret") == self.secret:
                self.logins += 1
                return reply(asked) + self.after_login
            case "Login":
                return reply(asked, "Error", Message="Authentication failed")
            case "QueueAdd":
                return reply(asked, "Error", Message="Unable to add interface: Already there")
            case "QueueStatus":
                item = f"Event: QueueParams\r\nActionID: {asked.action_id}\r\n\r\n".encode()
                end = (
                    f"Event: QueueStatusComplete\r\nActionID: {asked.action_id}\r\nEventList: Complete\r\n\r\n".encode()
                )
                return reply(asked, EventList="start") + item + b"Event: Hangup\r\n\r\n" + item + end
        return reply(asked)


def reply(asked: Packet, response: str = "Success", **headers: str) -> bytes:
    fields = (("Response", response), ("ActionID", asked.action_id), *headers.items())
    return packet_bytes(Packet(fields)) + PACKET_END
