"""What was found of our own parts is judged; what could not be found is unseen."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.doctor.check import Finding, Severity, examine
from infra.doctor.part_checks import CHECKS, GIGABYTE
from infra.doctor.part_facts import Broker, Database, Page, PartFacts, RecordFile
from infra.settings import Address

HERE, ALL = Address("127.0.0.1", 8000), Address("0.0.0.0", 8000)
PAGE = Page(HERE, tls=False, behind_proxy=False, lives=True, ready=True, socket_status=401)
GOOD = PartFacts(
    data=Path("/data"),
    free_bytes=100 * GIGABYTE,
    page=PAGE,
    broker=Broker(),
    database=Database(late_s={"pbx1": 1.0}),
    records=(RecordFile("QUEUE_LOG", "/q"), RecordFile("CEL", "/c", off_s=0.5), RecordFile("CDR", "")),
    log_errors={},
    first_login_left=False,
    open_secrets=(),
    spool=("/spool", ""),
    short_jwt_secret=False,
)
NOTHING = replace(
    GOOD,
    free_bytes=None,
    page=replace(PAGE, lives=False, ready=False),
    broker=None,
    database=None,
    records=(),
    spool=None,
)

FAULTS = {
    "page": replace(GOOD, page=replace(PAGE, lives=False)),
    "ready": replace(GOOD, page=replace(PAGE, ready=False, missing="kafka")),
    "page-in-clear": replace(GOOD, page=replace(PAGE, address=ALL)),
    "socket": replace(GOOD, page=replace(PAGE, socket_status=404)),
    "socket-login": replace(GOOD, page=replace(PAGE, socket_status=101)),
    "kafka": replace(GOOD, broker=Broker("127.0.0.1:9092: KafkaConnectionError")),
    "topics": replace(GOOD, broker=Broker(missing_topics=("calls",))),
    "database": replace(GOOD, database=Database("OperationalError")),
    "schema": replace(GOOD, database=Database(schema="0011_brakes.sql not applied")),
    "database-clock": replace(GOOD, database=Database(clock_s=5.0)),
    "late": replace(GOOD, database=Database(late_s={"pbx1": 3600.0})),
    "heard": replace(GOOD, database=Database(unheard=("pbx1 (ami)",))),
    "disk": replace(GOOD, free_bytes=2 * GIGABYTE),
    "record-files": replace(GOOD, records=(RecordFile("CEL", "/c", "Permission denied"),)),
    "cel-time": replace(GOOD, records=(RecordFile("CEL", "/c", off_s=-7201.0),)),
    "logs": replace(GOOD, log_errors={"api.log": 3}),
    "first-login": replace(GOOD, first_login_left=True),
    "secret-files": replace(GOOD, open_secrets=("/data/secrets.json",)),
    "jwt-secret": replace(GOOD, short_jwt_secret=True),
    "recording-spool": replace(GOOD, spool=("/spool", "it is no folder")),
}


def amiss(facts: PartFacts) -> dict[str, Finding]:
    """What is amiss, by the check."""
    return {it.check: it for it in examine(CHECKS, facts) if it.severity not in (Severity.OK, Severity.UNSEEN)}


def test_nothing_is_amiss_with_good_ones() -> None:
    assert {one.severity for one in examine(CHECKS, GOOD)} == {Severity.OK}


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str) -> None:
    assert check in amiss(FAULTS[check])


def test_where_nothing_runs_only_that_is_known() -> None:
    assert amiss(NOTHING).keys() == {"page"}


def test_a_page_for_others_is_well_with_tls_or_behind_a_proxy() -> None:
    for page in (replace(PAGE, address=ALL, tls=True), replace(PAGE, address=ALL, behind_proxy=True)):
        assert amiss(replace(GOOD, page=page)) == {}


def test_the_disk_is_wrong_below_a_gigabyte() -> None:
    assert amiss(replace(GOOD, free_bytes=GIGABYTE // 2))["disk"].severity is Severity.WRONG


def test_a_file_that_is_not_there_yet_or_not_named_is_weak() -> None:
    for file in (RecordFile("CEL", "/c", awaited=True), RecordFile("CEL", "")):
        assert amiss(replace(GOOD, records=(file,)))["record-files"].severity is Severity.WEAK


@pytest.mark.parametrize("off", [0.0, 30.0, 400.0, -55.0, 3600.0 + 300])
def test_an_old_line_is_not_taken_for_another_zone(off: float) -> None:
    assert amiss(replace(GOOD, records=(RecordFile("CEL", "/c", off_s=off),))) == {}
