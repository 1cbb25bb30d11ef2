"""Rows of the marts of agents, as tests make them."""

from datetime import UTC, datetime
from typing import Any

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


def performance(agent: str = "ines", handled: int = 10, **changed: Any) -> dict[str, Any]:
    """A row of `agent_performance`."""
    row = {
        "interval_start": NOON.replace(hour=0), "pbx": "pbx-1", "agent_id": agent, "name": agent.title(),
        "available_s": 3600.0, "paused_s": 600.0, "handled": handled, "from_queue": handled, "missed": 2,
        "transferred": 1, "online_s": 7200.0, "on_contact_s": 3000.0, "occupancy": 0.45, "availability": 0.5,
        "agent_aht": 300.0 if handled else None, "agent_talk": 240.0, "agent_hold": 20.0, "agent_wrap": 40.0,
    }  # fmt: skip
    return row | changed


def event(kind: str, detail: str, minute: int, minutes: float | None, reason: str = "") -> dict[str, Any]:
    """A row of `agent_timeline`, so many minutes after noon; None: it goes on."""
    from_noon = NOON.timestamp() + minute * 60
    ended = None if minutes is None else datetime.fromtimestamp(from_noon + minutes * 60, UTC)
    return {
        "pbx": "pbx-1", "agent_id": "ines", "started_at": datetime.fromtimestamp(from_noon, UTC), "ended_at": ended,
        "kind": kind, "detail": detail, "reason": reason, "call_id": "pbx-1:7" if kind != "state" else None,
        "seconds": None if minutes is None else minutes * 60,
    }  # fmt: skip


TIMELINE = [
    event("state", "available", 0, 10),
    event("missed_ring", "", 5, 0.1),
    event("state", "on_call", 10, 5),
    event("conversation", "caller", 10, 5),
    event("state", "paused", 15, 30, "lunch"),
    event("state", "available", 45, None),
]
ROWS = {
    "agent_performance": [performance("tomas", 4, missed=0), performance("ines", 10)],
    "agent_dispositions": [
        {"disposition": None, "calls": 3},
        {"disposition": "sale", "calls": 2},
        {"disposition": "solved", "calls": 5},
    ],
    "agent_timeline": TIMELINE,
}
