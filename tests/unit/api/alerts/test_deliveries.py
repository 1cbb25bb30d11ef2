"""api/alerts/deliveries.py: what a webhook and a mail say."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from alert_parts import NOW, RULE

from api.alerts.deliveries import body_of, mail_of, number
from calls.alerts import AlertMetric, AlertRule, Side

ROW: dict[str, Any] = {
    "id": UUID(int=1), "rule_id": UUID(int=2), "tenant_id": "default", "event": "raised", "rule": RULE, "value": 4.0,
    "raised_at": NOW, "cleared_at": NOW + 60_000,
}  # fmt: skip


def test_a_webhook_is_told_all_of_it() -> None:
    told = msgspec.json.decode(body_of(ROW))
    assert (told["event"], told["raisedAt"], told["clearedAt"]) == ("alert.raised", "2026-11-22T12:00:00.000Z", None)
    assert told["alert"] == {"id": str(UUID(int=2)), "queues": []} | RULE
    assert msgspec.json.decode(body_of(ROW | {"event": "cleared"}))["clearedAt"] == "2026-11-22T12:01:00.000Z"


def test_a_mail_is_a_sentence() -> None:
    subject, text = mail_of(ROW)
    assert (subject, text.splitlines()[0]) == (
        "Alert: Many wait", "callers waiting of all queues: 4 at 2026-11-22T12:00:00.000Z,",
    )  # fmt: skip
    subject, text = mail_of(ROW | {"event": "cleared", "rule": RULE | {"side": "below", "queues": ["pbx:support"]}})
    assert (subject, text.splitlines()[1:]) == (
        "Over: Many wait",
        ["limit below 3.", "Over at 2026-11-22T12:01:00.000Z."],
    )


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        (AlertMetric.ABANDON_RATE, 0.125, "12.5 %"),
        (AlertMetric.LONGEST_WAIT, 61.2, "61 s"),
        (AlertMetric.WAITING, 3, "3"),
    ],
)
def test_numbers_are_told_as_people_read_them(metric: AlertMetric, value: float, expected: str) -> None:
    assert number(AlertRule("A", metric, Side.BELOW, 1), value) == expected
