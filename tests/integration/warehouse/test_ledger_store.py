"""Ledgers in PostgreSQL: whose they are, and who may see and change them."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from made_calls import START, queue_call
from made_installation import Installation
from msgspec.structs import replace

from calls.ledger.books import Ledger
from calls.ledger.facts import Fact, Verdict
from calls.ledger.rules import Rule
from calls.state import Gap
from warehouse.errors import LakeUnavailable
from warehouse.ledger_store import LedgerStore, ledger_row, moment

AGREED = Fact("stints[0].agent", "Alice", "queue_log", "Alice", Verdict.AGREE)
PARKED = Fact("legs[0].ended_by", "system", "queue_log", "caller", Verdict.EXPLAINED, Rule.PARKED)
LEDGER = Ledger("pbx1:l1", "pbx1", "other", "2026-11-22T12:00:00.000Z", None, "final", (AGREED, PARKED))
BEGIN = datetime.fromtimestamp(START / 1000, UTC)


@pytest.fixture
def store(installation: Installation) -> LedgerStore:
    return LedgerStore(installation.source)


def test_a_row_has_the_verdict_the_counts_and_the_rules() -> None:
    row = ledger_row(LEDGER, 7)
    assert (row["verdict"], row["agree"], row["explained"], row["unexplained"]) == ("explained", 1, 1, 0)
    assert (row["tenant"], row["version"], row["rules"]) == ("other", 7, ["parked"])
    assert ledger_row(replace(LEDGER, tenant=None), 0)["tenant"] == "default"


def test_a_tenant_sees_its_own_and_may_change_none(installation: Installation, store: LedgerStore) -> None:
    store.keep([LEDGER, replace(LEDGER, call_id="pbx1:l2", tenant="default")], {"pbx1:l1": 7})
    with psycopg.connect(installation.owner) as connection:
        connection.execute("SET ROLE trunkline_api")
        assert connection.execute("SELECT call_id FROM reconciliations").fetchall() == []
        connection.execute("SELECT set_config('trunkline.tenant', 'other', true)")
        assert connection.execute("SELECT call_id, version FROM reconciliations").fetchall() == [("pbx1:l1", 7)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM reconciliations")


def test_what_is_new_are_final_calls_without_a_ledger_of_their_version(
    installation: Installation, store: LedgerStore
) -> None:
    calls = [replace(queue_call(n), certainty="final") for n in (1, 2, 3)]
    installation.write(*calls, queue_call(4))
    store.keep([LEDGER, replace(LEDGER, call_id="pbx1:l2")], {"pbx1:l1": calls[0].version, "pbx1:l2": 99})
    assert {pbx: set(found) for pbx, found in store.new(BEGIN).items()} == {"pbx1": {"pbx1:l2", "pbx1:l3"}}
    assert store.new(BEGIN + timedelta(days=1)) == {}
    assert store.known(["pbx1:l1", "pbx1:l9"]) == {"pbx1:l1"}


def test_versions_gaps_and_corrections_are_those_of_the_span(installation: Installation, store: LedgerStore) -> None:
    installation.write(queue_call(1, version=5), queue_call(2, at=START + 3_600_000))
    installation.execute(
        "INSERT INTO gaps (pbx, source, cause, started_at, ended_at) VALUES"
        " ('pbx1', 'ami', 'cut', %(at)s, NULL), ('pbx1', 'kafka', 'log start', %(at)s, %(at)s),"
        " ('pbx1', 'cel', 'torn', %(at)s, %(at)s), ('pbx2', 'ami', 'cut', %(at)s, NULL)",
        {"at": BEGIN},
    )
    for version, fields in ((3, '{"outcome": [null, "other"]}'), (4, '{"outcome": ["other", "failed"]}')):
        installation.execute(
            "INSERT INTO corrections (call_id, version, at, cause, appeared, fields)"
            " VALUES ('pbx1:l1', %(version)s, now(), 'AMI did not tell of it', false, %(fields)s)",
            {"version": version, "fields": fields},
        )
    installation.write(queue_call(3))
    installation.execute(
        "INSERT INTO corrections (call_id, version, at, cause, appeared, fields)"
        " VALUES ('pbx1:l3', 1, now(), 'AMI did not tell of it', true, %(fields)s)",
        {"fields": '{"started_at": [null, "2026-11-22T12:00:00.000Z"], "outcome": [null, "other"]}'},
    )
    stored = store.stored("pbx1", BEGIN, BEGIN + timedelta(minutes=5))
    assert stored.versions == {"pbx1:l1": 5, "pbx1:l3": 1}
    assert sorted(stored.gaps, key=lambda gap: gap.cause) == [
        Gap("ami", "cut", START),
        Gap("ami", "log start", START, START),
        Gap("cel", "torn", START, START),
    ]
    assert stored.corrections == {
        "pbx1:l1": {"outcome": (None, "failed")},
        "pbx1:l3": {"call": [None, "2026-11-22T12:00:00.000Z"]},
    }
    assert moment(BEGIN) == START


def test_a_database_that_is_gone_is_told_as_such() -> None:
    with pytest.raises(LakeUnavailable, match="trunkline up"):
        LedgerStore("postgresql://nobody@127.0.0.1:1/none").new(BEGIN)
