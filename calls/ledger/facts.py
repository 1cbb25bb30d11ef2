"""A fact: what we say of a call, what one of the PBX's files says of the same, and what became of the comparison."""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from calls.ledger.rules import Rule

Told = str | float | int | tuple[str, ...] | None
"""What a source says: a time as ISO 8601, a span in seconds, a word, names; None where it says nothing."""


class Verdict(StrEnum):
    """What became of a comparison; the last is the worst."""

    AGREE = "agree"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"


class Fact(Struct, frozen=True):
    """One comparison. `subject` is a path in the call's form, as `stints[0].outcome`; `source` is who says `theirs`."""

    subject: str
    ours: Told
    source: str
    theirs: Told
    verdict: Verdict
    rule: Rule | None = None


def judged(
    subject: str, ours: Told, source: str, theirs: Told, agrees: bool, explain: Callable[[], Rule | None]
) -> Fact:
    """The fact; `explain` is asked for a rule only where the two do not agree."""
    if agrees:
        return Fact(subject, ours, source, theirs, Verdict.AGREE)
    rule = explain()
    return Fact(subject, ours, source, theirs, Verdict.EXPLAINED if rule else Verdict.UNEXPLAINED, rule)
