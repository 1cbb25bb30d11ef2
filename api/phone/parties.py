"""Who is in which call, by the PBX's list of channels: a phone's own legs, and who is at their other end. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from asterisk.ami import Packet

# Asterisk's word for a channel in conversation.
UP = "6"
# The contexts of extensions_phones.conf in which a customer waits for a page, and in which its phone is rung again.
LOST, BACK = "phone-lost", "phone-back"
MUSIC = "MusicOnHold"


class Party(Struct, frozen=True):
    """A channel."""

    uniqueid: str
    linkedid: str
    name: str
    state: str
    bridge: str
    context: str
    exten: str
    application: str
    # Seconds since it began.
    age: int

    @property
    def endpoint(self) -> str:
        """Whose phone it is: 1101 of PJSIP/1101-0000000a."""
        return self.name.partition("/")[2].rpartition("-")[0]


class Talk(Struct, frozen=True):
    """A phone's leg that talks, and who is at the other end; `others` are more than that in the same bridge."""

    own: Party
    partner: Party
    others: tuple[Party, ...] = ()


def parties(items: Iterable[Packet]) -> list[Party]:
    """The channels of a CoreShowChannels."""
    return [
        Party(
            uniqueid=item.get("Uniqueid"),
            linkedid=item.get("Linkedid"),
            name=item.get("Channel"),
            state=item.get("ChannelState"),
            bridge=item.get("BridgeId"),
            context=item.get("Context"),
            exten=item.get("Exten"),
            application=item.get("Application"),
            age=_seconds(item.get("Duration")),
        )
        for item in items
    ]


def talks(channels: Sequence[Party], endpoint: str) -> list[Talk]:
    """The calls in which a phone talks, the oldest first."""
    found = []
    for own in channels:
        if own.name.startswith("PJSIP/") and own.endpoint == endpoint and own.state == UP and own.bridge:
            rest = [each for each in channels if each.bridge == own.bridge and each.uniqueid != own.uniqueid]
            if rest:
                # Of several the one with whom the call began.
                rest.sort(key=lambda each: (each.uniqueid != each.linkedid, -each.age))
                found.append(Talk(own, rest[0], tuple(rest[1:])))
    return sorted(found, key=lambda each: -each.own.age)


def legs_of(channels: Sequence[Party], endpoint: str) -> list[Party]:
    """All channels of a phone that were answered."""
    return [
        each for each in channels if each.name.startswith("PJSIP/") and each.endpoint == endpoint and each.state == UP
    ]


def waiting(channels: Sequence[Party], endpoint: str) -> list[Party]:
    """The customers who hear music because this phone's page is lost, and are not in a queue again."""
    lost = (LOST, endpoint, MUSIC)
    return [each for each in channels if (each.context, each.exten, each.application) == lost]


def _seconds(duration: str) -> int:
    """`01:02:03` in seconds."""
    seconds = 0
    for part in duration.split(":"):
        seconds = seconds * 60 + (int(part) if part.isdecimal() else 0)
    return seconds
