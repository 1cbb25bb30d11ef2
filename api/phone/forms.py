"""What pages are told and what they send, as JSON."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from api.contacts.book import Contact
from api.control.forms import Body
from api.control.words import CallId, Number
from api.settings import IceServer

_END = r"(?![\s\S])"
# At least 128 random bits, in whatever letters.
PageId = Annotated[
    str,
    Meta(min_length=22, max_length=64, pattern=rf"^[A-Za-z0-9_-]+{_END}", description="128 random bits of the page"),
]
Said = Annotated[str, Meta(max_length=200, pattern=rf"^[^\x00-\x1f\x7f-\x9f]*{_END}")]
Mode = Literal["listen", "whisper", "barge"]


class SessionBody(Body, frozen=True):
    """The page: its id is made anew with each load, and stays while it is open."""

    page_id: PageId


class Sip(Struct, frozen=True, rename="camel"):
    """What the phone registers with. The secret is of use for this page alone."""

    uri: str
    user: str
    secret: str
    ws_path: str

    def __repr__(self) -> str:
        return f"Sip({self.uri!r})"


class SessionForm(Struct, frozen=True, rename="camel"):
    """What a page has to know to be a phone. Times in ms, `wrapUpS` in seconds."""

    agent_id: str
    name: str
    extension: str
    pbx: str
    tenant_name: str
    sip: Sip
    ice_servers: tuple[IceServer, ...]
    gather_ms: int
    recover_ms: int
    wrap_up_s: float
    pause_reasons: list[str]
    echo_extension: str
    signed_in_at: int | None


class PersonForm(Struct, frozen=True, rename="camel"):
    """Somebody who can be called."""

    agent_id: str
    name: str
    extension: str
    state: str
    since: int
    reason: str


class QueueLine(Struct, frozen=True, rename="camel"):
    """A queue that a call can be sent to; `longestWait` in seconds."""

    queue_id: str
    name: str
    waiting: int
    longest_wait: float


class Directory(Struct, frozen=True, rename="camel"):
    """Who and what a call can be sent to."""

    people: list[PersonForm]
    queues: list[QueueLine]


class TargetBody(Body, frozen=True):
    """Where to: an extension, a queue or a number; and the call that is to go there."""

    to: Number
    call_id: CallId | None = None


class TargetForm(Struct, frozen=True, rename="camel"):
    """Whether a call can be sent there, and what the phone dials for it; `why` says why not."""

    ok: bool
    kind: str | None = None
    dial: str | None = None
    name: str | None = None
    why: str = ""


class PastCall(Struct, frozen=True, rename="camel"):
    """A call of the agent's; `talkS` seconds of its own legs, `missed`: it rang and was not answered here."""

    call_id: str
    at: str
    direction: str
    number: str | None
    name: str | None
    queue: str | None
    talk_s: float
    disposition: str | None
    missed: bool


class History(Struct, frozen=True):
    """Today's calls, the newest first."""

    calls: list[PastCall]


class EarlierCall(Struct, frozen=True, rename="camel"):
    """A call that a customer had before; `agent` who talked last in it, `talkS` seconds, `result` in words."""

    call_id: str
    at: str
    direction: str
    queue: str | None
    agent: str | None
    talk_s: float
    result: str | None
    notes: str | None


class CustomerForm(Struct, frozen=True, rename="camel"):
    """Whom the agent talks to. `calls` before this one, a thousand at most; `firstAt` of them; the `last` five.

    `number` is None where the line says none, and where the other party is a colleague.
    """

    number: str | None
    contact: Contact | None
    calls: int
    first_at: str | None
    last: list[EarlierCall]


class QualityBody(Body, frozen=True):
    """How the agent's leg of a call sounds so far, as its page measured it."""

    call_id: CallId
    mos: Annotated[float, Meta(ge=1, le=5)]
    loss_ratio: Annotated[float, Meta(ge=0, le=1)]
    jitter_ms: Annotated[float, Meta(ge=0, le=60_000)]
    rtt_ms: Annotated[float, Meta(ge=0, le=60_000)] | None = None
    method: Literal["e_model_getstats"] = "e_model_getstats"


class ResultBody(Body, frozen=True):
    """What came of a command that the page was asked to carry out."""

    done: bool
    why: Said = ""


class SuperviseBody(Body, frozen=True):
    """Listen to a call, speak to its agent alone, or to both."""

    mode: Mode
    call_id: CallId | None = None


class ConferenceBody(Body, frozen=True):
    """Who comes into the call: an extension or a number."""

    target: Number
    call_id: CallId | None = None
