"""A connection to one Asterisk that heals itself.

Job: stay logged in to AMI for as long as the process lives, hand every packet on in order, and carry actions.
Contract: packets come as raw bytes, all of them from the acceptance of the login on, in the order received, to one
callback that must return at once. An action is written once or not at all: nothing is kept for later and nothing is
sent again. A connection that has died without saying so, or is too slow to be of use, is noticed within `ping_every` +
`ping_timeout` + `ping_grace` seconds.
It must not: understand events, keep packets, or repair what was missed while it was down (`on_lost`, `on_login` tell).
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, NoReturn

from asterisk.account import Account, Timing
from asterisk.actions import Challenge, Login, Logoff, Md5Login, Ping, md5_key
from asterisk.ami import event_name, parse_packet
from asterisk.answers import Answer
from asterisk.encoding import Action
from asterisk.errors import ActionRefused, ActionTimedOut, AmiError, ConnectionLost, LoginRefused, NotConnected
from asterisk.exchange import Exchange
from asterisk.wire import Dialer, Wire

logger: Final = logging.getLogger(__name__)

# How long `close()` waits for the log-off to be written before it cuts the line.
_CLOSE_SECONDS: Final = 1.0


class LoggedIn(NamedTuple):
    """A login that was accepted: the next packet is the first of this connection."""

    at_ms: int
    banner: str


def wall_clock_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _nothing(_: object) -> None:
    """The hook of who does not want one."""


class Connection:
    """One PBX's AMI connection: `start()` it inside a running event loop, `close()` it for good.

    An exception out of a callback ends the connection, which is then opened anew: what was not taken is a gap.
    """

    def __init__(
        self,
        account: Account,
        on_packets: Callable[[list[bytes], int], None],
        *,
        on_login: Callable[[LoggedIn], None] = _nothing,
        on_lost: Callable[[AmiError], None] = _nothing,
        filters: Sequence[Action] = (),
        initial_actions: Sequence[Action] = (),
        timing: Timing | None = None,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> None:
        """`on_packets(packets, received_ms)` takes raw packets. `on_login` is called before the first packets of a
        connection, `on_lost` after the last ones of each that was logged in and was not closed by us.
        `filters` are sent with each login, `initial_actions` once Asterisk has booted; their answers are packets too.
        """
        self._account = account
        self._on_packets = on_packets
        self._on_login = on_login
        self._on_lost = on_lost
        self._filters = tuple(filters)
        self._initial_actions = tuple(initial_actions)
        self._timing = timing or Timing()
        self._now_ms = now_ms
        self._task: asyncio.Task[None] | None = None
        self._wire: Wire | None = None
        self._exchange = Exchange()
        self._told: dict[str, str] = {}
        self._login_id = ""
        self._logged_in_at = 0.0
        self._booted = False
        self._paused = False
        self._resumed_at = 0.0
        self._reported = ""
        self.logged_in = False
        """Whether actions can be sent now."""
        self.heard_ms = 0
        """Until when everything was heard, in milliseconds since 1970."""
        self.trouble: AmiError | None = NotConnected("the connection was not started")
        """Why actions cannot be sent now; None while logged in."""

    def start(self) -> asyncio.Task[None]:
        """Begin to connect, and stay connected until `close()`. The task that is returned never ends by itself."""
        self.trouble = NotConnected("the first connection is being made")
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())
        return self._task

    async def close(self) -> None:
        """Log off and stop; whoever waits for an answer gets ConnectionLost. May be called again."""
        was_logged_in, self.logged_in = self.logged_in, False
        self.trouble = NotConnected("the connection was closed")
        if was_logged_in and self._wire:
            self._exchange.write(self._wire, Logoff())
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def send(self, action: Action, timeout: float = 5.0, action_id: str | None = None) -> Answer:
        """Send an action and wait for its answer, a list's items included, for at most `timeout` seconds.

        Not done: NotConnected (no login now), InvalidAction (cannot be written), ActionRefused (`Response: Error`).
        Nobody knows: ActionTimedOut, ConnectionLost; later events may tell, by the action_id if you gave one.
        """
        if not self.logged_in or self._wire is None:
            raise NotConnected(f"{action.name} was not sent: {self.trouble}. Try again once it is logged in")
        answer = await self._exchange.ask(self._wire, action, timeout, action_id)
        if answer.response.response == "Error":
            raise ActionRefused(action.name, answer.response.get("Message"))
        return answer

    def pause_reading(self) -> None:
        """Read no more for now, also after a reconnect. Asterisk waits for its `writetimeout`, then hangs up."""
        self._paused = True
        if self.logged_in and self._wire:
            self._wire.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on after `pause_reading()`."""
        self._paused = False
        self._resumed_at = asyncio.get_running_loop().time()
        if self._wire:
            self._wire.transport.resume_reading()

    # ---- staying connected

    async def _stay_connected(self) -> None:
        account, timing = self._account, self._timing
        dialer = Dialer(account.host, account.port, account.tls, lambda: Wire(self._received, self._lost))
        failures = 0
        while True:
            reason = await self._connect_once(dialer)
            steady = self._logged_in_at and asyncio.get_running_loop().time() - self._logged_in_at > timing.retry_most
            failures = 0 if steady else failures + 1
            self._logged_in_at = 0.0
            self._report(reason)
            refused = isinstance(reason, LoginRefused)
            await asyncio.sleep(timing.retry_refused if refused else timing.retry_delay(failures, random.random()))

    async def _connect_once(self, dialer: Dialer) -> AmiError:
        """Connect, log in and stay until it ends; return why it ended."""
        try:
            wire = await dialer.dial(self._timing.connect)
        except ConnectionLost as reason:
            return reason
        self._wire = wire
        try:
            await self._log_in(wire)
            await self._watch(wire)
        except AmiError as reason:
            wire.abort(reason)
        finally:
            wire.close()
            await asyncio.wait({wire.lost}, timeout=_CLOSE_SECONDS)
            wire.transport.abort()
            self._wire = None
        return wire.lost.result()

    async def _watch(self, wire: Wire) -> NoReturn:
        """Ping for as long as there are signs of life. Raises why there are no more."""
        timing, current_ms = self._timing, self._now_ms()
        while True:
            await asyncio.wait({wire.lost}, timeout=timing.ping_every)
            if wire.lost.done():
                raise wire.lost.result()
            asked_at, asked_ms = asyncio.get_running_loop().time(), self._now_ms()
            pong = asyncio.ensure_future(self._exchange.ask(wire, Ping(), timing.ping_timeout + timing.ping_grace))
            try:
                await asyncio.wait({pong}, timeout=timing.ping_timeout)
                # While we do not read, the answer cannot reach us: that says nothing about the line.
                if not pong.done() and not self._paused and max(wire.heard_at, self._resumed_at) < asked_at:
                    raise ConnectionLost(f"no sign of life for {timing.ping_timeout:g} s")
                await pong
                current_ms = asked_ms
            except ActionTimedOut:
                if not self._paused and self._resumed_at < asked_at:
                    # What came since is old: only what was said before an answered question is known to be here.
                    self.heard_ms = current_ms
                    late = timing.ping_timeout + timing.ping_grace
                    raise ConnectionLost(f"it is too slow, an answer takes more than {late:g} s") from None
            finally:
                pong.cancel()

    def _report(self, reason: AmiError) -> None:
        """One line in the log for each new reason, not one for each attempt."""
        self.trouble = reason
        if str(reason) != self._reported:
            self._reported = str(reason)
            logger.warning("not connected to Asterisk at %s: %s", self._account.address, reason)

    # ---- logging in

    async def _log_in(self, wire: Wire) -> None:
        """Raises LoginRefused with what to do, or what `ask` raises. What follows acceptance is in `_accept`."""
        account = self._account
        login: Action = Login(account.username, account.secret, account.events)
        if not account.plain_login:
            challenge = await self._exchange.ask(wire, Challenge(), self._timing.login)
            self._refuse_unless_success(challenge)
            login = Md5Login(account.username, self._key(challenge), account.events)
        self._login_id = self._exchange.next_id()
        self._refuse_unless_success(await self._exchange.ask(wire, login, self._timing.login, self._login_id))

    def _key(self, challenge: Answer) -> str:
        return md5_key(challenge.response.get("Challenge"), self._account.secret)

    def _refuse_unless_success(self, answer: Answer) -> None:
        response = answer.response
        if response.response != "Success":
            raise LoginRefused(
                f"Asterisk refused user {self._account.username!r}: {response.get('Message')}. Check section, secret, "
                f"permit in its manager.conf, then `manager reload`. Next try in {self._timing.retry_refused:g} s"
            )

    def _accept(self, wire: Wire) -> None:
        """The login was accepted. Called while its packet is read, so that no later packet can come first."""
        self.logged_in, self.trouble, self._reported = True, None, ""
        self._logged_in_at = asyncio.get_running_loop().time()
        logger.info("logged in to Asterisk at %s as %s", self._account.address, self._account.username)
        if self._paused:
            wire.transport.pause_reading()
        self._told.clear()
        self._on_login(LoggedIn(self._now_ms(), wire.banner))
        for action in self._filters:
            self._tell(wire, action)
        self._booted = False
        asyncio.get_running_loop().call_later(self._timing.boot, self._send_initial_actions, wire)

    def _send_initial_actions(self, wire: Wire) -> None:
        """Called when Asterisk has booted, and a while after the login lest it never says so."""
        if not self._booted and wire is self._wire and self.logged_in:
            for action in self._initial_actions:
                self._tell(wire, action)

    def _tell(self, wire: Wire, action: Action) -> None:
        """Write an action whose answer is waited for by nobody, but a refusal is logged."""
        action_id = self._exchange.next_id()
        self._told[action_id] = action.name
        self._exchange.write(wire, action, action_id)

    def _look_for_refusal(self, raw: bytes) -> None:
        if raw.startswith(b"Response: Error"):
            answer = parse_packet(raw)
            if name := self._told.pop(answer.action_id, ""):
                told = {"event": "ami_refused", "action": name}
                logger.warning("Asterisk refused %s: %s", name, answer.get("Message"), extra=told)

    def _look_for_boot(self, wire: Wire, packets: list[bytes]) -> None:
        """Before it has booted Asterisk knows no queues and refuses to list them."""
        if any(event_name(raw) == b"FullyBooted" for raw in packets):
            self._send_initial_actions(wire)
            self._booted = True

    # ---- packets and answers

    def _received(self, wire: Wire, packets: list[bytes]) -> None:
        self.heard_ms = received_ms = self._now_ms()
        if not self.logged_in:
            packets = self._until_login(wire, packets)
        if packets:
            self._on_packets(packets, received_ms)
            if not self._booted:
                self._look_for_boot(wire, packets)
            for raw in packets:
                self._exchange.settle(raw)
                self._look_for_refusal(raw)

    def _until_login(self, wire: Wire, packets: list[bytes]) -> list[bytes]:
        """Use up the packets of the login; return those after it."""
        for index, raw in enumerate(packets):
            answer = self._exchange.settle(raw)
            if answer and answer.response.action_id == self._login_id and answer.response.response == "Success":
                self._accept(wire)
                return packets[index + 1 :]
        return []

    def _lost(self, wire: Wire) -> None:
        """The wire is of no more use. Called at once, before anything else can be sent on it."""
        reason = wire.lost.result()
        if self.logged_in:
            self.logged_in, self.trouble = False, reason
            self._on_lost(reason)
