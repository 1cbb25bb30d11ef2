"""A caller who is everywhere that a number or a name may come to, and a look through all that is kept for them.

What is looked through is what is there, not a list: tables of both databases with what PostgreSQL knows of their
columns, files of the lake (also those that no snapshot knows any more), marts, log, snapshots of the past, and every
other file of the data folder, byte by byte.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import psycopg
from made_calls import DAY_MS, START, queue_call
from made_installation import Installation
from msgspec.structs import replace
from psycopg import sql

from asterisk.recording import read_log
from calls.call import Recording, StintOutcome, Transfer
from calls.codec import RECORD_VERSION, Entry, Record
from calls.erasure import Person, person_of
from calls.ledger.books import Ledger
from calls.ledger.facts import Fact, Verdict
from ingest.log import Log
from warehouse.ledger_store import LedgerStore
from warehouse.past.snapshots import Snapshots

CODE, NATIONAL, NAME = 49, "3055512345", "Zora Kanarienvogel"
NUMBER, OTHER = f"+49{NATIONAL}", "+49301112223"
PACKET = (
    f"Event: QueueCallerJoin\r\nChannel: PJSIP/trunk-0001\r\nCallerIDNum: +49{NATIONAL}\r\nCallerIDName: {NAME}\r\n"
    f"ConnectedLineNum: <unknown>\r\nLinkedid: 1792800000.1"
).encode()
LINES = {
    "queue_log": f"1792800000|1792800000.1|2001|NONE|ENTERQUEUE||0{NATIONAL}|1".encode(),
    "cdr": f'"","0049{NATIONAL}","2001","queues","""{NAME}"" <0049{NATIONAL}>","PJSIP/trunk-0001"'.encode(),
}
# A line as JSON and in an address have it, and as bytes are printed.
TRACES = (NATIONAL, NAME, NAME.replace(" ", "%20"), NATIONAL.encode().hex(), NAME.encode().hex())
# What holds text. Numbers, times and ids hold none.
TEXTS = ("text", "json", "jsonb", "bytea", "ARRAY", "character varying", "name", "USER-DEFINED")


def is_named(text: str, looked_for: Sequence[str] = TRACES) -> bool:
    """Whether the caller is in it."""
    return any(trace in text for trace in looked_for)


def ask(installation: Installation, *numbers: str) -> dict[str, Person]:
    """Ask, as administrator Ada and once for all of them, that these be forgotten: who they are, by number."""
    key = secrets.token_bytes(16)
    with psycopg.connect(installation.owner) as connection:
        row = connection.execute(
            "INSERT INTO privacy_requests (tenant_id, user_id, people, asked_at)"
            " VALUES ('default', md5('u')::uuid, %s, '2100-01-01') RETURNING id",
            [len(numbers)],
        ).fetchone()
        assert row is not None
        people = {number: person_of(number, CODE, key, lambda _: False) for number in numbers}
        for number, person in people.items():
            connection.execute(
                "INSERT INTO privacy_people (request_id, tenant_id, person, number, national, stand_in, pattern)"
                " VALUES (%s, 'default', %s, %s, %s, %s, %s)",
                [row[0], person.word, number, person.national, person.stand_in, person.pattern],
            )
    return people


def add_ada(installation: Installation) -> None:
    """An administrator, who may ask."""
    installation.execute(
        "INSERT INTO users (id, tenant_id, username, name, password_hash, role)"
        " VALUES (md5('u')::uuid, 'default', 'ada', 'Ada', '', 'administrator')"
    )


def fill(installation: Installation) -> None:
    """Calls of and to the caller in three spellings, of others, and of another tenant; and all that hangs on them."""
    calls = [
        replace(queue_call(1), from_number=NUMBER, from_name=NAME, to_number="2001"),
        replace(queue_call(2, StintOutcome.ABANDONED, at=START + 3_600_000), from_number=NUMBER, from_name=NAME),
        replace(queue_call(3, at=START + DAY_MS), from_number=f"0{NATIONAL}", recordings=(
            Recording(f"/var/spool/in-0{NATIONAL}-l3.wav", "u3", START + DAY_MS),)),
        replace(queue_call(4, at=START + 40 * DAY_MS), direction="outbound", from_number="1001", from_name="Alice",
                to_number=f"90{NATIONAL}"),
        replace(queue_call(5), from_number=OTHER, from_name="Somebody"),
        replace(queue_call(6, at=START + 7_200_000), from_number=OTHER),
        replace(queue_call(7, tenant="other", queue="sales"), from_number=OTHER),
    ]  # fmt: skip
    talked = calls[5].legs[0]
    calls[5] = replace(calls[5], legs=(replace(talked, transfer=Transfer("blind", f"90{NATIONAL}")),))
    installation.write(*calls)
    add_ada(installation)
    for statement in _statements():
        installation.execute(statement)
    fact = Fact("from_number", NUMBER, "cdr", f"0{NATIONAL}", Verdict.UNEXPLAINED)
    ledger = Ledger("pbx1:l1", "pbx1", "default", "2026-10-24T00:00:00.000Z", None, "final", (fact,))
    LedgerStore(installation.source).keep([ledger], {})


def _statements() -> Iterator[str]:
    proved = [{"version": 1, "event": "CallerJoined", "proved": {"from_number": NUMBER, "from_name": NAME, "seq": 12}}]
    stored = (
        "INSERT INTO stored_recordings (id, tenant_id, call_id, pbx, file, recipient, path, media_type, ended_at, size,"
        " sha256, deleted_at) SELECT md5(file)::uuid, 'default', call_id, 'pbx1', file, 'age1', 'default/2026/10/25/'"
        f" || md5(file)::uuid || '.age', 'audio/wav', now() - interval '1 hour', 1, '', now() FROM (VALUES"
        f" ('pbx1:l3', 'in-0{NATIONAL}-l3.wav'), (NULL, 'in-0{NATIONAL}-nobody.wav')) AS it (call_id, file)"
    )
    yield (
        "INSERT INTO contacts (tenant_id, number, name, company, email, notes) VALUES ('default',"
        f" '{NUMBER}', '{NAME}', '{NAME} & Sons', '{NATIONAL}@example.com', 'of {NAME}'),"
        f" ('default', '{OTHER}', 'Somebody', '', '', 'wife of {NUMBER}')"
    )
    yield (
        f"UPDATE call_sessions SET contact_id = (SELECT id FROM contacts WHERE number = '{NUMBER}'),"
        f" notes = '{NAME} will call back' WHERE call_id = 'pbx1:l1'"
    )
    yield f"INSERT INTO call_timelines VALUES ('pbx1:l1', 1, '{msgspec.json.encode(proved).decode()}')"
    yield (
        "INSERT INTO corrections VALUES ('pbx1:l2', 2, now(), 'gap', false,"
        f' \'{{"from_number": ["", "{NUMBER}"], "from_name": ["", "{NAME}"]}}\')'
    )
    yield (
        "INSERT INTO commands (id, tenant_id, user_id, name, arguments, status, detail, channel, pbx, owner, due_at)"
        f" VALUES (md5('c')::uuid, 'default', md5('u')::uuid, 'dial', '{{\"number\": \"{NUMBER}\"}}', 'confirmed',"
        f" 'to {NUMBER}', 'Local/0{NATIONAL}@out-0001;1', 'pbx1', md5('o')::uuid, now())"
    )
    yield (
        "INSERT INTO dial_permits (tenant_id, user_id, number, purpose, price, minutes, counts, taken_at)"
        f" VALUES ('default', md5('u')::uuid, '{NUMBER}', 'call', 0, 1, true, now() - interval '1 hour')"
    )
    yield (
        "INSERT INTO dial_refusals (tenant_id, user_id, number, purpose, reason, detail, refused_at) VALUES"
        f" ('default', md5('u')::uuid, '0{NATIONAL}', 'call', 'hours', '0{NATIONAL} at night', now() - interval '1 h')"
    )
    yield (
        f"INSERT INTO rejects VALUES ('pbx1', 'ami', 'a', 1, 1, 'ValueError: {NUMBER} is odd',"
        f" convert_to(E'CallerIDNum: {NUMBER}\\r\\nX: é', 'UTF8'), now() - interval '1 hour')"
    )
    yield (
        "INSERT INTO queue_log_imports (pbx, generation, first_line, name, carried) VALUES ('pbx1', 1, '', 'queue_log',"
        f" convert_to('{LINES['queue_log'].decode()}', 'UTF8'))"
    )
    yield (
        f"INSERT INTO phone_leaves VALUES ('default', md5('u')::uuid, 'pbx1', '0{NATIONAL}', now() + interval '1 hour')"
    )
    yield (
        "INSERT INTO report_schedules (tenant_id, user_id, page, query, kind, recipients, every, days, day_of_month,"
        " at_time, time_zone, next_at) VALUES ('default', md5('u')::uuid, 'calls',"
        f" 'number=%2B49{NATIONAL}&show=calls', 'csv', '{{}}', 'day', '{{1}}', 1, '07:00', 'UTC', now())"
    )
    yield stored
    yield "UPDATE call_sessions SET certainty = 'final'"
    # What a busy caller comes to there by itself.
    yield "ANALYZE"


def write_log(data: Path) -> None:
    """A day with the caller in it, and a later one."""
    log = Log(data / "log" / "pbx1")
    log.append([Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(n, START, PACKET) for n in range(1, 4)])])
    for source, line in LINES.items():
        log.append([Record(RECORD_VERSION, "pbx1", source, "a", 1, [Entry(0, START + 1, line)])])
    log.append([Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(9, START + 2 * DAY_MS, b"Event: FullyBooted")])])
    log.close()
    rest(data)


def leave_behind(data: Path) -> Path:
    """What a load and an import that were killed have left, the first of them just now: its file in the lake."""
    for path in (data / "import.tmp/pbx1/scratch", data / "lake.tmp/duckdb_temp_storage-0.tmp"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"l1,{NUMBER},{NAME}")
        os.utime(path, (0, 0))
    orphan = data / "lake/main/call_sessions/ducklake-0199.parquet"
    orphan.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"COPY (SELECT '{NUMBER}' AS from_number) TO '{orphan}' (FORMAT parquet)")
    return orphan


def rest(data: Path) -> None:
    """Nobody has listened to any PBX for days."""
    for path in (data / "log").rglob("*.zst"):
        os.utime(path, (0, 0))


def traces(installation: Installation, looked_for: Sequence[str] = TRACES) -> list[tuple[str, str]]:
    """Where the caller is: the place, and what stands there."""
    return [(place, text) for place, text in kept(installation) if is_named(text, looked_for)]


def kept(installation: Installation, *, rows_only: bool = False) -> Iterator[tuple[str, str]]:
    """All that is kept anywhere, as text, with where it is.

    `rows_only`: rows and entries, each of which says whose it is, without statistics and the bytes of files.
    """
    for url in (installation.owner, installation.catalog):
        yield from _of_database(url)
        if not rows_only:
            yield from _of_planner(url)
    with duckdb.connect() as duck:
        for path in sorted(it for it in installation.data.rglob("*") if it.is_file()):
            if not rows_only:
                yield path.name, path.read_bytes().decode("latin-1")
            yield from _of_file(duck, path)


def _of_database(url: str) -> Iterator[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(schema, table))
            for (row,) in connection.execute(query):
                yield table, row


def _of_planner(url: str) -> Iterator[tuple[str, str]]:
    """What it keeps in mind: the values that are there most, and some of the others."""
    with psycopg.connect(url) as connection:
        for table, row in connection.execute("SELECT tablename, s::text FROM pg_stats AS s"):
            yield f"pg_stats {table}", row


def _of_file(duck: duckdb.DuckDBPyConnection, path: Path) -> Iterator[tuple[str, str]]:
    match path.suffix:
        case ".parquet":
            for (row,) in duck.execute(f"SELECT t::VARCHAR FROM read_parquet('{path}') AS t").fetchall():
                yield path.name, row
        case ".duckdb":
            duck.execute(f"ATTACH '{path}' AS one (READ_ONLY)")
            found = duck.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'one'").fetchall()
            for (table,) in found:
                for (row,) in duck.execute(f"SELECT t::VARCHAR FROM one.{table} AS t").fetchall():
                    yield f"{path.name} {table}", row
            duck.execute("DETACH one")
        case ".zst":
            for record in read_log(path):
                for entry in record.entries:
                    yield path.name, entry.raw.decode("utf-8", "replace")
        case ".past":
            yield from _of_past(path)


def _of_past(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        received = [it for (it,) in connection.execute("SELECT received FROM snapshots")]
    snapshots = Snapshots.reading(path.parent, path.stem)
    if snapshots is not None:
        with snapshots:
            yield from ((path.name, repr(snapshots.before(at))) for at in received)


def text_columns(url: str) -> dict[str, str]:
    """By `table.column`, of what type the columns are that hold text, in all tables of ours."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = ANY (%s)",
            [list(TEXTS)],
        )
        return dict(found.fetchall())


def named_columns(url: str) -> set[str]:
    """The columns, as `table.column`, in which the caller is."""
    with psycopg.connect(url) as connection:
        return {column for column in text_columns(url) if _is_in(connection, *column.split("."))}


def _is_in(connection: psycopg.Connection, table: str, column: str) -> Any:
    rows = connection.execute(
        sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(column), sql.Identifier(table))
    ).fetchall()
    return any(is_named(text) for (text,) in rows if text)
