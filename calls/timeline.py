"""A call's timeline: which event proved which field, in the words of the call's public form. Pure.

Each change of a call knows the event that made it and the call before it; a step says what the call's form has new by
that event. Folding the steps gives the form again, so the timeline cannot say anything else than the call.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Struct

from calls.call import Call
from calls.form import CallForm, TransferForm, iso
from calls.state import CallChanged


class Step(Struct, frozen=True):
    """One event that changed a call's form.

    `at` is the event's time, `source … seq` its place in its source (the packet's number in that login), `proved` the
    new value of each field by its path in the form: `status`, `stints[0].outcome`. `version` orders a call's steps;
    those of one event have the same.
    """

    version: int
    at: str
    event: str
    source: str
    ingester: str
    epoch: int
    seq: int
    proved: dict[str, Any]


class Timeline(NamedTuple):
    """A call's form, and what made it so."""

    call: CallForm
    steps: list[Step]


class _Field(NamedTuple):
    """A field of the form: the attribute it is read from, and how its value becomes the form's."""

    name: str
    attribute: str
    shown: Callable[[Any], Any]


def _plain(*names: str) -> tuple[_Field, ...]:
    return tuple(_Field(name, name, lambda value: value) for name in names)


def _texts(*names: str) -> tuple[_Field, ...]:
    return tuple(_Field(name, name, lambda value: value or None) for name in names)


def _times(*names: str) -> tuple[_Field, ...]:
    return tuple(_Field(name, name, lambda value: None if value is None else iso(value)) for name in names)


def _seconds(*names: str) -> tuple[_Field, ...]:
    """`wait_s` from `wait_ms`, and the like."""
    return tuple(_Field(n, n[:-1] + "ms", lambda value: None if value is None else value / 1000) for n in names)


_TRANSFER = _Field("transfer", "transfer", lambda it: TransferForm(it.kind, it.to) if it else None)

CALL_FIELDS = (
    *_plain("tenant", "direction"),
    *_texts("from_number", "from_name", "to_number"),
    *_plain("status", "certainty", "merged_into"),
    *_times("started_at", "answered_at", "ended_at"),
    *_plain("hangup_cause", "outcome"),
)
PART_FIELDS = {
    "stints": (
        *_plain("uniqueid", "queue"),
        *_times("entered_at", "left_at"),
        *_plain("position", "outcome"),
        *_seconds("wait_s"),
        *_plain("agent"),
    ),
    "legs": (
        *_plain("stint", "agent", "interface"),
        *_times("rang_at", "answered_at", "ended_at"),
        *_seconds("talk_s", "hold_s"),
        *_plain("holds", "ended_by"),
        _TRANSFER,
        *_plain("mos", "mos_method"),
    ),
    "missed": (*_plain("stint", "agent", "interface"), *_times("rang_at"), *_seconds("ring_s")),
    "recordings": (*_plain("file"), *_times("started_at", "ended_at")),
}


def step(change: CallChanged) -> Step | None:
    """What this change proved, None where the form says the same as before (a phone began to ring, say)."""
    found = proved(change.before, change.call)
    if not found:
        return None
    event = change.event
    return Step(change.call.version, iso(event.at), type(event).__name__, *event.pos, found)


def proved(before: Call | None, call: Call) -> dict[str, Any]:
    """The fields of the form that differ, with their new values. A part that is gone is `stints[1]` with None."""
    found = _differing("", CALL_FIELDS, before, call)
    for name, fields in PART_FIELDS.items():
        old = getattr(before, name) if before is not None else ()
        new = getattr(call, name)
        if old is new:
            continue
        for index, part in enumerate(new):
            was = old[index] if index < len(old) else None
            if was is not part:
                found |= _differing(f"{name}[{index}].", fields, was, part)
        found |= {f"{name}[{index}]": None for index in range(len(new), len(old))}
    return found


def _differing(path: str, fields: tuple[_Field, ...], before: Any, after: Any) -> dict[str, Any]:
    found = {}
    for name, attribute, shown in fields:
        value = getattr(after, attribute)
        if before is None:
            if (seen := shown(value)) is not None:
                found[path + name] = seen
        elif value != getattr(before, attribute):
            found[path + name] = shown(value)
    return found
