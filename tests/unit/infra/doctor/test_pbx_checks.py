"""What a running PBX says is judged: versions, logins, rights, events, agents. What it does not say is unseen."""

from dataclasses import replace

import pytest

from infra.doctor.check import Finding, Severity, examine
from infra.doctor.pbx_checks import ACTIONS, CHECKS, LISTS
from infra.doctor.pbx_facts import Access, Heard, Member, PbxFacts

GOOD = PbxFacts(
    expected_name="pbx1",
    address="127.0.0.1:5038",
    ingester=Access("trunkline", actions=frozenset({"Ping", *LISTS})),
    control=Access("trunkline-control", actions=frozenset({"Ping", "ModuleLoad", *ACTIONS})),
    version="22.10.1+dfsg+~cs6.17",
    system_name="pbx1",
    clock_s=0.1,
    heard=Heard(True, timed=True, numbered=True),
    queues=("2001",),
    members=(Member("2001", "Alice", "PJSIP/1001", "1", False),),
    modules_missing=(),
    endpoints={"1001": "Not in use", "1002": "Unavailable"},
)
UNKNOWN = PbxFacts("pbx1", "127.0.0.1:5038", Access("u", "refused"), Access("c", "refused"))

FAULTS = {
    "pbx-login": replace(GOOD, control=Access("trunkline-control", "Authentication failed")),
    "pbx-in-clear": replace(GOOD, in_clear=True),
    "pbx-version": replace(GOOD, version="18.26.4"),
    "pbx-name": replace(GOOD, system_name="other"),
    "pbx-clock": replace(GOOD, clock_s=-3.0),
    "event-flow": replace(GOOD, heard=Heard(False)),
    "event-time": replace(GOOD, heard=Heard(True)),
    "ingester-may": replace(GOOD, ingester=Access("trunkline", actions=frozenset({"Ping"}))),
    "control-may": replace(GOOD, control=Access("c", actions=frozenset(ACTIONS) - {"QueueAdd", "QueuePause"})),
    "takes-over": replace(GOOD, control=Access("c", actions=frozenset({*ACTIONS, "Command"}))),
    "ingester-loads": replace(GOOD, ingester=Access("trunkline", actions=frozenset({*LISTS, "ModuleLoad"}))),
    "modules": replace(GOOD, modules_missing=("app_queue",)),
    "members-exist": replace(GOOD, members=(Member("2001", "Al", "PJSIP/9", "4", False), *GOOD.members)),
    "agents-there": replace(GOOD, members=()),
    "phones-there": replace(GOOD, endpoints={"1001": "Unavailable"}),
}


def amiss(facts: PbxFacts) -> dict[str, Finding]:
    """What is amiss, by the check."""
    return {it.check: it for it in examine(CHECKS, facts) if it.severity not in (Severity.OK, Severity.UNSEEN)}


def test_nothing_is_amiss_with_a_good_one() -> None:
    assert {one.severity for one in examine(CHECKS, GOOD)} == {Severity.OK}


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str) -> None:
    assert check in amiss(FAULTS[check])


def test_of_a_pbx_that_lets_nobody_in_only_that_is_known() -> None:
    assert amiss(UNKNOWN).keys() == {"pbx-login"}
    assert len([one for one in examine(CHECKS, UNKNOWN) if one.severity is Severity.UNSEEN]) == len(CHECKS) - 2


@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("22.10.1", None),
        ("22.11.0", None),
        ("20.20.1", None),
        ("23.1.0", None),
        ("22.9.0", Severity.WEAK),
        ("20.18.2~dfsg", Severity.WEAK),
        ("21.12.2", Severity.WRONG),
        ("16.28.0", Severity.WRONG),
    ],
)
def test_versions_are_judged(version: str, severity: Severity | None) -> None:
    found = amiss(replace(GOOD, version=version)).get("pbx-version")
    assert (found.severity if found else None) is severity


def test_a_lacking_class_is_named_with_its_actions() -> None:
    assert "may not QueueAdd, QueuePause: write agent" in amiss(FAULTS["control-may"])["control-may"].what


def test_a_clock_that_is_a_minute_off_is_wrong() -> None:
    assert amiss(replace(GOOD, clock_s=61.0))["pbx-clock"].severity is Severity.WRONG


def test_paused_and_unregistered_agents_are_told_apart() -> None:
    paused = replace(GOOD, members=(Member("2001", "A", "PJSIP/1", "1", True),))
    away = replace(GOOD, members=(Member("2001", "A", "PJSIP/1", "5", False),))
    assert "are paused" in amiss(paused)["agents-there"].what
    assert "no phone of queue 2001" in amiss(away)["agents-there"].what


def test_one_login_for_both_is_weak() -> None:
    one = Access("trunkline", actions=frozenset({*LISTS, *ACTIONS}))
    both = replace(GOOD, ingester=one, control=one)
    assert amiss(both).keys() == {"ingester-loads"}
