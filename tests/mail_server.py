"""A real mail server for tests, on a free port of this machine: it keeps what it takes, and does what names say.

`later-…@` is put off, `never-…@` refused; a letter to `lost-…@` is taken in, and the connection cut before the answer;
one to `slow-…@` is taken in, and the answer waits for ever.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "reports", "hunter2-of-smtp"


class Letters:
    """What came, with the recipients of each, also that of which the sender never heard."""

    def __init__(self) -> None:
        self.port = 0
        self.came: list[tuple[tuple[str, ...], EmailMessage]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Judge a recipient by its name."""
        if address.startswith("later-"):
            return "451 4.7.1 greylisted"
        if address.startswith("never-"):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter."""
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.came.append((tuple(envelope.rcpt_tos), message))
        if any(each.startswith("lost-") for each in envelope.rcpt_tos):
            server.transport.abort()
        if any(each.startswith("slow-") for each in envelope.rcpt_tos):
            await asyncio.Event().wait()
        return "250 OK"


class _AnyPort(Controller):
    """The library's own, which looks whether it serves; at the port that it was given, not at 0."""

    def _trigger_server(self) -> None:
        serving: Any = self.server
        self.port = serving.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _let_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    # Not handled: the server itself says that the login is refused.
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(certificate: tuple[Path, Path] | None = None) -> Iterator[Letters]:
    """Serve in a thread of its own. With a certificate: only after STARTTLS, and for USER with PASSWORD."""
    letters = Letters()
    more: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        more = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _let_in}
    controller = _AnyPort(letters, hostname="127.0.0.1", port=0, **more)
    controller.start()
    try:
        letters.port = controller.port
        yield letters
    finally:
        controller.stop()
