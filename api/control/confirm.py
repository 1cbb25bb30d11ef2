"""Which events of the PBX confirm a command, and which refute it. Pure: watch and packet in, watch or verdict out.

The click confirms nothing and an answer little: Asterisk says Success to a NOTIFY that no phone obeys, and to a
Redirect into nothing. An event says what has happened.
"""

from msgspec import Struct

from api.control.commands import Verdict
from asterisk.ami import Packet

# Asterisk's word for a channel in conversation.
UP = "6"
GONE = "The call was over before."


class Sign(Struct, frozen=True):
    """An event with these values. `means` is the sentence that a refuted command is told with."""

    event: str
    values: tuple[tuple[str, str], ...]
    means: str = ""

    def shows(self, packet: Packet) -> bool:
        """Whether this packet is it."""
        return packet.name == self.event and all(packet.get(header) == value for header, value in self.values)


class Watch(Struct, frozen=True):
    """Confirmed when all of `wanted` were seen, refuted by the first of `against`."""

    wanted: tuple[Sign, ...]
    against: tuple[Sign, ...] = ()


def seen(watch: Watch, packet: Packet) -> Watch | Verdict:
    """What is still waited for after this packet, or what it decides."""
    for sign in watch.against:
        if sign.shows(packet):
            return Verdict(False, sign.means)
    left = tuple(sign for sign in watch.wanted if not sign.shows(packet))
    if not left:
        return Verdict(True)
    return watch if len(left) == len(watch.wanted) else Watch(left, watch.against)


def of_channel(event: str, uniqueid: str, *more: tuple[str, str], means: str = "") -> Sign:
    """An event about one channel."""
    return Sign(event, (("Uniqueid", uniqueid), *more), means)


def hangs_up(uniqueid: str) -> Watch:
    """The channel ends."""
    return Watch((of_channel("Hangup", uniqueid),))


def answers(uniqueid: str) -> Watch:
    """The phone is picked up."""
    return Watch((of_channel("Newstate", uniqueid, ("ChannelState", UP)),), _ends(uniqueid))


def holds(uniqueid: str, *, hold: bool) -> Watch:
    """The phone says so itself: Hold and Unhold come from nothing else."""
    return Watch((of_channel("Hold" if hold else "Unhold", uniqueid),), _ends(uniqueid))


def hands_over(uniqueid: str) -> Watch:
    """A blind transfer by this channel."""
    by = ("TransfererUniqueid", uniqueid)
    failed = (
        Sign("BlindTransfer", (by, ("Result", "Fail")), "The PBX could not transfer the call."),
        Sign("BlindTransfer", (by, ("Result", "Invalid")), "The PBX could not transfer the call: no partner."),
        Sign("BlindTransfer", (by, ("Result", "Not Permitted")), "The PBX does not permit this call's transfer."),
    )
    return Watch((Sign("BlindTransfer", (by, ("Result", "Success"))),), failed)


def enters_a_bridge(uniqueid: str) -> Watch:
    """The channel talks to somebody else than before: a consultation begins, or is over."""
    return Watch((of_channel("BridgeEnter", uniqueid),), _ends(uniqueid))


def completes(uniqueid: str) -> Watch:
    """An attended transfer by this channel is completed."""
    by = ("OrigTransfererUniqueid", uniqueid)
    failed = Sign("AttendedTransfer", (by, ("Result", "Fail")), "The PBX could not complete the transfer.")
    return Watch((Sign("AttendedTransfer", (by, ("Result", "Success"))),), (failed,))


def joins(*uniqueids: str) -> Watch:
    """These channels come into a bridge."""
    return Watch(
        tuple(of_channel("BridgeEnter", each) for each in uniqueids),
        tuple(sign for each in uniqueids for sign in _ends(each)),
    )


def arrives(uniqueid: str, queue: str | None) -> Watch:
    """A channel that was sent on is where it was to go: it waits in the queue, or a phone rings for it."""
    there = of_channel("QueueCallerJoin", uniqueid, ("Queue", queue)) if queue else of_channel("DialBegin", uniqueid)
    return Watch((there,), _ends(uniqueid))


def records(uniqueid: str, *, start: bool) -> Watch:
    """A recording begins, or ends."""
    return Watch((of_channel("MixMonitorStart" if start else "MixMonitorStop", uniqueid),), _ends(uniqueid))


def is_member(interface: str, queue: str, *, member: bool) -> Watch:
    """The interface is taken into a queue, or out of it."""
    event = "QueueMemberAdded" if member else "QueueMemberRemoved"
    return Watch((Sign(event, (("Interface", interface), ("Queue", queue))),))


def is_paused(interface: str, queue: str | None, *, paused: bool) -> Watch:
    """The member is paused or not, in one queue or in any of its own."""
    where = (("Queue", queue),) if queue else ()
    state = ("Paused", "1" if paused else "0")
    return Watch((Sign("QueueMemberPause", (("Interface", interface), state, *where)),))


def dials(mark: str) -> Watch:
    """The agent's phone was answered and the number is being dialled. `mark` is the action's id."""
    by = (("ActionID", mark), ("Response", "Failure"))
    failed = (
        Sign("OriginateResponse", (*by, ("Reason", "3")), "The agent's phone was not answered."),
        Sign("OriginateResponse", (*by, ("Reason", "5")), "The agent's phone is busy."),
        Sign("OriginateResponse", by, "The agent's phone could not be reached, or refused the call."),
    )
    return Watch((Sign("OriginateResponse", (("ActionID", mark), ("Response", "Success"))),), failed)


def all_of(*watches: Watch) -> Watch:
    """All of these together."""
    return Watch(
        tuple(sign for each in watches for sign in each.wanted),
        tuple(sign for each in watches for sign in each.against),
    )


def _ends(uniqueid: str) -> tuple[Sign, ...]:
    return (of_channel("Hangup", uniqueid, means=GONE),)


# All that is ever looked for, and the beginning of a channel: what a link lets through.
EVENTS = frozenset(
    {
        *("OriginateResponse", "Newchannel", "Newstate", "Hangup", "Hold", "Unhold", "BridgeEnter", "BlindTransfer"),
        *("AttendedTransfer", "QueueCallerJoin", "DialBegin", "MixMonitorStart", "MixMonitorStop"),
        *("QueueMemberAdded", "QueueMemberRemoved", "QueueMemberPause"),
    }
)
