"""Looks for what came of a command when its answer was lost, until it is known or time is up. Sends nothing acting."""

import asyncio

from msgspec import Struct

from api.control.commands import Command, Verdict
from api.control.evidence import GIVEN_UP, UNKNOWN, Found, judge
from api.control.links import Link, Links
from api.control.store import CommandStore
from asterisk.ami import Packet
from asterisk.errors import AmiError


class Patience(Struct, frozen=True):
    """Seconds. `settles`: after that a PBX that answers again has begun what it was told before.

    `away`: how long a PBX that cannot be asked is waited for. `look`: between two looks.
    """

    settles: float = 3.0
    away: float = 30.0
    look: float = 0.25


class Seeker:
    """Looks on the PBXs and in the record of calls."""

    def __init__(self, store: CommandStore, links: Links, patience: Patience) -> None:
        self._store = store
        self._links = links
        self._patience = patience

    async def seek(self, command: Command, told: asyncio.Future[Verdict] | None = None) -> Verdict:
        """What came of it. `told` is what the events say of it, should they still do so."""
        loop, patience = asyncio.get_running_loop(), self._patience
        give_up, heard, logins, appeared = loop.time() + patience.away, 0.0, -1, False
        while loop.time() < give_up:
            if told is not None and told.done():
                return told.result()
            link = self._links.get(command.pbx)
            known, channel = await _channel(link, command)
            if known and link is not None:
                if link.logins != logins or not heard:
                    heard, logins = loop.time(), link.logins
                appeared = appeared or channel is not None
                if channel is not None:
                    # A phone that rings is waited for as long as it may ring.
                    give_up = max(give_up, loop.time() + patience.settles)
                settled = loop.time() - heard >= patience.settles
                call = await self._store.call_end(command.tenant, command.call_id) if command.call_id else None
                state = None if channel is None else channel.get("ChannelState")
                if verdict := judge(command.name, Found(state, appeared, settled, call)):
                    return verdict
            await asyncio.sleep(patience.look)
        return Verdict(False, GIVEN_UP if command.name == "dial" else UNKNOWN)


async def _channel(link: Link | None, command: Command) -> tuple[bool, Packet | None]:
    """Whether it is known what the channel is, and what it is."""
    if link is None or not link.is_up:
        return False, None
    if command.channel is None:
        return True, None
    try:
        return True, await link.channel(command.channel)
    except AmiError:
        return False, None
