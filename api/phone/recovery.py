"""Calls that outlive their page: fetched to the page that comes next, or kept with music until somebody takes them.

The customer's channel is never hung up: it is sent on, so that it stays one call by its Linkedid. A page that only lost
its line to us changes nothing, because its sound goes on. What was done is in the audit log.
"""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

import msgspec
from msgspec import Struct

from api.control.links import Link, Links
from api.database import Database
from api.phone.parties import BACK, LOST, Party, legs_of, parties, talks, waiting
from api.phone.sessions import Phones, Session
from api.phone.silence import Ear, is_lost, listened
from asterisk.actions import CoreShowChannels, Hangup, ReceivedPackets, Redirect
from asterisk.errors import ActionRefused, AmiError

# How often it is looked; a guard is another's when it was not taken again for as long as three looks.
LOOK_S = 2.0
GUARD_S = 6.0
LINK_LOOKS, LINK_LOOK_S = 40, 0.25

log = logging.getLogger("api.phone.recovery")


class Note(Struct, frozen=True):
    """What the audit log has of it."""

    pbx: str
    interface: str
    channel: str
    call_id: str


class Recovery:
    """Looks after the calls of pages. `owner` is this process; `clock` in seconds."""

    def __init__(
        self,
        phones: Phones,
        links: Links,
        database: Database,
        owner: UUID,
        clock: Callable[[], float],
    ) -> None:
        self._phones = phones
        self._links = links
        self._database = database
        self._owner = owner
        self._clock = clock
        self._ears: dict[tuple[str, str], Ear] = {}

    async def registered(self, session: Session) -> None:
        """A page's phone is there: fetch who waits for it, and for a new page the calls that an earlier one left."""
        link = await self._link(session.pbx)
        if link is None or not await self._leads(link, BACK, session.endpoint):
            return
        channels = await self._channels(link)
        is_new = await self._phones.fetches(session)
        left = talks(channels, session.endpoint) if is_new else []
        # One phone takes one call. A consultation that was going on as well is given up with the page.
        fetched = [each.partner for each in left[:1]] or waiting(channels, session.endpoint)[:1]
        for party in fetched:
            await self._send(link, session, party, BACK, "phone.recovered")
        for extra in left[1:]:
            await self._hang_up(link, extra.own)

    async def guard(self) -> None:
        """One look at all pages of the PBXs that this process watches over."""
        for link in self._links:
            if not link.is_up or not await self._phones.take_guard(link.pbx, self._owner, GUARD_S):
                self._forget(link.pbx, frozenset())
                continue
            try:
                await self._guard(link)
            except AmiError as error:
                # It is looked again in a moment.
                log.warning("the calls of pages could not be looked at: %s", error, extra={"pbx": link.pbx})

    async def _guard(self, link: Link) -> None:
        pages = await self._phones.watched(link.pbx)
        if pages:
            channels = await self._channels(link)
            seen = [await self._look(link, each.session, channels, is_there=each.is_there) for each in pages]
            self._forget(link.pbx, frozenset(uniqueid for uniqueids in seen for uniqueid in uniqueids))

    async def _look(self, link: Link, session: Session, channels: list[Party], *, is_there: bool) -> list[str]:
        """Look at one phone's legs: their Uniqueids."""
        own = legs_of(channels, session.endpoint)
        for leg in own:
            packets = await self._packets(link, leg)
            if packets is None:
                continue
            key, now = (link.pbx, leg.uniqueid), self._clock()
            ear = self._ears[key] = listened(self._ears.get(key), packets, now, is_there=is_there)
            if is_lost(ear, now):
                await self._lost(link, session, channels, leg, is_there=is_there)
        return [leg.uniqueid for leg in own]

    async def _lost(self, link: Link, session: Session, channels: list[Party], leg: Party, *, is_there: bool) -> None:
        talk = next((each for each in talks(channels, session.endpoint) if each.own.uniqueid == leg.uniqueid), None)
        # A page that is there and is not heard is rung anew: another call finds its own way for the sound.
        context, action = (BACK, "phone.recovered") if is_there else (LOST, "phone.lost")
        if talk is None or talk.others or not await self._leads(link, context, session.endpoint):
            # Nobody hears this silence, or somebody else still talks.
            return
        await self._send(link, session, talk.partner, context, action)

    async def _send(self, link: Link, session: Session, party: Party, context: str, action: str) -> None:
        try:
            await link.ask(Redirect(party.uniqueid, context, session.endpoint))
        except ActionRefused:
            log.info("a call was over before it could be kept", extra={"pbx": link.pbx, "channel": party.uniqueid})
            return
        note = Note(link.pbx, session.interface, party.uniqueid, f"{link.pbx}:{party.linkedid}")
        log.info(action, extra=msgspec.structs.asdict(note))
        async with self._database.seeing(session.tenant) as connection:
            detail = msgspec.json.encode(note).decode()
            values = [UUID(session.user_id), action, note.call_id, detail]
            await connection.execute("SELECT append_audit(%s, %s, %s, %s)", values)

    async def _hang_up(self, link: Link, party: Party) -> None:
        try:
            await link.ask(Hangup(party.uniqueid))
        except ActionRefused:
            log.info("a leg of a lost page was gone", extra={"channel": party.uniqueid})

    async def _link(self, pbx: str) -> Link | None:
        """The link to a PBX, waited for: a process that has just begun may be faster with its pages."""
        link = self._links.get(pbx)
        for _ in range(LINK_LOOKS):
            if link is None or link.is_up:
                return link
            await asyncio.sleep(LINK_LOOK_S)
        return None

    async def _leads(self, link: Link, context: str, endpoint: str) -> bool:
        """Whether the dialplan has this context; into nothing the customer would be lost."""
        if await link.leads_somewhere(context, endpoint):
            return True
        log.error("the dialplan has no context %s: include extensions_phones.conf", context, extra={"pbx": link.pbx})
        return False

    async def _channels(self, link: Link) -> list[Party]:
        return parties((await link.ask(CoreShowChannels())).items)

    async def _packets(self, link: Link, leg: Party) -> int | None:
        try:
            value = (await link.ask(ReceivedPackets(leg.uniqueid))).response.get("Value")
        except ActionRefused:
            return None
        return int(value) if value.isdecimal() else 0

    def _forget(self, pbx: str, seen: frozenset[str]) -> None:
        """Legs that are gone."""
        self._ears = {key: ear for key, ear in self._ears.items() if key[0] != pbx or key[1] in seen}
