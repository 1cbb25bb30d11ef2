"""What is read of the files that a PBX writes on its own disk: a line of queue_log, a record of CEL or CDR.

They lose nothing that AMI may lose, and come later. `at` is the file's own time: whole seconds in queue_log.
"""

from typing import Any

from msgspec import field

from calls.events import ChannelEvent, Event

QUEUE_LOG, CEL, CDR = "queue_log", "cel", "cdr"
FILES = (QUEUE_LOG, CEL, CDR)
"""The sources that are files. A position in one is (generation, byte offset), the same for everybody who reads it."""

LEFT_UNANSWERED = {"EXITWITHTIMEOUT": "TIMEOUT", "EXITEMPTY": "LEAVEEMPTY", "WITHDRAW": "WITHDRAW"}
"""The verbs of queue_log by which a stay ends that nobody answered, and what QUEUESTATUS says then."""
ENDED_BY = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent"}
"""The verbs by which a conversation ends, and who ended it."""


class QueueLogged(Event, frozen=True, kw_only=True):
    """A line of queue_log. `callid` is the Uniqueid of the channel that waits, or NONE, MANAGER, REALTIME.

    `values` are the data of a known verb under their names, such as `wait_s`, as text.
    """

    callid: str
    queue: str
    agent: str
    verb: str
    values: dict[str, str] = field(default_factory=dict)


class ChannelLogged(ChannelEvent, frozen=True, kw_only=True):
    """A record of CEL, named by its `kind`: CHAN_START, BRIDGE_ENTER, HANGUP …

    `name` is what a STREAM or a USER_DEFINED record is called, `extra` what only this kind has.
    """

    kind: str
    application: str = ""
    application_data: str = ""
    name: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class DetailLogged(Event, frozen=True, kw_only=True):
    """A record of CDR, for reconciliation alone: `at` is when it began, whole seconds. `disposition` is in capitals."""

    uniqueid: str
    linkedid: str
    name: str
    disposition: str
    ended_at: int


class FilesRead(Event, frozen=True, kw_only=True):
    """All of these files had been read to their ends at `at`: what they held then is before this in the order."""

    sources: tuple[str, ...]
