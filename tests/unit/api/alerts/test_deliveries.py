"""api/alerts/deliveries.py: what a webhook and a mail say."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from alert_parts import NOW, RULE

from api.alerts.deliveries import body_of, mail_of, number
from api.post.letters import Letter
from calls.alerts import AlertMetric, AlertRule, Side

ROW: dict[str, Any] = {
    "id": UUID(int=1), "rule_id": UUID(int=2), "tenant_id": "default", "event": "raised", "rule": RULE, "value": 4.0,
    "raised_at": NOW, "cleared_at": NOW + 60_000, "target": "ana@lind.example",
    "found_at": None,
}  # fmt: skip


def test_a_webhook_is_told_all_of_it() -> None:
    told = msgspec.json.decode(body_of(ROW))
    assert (told["event"], told["raisedAt"], told["clearedAt"]) == ("alert.raised", "2026-11-22T12:00:00.000Z", None)
    assert told["alert"] == {"id": str(UUID(int=2)), "queues": []} | RULE
    assert msgspec.json.decode(body_of(ROW | {"event": "cleared"}))["clearedAt"] == "2026-11-22T12:01:00.000Z"


def test_a_mail_is_a_sentence() -> None:
    text = "callers waiting of all queues: 4 at 2026-11-22T12:00:00.000Z, limit at least 3."
    assert mail_of(ROW) == Letter(str(UUID(int=1)), "Alert: Many wait", ("ana@lind.example",), (text,))
    over = mail_of(ROW | {"event": "cleared", "rule": RULE | {"side": "below", "queues": ["pbx:support"]}})
    assert over.subject == "Over: Many wait"
    assert over.paragraphs[0].endswith("limit below 3. Over at 2026-11-22T12:01:00.000Z.")


def test_what_is_told_late_says_so() -> None:
    late = ROW | {"found_at": NOW + 3_600_000}
    assert msgspec.json.decode(body_of(ROW))["foundAt"] is None
    assert msgspec.json.decode(body_of(late))["foundAt"] == "2026-11-22T13:00:00.000Z"
    told = "Told late: nobody watched then, it was found at 2026-11-22T13:00:00.000Z."
    assert mail_of(late).paragraphs[0].endswith(told)


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
