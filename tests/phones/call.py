"""One call on a test phone: its state as events to wait for, and what the phone can do with it.

dialled:   ringing → answered → ended          came in:   ring() → answer() → ended
                   ↘ refused, ended                     ↘ reject(), or cancelled by the PBX, ended
"""

import asyncio
import secrets
from typing import TYPE_CHECKING, Protocol

from phones.media import answering_direction, peer_in
from phones.message import Dialog, Headers, Message, found, response, uri_in, user_in

if TYPE_CHECKING:
    from phones.phone import Phone

# How long a test waits for what must happen soon, before it fails.
SOON_SECONDS = 30.0


class Media(Protocol):
    """Where a call's sound comes from."""

    @property
    def port(self) -> int: ...
    def send_to(self, peer: tuple[str, int]) -> None: ...
    def close(self) -> None: ...


class Call:
    """A call of `phone`. `status` is the final SIP answer once there is one (0 before)."""

    def __init__(self, phone: "Phone", dialog: Dialog, media: Media, received: Message | None = None) -> None:
        self.dialog = dialog
        self.ringing = asyncio.Event()
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        # Answered or ended, whichever came first.
        self.settled = asyncio.Event()
        self.status = 0
        self._phone = phone
        self.media = media
        self._received = received
        self._tag = secrets.token_hex(4)
        self._sdp_version = 0
        self._dialled = asyncio.Event()
        self._invite: Message | None = None
        self._last_answer: Message | None = None
        self._transferring: asyncio.Queue[int] = asyncio.Queue()

    @classmethod
    def incoming(cls, phone: "Phone", invite: Message, media: Media) -> "Call":
        """A call that came in by `invite`."""
        dialog = Dialog("", invite["From"], uri_in(invite["Contact"]), invite["Call-ID"])
        call = cls(phone, dialog, media, invite)
        dialog.local = f"{invite['To']};tag={call._tag}"
        call._reply(invite, 100)
        return call

    @property
    def offered(self) -> str:
        """The SDP of the other side's INVITE, for a call that came in."""
        return self._called().body

    def header(self, name: str) -> str:
        """A header of the INVITE, for a call that came in; empty where there is none."""
        return self._called()[name]

    @property
    def number(self) -> str:
        """The other side's number."""
        return user_in(self.dialog.remote)

    @property
    def extension(self) -> str:
        """The extension that was called, for a call that came in."""
        return user_in(self._received.uri) if self._received else ""

    # ---- waiting ------------------------------------------------------------------------------------------------

    async def until_answered(self) -> None:
        """Raises ConnectionError when it ends unanswered, TimeoutError when nothing happens soon."""
        await self.until_settled()
        if not self.answered.is_set():
            raise ConnectionError(f"the call to {self.number} ended unanswered with status {self.status}")

    async def until_settled(self) -> None:
        """Raises TimeoutError when it is neither answered nor ended soon."""
        await asyncio.wait_for(self.settled.wait(), SOON_SECONDS)

    async def until_ended(self) -> None:
        """Raises TimeoutError when it does not end soon."""
        await asyncio.wait_for(self.ended.wait(), SOON_SECONDS)

    # ---- the side that dialled ----------------------------------------------------------------------------------

    async def invite(self, headers: Headers) -> None:
        """Ask for the call and wait for its fate."""
        sdp = self._sdp("sendrecv")
        answer = await self._phone.request("INVITE", self.dialog, headers, sdp, self._note_invite, self._note_ringing)
        self.status = answer.status
        if answer.status >= 300:
            self._end()
            return
        self._connect(answer)

    def _note_invite(self, invite: Message) -> None:
        self._invite = invite
        self._dialled.set()

    def _note_ringing(self, answer: Message) -> None:
        if answer.status > 100:
            self.ringing.set()

    # ---- the side that was called -------------------------------------------------------------------------------

    def ring(self) -> None:
        self._reply(self._called(), 180)

    def answer(self) -> None:
        if not self.ended.is_set():
            invite = self._called()
            self._reply(invite, 200, self._sdp("sendrecv"))
            self.status = 200
            self._connect(invite)

    def reject(self, status: int = 486) -> None:
        """486 is busy, 603 declined, 480 not available."""
        self._refuse(status)

    def _called(self) -> Message:
        assert self._received is not None, "only a call that came in can be answered"
        return self._received

    def _refuse(self, status: int) -> None:
        self._reply(self._called(), status)
        self.status = status
        self._end()

    # ---- either side --------------------------------------------------------------------------------------------

    async def hang_up(self) -> None:
        """BYE, or CANCEL before the answer, or a refusal of a ringing call; returns when it has ended."""
        if self.ended.is_set():
            return
        if self.answered.is_set():
            await self._phone.request("BYE", self.dialog)
            self._end()
        elif self._received is not None:
            self._refuse(480)
        else:
            await self._cancel()

    async def _cancel(self) -> None:
        # Let the INVITE go out first: the PBX cannot cancel what it does not know.
        await self._dialled.wait()
        assert self._invite is not None
        cseq = int(self._invite["CSeq"].split()[0])
        self._phone.send(self._phone.compose("CANCEL", self.dialog, cseq, branch=self._invite.branch))
        await self.until_settled()
        if not self.ended.is_set():
            # The answer was faster than the CANCEL.
            await self.hang_up()

    async def hold(self) -> None:
        await self._phone.request("INVITE", self.dialog, body=self._sdp("sendonly"))

    async def resume(self) -> None:
        await self._phone.request("INVITE", self.dialog, body=self._sdp("sendrecv"))

    async def transfer(self, number: str) -> int:
        """Blind: hand the other side over to `number` and hang up; the status as of `refer`."""
        status = await self.refer(number)
        await self.hang_up()
        return status

    async def refer(self, number: str) -> int:
        """Ask the PBX to hand the other side over to `number`. The status at the target as far as it was told.

        180 when it rings, 200 when it took the call, 404 when nobody has the number. Raises TimeoutError when nothing
        is told soon.
        """
        headers = (
            ("Refer-To", f"<sip:{number}@{self._phone.server[0]}>"),
            ("Referred-By", f"<{uri_in(self.dialog.local)}>"),
        )
        answer = await self._phone.request("REFER", self.dialog, headers)
        status = answer.status
        while status in (100, 202):
            status = await asyncio.wait_for(self._transferring.get(), SOON_SECONDS)
        return status

    def requested(self, request: Message) -> None:
        """A request of the other side within this call."""
        match request.method:
            case "ACK" if self.ended.is_set():
                self._phone.calls.pop(self.dialog.call_id, None)
            case "ACK":
                pass
            case "INVITE":
                self._invited_again(request)
            case "CANCEL":
                self._reply(request, 200)
                if not self.settled.is_set():
                    self._refuse(487)
            case "NOTIFY" if request["Event"] in ("talk", "hold"):
                self._reply(request, 200)
                self._obey(request["Event"])
            case "NOTIFY":
                self._reply(request, 200)
                self._transferring.put_nowait(int(found(r"SIP/2.0 (\d+)", request.body) or 0))
            case "BYE":
                self._reply(request, 200)
                self._end()
            case _:
                self._reply(request, 200)

    def _obey(self, event: str) -> None:
        """As desk phones do when the PBX asks them to: pick up, hold, take back."""
        if event == "hold":
            self._phone.spawn(self.hold())
        elif self.answered.is_set():
            self._phone.spawn(self.resume())
        else:
            self.answer()

    def _invited_again(self, request: Message) -> None:
        first = self._received is not None and request["CSeq"] == self._received["CSeq"]
        if first and self._last_answer is not None:
            self._phone.send(self._last_answer)
        elif self.answered.is_set():
            self._reply(request, 200, self._sdp(answering_direction(request.body)))

    def _sdp(self, direction: str) -> str:
        self._sdp_version += 1
        return self._phone.describe(self.media.port, direction, self._sdp_version)

    def _reply(self, request: Message, status: int, sdp: str = "") -> None:
        kind = (("Content-Type", "application/sdp"),) if sdp else ()
        answer = response(request, status, (self._phone.contact, *kind), self._tag if status > 100 else "", sdp)
        if request is self._received:
            self._last_answer = answer
        self._phone.send(answer)

    def _connect(self, offered: Message) -> None:
        self.media.send_to(peer_in(offered.body))
        self.answered.set()
        self.settled.set()

    def _end(self) -> None:
        self.media.close()
        self.ended.set()
        self.settled.set()
        # A call that we refused stays known until its ACK, so that a repeated INVITE gets the same answer.
        if self._received is None or self.status < 300:
            self._phone.calls.pop(self.dialog.call_id, None)
