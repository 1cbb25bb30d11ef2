"""The vocabulary of tests about the simulator: a small PBX to act on, and what it has said, in streams to compare.

A real Asterisk says some things from threads of their own, so their place among the others differs from call to call.
`streams` therefore sorts what was said by who said it; within a stream the order is fixed.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from asterisk.ami import Packet, PacketBuffer, parse_packet
from asterisk.simulator import consultation, script, transfer
from asterisk.simulator.agenda import Agenda
from asterisk.simulator.floor import Floor, Habits
from asterisk.simulator.pbx import Options, Output, Pbx
from asterisk.simulator.traffic import Plan, Traffic
from asterisk.simulator.world import Agent, Call, Consultation, Member, Queue

SCENARIOS = Path(__file__).parent / "scenarios"
BEGIN_S = 1_795_360_000
# Reports and test events come by the clock or by chance, prompts as long as the recording's caller listened.
BY_CHANCE = {"RTCPSent", "RTCPReceived", "TestEvent", "FullyBooted", "DTMFBegin", "DTMFEnd"}
# What clients made happen by logging in.
BY_CHANCE |= {"SuccessfulAuth", "ChallengeSent"}

Streams = dict[tuple[str, ...], list[str]]


class Lab:
    """A PBX as the recordings' one was: Alice and Bob, queues 2001 to 2003."""

    def __init__(self, *, busy_at_one: bool = True) -> None:
        self.pbx = Pbx(Options(name="lab1", busy_at_one=busy_at_one), BEGIN_S * 1_000_000)
        self.alice, self.bob = Agent("PJSIP/1001", "Alice"), Agent("PJSIP/1002", "Bob")
        self.q2001 = Queue("2001", "2001", interface_variables=True, queue_variables=True)
        self.q2002 = Queue("2002", "2002")
        self.q2003 = Queue("2003", "2003", interface_variables=True)
        self.pbx.queues = {queue.name: queue for queue in (self.q2001, self.q2002, self.q2003)}

    def works(self, agent: Agent, *queues: Queue) -> Member:
        """Let an agent work in queues; return the membership of the first."""
        first, *_ = [self.pbx.add_member(queue, agent) for queue in queues]
        return first

    def after(self, seconds: float) -> None:
        """Let time pass."""
        self.pbx.advance(self.pbx.now_us + round(seconds * 1_000_000))

    def calls(self, queue: Queue, customer: str = "") -> Call:
        """Carl calls."""
        return script.arrive(self.pbx, queue, "5551234", "Carl Caller", customer)

    def rings(self, call: Call, member: Member) -> None:
        """A member's phone rings."""
        script.ring(self.pbx, call, member)
        self.after(0.006)
        script.rings(self.pbx, call)

    def talks(self, agent: Agent | None = None) -> Call:
        """Carl calls 2001 and talks to Alice after 0.8 s of ringing."""
        return self.talks_to_member(self.works(agent or self.alice, self.q2001))

    def talks_to_member(self, member: Member) -> Call:
        """Carl calls 2001 and talks to a member of it after 0.8 s of ringing."""
        call = self.calls(self.q2001)
        self.rings(call, member)
        self.after(0.8)
        script.connect(self.pbx, call)
        return call

    def asks(self, *queues: Queue) -> tuple[Call, Consultation]:
        """Carl talks to Alice, who works in `queues`; after 2 s she puts him on hold and calls Carol, of queue 2002."""
        member, carol = self.works(self.alice, *queues), Agent("PJSIP/1003", "Carol")
        self.works(carol, self.q2002)
        call = self.talks_to_member(member)
        self.after(2)
        transfer.hold(self.pbx, call, by_agent=True)
        asked = consultation.begin(self.pbx, call, carol)
        self.after(1)
        return call, asked


class Hall(Lab):
    """A lab with a floor, where calls run by themselves."""

    def __init__(self, habits: Habits) -> None:
        super().__init__(busy_at_one=False)
        self.agenda = Agenda(self.pbx)
        self.floor = Floor(self.pbx, self.agenda, habits)

    def run(self, seconds: float) -> list[str]:
        """Let time pass; return the queue_log lines without their times."""
        until_us = self.pbx.now_us + round(seconds * 1_000_000)
        self.agenda.run_until(until_us)
        self.pbx.advance(until_us)
        return [line.decode().split("|", 1)[1] for line in self.pbx.take().queue_log]

    def verbs(self, seconds: float) -> list[str]:
        """The verbs alone."""
        return [line.split("|")[3] for line in self.run(seconds)]


def heard(pbx: Pbx) -> list[Packet]:
    """What the PBX has said since the last time."""
    return packets(pbx.take().events)


def packets(raw: Iterable[bytes]) -> list[Packet]:
    """Packets as a client reads them."""
    return [parse_packet(packet.strip(b"\r\n")) for packet in raw]


def names(said: Iterable[Packet]) -> list[str]:
    """The events' names."""
    return [packet.name for packet in said]


def recorded(scenario: str) -> list[Packet]:
    """The packets of a recording, by the beginning of its name."""
    (path,) = SCENARIOS.glob(f"{scenario}_*/session.ami.gz")
    return [parse_packet(raw) for raw in PacketBuffer().feed(gzip.open(path).read())]


def streams(said: Iterable[Packet]) -> list[list[str]]:
    """What was said, by who said it: each channel, its CEL, each device, each member, …; without the ids."""
    found: Streams = defaultdict(list)
    for packet in said:
        if packet.name and packet.name not in BY_CHANCE and (stream := _stream(packet)):
            found[stream[0]].append(stream[1])
    return sorted(found.values())


def _stream(packet: Packet) -> tuple[tuple[str, ...], str] | None:
    name, get = packet.name, packet.get
    if name == "CEL":
        event = get("EventName")
        prompt = get("Application") == "VoiceMail" and event.startswith(("STREAM", "DTMF"))
        # Whichever channel is the last to go has it.
        owner = "the call" if event == "LINKEDID_END" else get("UniqueID")
        return None if prompt else (("cel", owner), event)
    if name == "DeviceStateChange":
        device = get("Device")
        return None if device.endswith("_avail") else (("device", device), get("State"))
    if name in ("QueueMemberStatus", "Cdr", "BridgeCreate", "BridgeDestroy", "AgentComplete"):
        key = get("Interface") + get("Queue") + get("UniqueID") + get("BridgeUniqueid")
        return (name.removesuffix("Create").removesuffix("Destroy"), key), name + get("Status") + get("Disposition")
    if get("Variable").startswith("BRIDGEP"):
        # Who is bridged with whom is told by the bridge's own thread.
        return ("peer", get("Uniqueid")), get("Variable")
    detail = get("Variable") or get("Application") or get("DialStatus") or get("Cause")
    return ("channel", get("Uniqueid") or get("DestUniqueid")), f"{name} {detail}"


def header_lists(said: Iterable[Packet]) -> set[tuple[str, ...]]:
    """The names of each packet's headers, in order, behind the event's name."""
    return {(packet.name, *(key for key, _ in packet.fields)) for packet in said if packet.name}


def traffic(plan: Plan, seed: int = 1) -> Traffic:
    """Traffic that has begun."""
    made = Traffic(Pbx(Options(), BEGIN_S * 1_000_000, seed), plan)
    made.start()
    return made


def run(made: Traffic) -> Output:
    """Let traffic run until it is over; return all that was said and written."""
    whole = Output()
    while not made.over and made.agenda.next_us is not None:
        made.agenda.run_until(made.agenda.next_us)
        part = made.pbx.take()
        whole.events += part.events
        whole.queue_log += part.queue_log
        whole.cel += part.cel
    return whole
