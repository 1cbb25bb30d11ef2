"""Every place that may hold a caller: it is either cleared by an erasure, which is seen here, or holds nobody, and why.

The walk is over what there is after all migrations, not over a list. What is new fails here until it is in one of them.
"""

import os
from pathlib import Path

import canary
import duckdb
from made_installation import Installation

from warehouse.privacy import figures, lake
from warehouse.privacy.job import Erasures
from warehouse.published import marts_path

# Cleared. The erasure that is run below finds the caller in each of them, and leaves them in none.
CLEARED = {
    *(f"call_sessions.{it}" for it in ("from_number", "from_name", "to_number", "notes")),
    *("legs.transfer_to", "recordings.file", "stored_recordings.file", "call_timelines.steps", "corrections.fields"),
    *("reconciliations.facts", "reconciliations.differences"),
    *("commands.arguments", "commands.detail", "commands.channel"),
    *("dial_permits.number", "dial_refusals.number", "dial_refusals.detail", "phone_leaves.exten"),
    *("rejects.raw", "rejects.reason", "queue_log_imports.carried", "report_schedules.query"),
    *(f"contacts.{it}" for it in ("number", "name", "company", "email", "notes")),
}
# Of a person who is to be forgotten, until they are.
OF_REQUESTS = {f"privacy_people.{it}" for it in ("person", "number", "national", "pattern", "names")}
IDS = "names of PBXs, queues, agents, tenants and calls (Linkedids), and words of our own"
STAFF = "the tenant's own people and telephones"
# By table, or by `table.column` where others of the table are cleared: why nobody is found there.
NOBODY = {
    **dict.fromkeys(("stints", "missed_rings", "presence_intervals", "gaps", "imported_queues", "queue_limits"), IDS),
    **dict.fromkeys(("pbx_health", "pbx_partitions", "queue_settings", "sink_offsets", "phone_guards"), IDS),
    **dict.fromkeys(("dispositions", "pause_reasons", "dial_policies", "tenants", "recording_settings"), IDS),
    **dict.fromkeys(("users", "extensions", "phone_sessions", "phone_quality"), STAFF),
    **dict.fromkeys(("sign_ins", "spent_refresh_tokens", "brakes", "recording_keys"), "staff, hashes and keys"),
    **dict.fromkeys(("alert_rules", "alerts_fired", "alert_deliveries"), "metrics of queues, and who is told of them"),
    "agent_extensions": f"{STAFF}; `live` names whom they speak with, until they hang up",
    "queues": "`live` names who waits, until they do so no more",
    "pbx_state": "what goes on; erasures wait until nobody of theirs is in it",
    "sink_attempts": "a record that is tried again just now; gone when it is applied",
    "report_sendings": "of whom reports were sent to, and what the mail server said",
    "audit_log": "kept whole, and so the certificates say",
    "schema_migrations": "of this release",
    **dict.fromkeys(("privacy_calls", "privacy_steps", "privacy_requests", "privacy_retention"), "words and counts"),
    "privacy_stand_ins": "digits that are nobody's",
}  # fmt: skip
# In tables of which other columns are cleared: names and words of our own, and hashes.
WORDS = {
    *("tenant_id", "call_id", "pbx", "direction", "status", "certainty", "merged_into", "outcome", "agent_id"),
    *("disposition", "agent", "interface", "ended_by", "transfer_kind", "mos_method", "cause", "verdict", "rules"),
    *("name", "idempotency_key", "body_hash", "purpose", "source", "ingester", "first_line", "page", "kind"),
    *("recipients", "every", "days", "time_zone", "paused_because", "recipient", "path", "media_type", "sha256"),
    *("leftover", "deleted_because", "reason", "stand_in"),
}
# The same of the lake and of published files: by column, in whatever table.
LAKE_NOBODY = {
    *("call_id", "pbx", "tenant", "direction", "status", "certainty", "merged_into", "outcome", "agent_id", "agent"),
    *("disposition", "uniqueid", "queue", "interface", "ended_by", "transfer_kind", "mos_method", "state", "reason"),
    *("name", "extension", "verdict", "rules", "cause", "source", "zone", "tenants", "span", "previous_id", "filed_as"),
    # What metrics are.
    *("of", "title", "unit", "meaning", "formula", "sql"),
}
# And of files under the data folder, by what their names end with; those of servers are of their own makers.
FILES = {
    ".tlog.zst": "rewritten",
    ".parquet": "rewritten, the old one removed",
    ".duckdb": "made anew",
    ".past": "thrown away, made anew from the log",
    "published.json": "which load is shown: numbers and times",
}
ADVICE = (
    "may hold a caller. Take them out in erase_person (a new migration), warehouse/privacy/lake.py or"
    " warehouse/privacy/logs.py, fill it in tests/canary.py and name it in CLEARED here; or, if nobody can come to be"
    " in it, say in NOBODY why."
)


def test_each_column_is_cleared_or_holds_nobody_and_each_that_is_cleared_is_seen_to_be(
    installation: Installation,
) -> None:
    data = installation.data
    columns = set(canary.text_columns(installation.owner))
    new = sorted(it for it in columns - CLEARED - OF_REQUESTS if not _holds_nobody(it))
    assert not new, f"{new} {ADVICE}"
    gone = sorted((CLEARED | OF_REQUESTS) - columns)
    assert not gone, f"{gone} are not there any more."

    canary.fill(installation)
    canary.write_log(data)
    canary.ask(installation, canary.NUMBER)
    assert canary.named_columns(installation.owner) - OF_REQUESTS == CLEARED
    orphan, erasures = canary.leave_behind(data), Erasures(installation.catalog, installation.source, data)
    # Whoever has just written it may be about to say that it is theirs.
    assert erasures.work() == 0
    os.utime(orphan, (0, 0))
    assert erasures.work() == 1
    assert canary.traces(installation) == []
    unknown = [it.name for it in _files(data) if not it.name.endswith(tuple(FILES))]
    assert not unknown, f"Of {unknown} the table FILES does not say how a caller comes out of it."
    _look_at_lake(installation)
    _look_at_marts(installation)


def _holds_nobody(place: str) -> bool:
    table, _, column = place.partition(".")
    partly = any(it.startswith(f"{table}.") for it in CLEARED | OF_REQUESTS)
    return table in NOBODY or (partly and column in WORDS)


def _files(data: Path) -> list[Path]:
    return [it for it in data.rglob("*") if it.is_file()]


def _look_at_lake(installation: Installation) -> None:
    found = installation.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' AND NOT internal"
        " AND data_type IN ('VARCHAR', 'VARCHAR[]', 'JSON', 'BLOB')"
    )
    cleared = {(table, column) for table, (_, columns) in lake.NAMING.items() for column in columns}
    new = sorted(it for it in found if it not in cleared and it[1] not in LAKE_NOBODY)
    assert not new, f"{new} of the lake {ADVICE}"
    assert cleared <= set(found)


def _look_at_marts(installation: Installation) -> None:
    """What they hold is the lake's, so this is about figures: a column that names somebody is to be none of them."""
    with duckdb.connect(str(marts_path(installation.data, "default")), read_only=True) as shown:
        found = shown.execute(
            "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_name)"
            " WHERE data_type IN ('VARCHAR', 'VARCHAR[]', 'JSON', 'BLOB')"
        ).fetchall()
    named = {(table, column) for table, columns in figures.NAMING.items() for column in columns}
    new = sorted(it for it in found if it not in named and it[1] not in LAKE_NOBODY)
    assert not new, f"{new} of published files {ADVICE} There: in NAMING of warehouse/privacy/figures.py."
