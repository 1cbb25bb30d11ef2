"""What may be done to agents and queues: status, membership, pauses; and how a queue is now, by the PBX itself."""

from collections.abc import Callable

from api.control import plan
from api.control.commands import Command
from api.control.facts import NO_QUEUE, Facts
from api.control.forms import CallerForm, MemberForm, QueueForm, Status
from api.control.legs import Legs
from api.control.links import Link, Links, unanswered
from api.control.plan import ALREADY, Step
from api.control.runner import Runner
from api.errors import BadRequest, NotFound
from api.tokens import Principal
from asterisk.actions import QueueAdd, QueuePause, QueueRemove, QueueStatus
from asterisk.ami import Packet
from asterisk.errors import AmiError
from calls.live import AgentLive, QueueLive
from calls.presence import PresenceState, presence_at

PAUSES: dict[str, str] = {"AWAY": "", "BUSY": "busy"}
# By so much the PBX's clock may be behind ours, seconds.
SLACK_S = 5.0


class FloorDesk:
    """Acts on agents and queues. `clock` in ms since the epoch."""

    def __init__(self, runner: Runner, facts: Facts, links: Links, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._legs = Legs(facts, links)
        self._runner = runner
        self._facts = facts
        self._links = links

    async def status(
        self, principal: Principal, status: Status, reason: str = "", agent_id: str | None = None
    ) -> Command:
        """Change an agent's status: available, paused (busy or away), or out of the queues.

        Who is available is done with wrap-up, too.
        """
        agent = (await self._legs.agent(principal, agent_id)).agent
        link = self._links.of(agent.pbx)
        members = await _memberships(link, agent.interface)
        if status != "OFFLINE":
            steps, again = await self._present(principal, agent, members, status, reason)
            return await self._runner.begin(
                principal, plan.status(agent.pbx, agent.interface, steps, status, again=again)
            )
        steps = tuple(_leave(member, agent.interface) for member in members)
        left = [member.get("Queue") for member in members if _is_dynamic(member)]
        if not steps:
            # It holds already, and what was left before is still what to come back to.
            left = await self._facts.left_queues(principal.tenant, agent.pbx, agent.interface)
        return await self._runner.begin(principal, plan.status(agent.pbx, agent.interface, steps, status, left))

    async def _present(
        self, principal: Principal, agent: AgentLive, members: list[Packet], status: str, reason: str
    ) -> tuple[tuple[Step, ...], list[str]]:
        """What makes an agent available or paused, and the queues into which it comes by that."""
        known = {member.get("Queue") for member in members}
        left = await self._facts.left_queues(principal.tenant, agent.pbx, agent.interface)
        # A queue may have become another tenant's meanwhile.
        gone = [queue for queue in left if queue not in known]
        back = [queue for queue in gone if await self._facts.queue(principal.tenant, f"{agent.pbx}:{queue}")]
        if not (known or back):
            raise BadRequest("The agent is in no queue: make it a member of one first.")
        paused = status in PAUSES
        wrapping = [] if paused else await self._wrapping(principal, agent, members)
        afresh = (step for member in wrapping for step in _afresh(member, agent.interface))
        joins = (Step(QueueAdd(queue, agent.interface, 0, paused, _plain(agent.name)), ALREADY) for queue in back)
        pause = QueuePause(agent.interface, paused, None, reason or PAUSES.get(status) or None)
        return (*afresh, *joins, Step(pause)), [*(member.get("Queue") for member in wrapping), *back]

    async def _wrapping(self, principal: Principal, agent: AgentLive, members: list[Packet]) -> list[Packet]:
        """The queues that leave the agent alone because of a call that it has just had, and can be told not to."""
        if presence_at(agent.presence, self._clock()).state is not PresenceState.WRAP_UP:
            return []
        rests = await self._facts.wrap_ups(principal.tenant, agent.pbx)
        since = self._clock() / 1000 - SLACK_S
        ends = {queue: since - rest for queue, rest in rests.items()}
        known = [each for each in members if _is_dynamic(each) and each.get("Queue") in ends]
        return [each for each in known if _number(each.get("LastCall")) > ends[each.get("Queue")]]

    async def join(
        self, principal: Principal, queue: str, agent_id: str | None, penalty: int, *, paused: bool
    ) -> Command:
        """Make an agent a member of a queue."""
        found, agent = await self._both(principal, queue, agent_id)
        name = _plain(agent.name)
        wanted = plan.join_queue(agent.pbx, found.queue_id, agent.interface, name, penalty, paused=paused)
        return await self._runner.begin(principal, wanted)

    async def leave(self, principal: Principal, queue: str, agent_id: str | None) -> Command:
        """Take an agent out of a queue."""
        found, agent = await self._both(principal, queue, agent_id)
        return await self._runner.begin(principal, plan.leave_queue(agent.pbx, found.queue_id, agent.interface))

    async def pause(
        self, principal: Principal, queue: str, agent_id: str | None, reason: str, *, paused: bool
    ) -> Command:
        """Pause an agent in a queue, or not."""
        found, agent = await self._both(principal, queue, agent_id)
        wanted = plan.pause(agent.pbx, found.queue_id, agent.interface, reason, paused=paused)
        return await self._runner.begin(principal, wanted)

    async def queue(self, principal: Principal, queue: str) -> QueueForm:
        """A queue as the PBX says it right now. Raises NotFound, Unavailable."""
        found = await self._queue(principal, queue)
        link = self._links.of(found.pbx)
        try:
            items = (await link.ask(QueueStatus(found.queue_id))).items
        except AmiError:
            raise unanswered(link.pbx) from None
        strategy = next((item.get("Strategy") for item in items if item.name == "QueueParams"), "")
        return QueueForm(
            queue_id=found.queue_id,
            pbx=found.pbx,
            strategy=strategy,
            members=[_member(item) for item in items if item.name == "QueueMember"],
            callers=[_caller(item) for item in items if item.name == "QueueEntry"],
        )

    async def _both(self, principal: Principal, queue: str, agent_id: str | None) -> tuple[QueueLive, AgentLive]:
        found = await self._queue(principal, queue)
        agent = (await self._legs.agent(principal, agent_id, found.pbx)).agent
        self._links.of(found.pbx)
        return found, agent

    async def _queue(self, principal: Principal, queue: str) -> QueueLive:
        found = await self._facts.queue(principal.tenant, queue) if queue.isprintable() else None
        if found is None:
            raise NotFound(NO_QUEUE)
        return found


async def _memberships(link: Link, interface: str) -> list[Packet]:
    try:
        items = (await link.ask(QueueStatus(member=interface))).items
    except AmiError:
        raise unanswered(link.pbx) from None
    return [item for item in items if item.name == "QueueMember" and item.get("Location") == interface]


def _plain(name: str) -> str:
    """A person's name as Asterisk can store a member's."""
    return name.translate({ord(separator): " " for separator in "|;"})


def _is_dynamic(member: Packet) -> bool:
    return member.get("Membership") == "dynamic"


def _afresh(member: Packet, interface: str) -> tuple[Step, Step]:
    """Out of the queue and in again, as it was there: so alone does a queue forget when its member's last call was."""
    queue, name = member.get("Queue"), _plain(member.get("Name"))
    state = member.get("StateInterface") or None
    back = QueueAdd(queue, interface, _number(member.get("Penalty")), False, name, state)
    return Step(QueueRemove(queue, interface), ALREADY), Step(back, ALREADY)


def _leave(member: Packet, interface: str) -> Step:
    """Out of the queue; a member of the PBX's own files cannot leave, so it pauses."""
    queue = member.get("Queue")
    if _is_dynamic(member):
        return Step(QueueRemove(queue, interface), ALREADY)
    return Step(QueuePause(interface, True, queue, "offline"))


def _member(item: Packet) -> MemberForm:
    return MemberForm(
        name=item.get("Name"),
        interface=item.get("Location"),
        kind=item.get("Membership"),
        penalty=_number(item.get("Penalty")),
        paused=item.get("Paused") == "1",
        reason=item.get("PausedReason"),
    )


def _caller(item: Packet) -> CallerForm:
    return CallerForm(
        position=_number(item.get("Position")),
        number=item.get("CallerIDNum"),
        name=item.get("CallerIDName"),
        waited=_number(item.get("Wait")),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
