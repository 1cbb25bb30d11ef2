"""queue_log's lines among the records of CEL: each where it happened, told as the events that AMI would have sent.

A line has whole seconds, a record microseconds: a line stands at the record that shows the same thing, and has its
time. Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from calls.events import (
    AgentComplete,
    AgentConnect,
    AgentRingNoAnswer,
    Channel,
    Event,
    Position,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueStatusSet,
)
from calls.evidence import Evidence
from calls.file_events import ENDED_BY, LEFT_UNANSWERED, ChannelLogged, QueueLogged

NOWHERE = Position("account", "", 0, 0)
# A line is written up to this long before or after the record of the same thing.
SLACK_MS = 1250
# Two who hang up within this time did so at once.
AT_ONCE_MS = 300
STATUS = {"ABANDON": "ABANDON", **LEFT_UNANSWERED}
COMPLETED = {**ENDED_BY, "BLINDTRANSFER": "transfer", "ATTENDEDTRANSFER": "transfer"}


class Visit(NamedTuple):
    """A connected stay: the member as the queue knows it, and the channel it was reached by."""

    interface: str
    member: str
    channel: str


class Ending(NamedTuple):
    """How a connected stay ended, as the queue says, with the agent's channel."""

    channel: str
    ended_by: str
    ended_at: int


class Placed(NamedTuple):
    """A line, the record before which it stands, and its time."""

    entry: QueueLogged
    place: int
    at: int


class QueueLines:
    """The lines of one group. `before` must be called for each record in order, and once more behind the last."""

    def __init__(self, evidence: Evidence, names: Mapping[str, str]) -> None:
        self._records = evidence.records
        self._names = names
        self._interfaces = {name: interface for interface, name in names.items()}
        self._linkedid = evidence.linkedid
        self._channels = {it.channel.uniqueid: it.channel for it in reversed(self._records)}
        self.learned: dict[str, str] = {}
        """Agents by interface, as the lines name them."""
        self._taken: set[int] = set()
        self._at_place: dict[int, list[Placed]] = {}
        self._waiting: dict[str, str] = {}
        self._visits: dict[tuple[str, str], Visit] = {}
        self._ends: dict[tuple[str, int], Ending] = {}
        reached: dict[str, int] = {}
        for entry in evidence.entries:
            placed = self._place(entry, reached.get(entry.callid, 0))
            reached[entry.callid] = placed.place
            self._at_place.setdefault(placed.place, []).append(placed)
            self._learn(entry)
            if COMPLETED.get(entry.verb) in ("caller", "agent"):
                ending = Ending(self._connection(entry), COMPLETED[entry.verb], placed.at)
                self._ends[entry.callid, placed.at] = ending

    def before(self, index: int) -> Iterator[Event]:
        """What the lines that stand before this record tell."""
        for placed in self._at_place.get(index, ()):
            yield from self._tell(placed)

    def waiting(self, channel: Channel) -> tuple[str, str] | None:
        """Whom a queue's new channel is for: the caller who waits, and the queue."""
        if not self._waiting:
            return None
        caller = next((it for it in self._waiting if self._same_call(it, channel)), next(iter(self._waiting)))
        return caller, self._waiting[caller]

    def interface_of(self, channel: Channel) -> str:
        """The member's interface, which may say more than the channel's name (`Local/1004@office/n`)."""
        found = channel.interface
        if found in self.learned or found in self._names:
            return found
        return next((it for it in self.learned if it.startswith(f"{found}/")), found)

    def _same_call(self, uniqueid: str, channel: Channel) -> bool:
        found = self._channels.get(uniqueid)
        return found is not None and found.linkedid == channel.linkedid

    def asked(self, uniqueid: str, at: int) -> str:
        """Who of a conversation asked to end it at this time: the queue's word, where both did at once."""
        for (callid, _), visit in self._ends.items():
            if uniqueid in (callid, visit.channel) and abs(visit.ended_at - at) <= AT_ONCE_MS:
                return callid if visit.ended_by == "caller" else visit.channel
        return uniqueid

    def _learn(self, entry: QueueLogged) -> None:
        if entry.agent not in ("", "NONE"):
            interface = self._interface(entry)
            if interface:
                self.learned.setdefault(interface, self._names.get(interface, entry.agent))

    def _interface(self, entry: QueueLogged) -> str:
        """Where the member whom a line names is reached: by the channel if that is the member's, else by its name."""
        channel = self._channels.get(entry.values.get("agent_uniqueid", ""))
        reached = channel.interface if channel is not None else ""
        if reached and self._names.get(reached) == entry.agent:
            return reached
        if entry.agent in self._names:
            return entry.agent
        return self._interfaces.get(entry.agent, reached)

    def _place(self, entry: QueueLogged, reached: int) -> Placed:
        """Where a line belongs: at the record that shows the same, not before this caller's line before it."""
        anchor = ANCHORS.get(entry.verb)
        found = anchor(self, entry, reached) if anchor is not None else None
        if found is not None:
            self._taken.add(found)
            return Placed(entry, found, self._records[found].at)
        index = reached
        while index < len(self._records) and self._records[index].at < entry.at:
            index += 1
        earlier = self._records[index - 1].at if index else entry.at
        return Placed(entry, index, max(entry.at, min(earlier, entry.at + 999)))

    def _find(
        self, entry: QueueLogged, reached: int, shows: Callable[[ChannelLogged], bool], *, last: bool = False
    ) -> int | None:
        """The first (or last) record within the line's time of which `shows` holds."""
        found = None
        for index in range(reached, len(self._records)):
            record = self._records[index]
            if record.at > entry.at + 999 + SLACK_MS:
                break
            if record.at >= entry.at - SLACK_MS and index not in self._taken and shows(record):
                found = index
                if not last:
                    break
        return found

    def entered(self, entry: QueueLogged, reached: int) -> int | None:
        """Where its music begins, or the first phone is called for it."""

        def music(it: ChannelLogged) -> bool:
            mine = it.channel.uniqueid == entry.callid and it.application == "Queue"
            return mine and it.name == "MOH_STREAM_BEGIN"

        found = self._find(entry, reached, music)
        return found if found is not None else self._find(entry, reached, lambda it: self._rung(it))

    def _rung(self, it: ChannelLogged) -> bool:
        """Whether a queue makes this channel, to ring a member."""
        return it.kind == "CHAN_START" and any(
            other.application == "AppQueue" for other in self._records if other.channel.uniqueid == it.channel.uniqueid
        )

    def missed(self, entry: QueueLogged, reached: int) -> int | None:
        """Where the phone that rang is gone."""
        interface = self._interface(entry)

        def gone(it: ChannelLogged) -> bool:
            ended = it.kind == "HANGUP" and it.application == "AppQueue" and self._never_bridged(it.channel.uniqueid)
            return ended and (not interface or interface.startswith(it.channel.interface))

        return self._find(entry, reached, gone)

    def _never_bridged(self, uniqueid: str) -> bool:
        return not any(it.kind == "BRIDGE_ENTER" and it.channel.uniqueid == uniqueid for it in self._records)

    def connected(self, entry: QueueLogged, reached: int) -> int | None:
        """Where caller or agent enters the bridge."""
        both = (entry.callid, entry.values.get("agent_uniqueid", ""))
        return self._find(entry, reached, lambda it: it.kind == "BRIDGE_ENTER" and it.channel.uniqueid in both)

    def completed(self, entry: QueueLogged, reached: int) -> int | None:
        """Before the first of caller and agent is gone, if that is when it ended."""
        visit = self._connection(entry)
        both = (entry.callid, visit)
        return self._find(entry, reached, lambda it: it.kind == "HANGUP" and it.channel.uniqueid in both)

    def transferred(self, entry: QueueLogged, reached: int) -> int | None:
        """Behind the record of the transfer."""
        found = self._find(entry, reached, lambda it: it.kind == entry.verb)
        return found + 1 if found is not None and found + 1 < len(self._records) else None

    def gave_up(self, entry: QueueLogged, reached: int) -> int | None:
        """Where the caller's music ends, or the caller is gone."""

        def over(it: ChannelLogged) -> bool:
            music = it.name == "MOH_STREAM_END" and it.application == "Queue"
            return it.channel.uniqueid == entry.callid and (music or it.kind == "HANGUP")

        return self._find(entry, reached, over)

    def _connection(self, entry: QueueLogged) -> str:
        """The channel of the agent whom the caller was connected to last before this line."""
        found = ""
        for places in self._at_place.values():
            for placed in places:
                if placed.entry.callid == entry.callid and placed.entry.verb == "CONNECT":
                    found = placed.entry.values.get("agent_uniqueid", "")
        return found

    def _channel(self, uniqueid: str) -> Channel:
        found = self._channels.get(uniqueid)
        return found if found is not None else Channel(uniqueid, self._linkedid)

    def _tell(self, placed: Placed) -> Iterator[Event]:
        entry, at = placed.entry, placed.at
        caller, queue = self._channel(entry.callid), entry.queue
        if entry.verb == "ENTERQUEUE":
            self._waiting[entry.callid] = queue
            position = int(entry.values.get("position", "0"))
            yield QueueCallerJoin(pos=NOWHERE, at=at, channel=caller, queue=queue, position=position)
        elif entry.verb == "RINGNOANSWER":
            interface, member = self._member(entry, placed)
            yield AgentRingNoAnswer(
                pos=NOWHERE,
                at=at,
                channel=caller,
                dest=None,
                queue=queue,
                interface=interface,
                member=member,
                ring_ms=int(entry.values["ring_ms"]),
            )
        elif entry.verb == "CONNECT":
            self._waiting.pop(entry.callid, None)
            dest = self._channel(entry.values["agent_uniqueid"])
            interface = self._interface(entry) or entry.agent
            member = self.learned.get(interface, entry.agent)
            self._visits[entry.callid, queue] = Visit(interface, member, dest.uniqueid)
            yield AgentConnect(
                pos=NOWHERE,
                at=at,
                channel=caller,
                dest=dest,
                queue=queue,
                interface=interface,
                member=member,
                hold_s=int(entry.values["wait_s"]),
            )
        elif entry.verb in COMPLETED:
            visit = self._visits.get((entry.callid, queue))
            if visit is not None:
                yield AgentComplete(
                    pos=NOWHERE,
                    at=at,
                    channel=caller,
                    dest=self._channel(visit.channel),
                    queue=queue,
                    interface=visit.interface,
                    member=visit.member,
                    reason=COMPLETED[entry.verb],
                )
        elif entry.verb in STATUS or entry.verb == "EXITWITHKEY":
            self._waiting.pop(entry.callid, None)
            if entry.verb in STATUS:
                yield QueueCallerAbandon(pos=NOWHERE, at=at, channel=caller, queue=queue)
            yield QueueCallerLeave(pos=NOWHERE, at=at, channel=caller, queue=queue)
            if entry.verb in STATUS:
                yield QueueStatusSet(pos=NOWHERE, at=at, channel=caller, value=STATUS[entry.verb])

    def _member(self, entry: QueueLogged, placed: Placed) -> tuple[str, str]:
        """Interface and name of the member whom a line names, by the record at which it stands if by nothing else."""
        interface = self._interface(entry)
        if not interface and placed.place < len(self._records) and placed.place in self._taken:
            interface = self._records[placed.place].channel.interface
        interface = interface or entry.agent
        return interface, self.learned.get(interface, entry.agent)


ANCHORS: dict[str, Callable[[QueueLines, QueueLogged, int], int | None]] = {
    "ENTERQUEUE": QueueLines.entered,
    "RINGNOANSWER": QueueLines.missed,
    "CONNECT": QueueLines.connected,
    "COMPLETECALLER": QueueLines.completed,
    "COMPLETEAGENT": QueueLines.completed,
    "BLINDTRANSFER": QueueLines.transferred,
    "ATTENDEDTRANSFER": QueueLines.transferred,
    "ABANDON": QueueLines.gave_up,
    "EXITWITHTIMEOUT": QueueLines.gave_up,
    "EXITEMPTY": QueueLines.gave_up,
    "WITHDRAW": QueueLines.gave_up,
    "EXITWITHKEY": QueueLines.gave_up,
}
