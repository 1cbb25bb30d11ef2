"""One call with its timeline, for `trunkline call`: as a table for people, as JSON for programs. Pure."""

from typing import Any

import msgspec
from rich.table import Table

from asterisk.replay import Replay
from calls.form import CallForm, call_form
from calls.timeline import Step, Timeline
from warehouse.printing import as_table


def replayed_timeline(call_id: str, replay: Replay) -> Timeline | None:
    """The timeline of a call that the replay followed; None where it came to no such call."""
    call = replay.calls.get(call_id)
    return None if call is None else Timeline(call_form(call), replay.steps[call_id])


def timeline_json(timeline: Timeline) -> str:
    """The call's JSON form with one field more, `timeline`: its steps in their order."""
    return msgspec.json.encode({**msgspec.structs.asdict(timeline.call), "timeline": timeline.steps}).decode()


def headline(call: CallForm) -> str:
    """Who called whom, when, and what came of it, in one line."""
    who = " ".join(part for part in (call.from_name, call.from_number) if part) or "unknown"
    came_to = f"{call.outcome}, {call.certainty}" if call.outcome else call.status
    span = f"{call.started_at} to {call.ended_at or 'now'}"
    return f"{call.call_id}: {call.direction}, {who} to {call.to_number or 'unknown'}, {span}; {came_to}"


def timeline_table(steps: list[Step]) -> Table:
    """A row an event: when, what, its place in its source, and the fields it proved."""
    rows = [(it.at.partition("T")[2], it.event, f"{it.source} {it.epoch}/{it.seq}", _facts(it)) for it in steps]
    return as_table(("time", "event", "source", "proves"), rows)


def _facts(step: Step) -> str:
    return ", ".join(f"{path} = {_shown(value)}" for path, value in step.proved.items())


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()
