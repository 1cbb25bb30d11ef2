"""The API's own connections to the PBXs, one to each: actions go out, and what confirms them is listened for.

They log in as a user of their own with the least rights, and let only those events through that commands are settled
by. A PBX that is away, or that nobody told of, stops nothing: `of` says what to do.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from api.control import confirm
from api.control.commands import PREFIX, Verdict
from api.control.confirm import Watch
from api.errors import Unavailable
from asterisk.account import Account, Timing
from asterisk.actions import CoreShowChannels, Filter, ShowDialPlan, Status
from asterisk.ami import Packet, event_name, parse_packet
from asterisk.answers import Answer
from asterisk.connection import Connection
from asterisk.encoding import Action
from asterisk.errors import ActionRefused, AmiError

log = logging.getLogger("api.control.links")

# Filters that do not begin with `!` let through what fits and nothing else.
FILTERS = (Filter(filter=f"^Event: ({'|'.join(sorted(confirm.EVENTS))})[[:cntrl:]]"),)
_WANTED = frozenset(name.encode() for name in confirm.EVENTS)
_OURS = PREFIX.encode()
# How long a question waits while somebody waits for it; the connection itself is given up later than that.
ASK_S = 3.0
# What a login has to wait until Asterisk knows all of its channels again.
SETTLED_S = 0.5

Made = Callable[["Link", str], None]


def _ignore(link: "Link", uniqueid: str) -> None:
    """Nobody wants to know."""


class Link:
    """The connection to one PBX. `logins` counts those that were accepted, `since` is the loop's time of the last."""

    def __init__(self, pbx: str, account: Account, timing: Timing | None = None) -> None:
        self.pbx = pbx
        self.logins = 0
        self.since = 0.0
        # Told of each channel of a call that a command made, as it begins and after each login.
        self.made: Made = _ignore
        self._watches: dict[asyncio.Future[Verdict], Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection = Connection(
            *(account, self._take),
            on_login=lambda _: self._logged_in(),
            filters=FILTERS,
            timing=timing,
        )

    def start(self) -> None:
        """Begin to connect."""
        self._connection.start()

    async def close(self) -> None:
        """Log off."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._connection.close()

    @property
    def is_up(self) -> bool:
        """Whether actions can be sent now."""
        return self._connection.logged_in

    def need(self) -> None:
        """Raise Unavailable unless actions can be sent now."""
        if not self.is_up:
            log.warning("a command was refused: %s", self._connection.trouble, extra={"pbx": self.pbx})
            raise Unavailable(f"The PBX {self.pbx} cannot be reached now. Use the phone, or try again in a moment.")

    async def ask(self, action: Action, action_id: str | None = None, timeout: float = ASK_S) -> Answer:
        """Send an action and wait for its answer. Raises AmiError, which tells whether it may have been done."""
        return await self._connection.send(action, timeout, action_id)

    async def channel(self, uniqueid: str) -> Packet | None:
        """A channel as it is now, None where there is none. Raises AmiError when that cannot be known."""
        try:
            answer = await self.ask(Status(uniqueid))
        except ActionRefused:
            return None
        return next((item for item in answer.items if item.get("Uniqueid") == uniqueid), None)

    async def leads_somewhere(self, context: str, exten: str) -> bool:
        """Whether the dialplan has this extension; into nothing Asterisk redirects as well. Raises AmiError."""
        try:
            answer = await self.ask(ShowDialPlan(exten, context))
        except ActionRefused:
            return False
        return bool(answer.items)

    @contextmanager
    def watching(self, watch: Watch | None) -> Iterator[asyncio.Future[Verdict]]:
        """What the events say of a command, as soon as they do. Begin before the action is written."""
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        if watch is not None:
            self._watches[verdict] = watch
        try:
            yield verdict
        finally:
            self._watches.pop(verdict, None)
            verdict.cancel()

    def _take(self, packets: list[bytes], received_ms: int) -> None:
        for raw in packets:
            name = event_name(raw)
            if name == b"Newchannel" and _OURS in raw:
                self.made(self, parse_packet(raw).get("Uniqueid"))
            if self._watches and name in _WANTED:
                self._judge(parse_packet(raw))

    def _judge(self, packet: Packet) -> None:
        for verdict, watch in list(self._watches.items()):
            now = confirm.seen(watch, packet)
            if isinstance(now, Watch):
                self._watches[verdict] = now
            else:
                del self._watches[verdict]
                if not verdict.done():
                    verdict.set_result(now)

    def _logged_in(self) -> None:
        loop = asyncio.get_running_loop()
        self.logins += 1
        self.since = loop.time()
        task = loop.create_task(self._look_around())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look_around(self) -> None:
        """Find the channels of calls that commands made while nobody listened."""
        await asyncio.sleep(SETTLED_S)
        try:
            answer = await self.ask(CoreShowChannels(), timeout=10.0)
        except AmiError as error:
            # The next login looks again.
            log.warning("the channels could not be listed: %s", error, extra={"pbx": self.pbx})
            return
        for item in answer.items:
            if item.get("Uniqueid").startswith(PREFIX):
                self.made(self, item.get("Uniqueid"))


def unanswered(pbx: str) -> Unavailable:
    """What is said of a PBX that was asked something and did not answer."""
    return Unavailable(f"The PBX {pbx} does not answer. Try again in a moment.")


class Links:
    """All links, by the PBXs' names."""

    def __init__(self, links: Iterable[Link] = ()) -> None:
        self._links: Mapping[str, Link] = {link.pbx: link for link in links}

    def __iter__(self) -> Iterator[Link]:
        return iter(self._links.values())

    def get(self, pbx: str) -> Link | None:
        """The link to a PBX; None where this process has none."""
        return self._links.get(pbx)

    def of(self, pbx: str) -> Link:
        """The link to a PBX that can be used now. Raises Unavailable, and says what to do."""
        link = self._links.get(pbx)
        if link is None:
            raise Unavailable(
                f"Nothing can be done on the PBX {pbx} from here: give its name and address to the API "
                "(TRUNKLINE_PBX, TRUNKLINE_AMI) and a login (TRUNKLINE_CONTROL_USER, TRUNKLINE_CONTROL_SECRET)."
            )
        link.need()
        return link

    def start(self) -> None:
        """Begin to connect to all."""
        for link in self:
            link.start()

    async def close(self) -> None:
        """Log off everywhere."""
        await asyncio.gather(*(link.close() for link in self))
