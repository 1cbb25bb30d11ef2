"""Sees to it that queues can ring a phone whose row is new.

Asterisk finds such a phone in the database at once, but only reckons its state (free, in use) for those that were there
when it began or was last told to reload; to a queue a phone without a state is one that is not there. One that
registers just while Asterisk looks may be missed, so that it is looked at again afterwards.
"""

import asyncio
import logging

from api.control.links import Link, Links
from api.phone.sessions import Session
from asterisk.actions import ReloadPhones, ShowEndpoint
from asterisk.errors import AmiError

# How the state of a phone follows its registration: within milliseconds.
LOOKS, LOOK_S = 4, 0.1
# How often the PBX is asked to look.
ROUNDS = 3
UNKNOWN = frozenset({"Unavailable", "Invalid", "Unknown"})

log = logging.getLogger("api.phone.known")


class Known:
    """Looks at phones that have just registered, some times, `look_s` apart."""

    def __init__(self, links: Links, look_s: float = LOOK_S) -> None:
        self._links = links
        self._look_s = look_s

    async def registered(self, session: Session) -> None:
        """Let the PBX look for phones again if it does not see that this one is there."""
        link = self._links.get(session.pbx)
        if link is None or not link.is_up:
            return
        try:
            for _ in range(ROUNDS):
                if await self._is_known(link, session):
                    return
                log.info("a new phone is made known", extra={"pbx": session.pbx, "interface": session.interface})
                await link.ask(ReloadPhones())
            if not await self._is_known(link, session):
                # Perhaps its page has left by now.
                log.warning("queues do not see a phone that has registered", extra={"interface": session.interface})
        except AmiError as error:
            log.warning("a phone's state is not known: %s", error, extra={"interface": session.interface})

    async def _is_known(self, link: Link, session: Session) -> bool:
        for _ in range(LOOKS):
            await asyncio.sleep(self._look_s)
            items = (await link.ask(ShowEndpoint(session.endpoint))).items
            state = next((item.get("DeviceState") for item in items if item.name == "EndpointDetail"), "")
            if state not in UNKNOWN:
                return True
        return False
