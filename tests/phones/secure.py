"""A phone that speaks SIP over TLS and offers SRTP, as a desk phone of the template `secure-phone` does.

Its media is silence that nobody decrypts: what is tried is who may call, and that keys are exchanged.
"""

import asyncio
import base64
import secrets
import ssl
from pathlib import Path

from phones.media import offer
from phones.message import found
from phones.phone import Address, Phone

# The suite that every phone with SRTP has (RFC 4568): a key of 16 bytes and a salt of 14.
SUITE, KEY_BYTES = "AES_CM_128_HMAC_SHA1_80", 30


class _Stream:
    """A TLS connection in the place of a phone's UDP socket."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def is_closing(self) -> bool:
        return self._writer.is_closing()

    def sendto(self, data: bytes, address: object) -> None:
        self._writer.write(data)

    def close(self) -> None:
        # Asterisk does not answer the end of TLS, and asyncio would wait for it for half a minute.
        self._writer.transport.abort()


class SecurePhone(Phone):
    """A phone at the PBX's TLS port; it believes the authority in the file `authority` and nobody else.

    `in_clear` makes it offer its media without keys, as a phone does that is set up wrongly.
    """

    protocol = "TLS"

    def __init__(self, user: str, server: Address, authority: Path, *, secret: str, in_clear: bool = False) -> None:
        super().__init__(user, ("127.0.0.1", 0), server, secret=secret)
        self._context = ssl.create_default_context(cafile=authority)
        self._in_clear = in_clear
        self._reading: asyncio.Task[None]
        self._writer: asyncio.StreamWriter

    async def open(self) -> None:
        """Connect. Raises ssl.SSLError when the PBX is not who it says."""
        reader, writer = await asyncio.open_connection(*self.server, ssl=self._context)
        self._address = writer.get_extra_info("sockname")
        self._writer = writer
        self._transport = _Stream(writer)  # type: ignore[assignment]
        self._reading = asyncio.create_task(self._read(reader))

    async def close(self) -> None:
        """Hang up the connection; see `Phone.close`."""
        self._reading.cancel()
        await super().close()
        await self._writer.wait_closed()

    @property
    def contact(self) -> tuple[str, str]:
        return "Contact", f"<sip:{self.user}@{self._address[0]}:{self._address[1]};transport=tls>"

    def describe(self, port: int, direction: str, version: int) -> str:
        """An offer of SRTP whose key travels in it (SDES), which is why it must travel over TLS."""
        clear = offer(self.host, port, direction, version)
        if self._in_clear:
            return clear
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        return clear.replace("RTP/AVP", "RTP/SAVP") + f"a=crypto:1 {SUITE} inline:{key}\r\n"

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Cut the stream into messages, until the PBX closes it."""
        while not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            length = int(found(r"(?i)content-length: *(\d+)", head.decode("utf-8", "replace")) or 0)
            self.datagram_received(head.lstrip(b"\r\n") + await reader.readexactly(length), None)
