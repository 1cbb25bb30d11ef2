"""Each fault of queues.conf and of the records' settings is named, and good ones have none."""

import pytest
from unit.infra.doctor.amiss import amiss, files

from infra.doctor.check import Severity, examine
from infra.doctor.record_checks import CHECKS, OWN_COLUMNS, columns

GOOD = {
    "queues": "[general]\npersistentmembers = yes\nlog_membername_as_agent = yes\n"
    "[2001]\nsetinterfacevar = yes\nmember => PJSIP/1001,0,Alice\n",
    "pjsip": "[1001]\ntype = endpoint\n",
    "logger": "[general]\nqueue_log = yes\n[logfiles]\nmessages => notice,warning\n",
    "manager": "[general]\ndebug = on\n",
    "cel": "[general]\nenable = yes\nevents = ALL\n",
    "cel_custom": OWN_COLUMNS.read_text(),
    "cdr": "[general]\nenable = yes\n[csv]\nusegmtime = yes\nloguniqueid = yes\nnewcdrcolumns = yes\n",
}

FAULTS = {
    "includes": ("queues", "[general]", "#include gone.conf\n[general]"),
    "queues": ("queues", "[2001]", "[2001](!)"),
    "queue-members": ("queues", "PJSIP/1001", "PJSIP/1009"),
    "queue-names": ("queues", "log_membername_as_agent = yes", ""),
    "queue-interface": ("queues", "setinterfacevar = yes", ""),
    "queue-persistent": ("queues", "persistentmembers = yes", "persistentmembers = no"),
    "queue-log": ("logger", "queue_log = yes", "queue_log = no"),
    "log-verbose": ("logger", "notice,warning", "notice,verbose"),
    "cel": ("cel", "events = ALL", "events = ANSWER,HANGUP"),
    "cel-columns": ("cel_custom", "${CSV_QUOTE(${eventtime})},", ""),
    "cdr": ("cdr", "newcdrcolumns = yes", ""),
}


def test_nothing_is_amiss_with_good_ones() -> None:
    assert amiss(CHECKS, **GOOD) == set()


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str) -> None:
    name, good, bad = FAULTS[check]
    assert good in GOOD[name]
    assert check in amiss(CHECKS, **(GOOD | {name: GOOD[name].replace(good, bad)}))


def test_no_cel_at_all_is_wrong() -> None:
    found = examine(CHECKS, files(**(GOOD | {"cel": "[general]\nenable = no\n"})))
    assert ("cel", Severity.WRONG) in {(one.check, one.severity) for one in found}


def test_a_queue_log_that_goes_to_a_database_alone_is_named() -> None:
    assert "queue-log" in amiss(CHECKS, **GOOD, extconfig="[settings]\nqueue_log => odbc,asterisk\n")


def test_columns_are_names_however_they_are_quoted() -> None:
    assert columns("${CSV_QUOTE(${eventtype})},${CALLERID(num)}") == ["eventtype", "callerid(num)"]
