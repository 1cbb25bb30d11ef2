"""What the doctor finds of our own parts: a broker, a database and a page that are there, and such as are not."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from asterisk.cel import CelRecord, format_cel
from calls.topics import ALL
from infra.doctor.part_facts import Broker, Database, look_at_parts
from infra.local import Stack
from infra.settings import Address, UpSettings

NOBODY = Address("127.0.0.1", 1)


class Page(BaseHTTPRequestHandler):
    """Lives, misses Kafka, and lets nobody in at its socket."""

    def do_GET(self) -> None:
        """Answer as the API does."""
        status, body = {"/livez": (200, b"{}"), "/ws/pbx": (401, b"{}")}.get(
            self.path, (503, b'{"checks": {"kafka": {"status": "fail", "output": "no answer"}}}')
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Nothing."""


@contextmanager
def page() -> Iterator[Address]:
    """The page at a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Address("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stack(data: Path, where: Address = NOBODY, broker: str = "", database: str = "", **given: str) -> Stack:
    """An installation with a broker and a database of its own."""
    host, _, port = broker.rpartition(":")
    settings = UpSettings(data, where, Address(host, int(port)) if broker else None, database or None, given=given)
    return Stack(settings, {})


def test_what_is_there_is_well(tmp_path: Path, topics: str, database: str) -> None:
    with page() as where:
        facts = look_at_parts(stack(tmp_path, where, topics, database))
    assert facts.broker == Broker()
    assert facts.database is not None and (facts.database.trouble, facts.database.schema) == ("", "")
    assert abs(facts.database.clock_s) < 1
    assert (facts.page.lives, facts.page.ready, facts.page.missing) == (True, False, "kafka (no answer)")
    assert facts.page.socket_status == 401


def test_what_is_missing_is_said(tmp_path: Path, kafka_address: str, database_as: Callable[..., str]) -> None:
    with psycopg.connect(database_as()) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)")
    facts = look_at_parts(stack(tmp_path, NOBODY, "127.0.0.1:1", database_as()))
    assert facts.broker is not None and facts.broker.trouble.startswith("127.0.0.1:1: ")
    assert facts.database is not None and facts.database.schema.endswith("not applied")
    assert not facts.page.lives


def test_a_topic_that_is_missing_and_a_pbx_that_is_not_heard_are_named(
    tmp_path: Path, kafka_address: str, database: str
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO gaps (pbx, source, cause, started_at) VALUES ('pbx1', 'ami', 'lost', now())")
        connection.execute("INSERT INTO pbx_health VALUES ('pbx1', now() - interval '1 hour', now(), 1)")
    host, _, port = kafka_address.rpartition(":")
    facts = look_at_parts(stack(tmp_path, NOBODY, f"{host}:{port}", database))
    assert facts.broker is not None and set(facts.broker.missing_topics) <= {topic.name for topic in ALL}
    assert facts.database is not None and facts.database.unheard == ("pbx1 (ami)",)
    assert 3590 < facts.database.late_s["pbx1"] < 3700


def test_an_empty_and_an_unreachable_database_are_told_apart(tmp_path: Path, lake_database: str) -> None:
    empty = look_at_parts(stack(tmp_path, database=lake_database)).database
    assert empty is not None and empty.schema == "nothing was migrated"
    gone = look_at_parts(stack(tmp_path, database="postgresql://u:secret@127.0.0.1:1/x")).database
    assert gone == Database("OperationalError")


def test_files_logs_and_secrets_are_looked_at_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/api.log").write_text('{"level": "INFO"}\n{"level": "ERROR", "message": "hunter2"}\n')
    (tmp_path / "first-login.txt").write_text("hunter2")
    (tmp_path / "first-login.txt").chmod(0o644)
    (tmp_path / "recording-keys.json").write_text("{}")
    (tmp_path / "recording-keys.json").chmod(0o640)
    (tmp_path / "cel.csv").write_bytes(format_cel(CelRecord("ANSWER", 1_795_000_000_000_000)) + b"\n")
    os.utime(tmp_path / "cel.csv", (1_795_007_200, 1_795_007_200))
    (tmp_path / "folder").mkdir()
    given = {"CEL": "cel.csv", "QUEUE_LOG": "folder", "CDR": "none.csv", "RECORDING_SPOOL": "none"}
    paths = {f"TRUNKLINE_{name}": str(tmp_path / path) for name, path in given.items()}
    facts = look_at_parts(stack(tmp_path, **paths, TRUNKLINE_JWT_SECRET="short"))
    queue_log, cel, cdr = facts.records
    assert (queue_log.trouble, cel.off_s, cdr.awaited) == ("Is a directory", 7200.0, True)
    assert (facts.log_errors, facts.first_login_left, facts.short_jwt_secret) == ({"api.log": 1}, True, True)
    assert facts.open_secrets == (str(tmp_path / "first-login.txt"), str(tmp_path / "recording-keys.json"))
    assert facts.spool == (str(tmp_path / "none"), "it is no folder")
    assert "hunter2" not in repr(facts)


def test_of_a_folder_that_was_never_used_nothing_is_known(tmp_path: Path) -> None:
    facts = look_at_parts(stack(tmp_path / "none"))
    assert (facts.free_bytes, facts.broker, facts.database, facts.spool) == (None, None, None, None)


@pytest.mark.parametrize("line", [b"", b"torn,line\n"])
def test_a_cel_without_a_line_says_nothing_of_its_time(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "cel.csv").write_bytes(line)
    facts = look_at_parts(stack(tmp_path, TRUNKLINE_CEL=str(tmp_path / "cel.csv")))
    assert facts.records[1].off_s is None and not facts.records[1].trouble
