"""The audit log on PostgreSQL: one chain whoever writes, nobody changes it, and the command finds it if they did."""

import json
import threading
from collections.abc import Callable

import psycopg
import pytest
from api_rows import add_user, change
from click.testing import CliRunner

from infra.__main__ import trunkline
from infra.audit import verify

ROLES = ("", "trunkline_streams", "trunkline_api", "trunkline_warehouse")


def write(url: str, count: int = 1, tenant: str = "default", user: str | None = None) -> None:
    """Write rows by the API's own role, a transaction each."""
    for number in range(count):
        with psycopg.connect(url) as connection:
            connection.execute("SELECT set_config('trunkline.tenant', %s, true)", [tenant])
            detail = json.dumps({"number": number, "name": 'é"\n\\', "nothing": None})
            connection.execute("SELECT append_audit(%s, 'queue.change', 'pbx1:ä,1:x', %s)", [user, detail])


def test_the_chain_is_one_whoever_writes_at_once(database_as: Callable[..., str]) -> None:
    user = add_user(database_as(), "mia", "administrator")
    api = database_as("trunkline_api")
    writers = [threading.Thread(target=write, args=(api, 10, f"t{number}", user)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    verdict = verify(database_as())
    assert (verdict.rows, verdict.last_id, verdict.is_whole) == (40, 40, True)
    with psycopg.connect(api) as connection:
        connection.execute("SELECT set_config('trunkline.tenant', 't1', true)")
        seen = connection.execute("SELECT tenant_id, user_name, audit_holds(a) FROM audit_log a").fetchall()
    assert seen == [("t1", "mia", True)] * 10


def test_what_is_rolled_back_leaves_no_hole(database_as: Callable[..., str]) -> None:
    api = database_as("trunkline_api")
    write(api)
    with psycopg.connect(api) as connection:
        connection.execute("SELECT set_config('trunkline.tenant', 'default', true)")
        connection.execute("SELECT append_audit(NULL, 'undone', '', '{}')")
        connection.rollback()
    write(api)
    assert (verify(database_as()).rows, verify(database_as()).is_whole) == (2, True)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log", "TRUNCATE audit_log CASCADE"],
)
def test_nobody_changes_or_takes_out_a_row(database_as: Callable[..., str], role: str, statement: str) -> None:
    write(database_as("trunkline_api"))
    with psycopg.connect(database_as(role) if role else database_as()) as connection:
        connection.execute("SELECT set_config('trunkline.tenant', 'default', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize("role", ROLES[1:])
def test_nobody_writes_a_row_but_by_the_function(database_as: Callable[..., str], role: str) -> None:
    by_hand = "INSERT INTO audit_log VALUES (1, now(), 'default', NULL, '', 'x', '', '{}', '', '')"
    for statement in (by_hand, "SELECT write_audit('default', NULL, 'x', '', '{}')"):
        with psycopg.connect(database_as(role)) as connection:
            connection.execute("SELECT set_config('trunkline.tenant', 'default', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_row_needs_a_tenant(database_as: Callable[..., str]) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="needs a tenant"):
        write(database_as("trunkline_api"), tenant="")


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit_log SET detail = '{\"number\": 7}' WHERE id = 2", 2),
        ("UPDATE audit_log SET user_name = 'somebody else' WHERE id = 3", 3),
        ("DELETE FROM audit_log WHERE id = 2", 3),
        ("DELETE FROM audit_log WHERE id = 1", 2),
    ],
)
def test_the_command_names_the_first_broken_row(
    database_as: Callable[..., str], tampering: str, broken: int, tmp_path: object
) -> None:
    write(database_as("trunkline_api"), 4)
    asked = ["audit", "verify", "--json", "--data", str(tmp_path), "--database", database_as()]
    good = CliRunner().invoke(trunkline, asked)
    assert (good.exit_code, json.loads(good.stdout)["rows"]) == (0, 4)
    change(database_as(), "ALTER TABLE audit_log DISABLE TRIGGER append_only")
    change(database_as(), tampering)
    found = CliRunner().invoke(trunkline, asked)
    assert (found.exit_code, json.loads(found.stdout)["broken"]["id"]) == (1, broken)
    known = json.loads(good.stdout)["last_hash"]
    said = CliRunner().invoke(trunkline, [*asked[:2], *asked[3:], "--known", known])
    assert (said.exit_code, f"Row {broken} is broken" in said.stdout) == (1, True)


def test_rows_taken_from_the_end_are_missed_by_a_hash_from_before(database_as: Callable[..., str]) -> None:
    write(database_as("trunkline_api"), 3)
    known = verify(database_as()).last_hash
    change(database_as(), "ALTER TABLE audit_log DISABLE TRIGGER append_only")
    change(database_as(), "DELETE FROM audit_log WHERE id = 3")
    assert verify(database_as()).is_whole
    assert not verify(database_as(), known).is_whole
