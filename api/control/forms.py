"""The bodies of the routes that act, and what is told besides commands. Names as the reference guide has them."""

from typing import Literal

from msgspec import Struct

from api.control.words import AgentId, CallId, Code, ContactId, Notes, Number, Penalty, Reason

Status = Literal["AVAILABLE", "BUSY", "AWAY", "OFFLINE"]


class Body(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The base of all bodies: what is not known is not overlooked."""


class OfCall(Body, frozen=True):
    """The call, which the address names already; both must be the same."""

    call_id: CallId | None = None


class StatusBody(Body, frozen=True):
    """The status that is wanted. Supervisors may name another agent than themselves."""

    status: Status
    reason: Reason = ""
    agent_id: AgentId | None = None


class DialBody(Body, frozen=True):
    """Whom to call."""

    phone_number: Number
    contact_id: ContactId | None = None


class HoldBody(Body, frozen=True):
    """Hold the call, or take it back."""

    call_id: CallId | None = None
    hold: bool = True


class MuteBody(Body, frozen=True):
    """Mute the agent in the call, or not."""

    muted: bool
    call_id: CallId | None = None


class TransferBody(Body, frozen=True):
    """Where to: an extension, a queue or a phone number."""

    target: Number
    type: Literal["blind", "attended"]
    call_id: CallId | None = None


class NotesBody(Body, frozen=True):
    """What the agent has to say of the call."""

    notes: Notes
    disposition: Code | None = None
    call_id: CallId | None = None


class RedirectBody(Body, frozen=True):
    """Where the caller is to go: an extension, a queue or a phone number."""

    target: Number
    call_id: CallId | None = None


class BridgeBody(Body, frozen=True):
    """The two calls whose outside parties are to talk to each other."""

    call_id: CallId
    other_call_id: CallId


class MemberBody(Body, frozen=True):
    """Who becomes a member of the queue; without `agent_id` oneself."""

    agent_id: AgentId | None = None
    penalty: Penalty = 0
    paused: bool = False


class PauseBody(Body, frozen=True):
    """Whether the member is paused in this queue, and why."""

    paused: bool
    reason: Reason = ""
    agent_id: AgentId | None = None


class NotesForm(Struct, frozen=True, rename="camel"):
    """What is kept of a call now."""

    call_id: str
    call_session_id: str
    notes: str | None
    disposition: str | None


class CallForm(Struct, frozen=True, rename="camel"):
    """A call as those who act on it see it; `muted` is the agent in it, `recording`: one was begun and not ended."""

    call_id: str
    call_session_id: str
    status: str
    direction: str
    from_number: str | None
    to_number: str | None
    contact_id: str | None
    notes: str | None
    disposition: str | None
    muted: bool
    recording: bool


class MemberForm(Struct, frozen=True, rename="camel"):
    """A member of a queue, as the PBX says it right now. `kind`: dynamic, static or realtime."""

    name: str
    interface: str
    kind: str
    penalty: int
    paused: bool
    reason: str


class CallerForm(Struct, frozen=True, rename="camel"):
    """Who waits in a queue, as the PBX says it right now; `waited` seconds."""

    position: int
    number: str
    name: str
    waited: int


class QueueForm(Struct, frozen=True, rename="camel"):
    """A queue as the PBX says it right now."""

    queue_id: str
    pbx: str
    strategy: str
    members: list[MemberForm]
    callers: list[CallerForm]


class DispositionForm(Struct, frozen=True, rename="camel"):
    """A code that an agent may give."""

    code: str
    title: str


class Dispositions(Struct, frozen=True):
    """All codes that are offered."""

    dispositions: list[DispositionForm]
