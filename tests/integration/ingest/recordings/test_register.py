"""ingest/recordings/register.py on a real PostgreSQL, with the keeper's own role, which may read nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from api_rows import change
from made_recordings import key_pair
from msgspec.structs import replace

from ingest.recordings.register import RecordedCall, Register, RegisterAway, RegisterRefuses
from ingest.recordings.slips import Slip

CALL = """
INSERT INTO call_sessions
  (id, call_id, pbx, tenant_id, direction, status, certainty, merged_into, started_at, created_at, version)
VALUES (gen_random_uuid(), %s, 'pbx', %s, 'inbound', 'ENDED', 'final', %s, now(), now(), 1)
"""
RECORDING = """
INSERT INTO recordings (call_id, ordinal, tenant_id, file, started_at, ended_at)
VALUES (%s, 0, 'north', %s, '2026-11-22T12:00:00Z', '2026-11-22T12:01:00Z')
"""
NOON = 1_795_348_800_000
ID = "0c1d2e3f-0000-5000-8000-000000000001"
SLIP = Slip(
    id=ID, name="a.wav", tenant="default", call_id="pbx:1", recipient="", path=f"default/2026/11/22/{ID}.age",
    media_type="audio/wav", started_at=NOON, ended_at=NOON + 1000, seconds=1.0, size=5, sha256="00",
)  # fmt: skip


@pytest.fixture
def register(database_as: Callable[..., str], tmp_path: Path) -> Iterator[Register]:
    """The keeper's view of a database with the tenants `default` and `north`."""
    change(database_as(), "INSERT INTO tenants (id, name) VALUES ('north', 'North')")
    register = Register(database_as("trunkline_recordings"), "pbx", tmp_path / "work/recipients.json")
    yield register
    register.close()


def test_a_file_is_of_the_call_that_was_heard_of_it(register: Register, database: str) -> None:
    change(database, CALL, "pbx:pbx-1.1", "north", None)
    change(database, RECORDING, "pbx:pbx-1.1", "/somewhere/else/odd name.wav")
    assert register.call_of("odd name.wav") == RecordedCall("pbx:pbx-1.1", "north", NOON, NOON + 60_000)
    # Nothing was heard of this one: by the Linkedid.
    assert register.call_of("pbx-1.1.123-4.wav") == RecordedCall("pbx:pbx-1.1", "north", None, None)
    for unknown in ("pbx-1.2.123-4.wav", "else/odd name.wav", "", "%", "pbx-1.1.wav"):
        assert register.call_of(unknown) is None


def test_one_that_became_part_of_another_call_is_that_calls(register: Register, database: str) -> None:
    change(database, CALL, "pbx:1", "north", "pbx:2")
    change(database, CALL, "pbx:2", "default", None)
    change(database, RECORDING, "pbx:1", "/spool/a.wav")
    found = register.call_of("a.wav")
    assert found is not None and (found.call_id, found.tenant) == ("pbx:2", "default")


def test_another_pbx_has_files_of_the_same_name(database_as: Callable[..., str], register: Register) -> None:
    change(database_as(), CALL, "pbx:1", "north", None)
    change(database_as(), RECORDING, "pbx:1", "/spool/a.wav")
    other = Register(database_as("trunkline_recordings"), "other", Path("/nowhere"))
    assert other.call_of("a.wav") is None
    other.close()


def test_a_recording_is_put_down_once(register: Register, database: str) -> None:
    recipient = key_pair()[0]
    change(database, "INSERT INTO recording_keys (tenant_id, recipient) VALUES ('default', %s)", recipient)
    slip = replace(SLIP, recipient=recipient)
    assert [register.keep(slip), register.keep(slip)] == [True, True]
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT call_id, seconds, size FROM stored_recordings").fetchall() == [
            ("pbx:1", 1.0, 5)
        ]
    change(database, "UPDATE stored_recordings SET deleted_at = now()")
    assert not register.keep(slip)
    change(database, "DELETE FROM stored_recordings")
    change(database, "UPDATE recording_keys SET retired_at = now()")
    assert register.keep(slip)
    change(database, "UPDATE recording_keys SET destroyed_at = now()")
    assert not register.keep(slip)


def test_what_no_column_takes_is_refused_and_the_next_is_not(register: Register) -> None:
    for path in ("../a.age", "north/2026/11/22/x.age", SLIP.path.replace("default", "north")):
        with pytest.raises(RegisterRefuses):
            register.keep(replace(SLIP, path=path))
    assert register.keep(replace(SLIP, call_id=None))


def test_the_recipients_of_last_time_hold_while_the_database_is_away(
    register: Register, database: str, tmp_path: Path
) -> None:
    recipients = {tenant: key_pair()[0] for tenant in ("default", "north")}
    for tenant, recipient in recipients.items():
        change(database, "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s)", tenant, recipient)
    assert register.recipients() == recipients
    away = Register("postgresql://nobody@127.0.0.1:1/none", "pbx", tmp_path / "work/recipients.json")
    assert away.recipients() == recipients and not away.reachable
    with pytest.raises(RegisterAway, match="a moment ago"):
        away.call_of("a.wav")


def test_the_role_reads_no_table(database_as: Callable[..., str]) -> None:
    with psycopg.connect(database_as("trunkline_recordings")) as connection:
        for table in ("stored_recordings", "recording_keys", "call_sessions", "recordings", "users"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SELECT FROM {table}".encode())
