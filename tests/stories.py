"""The vocabulary of tests about calls: `told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")`.

A story is a list of `SECOND WORDS`; each becomes the events that Asterisk sends for it. One caller unless `two:` and
the like stand before the words. Agents are named; their interface is `PJSIP/` and the name.
"""

from collections.abc import Callable, Iterator

from calls import events as e
from calls.call import Call
from calls.reducer import advance
from calls.state import AgentChanged, CallChanged, Change, Rejected, State

# 2026-11-22T12:00:00Z: a quarter of an hour begins, so a story stays in one interval.
NOON = 1_795_348_800_000
BRIDGE = "bridge"


class Told:
    """What a story came to."""

    def __init__(self) -> None:
        self.state = State(pbx="pbx")
        self.changes: list[Change] = []
        self._seq = 0

    def feed(self, event: e.Event) -> None:
        """Apply one event."""
        self.state, changes = advance(self.state, event)
        self.changes += changes

    def hears(self, second: float, kind: type[e.Event], /, **facts: object) -> None:
        """Apply an event of this kind, at this second of the story."""
        self.feed(kind(pos=self.position(), at=NOON + round(second * 1000), **facts))

    def goes_on(self, story: str) -> None:
        """Tell more of the story."""
        for event in story_events(story, self.position):
            self.feed(event)

    def position(self) -> e.Position:
        """The next place in the source."""
        self._seq += 1
        return e.Position("ami", "test", 1, self._seq)

    def calls(self) -> list[Call]:
        """Every call in its last form, in the order they began."""
        latest = {c.call.call_id: c.call for c in self.changes if isinstance(c, CallChanged)}
        return sorted(latest.values(), key=lambda call: call.started_at)

    @property
    def call(self) -> Call:
        """The only call."""
        (call,) = self.calls()
        return call

    @property
    def rejects(self) -> list[Rejected]:
        """What was refused."""
        return [change for change in self.changes if isinstance(change, Rejected)]

    def presences(self, agent: str) -> list[str]:
        """The states that an agent went through."""
        states: list[str] = []
        for change in self.changes:
            if isinstance(change, AgentChanged) and change.agent.interface == interface(agent):
                state = change.agent.presence.state.value
                if states[-1:] != [state]:
                    states.append(state)
        return states


def interface(agent: str) -> str:
    """Where an agent of a story is reached."""
    return f"PJSIP/{agent.lower()}"


def told(story: str, settings: e.Settings | None = None) -> Told:
    """Tell a story to the reducer."""
    result = Told()
    if settings is not None:
        place = e.Position("settings", "test", 1, 0)
        result.feed(e.SettingsChanged(pos=place, at=NOON, settings=settings))
    result.goes_on(story)
    return result


def story_events(story: str, position: Callable[[], e.Position]) -> Iterator[e.Event]:
    """The events of a story."""
    for sentence in story.split(","):
        second, _, words = sentence.strip().partition(" ")
        who = "one"
        if ":" in words.split()[0]:
            who, _, words = words.partition(": ")
        verb, *rest = words.split()
        at = NOON + round(float(second) * 1000)
        yield from VERBS[verb](Scene(who, at, position), *rest)


class Scene:
    """One sentence's caller, instant and channels."""

    def __init__(self, who: str, at: int, position: Callable[[], e.Position]) -> None:
        self.who, self.at, self._position = who, at, position

    @property
    def pos(self) -> e.Position:
        """The place of the next event."""
        return self._position()

    def caller(self) -> e.Channel:
        """The caller's channel."""
        return e.Channel(self.who, self.who, f"PJSIP/trunk-{self.who}", "5551234", "Carl Caller", "2001")

    def phone(self, agent: str) -> e.Channel:
        """The agent's channel in this call."""
        name = f"{interface(agent)}-{self.who}"
        return e.Channel(f"{self.who}-{agent}", self.who, name, "1001")

    def agent_event(self, kind: type[e.AgentEvent], queue: str, agent: str, **more: object) -> e.Event:
        """An event between caller and member."""
        return kind(
            pos=self.pos, at=self.at, channel=self.caller(), dest=self.phone(agent), queue=queue,
            interface=interface(agent), member=agent, **more,
        )  # fmt: skip


def _arrives(s: Scene) -> list[e.Event]:
    return [e.Newchannel(pos=s.pos, at=s.at, channel=s.caller())]


def _joins(s: Scene, queue: str) -> list[e.Event]:
    return [
        e.QueueAsked(pos=s.pos, at=s.at, channel=s.caller(), queue=queue),
        e.QueueCallerJoin(pos=s.pos, at=s.at, channel=s.caller(), queue=queue, position=1),
    ]


def _rings(s: Scene, agent: str, queue: str = "support") -> list[e.Event]:
    return [
        e.Newchannel(pos=s.pos, at=s.at, channel=s.phone(agent)),
        s.agent_event(e.AgentCalled, queue, agent),
        e.DialBegin(pos=s.pos, at=s.at, channel=s.caller(), dest=s.phone(agent)),
    ]


def _misses(s: Scene, agent: str, ring_ms: str = "5000") -> list[e.Event]:
    return [
        e.DialEnd(pos=s.pos, at=s.at, channel=s.caller(), dest=s.phone(agent), status="NOANSWER"),
        s.agent_event(e.AgentRingNoAnswer, "support", agent, ring_ms=int(ring_ms)),
        e.Hangup(pos=s.pos, at=s.at, channel=s.phone(agent), cause=19),
    ]


def _answers(s: Scene, agent: str, queue: str = "support") -> list[e.Event]:
    return [
        e.DialEnd(pos=s.pos, at=s.at, channel=s.caller(), dest=s.phone(agent), status="ANSWER"),
        e.QueueCallerLeave(pos=s.pos, at=s.at, channel=s.caller(), queue=queue),
        s.agent_event(e.AgentConnect, queue, agent, hold_s=0),
        e.BridgeEnter(pos=s.pos, at=s.at, channel=s.phone(agent), bridge=BRIDGE + s.who),
        e.BridgeEnter(pos=s.pos, at=s.at, channel=s.caller(), bridge=BRIDGE + s.who),
    ]


def _ends(s: Scene, channel: e.Channel) -> list[e.Event]:
    return [
        e.HangupRequest(pos=s.pos, at=s.at, channel=channel),
        e.BridgeLeave(pos=s.pos, at=s.at, channel=channel, bridge=BRIDGE + s.who),
        e.Hangup(pos=s.pos, at=s.at, channel=channel, cause=16),
    ]


def _caller(s: Scene, verb: str) -> list[e.Event]:
    return {"ends": _ends, "holds": _holds, "resumes": _resumes}[verb](s, s.caller())


def _agent(s: Scene, agent: str, verb: str, to: str = "") -> list[e.Event]:
    if verb == "transfers":
        transfer = e.BlindTransfer(
            pos=s.pos, at=s.at, transferer=s.phone(agent), transferee=s.caller(), exten=to, ok=True
        )
        return [transfer, e.Hangup(pos=s.pos, at=s.at, channel=s.phone(agent), cause=16)]
    if verb == "leaves":
        return [e.Hangup(pos=s.pos, at=s.at, channel=s.phone(agent), cause=16)]
    return {"ends": _ends, "holds": _holds, "resumes": _resumes}[verb](s, s.phone(agent))


def _holds(s: Scene, channel: e.Channel) -> list[e.Event]:
    return [e.Hold(pos=s.pos, at=s.at, channel=channel)]


def _resumes(s: Scene, channel: e.Channel) -> list[e.Event]:
    return [e.Unhold(pos=s.pos, at=s.at, channel=channel)]


def _abandons(s: Scene, queue: str) -> list[e.Event]:
    return [
        e.HangupRequest(pos=s.pos, at=s.at, channel=s.caller()),
        *_unanswered(s, queue),
        e.Hangup(pos=s.pos, at=s.at, channel=s.caller(), cause=16),
    ]


def _unanswered(s: Scene, queue: str) -> list[e.Event]:
    return [
        e.QueueCallerAbandon(pos=s.pos, at=s.at, channel=s.caller(), queue=queue),
        e.QueueCallerLeave(pos=s.pos, at=s.at, channel=s.caller(), queue=queue),
    ]


def _queue_says(s: Scene, queue: str, value: str) -> list[e.Event]:
    asked = e.QueueAsked(pos=s.pos, at=s.at, channel=s.caller(), queue=queue)
    left = [] if value in ("JOINEMPTY", "FULL") else _unanswered(s, queue)
    return [asked, *left, e.QueueStatusSet(pos=s.pos, at=s.at, channel=s.caller(), value=value)]


def _member(s: Scene, agent: str, what: str, queue: str = "support") -> list[e.Event]:
    if what == "removed":
        return [e.MemberRemoved(pos=s.pos, at=s.at, queue=queue, interface=interface(agent))]
    paused = what not in ("added", "unpaused", "unreachable")
    return [
        e.Member(
            pos=s.pos, at=s.at, queue=queue, interface=interface(agent), name=agent,
            status=5 if what == "unreachable" else 1, paused=paused, reason=what if paused else "",
        )
    ]  # fmt: skip


def _boots(s: Scene) -> list[e.Event]:
    return [e.PbxBooted(pos=s.pos, at=s.at, uptime_s=0)]


VERBS: dict[str, Callable[..., list[e.Event]]] = {
    "arrives": _arrives,
    "joins": _joins,
    "rings": _rings,
    "misses": _misses,
    "answers": _answers,
    "caller": _caller,
    "agent": _agent,
    "abandons": _abandons,
    "queue": _queue_says,
    "member": _member,
    "boots": _boots,
}
