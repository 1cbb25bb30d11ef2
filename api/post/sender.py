"""Gives a letter to the mail server, once, and says what came of it, also where nobody can know.

One try. Whoever calls keeps what came of it and decides about the next: after `unknown` there must be none, because the
server may have taken the letter before the connection was lost. Nothing that the server says about a login is logged.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

import aiosmtplib
from aiosmtplib import SMTP
from msgspec import Struct

from api.post.account import MailAccount
from api.post.letters import Letter, written

# For one answer of the server, and for all of a letter: a server that drips must not hold us up for ever.
ANSWER_S = 30.0
WHOLE_S = 300.0
# Pauses after a try that may be repeated. Servers that know nobody ("greylisting") take the second after some minutes.
PAUSES_S = (30.0, 300.0, 1_800.0)
_LONGEST_WORDS = 300
# RFC 5321, 4.2.1: a 4 says not now, a 5 says no.
_FOR_GOOD = 500

log = logging.getLogger("api.post")


class Tried(Struct, frozen=True):
    """What came of a try, by recipient. `refused` for good, `later` for now, both with the server's words.

    `is_unknown`: of the recipients named nowhere else the server may have the letter, and may not.
    """

    taken: tuple[str, ...] = ()
    refused: Mapping[str, str] = {}
    later: Mapping[str, str] = {}
    is_unknown: bool = False
    words: str = ""


class Post(Protocol):
    """What can send a letter."""

    async def send(self, letter: Letter) -> Tried: ...


class SmtpPost:
    """`Post` by SMTP, a connection for each letter."""

    def __init__(
        self,
        account: MailAccount,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        answer_s: float = ANSWER_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        self.account = account
        self._clock = clock
        self._answer_s = answer_s
        self._whole_s = whole_s

    async def send(self, letter: Letter) -> Tried:
        """Try once. Raises ValueError for a letter that can be none; what the server does is never raised."""
        body = written(letter, self.account, self._clock()).as_bytes()
        handing = _Handing(letter, self.account.sender, body)
        try:
            async with asyncio.timeout(self._whole_s):
                async with self._client() as client:
                    tried = await handing.over(client)
        # ssl's errors are OSError; ValueError is a name that no host can have.
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            tried = handing.after(error)
        counts = {"taken": len(tried.taken), "refused": len(tried.refused), "later": len(tried.later)}
        log.info("letter %s", letter.id, extra={**counts, "unknown": tried.is_unknown})
        return tried

    def _client(self) -> SMTP:
        account = self.account
        is_plain = account.tls == "none"
        return SMTP(
            hostname=account.host,
            port=account.port,
            username=account.user or None,
            password=account.password or None,
            timeout=self._answer_s,
            use_tls=account.tls == "tls",
            start_tls=account.tls == "starttls",
            tls_context=None if is_plain else ssl.create_default_context(cafile=account.ca),
            # Not the machine's own name, which may be anything; RFC 5321, 4.1.4 has it so.
            local_hostname="[127.0.0.1]",
        )


class _Handing:
    """One letter on its way, which knows how far it came."""

    def __init__(self, letter: Letter, sender: str, body: bytes) -> None:
        self._letter = letter
        self._sender = sender
        self._body = body
        self._refused: dict[str, str] = {}
        self._later: dict[str, str] = {}
        self._open: list[str] = list(letter.recipients)
        self._is_going_out = False
        self._done: Tried | None = None

    async def over(self, client: SMTP) -> Tried:
        """Hand it over. Raises what the library raises, of which `after` knows what it means."""
        await client.mail(self._sender)
        for each in self._letter.recipients:
            try:
                await client.rcpt(each)
            except aiosmtplib.SMTPRecipientRefused as error:
                self._turn_away([each], error)
        if self._open:
            self._is_going_out = True
            await client.data(self._body)
        self._done = Tried(tuple(self._open), self._refused, self._later)
        return self._done

    def after(self, error: Exception) -> Tried:
        """What came of it, as this was raised."""
        # It had been taken, and only the parting went wrong.
        if self._done is not None:
            return self._done
        if self._is_going_out and not isinstance(error, aiosmtplib.SMTPResponseException):
            words = "the connection was lost while the letter was handed over"
            return Tried((), self._refused, self._later, is_unknown=True, words=words)
        self._turn_away(list(self._open), error)
        return Tried((), self._refused, self._later)

    def _turn_away(self, recipients: list[str], error: Exception) -> None:
        is_final = isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= _FOR_GOOD
        told = dict.fromkeys(recipients, _words(error))
        (self._refused if is_final else self._later).update(told)
        self._open = [each for each in self._open if each not in told]


def _words(error: Exception) -> str:
    """What is kept and shown of an error: one line, without what cannot be printed."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        # Servers repeat there what they were sent.
        return f"{error.code} the mail server refused the login"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        text = f"{error.code} {error.message}"
    elif isinstance(error, ssl.SSLError):
        text = f"TLS with the mail server failed: {getattr(error, 'verify_message', '') or error.reason}"
    else:
        text = f"the mail server does not answer: {type(error).__name__}"
    return "".join(each if each.isprintable() else " " for each in text)[:_LONGEST_WORDS]
