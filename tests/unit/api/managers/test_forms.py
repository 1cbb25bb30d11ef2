"""api/managers/forms.py: the reference guide's fields."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from api_parts import NOON, agent, busy, queue

from api.managers.forms import agent_form, metrics_form, queue_form
from calls.presence import Presence, PresenceState
from calls.tally import Tally

ROW: dict[str, Any] = {
    "id": "0e7f3a52-0000-5000-8000-000000000001", "call_id": "pbx:1", "direction": "inbound",
    "from_number": "+493012345", "from_name": None, "to_number": "100", "status": "CONNECTED",
    "started_at": datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC), "answered_at": None,
}  # fmt: skip


def as_json(value: Any) -> Any:
    """What goes over the wire."""
    return json.loads(msgspec.json.encode(value))


def test_an_agent_without_a_call() -> None:
    assert as_json(agent_form(agent(), None, NOON)) == {
        "id": "PJSIP/Alice", "name": "Alice", "extension": "Alice", "status": "AVAILABLE", "pbx": "pbx"
    }  # fmt: skip


def test_an_agent_on_a_call() -> None:
    told = as_json(agent_form(busy(), ROW, NOON))
    assert told["status"] == "BUSY"
    assert told["currentCall"] == {
        "id": ROW["id"], "callId": "pbx:1", "direction": "inbound", "fromNumber": "+493012345", "fromName": None,
        "toNumber": "100", "status": "CONNECTED", "startedAt": "2026-11-22T11:59:30.000Z", "answeredAt": None,
        "queue": "support", "duration": 10.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (PresenceState.AVAILABLE, "AVAILABLE"),
        (PresenceState.RINGING, "BUSY"),
        (PresenceState.ON_CALL, "BUSY"),
        (PresenceState.ON_HOLD, "BUSY"),
        (PresenceState.WRAP_UP, "BUSY"),
        (PresenceState.PAUSED, "AWAY"),
        (PresenceState.OFFLINE, "OFFLINE"),
    ],
)
def test_the_guides_word_for_each_state(state: PresenceState, status: str) -> None:
    assert agent_form(agent(presence=Presence(state, NOON)), None, NOON).status == status


def test_wrap_up_is_over_when_its_time_is() -> None:
    wrap_up = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 5_000, then=PresenceState.AVAILABLE)
    statuses = [agent_form(agent(presence=wrap_up), None, NOON + at).status for at in (4_999, 5_000)]
    assert statuses == ["BUSY", "AVAILABLE"]


def test_a_queue() -> None:
    assert as_json(queue_form(queue(), NOON)) == {
        "id": "support", "name": "Support", "waiting": 1, "agents": 1, "longestWait": 30.0, "pbx": "pbx"
    }  # fmt: skip
    assert queue_form(queue(waiting=[]), NOON).longest_wait == 0.0


def test_figures_by_the_definitions() -> None:
    tally = Tally(offered=10, answered=8, abandoned=2, short_abandoned=1, answered_in_sl=6, wait_answered_s=80.0,
                  handled=8, talk_s=800.0, hold_s=80.0, wrap_s=400.0)  # fmt: skip
    assert as_json(metrics_form(tally)) == {
        "totalCalls": 10, "answeredCalls": 8, "abandonedCalls": 2, "avgWaitTime": 10.0, "avgCallDuration": 110.0,
        "serviceLevel": pytest.approx(100 * 6 / 9),
    }  # fmt: skip


def test_nothing_has_no_mean() -> None:
    figures = metrics_form(Tally())
    assert (figures.total_calls, figures.avg_wait_time, figures.avg_call_duration, figures.service_level) == (
        0, None, None, None
    )  # fmt: skip
