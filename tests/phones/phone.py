"""A small SIP phone over UDP for tests: registers, calls, is called. One address may stand for many extensions.

It repeats its requests until they are answered and answers repeated ones again, so that a lost datagram does no harm.
What a call can do is in call.py; how a person behaves is in people.py. It is for loopback: no TLS, no NAT, no proxies.
"""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace

from phones import digest
from phones.call import Call, Media
from phones.media import SILENCE, NoMedia, Silence, offer
from phones.message import Dialog, Headers, Message, response, uri_in

# RFC 3261's T1, doubled at each repetition up to T2.
FIRST_REPEAT_SECONDS = 0.5
SLOWEST_REPEAT_SECONDS = 4.0
# A request other than INVITE is answered within milliseconds here; INVITE takes as long as somebody rings.
ANSWER_SECONDS = 10.0
INVITE_SECONDS = 600.0
# 200 phones behind one address: the default buffer of 200 kB overflows when they all ring at once.
RECEIVE_BUFFER = 4_000_000
ALLOW = ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, UPDATE")

Address = tuple[str, int]
# None, silence, or what is made at the phone's own host.
Sound = bool | Callable[[str], Media]


class Phone(asyncio.DatagramProtocol):
    """A phone called `user` at `address`, whose PBX is `server`. `answering` is told of each call that comes in."""

    protocol = "UDP"

    def __init__(self, user: str, address: Address, server: Address, *, secret: str = "", media: Sound = False) -> None:
        self.user = user
        self.server = server
        self.answering: Callable[[Call], Awaitable[None]] | None = None
        self.calls: dict[str, Call] = {}
        # What it sends where it has media: 20 ms of G.711 µ-law.
        self.sound = SILENCE
        self._address = address
        self._secret = secret
        self._media = media
        self._leaving = False
        self._transport: asyncio.DatagramTransport
        self._waiting: dict[str, asyncio.Queue[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- life ---------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take the address; port 0 means any. Raises OSError when it is taken."""
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        endpoint.bind(self._address)
        self._address = endpoint.getsockname()
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=endpoint)

    async def hang_up_all(self) -> None:
        """Hang up what is left; from now on refuse what comes in. A PBX that is gone does no harm."""
        self._leaving = True
        calls = list(self.calls.values())
        await asyncio.gather(*(call.hang_up() for call in calls), return_exceptions=True)

    async def close(self) -> None:
        """Give the address back. Raises what went wrong in the phone's own work meanwhile."""
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._transport.close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def register(self, seconds: int = 600) -> None:
        """Log in at the PBX for `seconds`, or out for 0. Raises ConnectionError when it refuses."""
        host, name = self.server[0], f"<sip:{self.user}@{self.server[0]}>"
        dialog = Dialog(f"{name};tag={secrets.token_hex(4)}", name, f"sip:{host}")
        answer = await self.request("REGISTER", dialog, (("Expires", str(seconds)),))
        if answer.status != 200:
            raise ConnectionError(f"{self.user} cannot register: {answer.start}")

    def spawn(self, work: Awaitable[None]) -> None:
        """Run `work` beside everything else; an error in it is raised by `close`."""

        async def run() -> None:
            await work

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)

    # ---- calls --------------------------------------------------------------------------------------------------

    def dial(self, number: str, *, caller: str = "", name: str = "", headers: Headers = ()) -> Call:
        """Start a call to `number` and return it at once. `caller` and `name` are what the other side sees."""
        host, port = self.server
        local = f"<sip:{caller or self.user}@{self._address[0]}>;tag={secrets.token_hex(4)}"
        dialog = Dialog(f'"{name}" {local}' if name else local, f"<sip:{number}@{host}>", f"sip:{number}@{host}:{port}")
        call = Call(self, dialog, self._new_media())
        self.calls[dialog.call_id] = call
        self.spawn(call.invite(headers))
        return call

    def _new_media(self) -> Media:
        if callable(self._media):
            return self._media(self._address[0])
        return Silence(self._address[0], self.sound) if self._media else NoMedia()

    # ---- requests of ours ---------------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        return self._address[0]

    def describe(self, port: int, direction: str, version: int) -> str:
        """The SDP of a call whose sound is at `port`; see `phones.media.offer`."""
        return offer(self.host, port, direction, version)

    @property
    def contact(self) -> tuple[str, str]:
        return "Contact", f"<sip:{self.user}@{self._address[0]}:{self._address[1]}>"

    def send(self, message: Message) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(message.encode(), self.server)

    async def request(
        self,
        method: str,
        dialog: Dialog,
        headers: Headers = (),
        body: str = "",
        sent: Callable[[Message], None] = lambda request: None,
        provisional: Callable[[Message], None] = lambda answer: None,
    ) -> Message:
        """Send a request, logging in where asked to; its final answer. Raises TimeoutError when none comes."""
        answer = await self._transact(method, dialog, headers, body, sent, provisional)
        if answer.status in (401, 407):
            login = digest.authorization(answer, method, dialog.target, self.user, self._secret)
            answer = await self._transact(method, dialog, (*headers, login), body, sent, provisional)
        return answer

    async def _transact(
        self,
        method: str,
        dialog: Dialog,
        headers: Headers,
        body: str,
        sent: Callable[[Message], None],
        provisional: Callable[[Message], None],
    ) -> Message:
        dialog.cseq += 1
        request = self.compose(method, dialog, dialog.cseq, headers, body)
        answers = self._waiting[request.branch] = asyncio.Queue()
        repeating = asyncio.create_task(self._repeat(request))
        sent(request)
        try:
            async with asyncio.timeout(INVITE_SECONDS if method == "INVITE" else ANSWER_SECONDS):
                while (answer := await answers.get()).status < 200:
                    repeating.cancel()
                    provisional(answer)
        finally:
            repeating.cancel()
            del self._waiting[request.branch]
        if method == "INVITE":
            self._acknowledge(request, answer, dialog)
        return answer

    async def _repeat(self, request: Message) -> None:
        pause = FIRST_REPEAT_SECONDS
        while True:
            self.send(request)
            await asyncio.sleep(pause)
            pause = min(2 * pause, SLOWEST_REPEAT_SECONDS)

    def compose(
        self, method: str, dialog: Dialog, cseq: int, headers: Headers = (), body: str = "", branch: str = ""
    ) -> Message:
        """A request of the dialog. `branch` is given where it must be that of an earlier request."""
        host, port = self._address
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        standard = (
            ("Via", f"SIP/2.0/{self.protocol} {host}:{port};branch={branch};rport"),
            ("From", dialog.local),
            ("To", dialog.remote),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{cseq} {method}"),
            self.contact,
            ("Max-Forwards", "70"),
            ALLOW,
        )
        kind = (("Content-Type", "application/sdp"),) if body else ()
        return Message(f"{method} {dialog.target} SIP/2.0", (*standard, *kind, *headers), body)

    def _acknowledge(self, invite: Message, answer: Message, dialog: Dialog) -> None:
        """ACK is part of the refused INVITE's transaction, but a request of its own after a success."""
        cseq = int(invite["CSeq"].split()[0])
        if answer.status < 300:
            dialog.remote = answer["To"]
            dialog.target = uri_in(answer["Contact"]) or dialog.target
            self.send(self.compose("ACK", dialog, cseq))
        else:
            # Only this ACK carries the tag of the refusal: a repeated INVITE begins anew.
            refused = replace(dialog, remote=answer["To"])
            self.send(self.compose("ACK", refused, cseq, branch=invite.branch))

    # ---- what comes in ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing to do: `open` keeps the transport."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        message = Message.parse(data)
        call = self.calls.get(message["Call-ID"])
        if message.status:
            self._answered(message, call)
        elif call is not None:
            call.requested(message)
        elif message.method == "INVITE":
            self._called(message)
        elif message.method != "ACK":
            self.send(response(message, 200, (self.contact, ALLOW)))

    def _answered(self, answer: Message, call: Call | None) -> None:
        waiting = self._waiting.get(answer.branch)
        if waiting is not None and answer.method != "CANCEL":
            waiting.put_nowait(answer)
        elif call is not None and answer.method == "INVITE" and 200 <= answer.status < 300:
            # Our ACK was lost, so the PBX repeats its answer.
            self.send(self.compose("ACK", call.dialog, int(answer["CSeq"].split()[0])))

    def _called(self, invite: Message) -> None:
        call = Call.incoming(self, invite, self._new_media())
        self.calls[call.dialog.call_id] = call
        if self._leaving:
            call.reject(480)
        elif self.answering is not None:
            self.spawn(self.answering(call))
