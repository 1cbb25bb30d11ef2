"""The items of the lists that are asked for after a login, as events. Pure.

`RESYNC` asks for them. Queues come first: who is a member tells which channels are agents'.
"""

from collections.abc import Callable
from typing import Final

from asterisk.actions import BridgeList, CoreShowChannels, QueueStatus, Status
from asterisk.ami import Packet
from asterisk.encoding import Action
from asterisk.fields import clean, need_channel, number, word
from calls import events as e
from calls.errors import BadEvent

# Bridges before channels: they tell whether those in one talk. Status before CoreShowChannels, for it alone tells with
# whom and when a queue connected a caller.
RESYNC: Final[tuple[Action, ...]] = (
    QueueStatus(),
    BridgeList(),
    Status(variables="MEMBERINTERFACE,MEMBERNAME,QUEUEWAIT_MS"),
    CoreShowChannels(),
)


def _channel_listed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    """An item of CoreShowChannels or of Status, which spell the same facts differently."""
    in_queue = packet.get("Application") == "Queue"
    data = packet.get("ApplicationData") or packet.get("Data")
    # A variable that was never set is told as "(null)".
    told = {key: value for key, _, value in (it.partition("=") for it in packet.all("Variable")) if value != "(null)"}
    waited = told.get("QUEUEWAIT_MS", "")
    return e.ChannelListed(
        pos=pos,
        at=at,
        channel=need_channel(packet),
        age_s=_age(packet),
        bridge=packet.get("BridgeId") or packet.get("BridgeID"),
        queue=clean(data.partition(",")[0].strip()) if in_queue else "",
        interface=clean(told.get("MEMBERINTERFACE", "")),
        member=clean(told.get("MEMBERNAME", "")),
        waited_ms=int(waited) if waited.isdecimal() else None,
    )


def _age(packet: Packet) -> int:
    """Seconds since the channel came to be: `Seconds`, or `Duration` as hours, minutes and seconds."""
    if packet.get("Seconds"):
        return number(packet, "Seconds")
    try:
        hours, minutes, seconds = map(int, packet.get("Duration").split(":"))
    except ValueError as error:
        raise BadEvent(f"{packet.name}: Duration is not HH:MM:SS: {packet.get('Duration')!r}") from error
    return hours * 3600 + minutes * 60 + seconds


def _bridge_listed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.BridgeListed(
        pos=pos,
        at=at,
        bridge=word(packet, "BridgeUniqueid"),
        conference=packet.get("BridgeCreator") == "ConfBridge",
        holding=packet.get("BridgeTechnology") == "holding_bridge",
    )


def _caller_listed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.CallerListed(
        pos=pos,
        at=at,
        channel=need_channel(packet),
        queue=word(packet, "Queue"),
        position=number(packet, "Position", 0),
        waited_s=number(packet, "Wait", 0),
    )


def _channels_listed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.ChannelsListed(pos=pos, at=at)


def _queues_listed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.QueuesListed(pos=pos, at=at)


DECODERS: Final[dict[str, Callable[[Packet, e.Position, int], e.Event]]] = {
    "BridgeListItem": _bridge_listed,
    "CoreShowChannel": _channel_listed,
    "CoreShowChannelsComplete": _channels_listed,
    "Status": _channel_listed,
    "StatusComplete": _channels_listed,
    "QueueEntry": _caller_listed,
    "QueueStatusComplete": _queues_listed,
}
