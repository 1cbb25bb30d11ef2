"""One number: the live facts by a metric's Python form, and the published marts by its SQL form, for any calls."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_calls import DAY_MS, START, many_calls
from made_lake import publish_calls

from calls.call import Call
from calls.contact_metrics import CONTACT_METRICS
from calls.contacts import Contact, contact_of, contact_tally
from calls.metrics import METRICS
from calls.settings import QueueSettings, Settings
from calls.spans import STINT_RULES, Rule, dated_tallies
from calls.tally import COLUMNS, NOTHING, Tally, interval_start, stint_tally
from warehouse.marts import COUNTS, RATIOS, Asked, Marts, open_marts
from warehouse.published import marts_path
from warehouse.scopes import ALL, scoped

SUPPORT = QueueSettings("Support line", None, 10.0, 20.0, 5.0, 0.8)
FROM = datetime.fromtimestamp(START / 1000, UTC)
# Parts of a call may begin two days after it.
TO = FROM + timedelta(milliseconds=4 * DAY_MS)


def tally(calls: list[Call]) -> Tally:
    known = Settings(queues={"support": SUPPORT})
    facts = (
        stint_tally(call, index, known.queue(stint.queue)) for call in calls for index, stint in enumerate(call.stints)
    )
    return reduce(add, facts, NOTHING)


def by_rule(calls: list[Call], rule: Rule) -> dict[tuple[str, int], Tally]:
    """The facts by queue and quarter of an hour (ms)."""
    known = Settings(queues={"support": SUPPORT})
    cells: dict[tuple[str, int], Tally] = {}
    for call in calls:
        for index, stint in enumerate(call.stints):
            for at, facts in dated_tallies(call, index, known.queue(stint.queue), rule):
                key = (stint.queue, interval_start(at))
                cells[key] = cells.get(key, NOTHING) + facts
    return {key: facts for key, facts in cells.items() if facts != NOTHING}


def told_by_rule(marts: Marts, rule: Rule) -> dict[tuple[str, int], dict[str, object]]:
    found = marts.report("queue_summary", Asked(FROM, TO, interval="15m", rule=rule))
    rows = {(row["queue"], round(row["interval_start"].timestamp() * 1000)): row for row in found.to_dicts()}
    return {key: {name: row[name] for name in METRICS} for key, row in rows.items() if _counts(row)}


def _counts(row: dict[str, object]) -> bool:
    return any(row[name] for name in ("offered", "answered", "abandoned", "flow_out", "refused", "missed", "aht"))


def contact_rows(contacts: list[Contact]) -> list[tuple[object, ...]]:
    """As the published table has them, times in ms."""
    newest: dict[str, int] = {}
    rows: list[tuple[object, ...]] = []
    for it in sorted(contacts, key=lambda it: (it.arrived_at, it.call_id)):
        before = newest.get(it.number) if it.number else None
        newest[it.number] = it.arrived_at
        waits = [None if ms is None else ms / 1000 for ms in (it.wait_ms, it.wall_wait_ms)]
        spent = (it.talk_ms / 1000, it.hold_ms / 1000)
        rows.append((it.call_id, it.queue, it.arrived_at, it.outcome, it.stints, *waits, *spent, before))
    return rows


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=many_calls(), folder=st.uuids())
def test_of_any_calls_live_batch_and_sql_say_the_same(tmp_path: Path, calls: list[Call], folder: object) -> None:
    data = tmp_path / str(folder)
    publish_calls(data, calls, {"support": SUPPORT})
    marts = open_marts(data, "default")
    mine = [call for call in calls if call.tenant == "default"]
    total, whole = marts.total(FROM, TO), tally(mine)
    names = (*COUNTS, "service_level", *RATIOS)
    assert {name: total[name] for name in names} == {name: METRICS[name].value(whole) for name in names}
    for rule in STINT_RULES:
        expected = {
            key: {name: it.value(facts) for name, it in METRICS.items()} for key, facts in by_rule(mine, rule).items()
        }
        assert told_by_rule(marts, rule) == {key: row for key, row in expected.items() if _counts(row)}
    contacts = [it for call in mine if (it := contact_of(call))]
    with duckdb.connect(str(marts_path(data, "default")), read_only=True) as connection:
        facts = connection.execute(
            f"SELECT call_id, ordinal, {', '.join(COLUMNS)} FROM stint_facts ORDER BY ALL"
        ).fetchall()
        told = connection.execute(
            "SELECT call_id, queue, epoch_ms(arrived_at), outcome, stints, wait_s, wall_wait_s, talk_s, hold_s,"
            " epoch_ms(previous_at) FROM contacts ORDER BY arrived_at, call_id"
        ).fetchall()
    known = Settings(queues={"support": SUPPORT})
    assert facts == sorted(
        (call.call_id, n, *stint_tally(call, n, known.queue(it.queue)).values())
        for call in mine
        for n, it in enumerate(call.stints)
    )
    assert told == contact_rows(contacts)
    found = marts.report("contact_summary", Asked(FROM, TO))
    counted = contact_tally(contacts, 0, 2**62)
    for name in ("contacts", "contacts_answered", "contacts_abandoned", "contacts_other", "contacts_refused"):
        assert found[name].sum() == getattr(counted, name)
    # Of all queues together, by the formulas in SQL over the facts that the marts have of contacts.
    formulas = ", ".join(metric.sql() for metric in CONTACT_METRICS.values())
    with duckdb.connect(str(marts_path(data, "default")), read_only=True) as connection:
        row = connection.execute(scoped(f"SELECT {formulas} FROM contact_cells", ALL)).fetchone()
    assert row == tuple(metric.value(counted) for metric in CONTACT_METRICS.values())
