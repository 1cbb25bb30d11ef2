"""The vocabulary of tests about what files tell: a line of queue_log, a record of CEL or CDR, seconds after NOON."""

from typing import Any

from calls.call import Call, Leg, MissedRing, Outcome, Status, Stint, StintOutcome
from calls.events import Channel, Position
from calls.file_events import CDR, CEL, QUEUE_LOG, ChannelLogged, DetailLogged, QueueLogged
from calls.ledger.books import Files

NOON = 1_795_348_800_000
CALLER, AGENT = "lab1-1", "lab1-2"
ALICE = "PJSIP/1001"


def ms(second: float) -> int:
    """So many seconds after noon."""
    return NOON + round(second * 1000)


def line(second: int, verb: str, agent: str = "NONE", callid: str = CALLER, queue: str = "2001", **values: Any) -> Any:
    """A line of queue_log."""
    return QueueLogged(
        pos=Position(QUEUE_LOG, "a", 1, second),
        at=ms(second),
        callid=callid,
        queue=queue,
        agent=agent,
        verb=verb,
        values={name: str(value) for name, value in values.items()},
    )


def cel(
    second: float, kind: str, uniqueid: str = CALLER, linkedid: str = CALLER, name: str = "", **extra: Any
) -> ChannelLogged:
    """A record of CEL; the caller's channel is the trunk's, another one Alice's."""
    name = name or ("PJSIP/trunk-0000000a" if uniqueid == CALLER else f"{ALICE}-0000000b")
    channel = Channel(uniqueid, linkedid, name)
    return ChannelLogged(pos=Position(CEL, "a", 1, 0), at=ms(second), channel=channel, kind=kind, extra=extra)


def cdr(second: int, ended: int, disposition: str = "ANSWERED", linkedid: str = CALLER) -> DetailLogged:
    """A record of CDR."""
    return DetailLogged(
        pos=Position(CDR, "a", 1, 0), at=ms(second), uniqueid=linkedid, linkedid=linkedid, name="PJSIP/trunk-0000000a",
        disposition=disposition, ended_at=ms(ended),
    )  # fmt: skip


def in_bridge(since: float, until: float, uniqueid: str, bridge: str = "b1") -> list[ChannelLogged]:
    """A channel's time in a bridge."""
    return [
        cel(since, "BRIDGE_ENTER", uniqueid, bridge_id=bridge, bridge_technology="simple_bridge"),
        cel(until, "BRIDGE_EXIT", uniqueid, bridge_id=bridge),
    ]


def usual_files() -> Files:
    """What the files tell of `usual_call`."""
    return Files(
        queue_log=[
            line(0, "ENTERQUEUE"),
            line(3, "RINGNOANSWER", "Bob", ring_ms=1000),
            line(5, "CONNECT", "Alice", wait_s=5, agent_uniqueid=AGENT),
            line(65, "COMPLETECALLER", "Alice", wait_s=5, talk_s=60),
        ],
        cel=sorted(
            [
                cel(0, "CHAN_START"),
                cel(4, "CHAN_START", AGENT),
                *in_bridge(5.2, 65.2, CALLER),
                *in_bridge(5.2, 65.2, AGENT),
                cel(65.2, "HANGUP", hangupcause=16),
                cel(65.2, "HANGUP", AGENT, hangupcause=16),
            ],
            key=lambda record: record.at,
        ),
        cdr=[cdr(0, 65)],
    )


def usual_call() -> Call:
    """A call that waits 5 s, is missed by Bob, answered by Alice and ended by the caller a minute later."""
    from_queue = Stint(CALLER, "2001", ms(0.1), 1, ms(5.2), StintOutcome.ANSWERED, "Alice")
    leg = Leg(0, "Alice", ALICE, AGENT, ms(4), ms(5.2), ms(65.2), ended_by="caller")
    return Call(
        linkedid=CALLER, pbx="lab1", started_at=ms(0), tenant="default", status=Status.ENDED, answered_at=ms(5.2),
        ended_at=ms(65.2), hangup_cause=16, outcome=Outcome.ANSWERED, stints=(from_queue,), legs=(leg,),
        missed=(MissedRing(0, "Bob", "PJSIP/1002", ms(2), 1000),),
    )  # fmt: skip
