"""Each database role, directly: what it may do to which table, and that the API sees one tenant alone.

The walk is over what the schema has, not over a list: a table that is added without a policy fails here.
"""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

Url = Callable[..., str]

# What belongs to a PBX or to the installation and to no tenant: one PBX may carry several. The API tells a tenant of a
# PBX only what concerns that tenant's own queues and agents on it.
OF_THE_INSTALLATION = {"pbx_health", "gaps", "pbx_partitions", "sink_offsets"}

READ, WRITE = {"SELECT"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}
# Everything that a role may do. Whatever is granted beyond this must be added here, and be argued for.
MAY: dict[str, dict[str, set[str]]] = {
    "trunkline_streams": {
        **dict.fromkeys(
            (
                *("agent_extensions", "queues", "call_sessions", "stints", "legs", "missed_rings", "recordings"),
                *("presence_intervals", "gaps", "rejects", "sink_offsets", "sink_attempts", "pbx_state"),
                *("call_timelines", "corrections"),
            ),
            WRITE,
        ),
        "pbx_health": WRITE - {"DELETE"},
        **dict.fromkeys(("tenants", "pbx_partitions", "call_timeline"), READ),
    },
    "trunkline_api": {
        **dict.fromkeys(
            (
                *("agent_extensions", "queues", "call_sessions", "stints", "legs", "missed_rings", "recordings"),
                *("presence_intervals", "call_timelines", "call_timeline", "corrections", "audit_log"),
                *("reconciliations", "imported_queues"),
                *OF_THE_INSTALLATION,
            ),
            READ,
        ),
        **dict.fromkeys(("tenants", "users", "commands", "sign_ins"), WRITE - {"DELETE"}),
        **dict.fromkeys(("recording_keys", "recording_settings"), WRITE - {"DELETE"}),
        "stored_recordings": {"SELECT", "UPDATE"},
        **dict.fromkeys(("dial_policies", "dial_permits"), WRITE - {"DELETE"}),
        "dial_refusals": {"SELECT", "INSERT"},
        **dict.fromkeys(("contacts", "dispositions", "extensions", "queue_settings", "queue_limits"), WRITE),
        **dict.fromkeys(("alert_rules", "alerts_fired", "alert_deliveries"), WRITE),
        **dict.fromkeys(("phone_sessions", "phone_quality", "phone_leaves", "pause_reasons"), WRITE),
        "privacy_requests": {"SELECT", "INSERT"},
        "privacy_people": {"SELECT", "INSERT"},
        **dict.fromkeys(("privacy_steps", "privacy_stand_ins"), READ),
        "privacy_retention": WRITE - {"DELETE"},
        **dict.fromkeys(("report_schedules", "report_sendings"), WRITE),
    },
    "trunkline_warehouse": {
        **dict.fromkeys(
            (
                *("tenants", "agent_extensions", "queues", "recordings", "presence_intervals", "gaps", "pbx_health"),
                *("call_timelines", "call_timeline", "corrections"),
            ),
            READ,
        ),
        # It imports calls that only a queue_log knows.
        **{key: {"SELECT", "INSERT", "DELETE"} for key in ("stints", "legs", "missed_rings")},
        **dict.fromkeys(("call_sessions", "queue_log_imports", "imported_queues"), WRITE - {"DELETE"}),
        "rejects": {"SELECT", "INSERT"},
        "reconciliations": WRITE,
        # It works off who asked to be forgotten.
        **dict.fromkeys(("privacy_requests", "privacy_steps"), WRITE - {"DELETE"}),
        "privacy_people": {"SELECT", "INSERT"},
        **dict.fromkeys(("privacy_calls", "privacy_stand_ins", "privacy_retention"), READ),
    },
    # It is on the machine of a PBX: it is told what it needs by functions, and reads nothing.
    "trunkline_recordings": {},
    # A PBX finds its browser phones.
    "trunkline_asterisk": dict.fromkeys(("ps_endpoints", "ps_auths", "ps_aors"), READ),
}
OPEN_FUNCTIONS = {
    "trunkline_recordings": {"recording_recipients", "recorded_call", "keep_recording"},
    "trunkline_warehouse": {
        *("erase_people", "privacy_left", "finish_erasure"),
        *("privacy_own", "privacy_country", "privacy_idle", "privacy_heard"),
    },
}
# Values that a check or a reference asks for; everything else is made up by its type.
WANTED: dict[str, str] = {
    "role": "'agent'",
    "status": "'AVAILABLE'",
    "call_sessions.status": "'QUEUED'",
    "commands.status": "'accepted'",
    **{"privacy_requests.status": "'running'", "privacy_requests.kind": "'caller'", "people": "1"},
    **{"national": "'123456'", "stand_in": "'001234'", "forget_callers_days": "30"},
    "privacy_steps.status": "'waiting'",
    "target": "0.5",
    "steps": "'[{}]'",
    "verdict": "'agree'",
    "recipient": "'age1' || repeat(%(tenant)s, 58)",
    "keep_days": "30",
    "path": "%(tenant)s || '/2026/11/22/' || md5(%(tenant)s)::uuid || '.age'",
    "deleted_because": "'erased'",
    **dict.fromkeys(("waiting_amber", "waiting_red"), "1"),
    **{"event": "'raised'", "kind": "'mail'", "alert_deliveries.status": "'waiting'"},
    "page_id": "repeat(%(tenant)s, 22)",
    "report_schedules.kind": "'csv'",
    "report_schedules.every": "'day'",
    "report_schedules.day_of_month": "31",
    "report_sendings.status": "'accepted'",
}
MADE_UP: dict[str, str] = {
    "text": "%(tenant)s",
    "uuid": "md5(%(tenant)s)::uuid",
    "integer": "hashtext(%(tenant)s)",
    "bigint": "hashtext(%(tenant)s)",
    "double precision": "1",
    "boolean": "false",
    "jsonb": "'{}'",
    "json": "'{}'",
    "ARRAY": "'{}'",
    "bytea": "convert_to(%(tenant)s, 'UTF8')",
    "timestamp with time zone": "now()",
    "time without time zone": "'07:00'",
}


def tables(url: str, kinds: str = "rvmp") -> list[str]:
    """Every table and view of the schema."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind::text = ANY (%s)"
            " ORDER BY relname",
            [list(kinds)],
        )
        return [row[0] for row in found]


def fill(connection: psycopg.Connection[Any], table: str, tenant: str) -> None:
    """Put a row of this tenant into a table, whatever columns it has."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'NO' ORDER BY ordinal_position",
        [table],
    ).fetchall()
    values = [WANTED.get(f"{table}.{name}") or WANTED.get(name) or MADE_UP[kind] for name, kind in columns]
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table), names, sql.SQL(", ".join(values))
    )
    connection.execute(statement, {"tenant": tenant})


@pytest.fixture
def two_tenants(database_as: Url) -> Url:
    """A database in which every table has a row of tenant `a` and one of tenant `b`, and nothing else."""
    with psycopg.connect(database_as()) as connection:
        # References and triggers are not what is tested here.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SELECT set_config('trunkline.tenant', 'a', true)")
        for table in tables(database_as(), "r"):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for tenant in ("a", "b"):
                fill(connection, table, tenant)
    return database_as


def seen(url: str, table: str, tenant: str | None) -> list[Any]:
    """What a raw SELECT shows in a transaction of this tenant."""
    with psycopg.connect(url) as connection:
        if tenant is not None:
            connection.execute("SELECT set_config('trunkline.tenant', %s, true)", [tenant])
        found = connection.execute(sql.SQL("SELECT t.*::text FROM {} t").format(sql.Identifier(table)))
        return [row[0] for row in found]


def readable(url: str) -> list[str]:
    """What the role of the URL may read."""
    with psycopg.connect(url) as connection:
        return [
            table
            for table in tables(url)
            if connection.execute("SELECT has_table_privilege(%s, 'SELECT')", [f"public.{table}"]).fetchone() == (True,)
        ]


def test_a_raw_select_of_one_tenant_shows_no_row_of_another(two_tenants: Url) -> None:
    api = two_tenants("trunkline_api")
    guarded = [table for table in readable(api) if table not in OF_THE_INSTALLATION]
    assert len(guarded) > 15
    for table in guarded:
        every = seen(two_tenants(), table, None)
        mine, theirs = seen(api, table, "a"), seen(api, table, "b")
        assert (len(mine), len(theirs), len(every)) == (1, 1, 2), table
        assert mine != theirs, table
        assert seen(api, table, None) == seen(api, table, "") == seen(api, table, "a' OR true --") == [], table


def test_no_row_is_written_into_another_tenant_or_taken_from_it(two_tenants: Url) -> None:
    api = two_tenants("trunkline_api")
    with psycopg.connect(api) as connection:
        connection.execute("SELECT set_config('trunkline.tenant', 'a', true)")
        for table, allowed in MAY["trunkline_api"].items():
            if "UPDATE" not in allowed:
                continue
            name, column = sql.Identifier(table), sql.Identifier("id" if table == "tenants" else "tenant_id")
            for refused in ("UPDATE {0} SET {1} = 'b'", "UPDATE {0} SET {1} = NULL"):
                with pytest.raises(psycopg.Error), connection.transaction():
                    connection.execute(sql.SQL(refused).format(name, column))
            touched = connection.execute(sql.SQL("UPDATE {0} SET {1} = {1} WHERE {1} = 'b'").format(name, column))
            assert touched.rowcount == 0, table
            if "DELETE" in allowed:
                taken = connection.execute(sql.SQL("DELETE FROM {0} WHERE {1} = 'b'").format(name, column))
                assert taken.rowcount == 0, table
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                fill(connection, table, "b")


def test_only_an_operating_transaction_sees_all_tenants(two_tenants: Url) -> None:
    with psycopg.connect(two_tenants("trunkline_api")) as connection:
        connection.execute("SELECT set_config('trunkline.operating', 'on', true)")
        assert connection.execute("SELECT count(*) FROM tenants").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_do_exactly_what_it_needs(database_as: Url, role: str) -> None:
    with psycopg.connect(database_as(role)) as connection:
        granted = {}
        for table in tables(database_as()):
            allowed = {
                word
                for word in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
                if connection.execute("SELECT has_table_privilege(%s, %s)", [f"public.{table}", word]).fetchone()
                == (True,)
            }
            if allowed:
                granted[table] = allowed
        flags = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        # A role that only reads is told so first.
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
            connection.execute("CREATE TABLE public.mine (a int)")
    assert granted == MAY[role]
    assert flags == (False, False, False, False)


@pytest.mark.parametrize("role", ["trunkline_streams", "trunkline_warehouse"])
def test_who_works_for_all_tenants_sees_all_and_no_secrets(two_tenants: Url, role: str) -> None:
    url = two_tenants(role)
    for table in readable(url):
        assert len(seen(url, table, None)) == len(seen(two_tenants(), table, None)), table
    assert not {"users", "sign_ins", "spent_refresh_tokens", "audit_log"} & set(readable(url))


def test_the_owners_functions_are_the_apis_alone(database_as: Url) -> None:
    with psycopg.connect(database_as()) as connection:
        found = connection.execute(
            "SELECT oid::regprocedure::text, oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        ).fetchall()
        for role in ("trunkline_streams", "trunkline_warehouse", "trunkline_recordings", "trunkline_asterisk"):
            open_to_it = {
                name.partition("(")[0]
                for name, oid in found
                if connection.execute("SELECT has_function_privilege(%s, %s::oid, 'EXECUTE')", [role, oid]).fetchone()
                == (True,)
            }
            assert open_to_it == OPEN_FUNCTIONS.get(role, set()), role
        unsafe = connection.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND NOT coalesce(proconfig::text LIKE '%%search_path=%%', false)"
        ).fetchall()
    assert len(found) > 8
    assert unsafe == []
