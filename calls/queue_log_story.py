"""What queue_log alone tells of calls: its lines as the events that say the same, folded by the one reducer. Pure.

This defines what the set-based import of years of queue_log has to give; tests hold the two equal. A call is all that
stands under one callid, because queue_log does not know the Linkedid; nor does it know holds, dialled calls and causes.

Rules beyond the reducer's. A caller who waits is in the newest stay alone: a line that says otherwise is refused. A
conversation lasts as long as its last line says. A call of which nothing was said for a day is over, as is one that
was open when Asterisk came up anew (QUEUESTART); how such a stay ended nobody knows. What is open still is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from calls.call import Call
from calls.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentRingNoAnswer,
    AttendedTransfer,
    BlindTransfer,
    Channel,
    ChannelVanished,
    Event,
    Hangup,
    Newchannel,
    PbxStopped,
    Position,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueStatusSet,
)
from calls.file_events import ENDED_BY, LEFT_UNANSWERED, QUEUE_LOG, QueueLogged
from calls.reducer import replay
from calls.settings import Settings
from calls.state import CallChanged, State

# What may stand in the place of a callid where a line is about no call.
NO_CALLS = ("", "NONE", "MANAGER", "REALTIME")
CAME_UP = "QUEUESTART"
OPENING = ("ENTERQUEUE", "JOINEMPTY", "FULL")
LEAVING = ("ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY", "WITHDRAW")
ENDING = ("COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER")
TOLD = frozenset({*OPENING, *LEAVING, *ENDING, "CONNECT", "RINGNOANSWER"})
"""The verbs that tell of a call; all others, such as the dialplan's own, tell of something else."""

SILENT_MS = 24 * 3600 * 1000
"""No line of a call for so long: it is over. Longer than anybody waits or talks."""

# Why a line is refused.
OVER = "its call was over"
NOBODY_WAITS = "nobody waits in this queue"
NOBODY_TALKS = "nobody talks in this queue"
NEVER_ENTERED = "its caller never entered this queue"

# QUEUESTATUS as Queue() sets it where these lines are written; after a key it says nothing.


class Told(Struct, frozen=True):
    """The calls, in the order of their first lines, and the refused lines, each with its reason."""

    calls: tuple[Call, ...]
    refused: tuple[tuple[QueueLogged, str], ...]


def calls_told(
    pbx: str, lines: Iterable[QueueLogged], settings: Settings, interfaces: Mapping[str, str] | None = None
) -> Told:
    """The calls of a queue_log. `interfaces`: where the members are reached whom the file calls by a name."""
    told: dict[str, list[tuple[int, QueueLogged]]] = {}
    came_up: list[int] = []
    newest = 0
    for line in lines:
        newest = max(newest, line.at)
        if line.verb == CAME_UP:
            came_up.append(line.at)
        elif line.verb in TOLD and line.callid not in NO_CALLS:
            told.setdefault(line.callid, []).append((len(came_up), line))
    calls: list[Call] = []
    refused: list[tuple[QueueLogged, str]] = []
    for callid, several in told.items():
        era = several[0][0]
        caller = _Caller(callid, interfaces or {})
        for place, line in several:
            reason = caller.read(line) if place == era else OVER
            if reason is not None:
                refused.append((line, reason))
        events = caller.events_until(came_up[era] if era < len(came_up) else None, newest)
        calls.extend(_folded(pbx, settings, events))
    return Told(tuple(calls), tuple(sorted(refused, key=lambda each: each[0].pos)))


def _folded(pbx: str, settings: Settings, events: Iterable[Event]) -> Iterator[Call]:
    """The call that these events come to, as the files alone know it."""
    changes = [change for _, several in replay(State(pbx=pbx, settings=settings), events) for change in several]
    calls = [change.call for change in changes if isinstance(change, CallChanged)]
    if calls:
        yield replace(calls[-1], certainty="final", hangup_cause=None, version=0)


class _Stay:
    """A stay in a queue, while its lines are read."""

    def __init__(self, queue: str, waits: bool) -> None:
        self.queue = queue
        self.waits = waits
        self.agent: Channel | None = None
        """The channel of the agent who talks, made up: queue_log does not say in which call it is."""
        self.answered_at = 0


class _Caller:
    """One call, while its lines are read: the events that say the same as they do."""

    def __init__(self, callid: str, interfaces: Mapping[str, str]) -> None:
        self.channel = Channel(callid, callid)
        self.interfaces = interfaces
        self.stays: list[_Stay] = []
        self.events: list[Event] = []
        self.heard_at: int | None = None
        self.ends_at = 0

    def read(self, line: QueueLogged) -> str | None:
        """Take a line in; why it is refused, if it is."""
        if self.heard_at is not None and line.at - self.heard_at >= SILENT_MS:
            return OVER
        self.heard_at = max(self.heard_at or 0, line.at)
        refused = self._understand(line)
        if refused is None:
            self.ends_at = max(self.ends_at, line.at)
        return refused

    def events_until(self, came_up_at: int | None, newest: int) -> list[Event]:
        """All events, with those that end the call; none while it is open, at `newest`, or where it never began."""
        if not self.stays or self.heard_at is None:
            return []
        talking = [stay.agent for stay in self.stays if stay.agent is not None]
        silent_at = newest if came_up_at is None else came_up_at
        if not talking and not any(stay.waits for stay in self.stays):
            self._say(Hangup, self.ends_at, channel=self.channel, cause=0)
        elif silent_at - self.heard_at >= SILENT_MS:
            for channel in (*talking, self.channel):
                self._say(ChannelVanished, self.ends_at, channel=channel)
        elif came_up_at is not None:
            self._say(PbxStopped, came_up_at)
        else:
            return []
        return self.events

    def _understand(self, line: QueueLogged) -> str | None:
        if line.verb in OPENING:
            self._open(line)
            return None
        stay = next((it for it in reversed(self.stays) if it.queue == line.queue), None)
        if stay is None:
            return NEVER_ENTERED
        if line.verb == "RINGNOANSWER":
            # A phone that rang on after the caller had left rang for no stay.
            queue = line.queue if stay.waits else ""
            self._agent(AgentRingNoAnswer, line, None, queue, ring_ms=int(line.values["ring_ms"]))
        elif line.verb in ENDING:
            if stay.agent is None:
                return NOBODY_TALKS
            self._end(line, stay, stay.agent)
        elif not stay.waits or stay is not self.stays[-1]:
            return NOBODY_WAITS
        elif line.verb == "CONNECT":
            self._connect(line, stay)
        else:
            self._leave(line, stay)
        return None

    def _open(self, line: QueueLogged) -> None:
        if not self.stays:
            self.channel = replace(self.channel, number=line.values.get("caller_id", ""))
            self._say(Newchannel, line.at, channel=self.channel)
        lets_in = line.verb == "ENTERQUEUE"
        if lets_in:
            position = int(line.values["position"])
            self._say(QueueCallerJoin, line.at, channel=self.channel, queue=line.queue, position=position)
        else:
            self._say(QueueAsked, line.at, channel=self.channel, queue=line.queue)
            self._say(QueueStatusSet, line.at, channel=self.channel, value=line.verb)
        # Only who waits is found by the queue: a refusal is no stay that anything else could be about.
        self.stays.append(_Stay(line.queue if lets_in else "\0", lets_in))

    def _connect(self, line: QueueLogged, stay: _Stay) -> None:
        stay.waits = False
        name = f"{self.channel.uniqueid}/{len(self.stays)}"
        stay.agent, stay.answered_at = Channel(name, self.channel.linkedid), line.at
        rang_at = line.at - int(line.values["ring_s"]) * 1000
        self._agent(AgentCalled, replace(line, at=rang_at), stay.agent, line.queue)
        self._agent(AgentConnect, line, stay.agent, line.queue, hold_s=int(line.values["wait_s"]))

    def _leave(self, line: QueueLogged, stay: _Stay) -> None:
        stay.waits = False
        left = QueueCallerLeave if line.verb == "EXITWITHKEY" else QueueCallerAbandon
        self._say(left, line.at, channel=self.channel, queue=line.queue)
        if line.verb in LEFT_UNANSWERED:
            self._say(QueueStatusSet, line.at, channel=self.channel, value=LEFT_UNANSWERED[line.verb])

    def _end(self, line: QueueLogged, stay: _Stay, agent: Channel) -> None:
        at = stay.answered_at + int(line.values["talk_s"]) * 1000
        if line.verb in ENDED_BY:
            # Named by its channel, as one who talks in two stays has two legs.
            self._say(
                AgentComplete, at, channel=self.channel, dest=agent, queue=line.queue, interface=agent.uniqueid,
                member="", reason=ENDED_BY[line.verb],
            )  # fmt: skip
        elif line.verb == "BLINDTRANSFER":
            self._say(BlindTransfer, at, transferer=agent, transferee=None, exten=line.values["extension"], ok=True)
        else:  # queue_log names the bridge that was joined, never the number that was dialled
            self._say(AttendedTransfer, at, transferer=agent, second=agent, transferee=None, target=None, ok=True)
        self._say(ChannelVanished, at, channel=agent)
        stay.agent = None
        self.ends_at = max(self.ends_at, at)

    def _agent(self, kind: type[Event], line: QueueLogged, dest: Channel | None, queue: str, **more: Any) -> None:
        interface = self.interfaces.get(line.agent, line.agent)
        self._say(
            kind, line.at, channel=self.channel, dest=dest, queue=queue, interface=interface, member=line.agent, **more
        )

    def _say(self, kind: type[Event], at: int, **fields: Any) -> None:
        self.events.append(kind(pos=Position(QUEUE_LOG, "", 0, len(self.events)), at=at, **fields))
