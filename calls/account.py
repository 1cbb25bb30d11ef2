"""The files' own account of a group of channels: their records and lines, told as the events that AMI would have sent.

The one reducer makes calls of them, so that both accounts of a call are made by the same rules. What the files do not
say is taken from what they do: a dial from the channel it made, a hold from the music that the other party hears. Pure.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from calls.agents import new_agent
from calls.apply import Result
from calls.call import Call
from calls.events import (
    AgentCalled,
    AttendedTransfer,
    BlindTransfer,
    BridgeEnter,
    BridgeLeave,
    CallParked,
    CallPickedUp,
    Channel,
    ChannelVanished,
    DialBegin,
    DialEnd,
    Event,
    Hangup,
    HangupRequest,
    Hold,
    Newchannel,
    PbxBooted,
    Position,
    Unhold,
    VoicemailLeft,
)
from calls.evidence import CONFERENCE, Evidence
from calls.file_events import ChannelLogged
from calls.queue_account import NOWHERE, QueueLines
from calls.state import CallChanged, State

# One channel takes another's place in a bridge within this time of its leaving.
SWAP_MS = 50
# The one who hangs up leaves the bridge at most this long before its channel is gone.
TEARDOWN_MS = 500
# Whoever stays so long behind a mailbox's beep leaves a message.
MAILBOX, SPOKEN_MS = "VoiceMail", 2000
BUSY, NO_ANSWER = "BUSY", "NOANSWER"
BUSY_CAUSES = (17, 21)
FAILED_DIAL = frozenset({BUSY, NO_ANSWER, "CANCEL", "CONGESTION", "CHANUNAVAIL"})

Advance = Callable[[State, Event], Result]
Names = Mapping[str, str]
"""The name of the agent behind each interface."""


def account(state: State, evidence: Evidence, dead_at: int | None, advance: Advance) -> dict[str, Call]:
    """The calls that this group came to by the files alone, by Linkedid; `dead_at`: the PBX came up anew then (ms).

    `state` is the PBX's: who is behind an interface, and its settings.
    """
    told = {it: state.settings.agent(it).name or it for it in state.settings.agents}
    names = {**told, **{it.interface: it.member_name for it in state.agents.values()}}
    story = _Story(evidence, names)
    known = {it: names[it] for it in story.interfaces if it in names}
    agents = {it: new_agent(it, name) for it, name in {**known, **story.learned}.items()}
    mine = State(pbx=state.pbx, settings=state.settings, agents=agents)
    calls: dict[str, Call] = {}
    events = list(story.events())
    if dead_at is not None:
        events.append(PbxBooted(pos=NOWHERE, at=dead_at, uptime_s=0))
    elif not evidence.records:
        events += list(_vanished(evidence))
    for number, event in enumerate(events, 1):
        mine, changes = advance(mine, replace(event, pos=Position("account", "", 1, number)))
        calls.update((it.call.linkedid, it.call) for it in changes if isinstance(it, CallChanged))
    return calls


def _vanished(evidence: Evidence) -> Iterator[Event]:
    """Of what queue_log alone tells the last line is the end."""
    last = evidence.entries[-1]
    agents = (it.values.get("agent_uniqueid", "") for it in evidence.entries)
    for who in dict.fromkeys(it for it in (*(it.callid for it in evidence.entries), *agents) if it):
        yield ChannelVanished(pos=NOWHERE, at=last.at, channel=Channel(who, evidence.linkedid))


class _Story:
    """Records and lines of one group, told one after the other."""

    def __init__(self, evidence: Evidence, names: Names) -> None:
        self._records = evidence.records
        self._first: dict[str, Channel] = {}
        self._last_word: dict[str, ChannelLogged] = {}
        self._applications: dict[str, set[str]] = {}
        for record in self._records:
            who = record.channel.uniqueid
            self._first.setdefault(who, record.channel)
            self._applications.setdefault(who, set()).add(record.application)
            if record.kind == "HANGUP":
                self._last_word[who] = record
        self._linkedids: dict[str, str] = {}
        self._bridge: dict[str, str] = {}
        self._left: dict[str, tuple[str, int]] = {}
        self._holder: dict[str, str] = {}
        self._beeps: dict[str, int] = {}
        self._lines = QueueLines(evidence, names)
        self._asks = self._who_asks()

    @property
    def interfaces(self) -> set[str]:
        """Where the channels of this group lead."""
        return {it.interface for it in self._first.values()}

    @property
    def learned(self) -> dict[str, str]:
        """The agents whom the lines name, by interface."""
        return self._lines.learned

    def events(self) -> Iterator[Event]:
        """All of it, in order."""
        for index, record in enumerate(self._records):
            yield from self._lines.before(index)
            self._linkedids[record.channel.uniqueid] = record.channel.linkedid
            yield from self._ask(index, record)
            teller = TELLERS.get(record.kind)
            if teller is not None:
                yield from teller(self, record)
        yield from self._lines.before(len(self._records))

    def _who_asks(self) -> dict[int, list[Channel]]:
        """Before which record a channel asks to end: the first that leaves its last bridge, else its own hangup.

        Whoever is named as the source of a hangup asked, if it was gone by then: a source may be one of long ago.
        """
        gone = {it.channel.name: (who, it) for who, it in self._last_word.items()}
        askers: dict[str, ChannelLogged] = {}
        for hangup in self._last_word.values():
            who, own = gone.get(str(hangup.extra.get("hangupsource")), ("", hangup))
            if who and abs(own.at - hangup.at) <= TEARDOWN_MS:
                askers[who] = own
        asks: dict[int, list[Channel]] = {}
        for who, hangup in askers.items():
            asked = self._lines.asked(who, hangup.at)
            asks.setdefault(self._last_leaving(who, hangup), []).append(self._first[asked])
        return asks

    def _last_leaving(self, who: str, hangup: ChannelLogged) -> int:
        """The place of the first record by which a channel that is about to be gone leaves its conversation."""
        place = next(index for index, it in enumerate(self._records) if it is hangup)
        leaving = [
            (index, it)
            for index, it in enumerate(self._records[:place])
            if it.kind == "BRIDGE_EXIT" and it.at >= hangup.at - TEARDOWN_MS
        ]
        own = [(index, it) for index, it in leaving if it.channel.uniqueid == who]
        if not own:
            return place
        index, last = own[-1]
        if last.application == CONFERENCE:
            return index
        return next(index for index, it in leaving if it.extra.get("bridge_id") == last.extra.get("bridge_id"))

    def _ask(self, index: int, record: ChannelLogged) -> Iterator[Event]:
        for channel in self._asks.get(index, ()):
            yield HangupRequest(pos=NOWHERE, at=record.at, channel=self._now(channel.uniqueid))

    def _now(self, uniqueid: str) -> Channel:
        """A channel as it was first seen, in the call that it is in now."""
        found = self._first.get(uniqueid) or Channel(uniqueid, uniqueid)
        return replace(found, linkedid=self._linkedids.get(uniqueid, found.linkedid))

    def began(self, record: ChannelLogged) -> Iterator[Event]:
        """A channel came to be; one that the PBX made to reach somebody is a ring."""
        channel = record.channel
        yield Newchannel(pos=NOWHERE, at=record.at, channel=channel)
        applications = self._applications[channel.uniqueid]
        called = "AppDial2" in applications  # by the PBX itself: the first channel of its call
        if channel.name.endswith(";2") or (channel.uniqueid == channel.linkedid and not called):
            return
        if "AppQueue" in applications or not (called or "AppDial" in applications):
            waiting = self._lines.waiting(channel)
            if waiting is not None:
                caller, queue = waiting
                interface = self._lines.interface_of(channel)
                yield AgentCalled(
                    pos=NOWHERE,
                    at=record.at,
                    channel=self._now(caller),
                    dest=channel,
                    queue=queue,
                    interface=interface,
                    member=self.learned.get(interface, ""),
                )
                return
        yield DialBegin(pos=NOWHERE, at=record.at, channel=None, dest=channel)

    def entered(self, record: ChannelLogged) -> Iterator[Event]:
        """A channel joined a bridge, in the place of the one that has just left it."""
        who, bridge = record.channel.uniqueid, str(record.extra.get("bridge_id", ""))
        conference = record.application == CONFERENCE
        left, at = self._left.get(bridge, ("", 0))
        swapped = left != who and record.at - at <= SWAP_MS and not conference
        self._bridge[who] = bridge
        yield BridgeEnter(
            pos=NOWHERE,
            at=record.at,
            channel=record.channel,
            bridge=bridge,
            swap=left if swapped else "",
            conference=conference,
            holding=record.extra.get("bridge_technology") == "holding_bridge",
        )

    def left(self, record: ChannelLogged) -> Iterator[Event]:
        """A channel left a bridge."""
        who, bridge = record.channel.uniqueid, str(record.extra.get("bridge_id", ""))
        self._bridge.pop(who, None)
        self._left[bridge] = who, record.at
        yield BridgeLeave(pos=NOWHERE, at=record.at, channel=record.channel, bridge=bridge)

    def hung_up(self, record: ChannelLogged) -> Iterator[Event]:
        """A channel is gone; a dial that nobody answered ends with it."""
        channel = record.channel
        cause = record.extra.get("hangupcause", 0)
        dialled = channel.uniqueid != channel.linkedid and "AppDial" in self._applications[channel.uniqueid]
        bridged = any(it.kind == "BRIDGE_ENTER" and it.channel.uniqueid == channel.uniqueid for it in self._records)
        beep = self._beeps.get(channel.uniqueid)
        if beep is not None and record.at - beep >= SPOKEN_MS:
            yield VoicemailLeft(pos=NOWHERE, at=record.at, channel=channel)
        if dialled and not bridged:
            yield DialEnd(pos=NOWHERE, at=record.at, channel=None, dest=channel, status=self._dial_status(cause))
        yield Hangup(pos=NOWHERE, at=record.at, channel=channel, cause=cause if isinstance(cause, int) else 0)

    def _dial_status(self, cause: object) -> str:
        told = (it.extra.get("dialstatus") for it in self._last_word.values())
        by_cause = BUSY if cause in BUSY_CAUSES else NO_ANSWER
        return next((str(it) for it in told if it in FAILED_DIAL), by_cause)

    def blind_transferred(self, record: ChannelLogged) -> Iterator[Event]:
        """Somebody sent the other party on."""
        yield BlindTransfer(
            pos=NOWHERE,
            at=record.at,
            transferer=record.channel,
            transferee=self._named(record, "transferee_channel"),
            exten=str(record.extra.get("extension", "")),
            ok=True,
        )

    def attended_transferred(self, record: ChannelLogged) -> Iterator[Event]:
        """Somebody joined two parties and left."""
        yield AttendedTransfer(
            pos=NOWHERE,
            at=record.at,
            transferer=record.channel,
            second=self._named(record, "channel2") or record.channel,
            transferee=self._named(record, "transferee_channel"),
            target=self._named(record, "transfer_target_channel"),
            ok=True,
            takes_place="app" in record.extra,
        )

    def _named(self, record: ChannelLogged, key: str) -> Channel | None:
        """The channel that `extra` names, as it was first seen."""
        uniqueid = str(record.extra.get(f"{key}_uniqueid", ""))
        return self._first.get(uniqueid)

    def picked_up(self, record: ChannelLogged) -> Iterator[Event]:
        """Another phone took the call that rang here."""
        by = self._named(record, "pickup_channel")
        if by is not None:
            yield CallPickedUp(pos=NOWHERE, at=record.at, channel=by, target=record.channel)

    def parked(self, record: ChannelLogged) -> Iterator[Event]:
        """The party waits in a parking lot; in which space is not written."""
        parker, lot = (str(record.extra.get(it, "")) for it in ("parker_dial_string", "parking_lot"))
        yield CallParked(pos=NOWHERE, at=record.at, channel=record.channel, space=lot, parker=parker)

    def heard_music(self, record: ChannelLogged) -> Iterator[Event]:
        """Whoever hears music in a conversation is held by the other one, who may have left to ask somebody."""
        who = record.channel.uniqueid
        bridge = self._bridge.get(who, "")
        others = [it for it, where in self._bridge.items() if where == bridge and it != who]
        left, at = self._left.get(bridge, ("", 0))
        if not others and record.at - at <= TEARDOWN_MS:
            others = [left]
        if not bridge or record.application == CONFERENCE or len(others) != 1 or not others[0]:
            return
        self._holder[who] = others[0]
        yield Hold(pos=NOWHERE, at=record.at, channel=self._now(others[0]))

    def music_ended(self, record: ChannelLogged) -> Iterator[Event]:
        """The one who held is back."""
        holder = self._holder.pop(record.channel.uniqueid, None)
        if holder is not None:
            yield Unhold(pos=NOWHERE, at=record.at, channel=self._now(holder))

    def stream(self, record: ChannelLogged) -> Iterator[Event]:
        """Music begins or ends; of the sounds only a mailbox's beep says something."""
        if record.name == "MOH_STREAM_BEGIN":
            yield from self.heard_music(record)
        elif record.name == "MOH_STREAM_END":
            yield from self.music_ended(record)
        elif record.application == MAILBOX and record.extra.get("sound") == "beep":
            self._beeps[record.channel.uniqueid] = record.at


TELLERS: dict[str, Callable[[_Story, ChannelLogged], Iterator[Event]]] = {
    "CHAN_START": _Story.began,
    "BRIDGE_ENTER": _Story.entered,
    "BRIDGE_EXIT": _Story.left,
    "HANGUP": _Story.hung_up,
    "BLINDTRANSFER": _Story.blind_transferred,
    "ATTENDEDTRANSFER": _Story.attended_transferred,
    "PICKUP": _Story.picked_up,
    "PARK_START": _Story.parked,
    "STREAM_BEGIN": _Story.stream,
    "STREAM_END": _Story.stream,
}
