"""What may be done to calls, whoever asks by whatever way: REST and sockets come in here, and nowhere else.

Everything is checked before the command is written down: who asks, what it is about, that the PBX can be reached, and
that the target leads somewhere. What is written down is carried out by the runner.
"""

import hashlib
import uuid
from collections.abc import Awaitable, Callable

import msgspec

from api.control import plan
from api.control.commands import Command, mark_of
from api.control.facts import NO_QUEUE, Facts, Seat
from api.control.legs import Legs
from api.control.links import Link, Links
from api.control.pages import NoPages, Pages, by_page
from api.control.places import RecordingPlace
from api.control.plan import Plan, Target
from api.control.runner import Runner
from api.control.store import BUSY, CommandStore
from api.control.targets import Targets
from api.errors import BadRequest, NotFound, Unavailable
from api.tokens import Principal
from calls.presence import PresenceState, presence_at

NO_AGENTS = "No available agents in queue"
IN_CALL = frozenset({PresenceState.RINGING, PresenceState.ON_CALL, PresenceState.ON_HOLD})


class CallDesk:
    """Acts on calls. `clock` in ms since the epoch."""

    def __init__(
        self,
        runner: Runner,
        store: CommandStore,
        facts: Facts,
        links: Links,
        targets: Targets,
        place: RecordingPlace | None,
        clock: Callable[[], int],
        pages: Pages | None = None,
    ) -> None:
        self.legs = Legs(facts, links)
        self._runner = runner
        self._store = store
        self._facts = facts
        self._links = links
        self._targets = targets
        self._place = place
        self._clock = clock
        self._pages = pages or NoPages()

    async def command(self, principal: Principal, command_id: str) -> Command:
        """A command of one's own; of the tenant's for who sees the work of others. Raises NotFound."""
        try:
            found = await self._store.find(principal.tenant, uuid.UUID(command_id))
        except ValueError:
            found = None
        if found is None or (principal.role == "agent" and found.user_id != principal.user_id):
            raise NotFound("There is no such command.")
        return found

    # ---- calls that are made

    async def dial(
        self, principal: Principal, number: str, contact_id: str | None = None, key: str | None = None
    ) -> Command:
        """Ring one's own phone, then dial. The same key with the same request is the same command."""
        body = hashlib.sha256(msgspec.json.encode([number, contact_id])).digest()
        if key is not None and (found := await self._runner.earlier(principal, key, body)):
            return found
        seat = await self.legs.agent(principal, None)
        return await self._ring(principal, seat, number, contact_id, (key, body) if key else None)

    async def route(self, principal: Principal, queue: str, number: str, contact_id: str | None = None) -> Command:
        """Ring the agent of a queue who has been available for longest, then dial. Raises BadRequest for nobody."""
        found = await self._facts.queue(principal.tenant, queue) if queue.isprintable() else None
        if found is None:
            raise NotFound(NO_QUEUE)
        for agent in await self._facts.members(principal.tenant, found.pbx, found.queue_id):
            if presence_at(agent.presence, self._clock()).state is not PresenceState.AVAILABLE:
                continue
            try:
                return await self._ring(principal, Seat(agent, None), number, contact_id, None)
            except BadRequest as error:
                # Somebody was faster with this one.
                if error.detail != BUSY:
                    raise
        raise BadRequest(NO_AGENTS)

    async def _ring(
        self, principal: Principal, seat: Seat, number: str, contact_id: str | None, key: tuple[str, bytes] | None
    ) -> Command:
        agent = seat.agent
        if contact_id is not None and not await self._facts.has_contact(principal.tenant, contact_id):
            raise NotFound("There is no such contact.")
        if presence_at(agent.presence, self._clock()).state in IN_CALL:
            raise BadRequest(BUSY)
        link = self._links.of(agent.pbx)
        command_id = uuid.uuid4()
        call_id = f"{agent.pbx}:{mark_of(command_id)}"
        target, permit = await self._targets.find(principal, link, number, "dial", call_id)
        # Inside, the phones show who calls; outside, the dialplan says what is shown, and the agent sees whom it rings.
        shown = number if permit is not None else f'"{_plain(agent.name)}" <{agent.extension}>'
        arguments = {"phone_number": number, "contact_id": contact_id, "e164": permit.e164 if permit else None}
        wanted = plan.dial(
            command_id, agent.pbx, agent.interface, target, shown, arguments, answers=seat.page is not None
        )

        async def unsent() -> None:
            await self._targets.give_back(principal, permit)

        return await self._runner.begin(principal, wanted, command_id, key, unsent)

    # ---- calls that are there

    async def answer(self, principal: Principal, call_id: str) -> Command:
        """Ask the phone to pick up."""
        return await self._on_leg(principal, call_id, plan.answer)

    async def hangup(self, principal: Principal, call_id: str) -> Command:
        """End the agent's part of the call."""
        return await self._on_leg(principal, call_id, plan.hangup)

    async def hold(self, principal: Principal, call_id: str, *, hold: bool) -> Command:
        """Ask the phone to hold, or to take the caller back."""
        return await self._on_leg(principal, call_id, lambda leg: plan.hold(leg, hold=hold))

    async def mute(self, principal: Principal, call_id: str, *, muted: bool) -> Command:
        """Mute the agent, or not."""
        return await self._on_leg(principal, call_id, lambda leg: plan.mute(leg, muted=muted))

    async def transfer(self, principal: Principal, call_id: str, target: str, kind: str) -> Command:
        """Send the partner on, or begin to consult. Raises BadRequest while there is none."""
        leg, link = await self.legs.agents_part(principal, call_id)
        if not leg.bridge:
            raise BadRequest("The agent of this call talks to nobody yet.")

        async def make(found: Target) -> Plan:
            number = await self._pages.number_for(principal.tenant, leg, found) if leg.page else None
            return by_page(plan.transfer(leg, found, attended=kind == "attended"), leg, number)

        return await self._to_target(principal, call_id, link, target, make)

    async def complete(self, principal: Principal, call_id: str) -> Command:
        """Complete an attended transfer. Raises BadRequest where none is under way: the customer would be lost."""
        leg, _ = await self.legs.agents_part(principal, call_id)
        if leg.page is not None:
            # The page itself knows whom it asks, and hangs nobody up: it says so where it asks nobody.
            return await self._runner.begin(principal, by_page(plan.complete(leg), leg))
        last = await self._store.last_transfer(principal.tenant, leg.uniqueid)
        began_in = last.arguments.get("bridge") if last is not None and last.name == "transfer" else None
        if not began_in or leg.bridge in ("", began_in):
            raise BadRequest("No consultation that was begun here is under way in this call.")
        return await self._runner.begin(principal, plan.complete(leg))

    async def cancel(self, principal: Principal, call_id: str) -> Command:
        """Drop the consultation of an attended transfer."""
        return await self._on_leg(principal, call_id, plan.cancel)

    async def record(self, principal: Principal, call_id: str) -> Command:
        """Begin to record. Raises Unavailable where there is no place for recordings."""
        leg, _ = await self.legs.agents_part(principal, call_id)
        if self._place is None:
            raise Unavailable("There is no place for recordings: set TRUNKLINE_RECORDING_SPOOL for the API.")
        return await self._runner.begin(principal, plan.record(leg, self._place.file(leg.pbx, leg.uniqueid)))

    async def stop_recording(self, principal: Principal, call_id: str) -> Command:
        """End the recording."""
        return await self._on_leg(principal, call_id, plan.stop_recording)

    async def redirect(self, principal: Principal, call_id: str, target: str) -> Command:
        """Send who waits, or whom an agent talks to, to an extension, a queue or a number."""
        leg, _, link = await self.legs.callers_part(principal, call_id)

        async def make(found: Target) -> Plan:
            return plan.redirect(leg, found)

        return await self._to_target(principal, call_id, link, target, make)

    async def bridge(self, principal: Principal, call_id: str, other_call_id: str) -> Command:
        """Let the outside parties of two calls talk to each other."""
        if call_id == other_call_id:
            raise BadRequest("otherCallId: name two different calls.")
        leg, name, _ = await self.legs.callers_part(principal, call_id)
        other, other_name, _ = await self.legs.callers_part(principal, other_call_id)
        if leg.pbx != other.pbx:
            raise BadRequest("otherCallId: the two calls are on different PBXs.")
        return await self._runner.begin(principal, plan.bridge(leg, name, other, other_name))

    async def _on_leg(self, principal: Principal, call_id: str, make: Callable[[plan.Leg], plan.Plan]) -> Command:
        leg, _ = await self.legs.agents_part(principal, call_id)
        return await self._runner.begin(principal, by_page(make(leg), leg))

    async def _to_target(
        self, principal: Principal, call_id: str, link: Link, target: str, make: Callable[[Target], Awaitable[Plan]]
    ) -> Command:
        found, permit = await self._targets.find(principal, link, target, "transfer", call_id)

        async def unsent() -> None:
            await self._targets.give_back(principal, permit)

        try:
            wanted = await make(found)
        except Exception:
            await unsent()
            raise
        return await self._runner.begin(principal, wanted, unsent=unsent)


def _plain(name: str) -> str:
    """A name as it may stand in a caller id."""
    return "".join(character for character in name if character.isprintable() and character not in '"<>\\')
