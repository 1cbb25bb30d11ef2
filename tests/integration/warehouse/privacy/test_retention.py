"""Callers who have not called for as long as a tenant keeps them are forgotten whole; all others stay, and figures."""

from datetime import UTC, datetime, timedelta

from made_calls import DAY_MS, START, queue_call
from made_installation import Installation
from msgspec.structs import replace

from warehouse.privacy.job import Erasures
from warehouse.privacy.retention import Retention

OLD, NEW = START - 60 * DAY_MS, START
# By the clock of the test, 50 days before which nobody is kept.
NOW = datetime.fromtimestamp(START / 1000, UTC) + timedelta(days=1)


def fill(installation: Installation) -> None:
    """Calls of long ago and of now; who stays is told apart by each of the rules."""
    numbers = [
        ("+49301112223", OLD), ("+49301112223", OLD + 3_600_000), ("+31201234567", OLD),
        # Heard of since, written otherwise.
        ("0305551111", OLD), ("+49305551111", NEW),
        # A place, a queue's number, the tenant's own number, and nobody.
        ("200101", OLD), ("654321", OLD), ("+493099999", OLD), ("anonymous", OLD), ("1234", OLD),
    ]  # fmt: skip
    calls = [
        replace(queue_call(n, at=at), from_number=it, to_number="03099999") for n, (it, at) in enumerate(numbers, 1)
    ]
    dialled = replace(queue_call(50, at=OLD), direction="outbound", from_number="1001", to_number="901712345678")
    elsewhere = replace(queue_call(60, at=OLD, tenant="other", queue="sales"), from_number="+49301112223")
    installation.write(*calls, dialled, elsewhere)
    installation.write_agent("alice", "PJSIP/200101", "200101")
    for statement in (
        "INSERT INTO queues (pbx, queue_id, tenant_id, name, service_level_s, short_abandon_s, wrapup_s, target, live,"
        " version) VALUES ('pbx1', '654321', 'default', 'Q', 20, 5, 0, 0.8, '{}', 1)",
        "INSERT INTO contacts (tenant_id, number, name, changed_at) VALUES"
        " ('default', '+49309998887', 'Old', '2020-01-01'), ('default', '+49309998888', 'New', '2026-10-24')",
        "INSERT INTO privacy_retention (tenant_id, forget_callers_days) VALUES ('default', 50)",
        "UPDATE call_sessions SET certainty = 'final'",
    ):
        installation.execute(statement)


def test_who_was_not_heard_of_is_forgotten_and_nobody_else(installation: Installation) -> None:
    fill(installation)
    retention = Retention(installation.source, "DE", lambda: NOW)
    assert retention.ask() == 4
    assert retention.ask() == 0
    with installation.lake():
        pass
    assert Erasures(installation.catalog, installation.source, installation.data).work() == 1
    found = installation.asked("SELECT call_id, from_number, to_number FROM call_sessions")
    numbers = {call: (one, other) for call, one, other in found}
    assert numbers["pbx1:l1"] == numbers["pbx1:l2"]
    assert numbers["pbx1:l1"][0].startswith("+49000")
    assert numbers["pbx1:l3"][0].startswith("+31000")
    kept = [numbers[f"pbx1:l{n}"][0] for n in range(4, 11)]
    assert kept == ["0305551111", "+49305551111", "200101", "654321", "+493099999", "anonymous", "1234"]
    assert numbers["pbx1:l50"][1].startswith("90000")
    assert numbers["pbx1:l60"][0] == "+49301112223"
    assert installation.asked("SELECT name FROM contacts") == [("New",)]
    ((certificate, people),) = installation.asked("SELECT certificate, people FROM privacy_requests")
    assert certificate["figures"]["unchanged"], certificate["figures"]["differing"]
    assert (certificate["kind"], len(certificate["people"]), people) == ("retention", 4, 4)
    # There is no log here: that is said.
    assert [it for it in certificate["notCovered"] if "pbx1" in it]
    assert installation.asked("SELECT action, user_id FROM audit_log") == [("privacy.erased", None)]
    assert installation.asked("SELECT count(*) FROM privacy_people")[0] == (0,)
    assert Retention(installation.source, "DE", lambda: NOW).ask() == 0
