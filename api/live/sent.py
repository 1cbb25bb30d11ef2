"""Every message that a client may send, who may send it, and what is wrong with one. Pure.

A message is JSON, `{event, data}`. `CLIENT_MESSAGES` has each event with its data, its roles and what it does; the
names of the agents' messages are the reference guide's.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from api.control.words import CallId, ContactId, Number
from api.live.messages import ErrorData
from api.roles import EVERYBODY, Role

# The largest message that makes sense, characters: a hundred rooms, or what somebody types.
LARGEST = 4_096
# What is repeated of an unknown event's name, and of what is wrong with a message.
SHOWN, SAID = 60, 200

AGENTS = frozenset({Role.AGENT})

Id = Annotated[str, Meta(min_length=1, max_length=200)]
RoomName = Annotated[str, Meta(min_length=1, max_length=400)]


class _Sent(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The base of all data that a client sends: what is not known is not overlooked."""


class Subscribe(_Sent, frozen=True):
    """Hear of these rooms only, `queue:PBX:QUEUE` or `agent:PBX:AGENT`; without any, of all that one may hear."""

    rooms: Annotated[list[RoomName], Meta(min_length=1, max_length=100)] | None = None


class Resync(_Sent, frozen=True):
    """Nothing: the message says it all."""


class AgentLogin(_Sent, frozen=True):
    """Who one is."""

    agent_id: Id
    extension: Id | None = None


class StatusChange(_Sent, frozen=True):
    """The status that one wants."""

    status: Literal["AVAILABLE", "BUSY", "AWAY", "OFFLINE"]


class OfCall(_Sent, frozen=True):
    """A call of one's own."""

    call_id: CallId


class Hold(_Sent, frozen=True):
    """Hold a call, or take it back."""

    call_id: CallId
    hold: bool


class Mute(_Sent, frozen=True):
    """Mute oneself in a call, or not."""

    call_id: CallId
    mute: bool


class Transfer(_Sent, frozen=True):
    """Send a call on."""

    call_id: CallId
    target: Number
    type: Literal["blind", "attended"]


class Dial(_Sent, frozen=True):
    """Call somebody."""

    phone_number: Number
    contact_id: ContactId | None = None


class ClientMessage(NamedTuple):
    """A row of the table."""

    data: type[Struct]
    roles: frozenset[Role]
    does: str


SUBSCRIBE, RESYNC, AGENT_LOGIN = "subscribe", "resync", "agent:login"
CLIENT_MESSAGES = {
    SUBSCRIBE: ClientMessage(Subscribe, EVERYBODY, "Choose what is heard; a snapshot of it follows."),
    RESYNC: ClientMessage(Resync, EVERYBODY, "After a hole in seq: a new snapshot follows."),
    AGENT_LOGIN: ClientMessage(AgentLogin, AGENTS, "Say which agent one is; agent:status:updated follows."),
    "agent:status:change": ClientMessage(StatusChange, AGENTS, "Change one's own status."),
    "call:answer": ClientMessage(OfCall, AGENTS, "Answer one's own call."),
    "call:hangup": ClientMessage(OfCall, AGENTS, "Hang up one's own call."),
    "call:hold": ClientMessage(Hold, AGENTS, "Hold one's own call, or take it back."),
    "call:mute": ClientMessage(Mute, AGENTS, "Mute oneself in one's own call, or not."),
    "call:transfer": ClientMessage(Transfer, AGENTS, "Transfer one's own call."),
    "call:dial": ClientMessage(Dial, AGENTS, "Dial a number."),
}


class Envelope(Struct, frozen=True):
    """A whole message."""

    event: str
    data: Any = None


class Wrong(Exception):
    """A message that is not taken. `counts`: whether it is one of those after a few of which the socket is closed."""

    def __init__(self, code: str, detail: str, event: str | None = None, *, counts: bool = False) -> None:
        super().__init__(detail)
        self.error = ErrorData(code, detail, event)
        self.counts = counts


_decode: Callable[[str], Envelope] = msgspec.json.Decoder(Envelope).decode


def opened(text: str) -> Envelope:
    """The message in a frame. Raises Wrong."""
    refuse_giant(text)
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Wrong("bad_message", 'Send JSON of the form {"event": …, "data": …}.', counts=True) from None


def refuse_giant(text: str) -> None:
    """Raises Wrong for a message longer than `LARGEST`."""
    if len(text) > LARGEST:
        raise Wrong("too_large", f"A message has at most {LARGEST} characters.", counts=True)


def understood(envelope: Envelope, role: Role) -> Struct:
    """A message's data, of the type that the table has for its event. Raises Wrong, also for another role's message."""
    event = envelope.event[:SHOWN]
    known = CLIENT_MESSAGES.get(envelope.event)
    if known is None:
        raise Wrong("unknown_event", f"This socket takes no event {event!r}.", event, counts=True)
    if role not in known.roles:
        raise Wrong("not_allowed", f"The role {role} may not send {event}.", event)
    try:
        return msgspec.convert({} if envelope.data is None else envelope.data, known.data)
    except msgspec.ValidationError as error:
        raise Wrong("bad_message", f"{event}: {str(error)[:SAID]}.", event, counts=True) from None
