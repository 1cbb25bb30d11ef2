"""A person who asked to be forgotten: nowhere is anything left of them, and no figure is another one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from made_calls import DAY_MS, START, queue_call
from made_installation import Installation
from msgspec.structs import replace
from psycopg import sql

from asterisk.recording import read_log
from calls.call import Recording, StintOutcome, Transfer
from calls.codec import RECORD_VERSION, Entry, Record
from calls.erasure import pattern_of, stand_in
from calls.ledger.books import Ledger
from calls.ledger.facts import Fact, Verdict
from ingest.log import Log
from warehouse.ledger_store import LedgerStore
from warehouse.privacy.job import Erasures, hash_of

NATIONAL, NAME = "3055512345", "Zora Kanarienvogel"
CODE = 49
INSTEAD = stand_in(NATIONAL, b"a key of tests")
PACKET = (
    f"Event: QueueCallerJoin\r\nChannel: PJSIP/trunk-0001\r\nCallerIDNum: +49{NATIONAL}\r\nCallerIDName: {NAME}\r\n"
    f"ConnectedLineNum: <unknown>\r\nLinkedid: 1792800000.1"
).encode()
LINES = {
    "queue_log": f"1792800000|1792800000.1|2001|NONE|ENTERQUEUE||0{NATIONAL}|1".encode(),
    "cdr": f'"","0049{NATIONAL}","2001","queues","""{NAME}"" <0049{NATIONAL}>","PJSIP/trunk-0001"'.encode(),
}


def fill(installation: Installation) -> None:
    """Calls of and to the person in three spellings, of others, and of another tenant; and all that hangs on them."""
    mine, other = f"+49{NATIONAL}", "+49301112223"
    calls = [
        replace(queue_call(1), from_number=mine, from_name=NAME, to_number="2001"),
        replace(queue_call(2, StintOutcome.ABANDONED, at=START + 3_600_000), from_number=mine, from_name=NAME),
        replace(queue_call(3, at=START + DAY_MS), from_number=f"0{NATIONAL}", recordings=(
            Recording(f"/var/spool/in-0{NATIONAL}-l3.wav", "u3", START + DAY_MS),)),
        replace(queue_call(4, at=START + 40 * DAY_MS), direction="outbound", from_number="1001", from_name="Alice",
                to_number=f"90{NATIONAL}"),
        replace(queue_call(5), from_number=other, from_name="Somebody"),
        replace(queue_call(6, at=START + 7_200_000), from_number=other),
        replace(queue_call(7, tenant="other", queue="sales"), from_number=other),
    ]  # fmt: skip
    talked = calls[5].legs[0]
    calls[5] = replace(calls[5], legs=(replace(talked, transfer=Transfer("blind", f"90{NATIONAL}")),))
    installation.write(*calls)
    proved = [{"version": 1, "event": "CallerJoined", "proved": {"from_number": mine, "from_name": NAME, "seq": 12}}]
    for statement in (
        "INSERT INTO users (id, tenant_id, username, name, password_hash, role)"
        " VALUES (md5('u')::uuid, 'default', 'ada', 'Ada', '', 'administrator')",
        f"INSERT INTO contacts (tenant_id, number, name, notes) VALUES ('default', '{mine}', '{NAME}', 'of {NAME}')",
        "UPDATE call_sessions SET contact_id = (SELECT id FROM contacts), notes = '" + NAME + " will call back'"
        " WHERE call_id = 'pbx1:l1'",
        f"INSERT INTO call_timelines VALUES ('pbx1:l1', 1, '{msgspec.json.encode(proved).decode()}')",
        "INSERT INTO corrections VALUES ('pbx1:l2', 2, now(), 'gap', false,"
        f' \'{{"from_number": ["", "{mine}"], "from_name": ["", "{NAME}"]}}\')',
        "INSERT INTO commands (id, tenant_id, user_id, name, arguments, status, pbx, owner, due_at) VALUES"
        f" (md5('c')::uuid, 'default', md5('u')::uuid, 'dial', '{{\"number\": \"{mine}\"}}', 'confirmed', 'pbx1',"
        " md5('o')::uuid, now())",
        f"INSERT INTO dial_permits (tenant_id, user_id, number, purpose, price, minutes, counts, taken_at)"
        f" VALUES ('default', md5('u')::uuid, '{mine}', 'call', 0, 1, true, now() - interval '1 hour')",
        f"INSERT INTO dial_refusals (tenant_id, user_id, number, purpose, reason, detail, refused_at) VALUES"
        f" ('default', md5('u')::uuid, '0{NATIONAL}', 'call', 'hours', '0{NATIONAL} at night', now() - interval '1 h')",
        "INSERT INTO rejects VALUES ('pbx1', 'ami', 'a', 1, 1, 'odd', convert_to(E'CallerIDNum: "
        f"{mine}\\r\\nX: é', 'UTF8'), now() - interval '1 hour')",
        "INSERT INTO privacy_requests (id, tenant_id, user_id, people, asked_at)"
        " VALUES (md5('r')::uuid, 'default', md5('u')::uuid, 1, '2100-01-01')",
        "INSERT INTO privacy_people (request_id, tenant_id, person, number, national, stand_in, pattern) VALUES"
        f" (md5('r')::uuid, 'default', 'word', '{mine}', '{NATIONAL}', '{INSTEAD}', '{pattern_of(CODE, NATIONAL)}')",
        "UPDATE call_sessions SET certainty = 'final'",
    ):
        installation.execute(statement)
    fact = Fact("from_number", mine, "cdr", f"0{NATIONAL}", Verdict.UNEXPLAINED)
    LedgerStore(installation.source).keep([Ledger("pbx1:l1", "pbx1", "default", "2026-10-24T00:00:00.000Z", None,
                                                  "final", (fact,))], {})  # fmt: skip


def write_log(data: Path) -> None:
    """A day with the person in it, and a later one that is written just now."""
    log = Log(data / "log" / "pbx1")
    log.append([Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(n, START, PACKET) for n in range(1, 4)])])
    for source, line in LINES.items():
        log.append([Record(RECORD_VERSION, "pbx1", source, "a", 1, [Entry(0, START + 1, line)])])
    log.append([Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(9, START + 2 * DAY_MS, b"Event: FullyBooted")])])
    log.close()
    # Nobody has listened to that PBX for days.
    for path in log.files():
        os.utime(path, (0, 0))


def texts(installation: Installation, folder: Path) -> Iterator[tuple[str, str]]:
    """All that is kept anywhere, as text, with where it is."""
    for url in (installation.owner, installation.catalog):
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                query = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(schema, table))
                for (row,) in connection.execute(query):
                    yield table, row
    with installation.lake() as duck:
        for path in (folder / "lake").rglob("*.parquet"):
            for (row,) in duck.execute(f"SELECT t::VARCHAR FROM read_parquet('{path}') AS t").fetchall():
                yield path.name, row
        for path in (folder / "marts").glob("*.duckdb"):
            duck.execute(f"ATTACH '{path}' AS one (READ_ONLY)")
            found = duck.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'one'").fetchall()
            for (table,) in found:
                for (row,) in duck.execute(f"SELECT t::VARCHAR FROM one.{table} AS t").fetchall():
                    yield f"{path.name} {table}", row
            duck.execute("DETACH one")
    for path in (folder / "log").rglob("*.zst"):
        for record in read_log(path):
            for entry in record.entries:
                yield path.name, entry.raw.decode("utf-8", "replace")
    for path in (folder / "past").glob("*.past"):
        with closing(sqlite3.connect(path)) as connection:
            yield path.name, str(connection.execute("SELECT * FROM snapshots").fetchall())


@pytest.fixture
def filled(installation: Installation) -> Installation:
    fill(installation)
    write_log(installation.data)
    return installation


def asked(installation: Installation, query: str) -> Any:
    return installation.asked(query)[0][0]


def test_nothing_is_left_of_a_person_and_all_figures_are_as_before(filled: Installation) -> None:
    data = filled.data
    erasures = Erasures(filled.catalog, filled.source, data)
    filled.load()
    # One of the calls is to be loaded again.
    filled.execute("UPDATE call_sessions SET changed_at = clock_timestamp() WHERE call_id = 'pbx1:l2'")
    before = [where for where, text in texts(filled, data) if NATIONAL in text or NAME in text]
    assert {"call_sessions", "contacts", "commands", "2026-10-24.tlog.zst"} <= set(before)
    assert erasures.work() == 1
    left = [(place, text) for place, text in texts(filled, data) if NATIONAL in text or NAME in text]
    assert left == []
    found = filled.asked("SELECT call_id, from_number, from_name, to_number FROM call_sessions ORDER BY call_id")
    assert found[0] == ("pbx1:l1", f"+49{INSTEAD}", "Erased", "2001")
    assert found[2][1] == f"0{INSTEAD}"
    assert found[3][1:] == ("1001", "Alice", f"90{INSTEAD}")
    assert found[4][1:3] == ("+49301112223", "Somebody")
    kept = asked(filled, "SELECT certificate FROM privacy_requests")
    assert kept["figures"]["unchanged"], kept["figures"]["differing"]
    assert kept["erased"]["tables"]["calls"] == 4
    assert kept["erased"]["tables"]["contacts"] == 1
    assert kept["erased"]["log"] == {"files": 1, "entries": 5}
    assert kept["hash"] == hash_of(kept)
    assert erasures.work() == 0
    assert asked(filled, "SELECT action FROM audit_log") == "privacy.erased"


def test_the_log_is_told_as_before_but_for_the_person(filled: Installation) -> None:
    path = filled.data / "log" / "pbx1" / "2026-10-24.tlog.zst"
    before = list(read_log(path))
    Erasures(filled.catalog, filled.source, filled.data).work()
    after = list(read_log(path))
    assert [[(it.seq, it.received, len(it.raw) > 0) for it in record.entries] for record in after] == [
        [(it.seq, it.received, True) for it in record.entries] for record in before
    ]
    raw = after[0].entries[0].raw
    assert raw == PACKET.replace(NATIONAL.encode(), INSTEAD.encode()).replace(NAME.encode(), b"Erased")
    assert after[1].entries[0].raw.startswith(b"1792800000|1792800000.1|2001|NONE|ENTERQUEUE||0" + INSTEAD.encode())


def test_what_goes_on_is_waited_for(filled: Installation) -> None:
    filled.execute("INSERT INTO pbx_state VALUES ('pbx1', 'ended', 'l1', '')")
    (filled.data / "log" / "pbx1" / "a.cursor").write_text('{"file": "2026-10-24.tlog.zst", "offset": 0}')
    erasures = Erasures(filled.catalog, filled.source, filled.data)
    assert erasures.work() == 0
    steps = dict(filled.asked("SELECT step, status FROM privacy_steps"))
    assert steps == {"tables": "done", "lake": "done", "recordings": "done", "log": "waiting"}
    (filled.data / "log" / "pbx1" / "a.cursor").unlink()
    assert erasures.work() == 0
    # A stream worker that still had the call in hand has written it again.
    filled.execute(f"UPDATE call_sessions SET from_number = '+49{NATIONAL}' WHERE call_id IN ('pbx1:l1', 'pbx1:l7')")
    filled.execute("DELETE FROM pbx_state")
    assert erasures.work() == 1
    kept = asked(filled, "SELECT certificate FROM privacy_requests")
    assert kept["erased"]["tables"]["calls"] == 5
    assert kept["figures"]["unchanged"]
    # Another tenant's caller of the same number is another tenant's business.
    assert [place for place, text in texts(filled, filled.data) if NATIONAL in text and ",other," not in text] == []
    assert asked(filled, "SELECT from_number FROM call_sessions WHERE tenant_id = 'other'") == f"+49{NATIONAL}"
