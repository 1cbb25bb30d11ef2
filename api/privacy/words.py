"""The steps of an erasure in words for people: what each is about, and what it waits for. Pure.

The steps and their details are the rows of `privacy_steps`, written by whoever works them off.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

# In the order in which they are done.
TITLES = {
    "tables": "Calls, notes, contacts and what was asked of the telephone system",
    "lake": "Reports and their history",
    "recordings": "Recordings",
    "log": "The archive of what the telephone system said",
    "check": "A last look through everything",
}
NOT_BEGUN = "Waits for its turn."
# Days that are named; more are counted.
_NAMED = 3


class Step(Struct, frozen=True, rename="camel"):
    """A step. `waits_for` is a sentence, empty once it is done."""

    name: str
    title: str
    is_done: bool
    waits_for: str
    changed_at: datetime | None


def steps_of(rows: Mapping[str, Mapping[str, Any]], *, is_done: bool) -> list[Step]:
    """All steps of a request, begun or not; `rows` are those begun, by name. `is_done`: the request is."""
    begun = [_step(name, rows.get(name), is_done) for name in TITLES]
    return begun + [_step(name, row, is_done) for name, row in rows.items() if name not in TITLES]


def _step(name: str, row: Mapping[str, Any] | None, is_done: bool) -> Step:
    done = is_done or (row is not None and row["status"] == "done")
    waits = "" if done else NOT_BEGUN if row is None else _waits(name, row["detail"])
    return Step(name, TITLES.get(name, name.capitalize()), done, waits, row["changed_at"] if row else None)


def _waits(name: str, detail: Mapping[str, Any]) -> str:
    left = detail.get("left")
    if left and name == "recordings":
        return f"{_counted(left, 'recording is', 'recordings are')} still to be deleted."
    if left:
        return f"{_counted(left, 'day is', 'days are')} still to be looked through."
    if in_hand := detail.get("inHand"):
        return f"{_counted(in_hand, 'call is', 'calls are')} not over yet, or just ended."
    if leftovers := detail.get("leftovers"):
        return f"{_counted(leftovers, 'file', 'files')} of interrupted work will be removed within minutes."
    if days := detail.get("waiting"):
        named = ", ".join(str(each) for each in days[:_NAMED]) + (" and more" if len(days) > _NAMED else "")
        return f"Days that are still being written are done once they are over: {named}."
    return "Is being worked on."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
