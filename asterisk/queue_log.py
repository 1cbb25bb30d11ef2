"""queue_log, the file in which Asterisk's queues say what they did: a line in, an entry out, and back.

Job: `time|callid|queue|agent|verb|data…` ⇄ `QueueLogEntry`, with the data of the verbs that we count by under names.
Contract: lines are bytes without their line end. Nothing is escaped in this file, so a `|` in a caller's number or a
pause reason splits it: where a verb has one field of free text, what is too much belongs to it. A line of a known verb
that lacks a field or has text where a number must be is refused, because a torn line looks like that. Unknown verbs
(the dialplan can write its own) keep their data as it is.
It must not: open files, look for torn lines across line ends, or know what a stint is.
"""

import re
from typing import Final

from msgspec import Struct

from asterisk.errors import LineError

# The data of each verb in order. `*`: free text, which may hold `|`. Observed on Asterisk 22.10, and its app_queue's
# formats; 20 writes the same.
_LAYOUTS: Final = {
    "ENTERQUEUE": ("url", "*caller_id", "position"),
    "CONNECT": ("wait_s", "agent_uniqueid", "ring_s"),
    "COMPLETECALLER": ("wait_s", "talk_s", "original_position"),
    "COMPLETEAGENT": ("wait_s", "talk_s", "original_position"),
    "BLINDTRANSFER": ("*extension", "context", "wait_s", "talk_s", "original_position"),
    # The target of an attended transfer: one field after BRIDGE and APP, two after LINK.
    "ATTENDEDTRANSFER": ("method", "*target", "wait_s", "talk_s", "original_position"),
    "ABANDON": ("position", "original_position", "wait_s"),
    "EXITWITHTIMEOUT": ("position", "original_position", "wait_s"),
    "EXITEMPTY": ("position", "original_position", "wait_s"),
    "EXITWITHKEY": ("key", "position", "original_position", "wait_s"),
    "WITHDRAW": ("position", "original_position", "wait_s", "*information"),
    "RINGNOANSWER": ("ring_ms",),
    "RINGCANCELED": ("ring_ms",),
    "PAUSE": ("*reason",),
    "UNPAUSE": ("*reason",),
    "PAUSEALL": ("*reason",),
    "UNPAUSEALL": ("*reason",),
    "ADDMEMBER": ("paused",),
    "REMOVEMEMBER": ("nothing",),
    "PENALTY": ("penalty",),
    "RINGINUSE": ("ringinuse",),
    "QUEUESTART": ("nothing",),
}
_NUMBERS: Final = frozenset(
    {"position", "original_position", "wait_s", "talk_s", "ring_s", "ring_ms", "penalty", "ringinuse"}
)

NAMES: Final = {verb: tuple(name.removeprefix("*") for name in layout) for verb, layout in _LAYOUTS.items()}
"""The known verbs and the names of their data, in order."""

# Seconds since 1970 have ten digits from 2001 to 2286; of anything that is counted here, nine are a lifetime.
_TIME: Final = "[0-9]{10}"
_NUMBER: Final = "-?[0-9]{1,9}"
_TIME_BYTES: Final = re.compile(_TIME.encode())
_NUMBER_TEXT: Final = re.compile(_NUMBER)
_FIXED_FIELDS: Final = 5


def _plain(verb: str, layout: tuple[str, ...]) -> str:
    return "[|]".join((verb, *(_NUMBER if name in _NUMBERS else "[^|]*" for name in layout)))


PLAIN_LINE: Final = f"{_TIME}[|](?:{'|'.join(_plain(verb, layout) for verb, layout in _LAYOUTS.items())})"
"""A regular expression, for any engine, of `time|verb|data…` of a known verb with just the fields that it must have.

Nothing is wrong with such a line, and no field of it holds a separator.
"""


class QueueLogEntry(Struct, frozen=True):
    """One line. What does not apply is `NONE`, as Asterisk writes it; `at` is in whole seconds since 1970."""

    at: int
    callid: str
    """The Uniqueid of the channel that waits; `MANAGER`, `REALTIME` or `NONE` where there is no call."""
    queue: str
    agent: str
    """The member's name, or its interface where it has no name."""
    verb: str
    data: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A known verb's field, e.g. "reason". Raises KeyError when the verb has no such field."""
        return self.data[_index(self.verb, name)]

    def number(self, name: str) -> int:
        """A known verb's number, e.g. "wait_s". Raises KeyError when the verb has no such field."""
        return int(self.text(name))


def parse_queue_log(line: bytes) -> QueueLogEntry:
    """One line, without its line end. Raises LineError, with the line, for what Asterisk would not write."""
    time, *fields = line.split(b"|")
    if len(fields) < _FIXED_FIELDS - 1:
        raise LineError(line, f"has {len(fields) + 1} fields, a line of queue_log has at least {_FIXED_FIELDS}")
    if not _TIME_BYTES.fullmatch(time):
        raise LineError(line, "does not begin with a time in whole seconds since 1970")
    if b"\n" in line or b"\r" in line:
        raise LineError(line, "holds a line end")
    callid, queue, agent, verb, *data = [field.decode("utf-8", "surrogateescape") for field in fields]
    if not verb:
        raise LineError(line, "has no verb")
    layout = _LAYOUTS.get(verb)
    return QueueLogEntry(int(time), callid, queue, agent, verb, _arrange(line, layout, data) if layout else tuple(data))


def format_queue_log(entry: QueueLogEntry) -> bytes:
    """The line that Asterisk would write, without its line end. Raises LineError for an entry that is not one line."""
    # Asterisk ends a line that has no data with the separator all the same.
    fields = (str(entry.at), entry.callid, entry.queue, entry.agent, entry.verb, *(entry.data or ("",)))
    line = "|".join(fields).encode("utf-8", "surrogateescape")
    if b"\n" in line or b"\r" in line:
        raise LineError(line, "holds a line end")
    return line


def _arrange(line: bytes, layout: tuple[str, ...], data: list[str]) -> tuple[str, ...]:
    """The data under the layout's names: what is too much is put back into the field of free text."""
    surplus = len(data) - len(layout)
    if surplus < 0:
        raise LineError(line, f"has {len(data)} fields after its verb, not {len(layout)}")
    for index, name in enumerate(layout):
        if surplus and name.startswith("*"):
            data[index : index + surplus + 1] = ["|".join(data[index : index + surplus + 1])]
    for name, value in zip(layout, data, strict=False):
        if name in _NUMBERS and not _NUMBER_TEXT.fullmatch(value):
            raise LineError(line, f"has no number for {name}")
    return tuple(data)


def _index(verb: str, name: str) -> int:
    try:
        return NAMES[verb].index(name)
    except ValueError:
        raise KeyError(f"{verb} has no {name}, it has {', '.join(NAMES[verb])}") from None
