"""What a check is, and what it finds. Pure.

A check is a row of a table: its name, what is said when all is well and when not, how to mend it, and a function that
looks at a subject (configuration files, a running PBX, our parts) and gives the spots where something is amiss. No text
of a finding may hold a secret: a spot says where it is, never what it says.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

S = TypeVar("S")


class Severity(StrEnum):
    """How bad it is. UNSEEN: it could not be looked at, which is said and changes no exit code."""

    OK = "ok"
    UNSEEN = "unseen"
    WEAK = "weak"
    WRONG = "wrong"


class Topic(StrEnum):
    """What a reader is looking for."""

    AUDIO = "audio"
    ROUTING = "call routing"
    SOCKET = "live socket"
    RECORDS = "records"
    SECURITY = "security"
    PARTS = "our parts"


# From the harmless to what stops the work.
ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is amiss (file:line, or what was asked), what in a few words, and how bad if not as usual."""

    where: str
    detail: str = ""
    severity: Severity | None = None


# Of one check; two hundred phones with the same fault are one fault.
MOST_SPOTS = 5

# None: it could not be looked at.
Look = Callable[[S], Iterable[Spot] | None]


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """One row. `fine` and `fault` are sentences without their full stop; `mend` is one with it."""

    name: str
    topic: Topic
    severity: Severity
    fine: str
    fault: str
    mend: str
    look: Look[S]


class Finding(msgspec.Struct, frozen=True):
    """What a check came to at one spot. `where` and `mend` are empty where all is well."""

    check: str
    topic: Topic
    severity: Severity
    what: str
    where: str = ""
    mend: str = ""


def examine(checks: Sequence[Check[S]], subject: S) -> list[Finding]:
    """What the checks find, in their order; a check without a spot is one finding that says so."""
    return [finding for check in checks for finding in _findings(check, subject)]


def _findings(check: Check[S], subject: S) -> list[Finding]:
    spots = check.look(subject)
    if spots is None:
        return [Finding(check.name, check.topic, Severity.UNSEEN, f"Could not be looked at: {check.fine}")]
    # The worst first, so that what is left out is no worse than what is said.
    found = sorted((_finding(check, spot) for spot in spots), key=lambda it: -ORDER.index(it.severity))
    if not found:
        return [Finding(check.name, check.topic, Severity.OK, check.fine)]
    return found[:MOST_SPOTS] + _left_out(check, found[MOST_SPOTS:])


def _left_out(check: Check[S], found: Sequence[Finding]) -> list[Finding]:
    if not found:
        return []
    what = f"{check.fault}, in {len(found)} more places"
    return [Finding(check.name, check.topic, found[0].severity, what, "", check.mend)]


def _finding(check: Check[S], spot: Spot) -> Finding:
    what = f"{check.fault}: {spot.detail}" if spot.detail else check.fault
    return Finding(check.name, check.topic, spot.severity or check.severity, what, spot.where, check.mend)


def worst(findings: Iterable[Finding]) -> Severity:
    """The worst of all; OK when there are none."""
    return max((finding.severity for finding in findings), key=ORDER.index, default=Severity.OK)


def exit_code(findings: Iterable[Finding]) -> int:
    """0: nothing is amiss; 1: something is weak; 2: something is wrong."""
    return {Severity.WRONG: 2, Severity.WEAK: 1}.get(worst(findings), 0)
