"""Making good what a gap left open: the lists after a login say what is there, this says what must have happened. Pure.

A source that fell silent may have missed anything. What is certain is told as the events that were missed, each at the
earliest moment at which it can have happened: a channel we knew and that is not listed is gone since we last heard; one
that is listed has been there for as long as it says. What ended unseen keeps no reason: the PBX's files know it.
"""

from collections.abc import Callable

from msgspec.structs import replace

from calls.apply import Result
from calls.call import Call, Party, StintOutcome
from calls.events import (
    AgentCalled,
    AgentConnect,
    BridgeEnter,
    BridgeLeave,
    BridgeListed,
    CallerListed,
    Channel,
    ChannelListed,
    ChannelsListed,
    ChannelVanished,
    Event,
    LinkLost,
    LinkRestored,
    Member,
    MemberRemoved,
    Newchannel,
    QueueAsked,
    QueueCallerJoin,
    QueueCallerLeave,
    QueuesListed,
)
from calls.legs import open_leg
from calls.state import Change, Filing, Gap, GapChanged, Resync, State

# List items have no time but ours: when they were received, by a clock that may differ from the PBX's.
CLOCKS_MS = 2000
# The PBX's files and AMI are timed by one clock, a moment apart.
SAME_CLOCK_MS = 500
AMI = "ami"

Fold = Callable[[State, Event], Result]


def new_login(state: State, at: int) -> State:
    """A source begins anew: what we know now may have changed meanwhile, and lists that broke off count for nothing."""
    members = tuple((queue, agent.interface) for agent in state.agents.values() for queue in agent.queues)
    fresh = Resync(state.resync.heard_until, state.resync.lost, tuple(sorted(state.channels)), members)
    return unheard(replace(state, resync=fresh), state.heard_at, at, "a new login")


def unheard(state: State, start: int, end: int, cause: str) -> State:
    """AMI was not heard in this span of the PBX's own clock (ms), whether or not somebody noted a gap."""
    gap = Gap(AMI, cause, start, max(start, end - CLOCKS_MS - SAME_CLOCK_MS))
    known = any(it.start <= start + CLOCKS_MS for it in state.filing.gaps if it.end is None or it.end >= start)
    return state if known else replace(state, filing=with_gap(state.filing, gap))


def with_gap(filing: Filing, gap: Gap) -> Filing:
    """A gap of AMI that begins or is over, kept for the calls that fell into it."""
    others = tuple(it for it in filing.gaps if (it.source, it.start) != (gap.source, gap.start))
    return replace(filing, gaps=(*others, gap))


def link_lost(state: State, event: LinkLost) -> Result:
    """A gap begins, if none is open."""
    gap = Gap(event.source, event.cause, event.at)
    if event.source != AMI:
        lost = {**state.filing.lost, event.source: gap}
        return (state, ()) if event.source in state.filing.lost else (_files(state, lost), (GapChanged(gap),))
    if state.resync.lost is not None:
        return state, ()
    resync = replace(state.resync, heard_until=event.at, lost=gap)
    return replace(state, resync=resync, filing=with_gap(state.filing, gap)), (GapChanged(gap),)


def link_restored(state: State, event: LinkRestored) -> Result:
    """The gap is over. What happened in it is still to be made good."""
    gap = state.resync.lost if event.source == AMI else state.filing.lost.get(event.source)
    if gap is None:
        return state, ()
    over = replace(gap, end=max(gap.start, event.at))
    if event.source != AMI:
        lost = {source: it for source, it in state.filing.lost.items() if source != event.source}
        return _files(state, lost), (GapChanged(over),)
    filing = with_gap(state.filing, over)
    return replace(state, resync=replace(state.resync, lost=None), filing=filing), (GapChanged(over),)


def _files(state: State, lost: dict[str, Gap]) -> State:
    return replace(state, filing=replace(state.filing, lost=lost))


def saw_member(state: State, event: Member) -> State:
    """A member that a list names stays one."""
    if not event.listed:
        return state
    return replace(state, resync=replace(state.resync, staff=(*state.resync.staff, (event.queue, event.interface))))


def saw_channel(state: State, event: ChannelListed) -> Result:
    """Kept until the list is complete."""
    return replace(state, resync=replace(state.resync, listed=(*state.resync.listed, event))), ()


def saw_bridge(state: State, event: BridgeListed) -> Result:
    """Kept until the list of channels is complete."""
    return replace(state, resync=replace(state.resync, bridges=(*state.resync.bridges, event))), ()


def saw_caller(state: State, event: CallerListed) -> Result:
    """Kept until the list is complete."""
    return replace(state, resync=replace(state.resync, callers=(*state.resync.callers, event))), ()


def channels_listed(state: State, event: ChannelsListed, fold: Fold) -> Result:
    """Tell what must have happened to channels: come, gone, joined a bridge, left it, been connected by a queue."""
    resync = state.resync
    fresh = replace(resync, listed=(), bridges=(), channels=(), channels_done=True)
    story = _Story(replace(state, resync=fresh), fold, resync.heard_until or event.at)
    # The channel that gives a call its name says most about it.
    listed = sorted(resync.listed, key=lambda it: (it.channel.uniqueid != it.channel.linkedid, it.channel.uniqueid))
    here = {it.channel.uniqueid for it in listed}
    for it in listed:
        story.came(it)
    for uniqueid in resync.channels:
        if uniqueid not in here:
            story.went(uniqueid, event)
    holding = {bridge.bridge for bridge in resync.bridges if bridge.holding}
    for it in listed:
        if it.queue and it.bridge and it.bridge not in holding:
            story.connected(it, [peer for peer in listed if peer.bridge == it.bridge and peer is not it])
    for it in listed:
        story.bridged(it, next((bridge for bridge in resync.bridges if bridge.bridge == it.bridge), None))
    if resync.queues_done:
        _settle_queues(story, event)
    return story.state, tuple(story.changes)


def queues_listed(state: State, event: QueuesListed, fold: Fold) -> Result:
    """Tell who must have begun or ceased to wait, and who is a member no more; as soon as the channels are known."""
    resync = state.resync
    if not resync.channels_done:
        return replace(state, resync=replace(resync, queues_done=True)), ()
    story = _Story(state, fold, resync.heard_until or event.at)
    _settle_queues(story, event)
    return story.state, tuple(story.changes)


def _settle_queues(story: "_Story", event: Event) -> None:
    """Both lists are complete, and nothing is left to make good."""
    resync = story.state.resync
    story.state = replace(story.state, resync=Resync(lost=resync.lost))
    for caller in resync.callers:
        story.waits(caller)
    waiting = {(caller.queue, caller.channel.uniqueid) for caller in resync.callers}
    for call in list(story.state.calls.values()):
        for stint in call.stints:
            known = stint.left_at is None and stint.entered_at <= resync.heard_until
            if known and (stint.queue, stint.uniqueid) not in waiting:
                who = Channel(stint.uniqueid, call.linkedid)
                story.happen(QueueCallerLeave(pos=event.pos, at=story.heard_until, channel=who, queue=stint.queue))
    for queue, interface in resync.members:
        agent = story.state.agents.get(interface)
        if (queue, interface) not in resync.staff and agent is not None and queue in agent.queues:
            story.happen(MemberRemoved(pos=event.pos, at=event.at, queue=queue, interface=interface))


class _Story:
    """Events that were missed, folded into the state one after the other."""

    def __init__(self, state: State, fold: Fold, heard_until: int) -> None:
        self.state = state
        self.changes: list[Change] = []
        self.heard_until = heard_until
        self._fold = fold

    def happen(self, event: Event) -> None:
        self.state, more = self._fold(self.state, event)
        self.changes += more

    def came(self, it: ChannelListed) -> None:
        if it.channel.uniqueid in self.state.channels or it.channel.linkedid in self.state.closed:
            return
        self.happen(Newchannel(pos=it.pos, at=_born(it), channel=it.channel))
        if it.queue:
            self.happen(QueueAsked(pos=it.pos, at=_born(it), channel=it.channel, queue=it.queue))

    def went(self, uniqueid: str, event: ChannelsListed) -> None:
        linkedid = self.state.channels.get(uniqueid)
        if linkedid is not None:
            gone = Channel(uniqueid, linkedid)
            self.happen(ChannelVanished(pos=event.pos, at=self.heard_until, channel=gone))

    def connected(self, caller: ChannelListed, peers: list[ChannelListed]) -> None:
        """A caller in a queue's application who shares a bridge with an agent was connected by that queue.

        One whom it had connected before is in that application for as long as it lasts, whoever they talk to.
        """
        call = self._call(caller)
        if call is None or _was_connected(call, caller):
            return
        for peer in peers:
            interface = caller.interface or peer.channel.interface
            agent = self.state.agents.get(interface)
            if (agent is None and not caller.interface) or open_leg(call, peer.channel.uniqueid) is not None:
                continue
            entered = self._entered(call, caller)
            rang = max(entered, _born(peer))
            at = max(rang, self.heard_until) if caller.waited_ms is None else entered + caller.waited_ms
            answer = AgentConnect(
                pos=caller.pos,
                at=at,
                channel=caller.channel,
                dest=peer.channel,
                queue=caller.queue,
                interface=interface,
                member=caller.member or (agent.member_name if agent else interface),
                hold_s=(at - entered) // 1000,
            )
            if _born(peer) >= self.heard_until and all(ring.uniqueid != peer.channel.uniqueid for ring in call.rings):
                self.happen(_rang(answer, rang))
            self.happen(answer)
            return

    def bridged(self, it: ChannelListed, bridge: BridgeListed | None) -> None:
        party = self._party(it)
        if party is None or party.bridge == it.bridge:
            return
        at = max(_born(it), self.heard_until)
        if it.bridge:
            conference, holding = (bridge.conference, bridge.holding) if bridge is not None else (False, False)
            entered = BridgeEnter(
                pos=it.pos,
                at=at,
                channel=it.channel,
                bridge=it.bridge,
                conference=conference,
                holding=holding,
                listed=True,
            )
            self.happen(entered)
        else:
            self.happen(BridgeLeave(pos=it.pos, at=at, channel=it.channel, bridge=party.bridge))

    def waits(self, caller: CallerListed) -> None:
        linkedid = self.state.channels.get(caller.channel.uniqueid)
        call = self.state.calls.get(linkedid or "")
        if call is None or _waited_then(call, caller):
            return
        at = max(call.started_at, caller.at - caller.waited_s * 1000)
        who = replace(caller.channel, linkedid=call.linkedid)
        joined = QueueCallerJoin(pos=caller.pos, at=at, channel=who, queue=caller.queue, position=caller.position)
        self.happen(joined)

    def _entered(self, call: Call, caller: ChannelListed) -> int:
        """When the caller entered the queue; a stint is begun where we know of none."""
        entered = _open_stint(call, caller.channel.uniqueid, caller.queue)
        if entered is None:
            entered = _born(caller)
            joined = QueueCallerJoin(pos=caller.pos, at=entered, channel=caller.channel, queue=caller.queue, position=0)
            self.happen(joined)
        return entered

    def _call(self, it: ChannelListed) -> Call | None:
        return self.state.calls.get(self.state.channels.get(it.channel.uniqueid, ""))

    def _party(self, it: ChannelListed) -> Party | None:
        call = self._call(it)
        parties = call.parties if call is not None else ()
        return next((party for party in parties if party.uniqueid == it.channel.uniqueid), None)


def _rang(answer: AgentConnect, at: int) -> AgentCalled:
    """The ring that was answered."""
    return AgentCalled(
        pos=answer.pos,
        at=at,
        channel=answer.channel,
        dest=answer.dest,
        queue=answer.queue,
        interface=answer.interface,
        member=answer.member,
    )


def _born(it: ChannelListed) -> int:
    return it.at - it.age_s * 1000


def _waited_then(call: Call, caller: CallerListed) -> bool:
    """Whether we know the stint that was listed. By the time that all lists are complete it may be over."""
    return any(
        stint.uniqueid == caller.channel.uniqueid
        and stint.queue == caller.queue
        and (stint.left_at is None or stint.left_at >= caller.at - CLOCKS_MS)
        for stint in call.stints
    )


def _was_connected(call: Call, caller: ChannelListed) -> bool:
    """Whether we know that this queue has connected the caller, who has not come back to wait since."""
    who, queue = caller.channel.uniqueid, caller.queue
    mine = [stint for stint in call.stints if stint.uniqueid == who and stint.queue == queue]
    return bool(mine) and mine[-1].outcome is StintOutcome.ANSWERED


def _open_stint(call: Call, uniqueid: str, queue: str) -> int | None:
    """When the channel's stint in this queue that has no outcome began."""
    for stint in reversed(call.stints):
        if stint.uniqueid == uniqueid and stint.queue == queue and stint.outcome is None:
            return stint.entered_at
    return None
