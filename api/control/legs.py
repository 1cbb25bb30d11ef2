"""Finds the channel that a command is to act on, as it is at this moment, and whether the caller may act on it.

Agents act on their own part of a call, others of the tenant on any. What is another tenant's, or over, is not there.
"""

from api.control.facts import Facts, Seat
from api.control.links import Link, Links, unanswered
from api.control.plan import Leg
from api.errors import BadRequest, NotFound
from api.roles import Role
from api.tokens import Principal
from asterisk.actions import CoreShowChannels
from asterisk.ami import Packet
from asterisk.errors import AmiError
from calls.presence import PresenceState

NO_CALL = "Call session not found"
NO_AGENT = "Agent extension not found"


class Legs:
    """Looks in the live state, and then on the PBX itself."""

    def __init__(self, facts: Facts, links: Links) -> None:
        self._facts = facts
        self._links = links

    async def agents_part(self, principal: Principal, call_id: str) -> tuple[Leg, Link]:
        """The agent's part in a call. Raises NotFound where there is none, Unavailable when the PBX cannot be asked."""
        if not call_id.isprintable():
            raise NotFound(NO_CALL)
        seats = [each for each in await self._facts.on_call(principal.tenant, call_id) if may_act(principal, each)]
        # One's own before others', and who talks before whom it rings for.
        seats.sort(key=lambda each: (each.user_id != principal.user_id, _rings(each)))
        for seat in seats:
            if seat.agent.call is not None and seat.agent.call.uniqueid:
                link = self._links.of(seat.agent.pbx)
                channel = await self._look(link, seat.agent.call.uniqueid)
                where = (seat.agent.call.uniqueid, channel.get("BridgeID"))
                return Leg(seat.agent.pbx, call_id, seat.agent.interface, *where, seat.user_id, seat.page), link
        for seat in await self._facts.holding(principal.tenant, call_id):
            if may_act(principal, seat):
                link = self._links.of(seat.agent.pbx)
                if (held := await self._held(link, call_id, seat.agent.interface)) is not None:
                    where = (held.get("Uniqueid"), held.get("BridgeId"))
                    return Leg(seat.agent.pbx, call_id, seat.agent.interface, *where, seat.user_id, seat.page), link
        raise NotFound(NO_CALL)

    async def callers_part(self, principal: Principal, call_id: str) -> tuple[Leg, str, Link]:
        """Who waits in a queue, or whom an agent talks to: that channel, and its name. Raises as `agents_part`."""
        waiting = await self._facts.waiting(principal.tenant, call_id) if call_id.isprintable() else None
        if waiting is not None:
            link = self._links.of(waiting.pbx)
            channel = await self._look(link, waiting.uniqueid)
            return Leg(waiting.pbx, call_id, "", waiting.uniqueid), channel.get("Channel"), link
        leg, link = await self.agents_part(principal, call_id)
        partner = await self._partner(link, leg.uniqueid)
        return Leg(leg.pbx, call_id, "", partner.get("Uniqueid")), partner.get("Channel"), link

    async def agent(self, principal: Principal, agent_id: str | None, pbx: str | None = None) -> Seat:
        """An agent that may be acted on; without an id the caller's own. Raises NotFound, BadRequest for several."""
        if agent_id is None:
            seats = await self._facts.own(principal.tenant, principal.user_id)
        elif agent_id.isprintable():
            seats = [each for each in await self._facts.agents(principal.tenant, agent_id) if may_act(principal, each)]
        else:
            seats = []
        seats = [each for each in seats if pbx in (None, each.agent.pbx)]
        if not seats:
            raise NotFound(NO_AGENT)
        if agent_id is not None and len(seats) > 1:
            raise BadRequest("agentId: several PBXs have this agent.")
        # Of several places the one where somebody is logged in.
        return min(seats, key=lambda each: each.agent.presence.state is PresenceState.OFFLINE)

    async def _held(self, link: Link, call_id: str, interface: str) -> Packet | None:
        """An agent's channel in a call that it is not talking in now."""
        try:
            channels = (await link.ask(CoreShowChannels())).items
        except AmiError:
            raise unanswered(link.pbx) from None
        named = [each for each in channels if each.get("Channel").rpartition("-")[0] == interface]
        return next((each for each in named if f"{link.pbx}:{each.get('Linkedid')}" == call_id), None)

    async def _look(self, link: Link, uniqueid: str) -> Packet:
        try:
            channel = await link.channel(uniqueid)
        except AmiError:
            raise unanswered(link.pbx) from None
        if channel is None:
            raise NotFound(NO_CALL)
        return channel

    async def _partner(self, link: Link, uniqueid: str) -> Packet:
        try:
            channels = (await link.ask(CoreShowChannels())).items
        except AmiError:
            raise unanswered(link.pbx) from None
        bridge = next((each.get("BridgeId") for each in channels if each.get("Uniqueid") == uniqueid), "")
        others = [each for each in channels if bridge and each.get("BridgeId") == bridge]
        others = [each for each in others if each.get("Uniqueid") != uniqueid]
        if len(others) != 1:
            raise BadRequest("The agent of this call talks to nobody, or to several people.")
        return others[0]


def may_act(principal: Principal, seat: Seat) -> bool:
    """Whether somebody may act on this agent's calls and queues."""
    return principal.role is not Role.AGENT or seat.user_id == principal.user_id


def _rings(seat: Seat) -> bool:
    return seat.agent.presence.state is PresenceState.RINGING
