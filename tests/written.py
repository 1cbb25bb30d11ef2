"""What a PBX writes on its own disk of a story: `told("0 arrives, 9 caller ends").writes("0 arrives, 9 caller gone")`.

A story for the files has its own verbs, as one thing is several records and lines; agents and callers are those of
`stories`. `reads` is the ingester's mark that all of it was read.
"""

from collections.abc import Callable, Iterator
from typing import Any

from stories import NOON, Scene, Told, interface

from calls import events as e
from calls.call import Call
from calls.file_events import CEL, QUEUE_LOG, ChannelLogged, FilesRead, QueueLogged
from calls.state import CallChanged

BOTH = (QUEUE_LOG, CEL)
MUSIC = "MOH_STREAM_BEGIN"


class Filed(Told):
    """A story that AMI tells and the files tell, too. The files are read from second 0 on."""

    def __init__(self, *sources: str) -> None:
        super().__init__()
        self.sources = sources or BOTH
        self._at = {QUEUE_LOG: 0, CEL: 0, "files": 0, "link": 0}
        self.reads()

    def place(self, source: str) -> e.Position:
        """The next place in a file."""
        self._at[source] += 1
        return e.Position(source, "test", 1, self._at[source])

    def tells(self, story: str) -> "Filed":
        """Tell by AMI."""
        self.goes_on(story)
        return self

    def writes(self, story: str, *sources: str) -> "Filed":
        """Tell by the files that are read, or by these of them."""
        for event in written(story, self.place):
            if event.pos.source in (sources or self.sources):
                self.feed(event)
        return self

    def reads(self, marks: int = 1, second: float = 0) -> "Filed":
        """The files were read to their ends, so many times."""
        for _ in range(marks):
            self.feed(FilesRead(pos=self.place("files"), at=NOON + round(second * 1000), sources=self.sources))
        return self

    def deaf(self, since: float, until: float | None = None, source: str = "ami", cause: str = "the cable") -> "Filed":
        """This source is not heard for a while, or from now on."""
        self.feed(e.LinkLost(pos=self.place("link"), at=NOON + round(since * 1000), source=source, cause=cause))
        if until is not None:
            self.feed(e.LinkRestored(pos=self.place("link"), at=NOON + round(until * 1000), source=source))
        return self

    def final(self) -> list[Call]:
        """The calls that are final."""
        return [call for call in self.calls() if call.certainty == "final"]

    def causes(self) -> list[str]:
        """Why calls were corrected."""
        return [it.cause for it in self.changes if isinstance(it, CallChanged) and it.cause]


Place = Callable[[str], e.Position]


class Page:
    """One sentence's caller and instant, and the lines it makes."""

    def __init__(self, who: str, at: int, place: Place) -> None:
        self.at, self._place = at, place
        self._scene = Scene(who, at, lambda: place(QUEUE_LOG))
        self.caller = self._scene.caller()

    def phone(self, agent: str) -> e.Channel:
        """The agent's channel in this call."""
        return self._scene.phone(agent)

    def cel(self, kind: str, channel: e.Channel, application: str = "", name: str = "", **extra: Any) -> ChannelLogged:
        """A record of CEL."""
        return ChannelLogged(
            pos=self._place(CEL), at=self.at, channel=channel, kind=kind, application=application,
            name=name, extra=extra,
        )  # fmt: skip

    def line(self, verb: str, queue: str, agent: str = "NONE", **values: str) -> QueueLogged:
        """A line of queue_log: whole seconds."""
        return QueueLogged(
            pos=self._place(QUEUE_LOG), at=self.at // 1000 * 1000, callid=self.caller.uniqueid, queue=queue,
            agent=agent, verb=verb, values=values,
        )  # fmt: skip

    def gone(self, channel: e.Channel, application: str = "", source: str = "", cause: int = 16) -> list[e.Event]:
        """A channel's end."""
        extra = {"hangupcause": cause, "hangupsource": source, "dialstatus": ""}
        return [self.cel("HANGUP", channel, application, **extra), self.cel("CHAN_END", channel, application)]

    def over(self, agent: str, queue: str, by: e.Channel, verb: str) -> list[e.Event]:
        """A conversation ends, and with it the call."""
        bridge = {"bridge_id": "b" + self.caller.uniqueid}
        phone = self.phone(agent)
        return [
            self.cel("BRIDGE_EXIT", by, **bridge),
            self.line(verb, queue, agent, wait_s="3", talk_s="60", original_position="1"),
            *self.gone(phone, "AppQueue", by.name),
            *self.gone(self.caller, "Queue", by.name),
        ]


def written(story: str, place: Place) -> Iterator[e.Event]:
    """The records and lines of a story, as the files have them."""
    for sentence in story.split(","):
        second, _, words = sentence.strip().partition(" ")
        who = "one"
        if ":" in words.split()[0]:
            who, _, words = words.partition(": ")
        verb, *rest = words.split()
        yield from VERBS[verb](Page(who, NOON + round(float(second) * 1000), place), *rest)


def _arrives(p: Page) -> list[e.Event]:
    return [p.cel("CHAN_START", p.caller)]


def _joins(p: Page, queue: str) -> list[e.Event]:
    line = p.line("ENTERQUEUE", queue, url="", caller_id="5551234", position="1")
    return [line, p.cel("STREAM_BEGIN", p.caller, "Queue", MUSIC)]


def _rings(p: Page, agent: str) -> list[e.Event]:
    return [p.cel("CHAN_START", p.phone(agent), "AppQueue")]


def _misses(p: Page, agent: str, queue: str = "support") -> list[e.Event]:
    return [p.line("RINGNOANSWER", queue, agent, ring_ms="5000"), *p.gone(p.phone(agent), "AppQueue", cause=0)]


def _answers(p: Page, agent: str, queue: str = "support") -> list[e.Event]:
    bridge = {"bridge_id": "b" + p.caller.uniqueid, "bridge_technology": "simple_bridge"}
    return [
        p.cel("STREAM_END", p.caller, "Queue", "MOH_STREAM_END"),
        p.line("CONNECT", queue, agent, wait_s="3", agent_uniqueid=p.phone(agent).uniqueid, ring_s="3"),
        p.cel("BRIDGE_ENTER", p.phone(agent), "AppQueue", **bridge),
        p.cel("BRIDGE_ENTER", p.caller, "Queue", **bridge),
    ]


def _holds(p: Page, agent: str) -> list[e.Event]:
    return [p.cel("STREAM_BEGIN", p.caller, "Queue", MUSIC)]


def _resumes(p: Page, agent: str) -> list[e.Event]:
    return [p.cel("STREAM_END", p.caller, "Queue", "MOH_STREAM_END")]


def _caller(p: Page, verb: str, agent: str = "", queue: str = "support") -> list[e.Event]:
    """`caller ends Alice` in a queue's conversation; `caller gone` outside of any."""
    return p.over(agent, queue, p.caller, "COMPLETECALLER") if verb == "ends" else p.gone(p.caller)


def _agent(p: Page, agent: str, _ends: str, queue: str = "support") -> list[e.Event]:
    return p.over(agent, queue, p.phone(agent), "COMPLETEAGENT")


def _leaves(p: Page, queue: str, verb: str) -> list[e.Event]:
    """`queue support EXITWITHTIMEOUT` and the like; the call goes on, but for one that was abandoned."""
    return [
        p.cel("STREAM_END", p.caller, "Queue", "MOH_STREAM_END"),
        p.line(verb, queue, position="1", original_position="1", wait_s="9", key="1"),
        *(p.gone(p.caller, "Queue", p.caller.name) if verb == "ABANDON" else []),
    ]


def _confers(p: Page, verb: str, bridge: str) -> list[e.Event]:
    """`conference enters 3000`, `conference leaves 3000`."""
    extra = {"bridge_id": bridge, "bridge_technology": "softmix"}
    if verb == "enters":
        return [p.cel("BRIDGE_ENTER", p.caller, "ConfBridge", **extra)]
    return [p.cel("BRIDGE_EXIT", p.caller, "ConfBridge", **extra), *p.gone(p.caller)]


def _dials(p: Page, agent: str) -> list[e.Event]:
    return [p.cel("CHAN_START", p.phone(agent), "AppDial")]


def _fails(p: Page, agent: str, cause: str) -> list[e.Event]:
    return [*p.gone(p.phone(agent), "AppDial", cause=int(cause)), *p.gone(p.caller, cause=int(cause))]


def _starts(p: Page) -> list[e.Event]:
    """The PBX comes up."""
    pos = p.line("QUEUESTART", "NONE").pos
    return [QueueLogged(pos=pos, at=p.at, callid="NONE", queue="NONE", agent="NONE", verb="QUEUESTART")]


VERBS: dict[str, Callable[..., list[e.Event]]] = {
    "arrives": _arrives,
    "joins": _joins,
    "rings": _rings,
    "misses": _misses,
    "answers": _answers,
    "holds": _holds,
    "resumes": _resumes,
    "caller": _caller,
    "agent": _agent,
    "queue": _leaves,
    "conference": _confers,
    "dials": _dials,
    "fails": _fails,
    "starts": _starts,
}

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 4 answers Alice, 64 caller ends Alice"
HEARD = "0 arrives, 1 joins support, 2 rings Alice, 4 answers Alice, 64 caller ends, 64 agent Alice leaves"
ALICE = interface("Alice")
