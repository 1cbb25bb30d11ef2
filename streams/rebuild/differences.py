"""A call of the archive held against the database's: what differs, and whether it may be written. Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from calls.form import CallForm, call_form
from calls.live import CallLive
from calls.timeline import Step
from streams.rebuild.spool import Derived
from streams.rows import CorrectionRow

# A call that is over may be written once more by the live path, a moment later.
SETTLING_MS = 5 * 60 * 1000
_PARTS = ("stints", "legs", "missed", "recordings")
_NUMBER = re.compile(r"\[\d+\]")


class Verdict(StrEnum):
    """What becomes of a call."""

    SAME = "as before"
    CHANGED = "changed"
    NEW = "new"
    LEFT = "left alone"


class Finding(NamedTuple):
    """A call's verdict: `fields` are old and new value by path in the form, `reason` says why it is left alone."""

    verdict: Verdict
    fields: dict[str, tuple[Any, Any]]
    reason: str = ""


class Stored(NamedTuple):
    """What PostgreSQL has of a call. `is_open`: in the live state; `is_locked`: somebody is writing it just now."""

    live: CallLive | None
    steps: Sequence[Step] = ()
    corrections: Sequence[CorrectionRow] = ()
    is_open: bool = False
    is_locked: bool = False


class Fence(NamedTuple):
    """How far the live path has come with the call's PBX (None: never heard of it), and the database's clock; in ms."""

    applied_until: int | None
    now: int


def judge(derived: Derived, stored: Stored, fence: Fence) -> Finding:
    """Whether the archive's form is another one, and whether the live path is done with this call."""
    fields = differences(derived, stored)
    if not fields:
        return Finding(Verdict.SAME, fields)
    reason = _reason(derived, stored, fence)
    if reason:
        return Finding(Verdict.LEFT, fields, reason)
    return Finding(Verdict.NEW if stored.live is None else Verdict.CHANGED, fields)


def _reason(derived: Derived, stored: Stored, fence: Fence) -> str:
    if derived.call.ended_at is None:
        return "not over in the archive"
    if stored.is_open or (stored.live is not None and stored.live.call.status != "ended"):
        return "still open"
    if fence.applied_until is not None and derived.received > fence.applied_until:
        return "not applied by a stream worker yet"
    if derived.received > fence.now - SETTLING_MS:
        return "over for less than five minutes"
    if stored.is_locked:
        return "being written by somebody else"
    if stored.live is not None and stored.live.call.certainty == "final" and derived.call.certainty != "final":
        return "final, and only provisional by the archive"
    return ""


def differences(derived: Derived, stored: Stored) -> dict[str, tuple[Any, Any]]:
    """Old and new value of each field of the form that differs, by its path.

    Beside the form: `agent_id`, `timeline` and `corrections`.
    """
    form = call_form(derived.call)
    before = fields_of(stored.live.call) if stored.live is not None else {}
    after = fields_of(form)
    found = {path: (before.get(path), after.get(path)) for path in sorted(before | after)}
    if stored.live is not None:
        found["agent_id"] = (stored.live.agent_id, derived.agent_id)
        for name, was, now in (
            ("timeline", stored.steps, derived.steps),
            ("corrections", stored.corrections, derived.corrections),
        ):
            if _unversioned(was) != _unversioned(now):
                found[name] = (f"{len(was)}", f"{len(now)}, not the same")
    return {path: pair for path, pair in found.items() if pair[0] != pair[1]}


def fields_of(form: CallForm) -> dict[str, Any]:
    """What a form says, by path: `outcome`, `legs[0].talk_s`."""
    fields: dict[str, Any] = msgspec.to_builtins(form)
    for name in _PARTS:
        for number, part in enumerate(fields.pop(name)):
            fields |= {f"{name}[{number}].{field}": value for field, value in part.items()}
    return fields


def kind_of(path: str) -> str:
    """The path without numbers, to count by: `legs[].talk_s`."""
    return _NUMBER.sub("[]", path)


def _unversioned(told: Sequence[Step] | Sequence[CorrectionRow]) -> Any:
    """Without versions, which count from where reading began."""
    return msgspec.to_builtins([replace(it, version=0) for it in told])
