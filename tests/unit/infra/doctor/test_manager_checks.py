"""Each fault of manager.conf, asterisk.conf and http.conf is named where it is, and a good one has none."""

import pytest
from unit.infra.doctor.amiss import amiss, found

from infra.doctor.check import Severity
from infra.doctor.manager_checks import CHECKS, is_loopback

SECRET = "0123456789abcdef0123456789abcdef"
USER = f"deny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\nsecret = {SECRET}\nwritetimeout = 10000\n"
GENERAL = "enabled = yes\nbindaddr = 127.0.0.1\ntimestampevents = yes\nchannelvars = CALL_DIRECTION\n"
INGESTER = f"[trunkline]\n{USER}read = system,call,agent,dialplan\nwrite = reporting\n"
CONTROL = f"[trunkline-control]\n{USER}read = system,call,agent\nwrite = system,call,agent,reporting,originate\n"
MANAGER = f"[general]\n{GENERAL}{INGESTER}{CONTROL}"
ASTERISK = "[options]\nsystemname = pbx1\nlive_dangerously = no\ndisable_remote_console_shell = yes\n"
HTTP = "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nenable_status = no\n"
GOOD = {"manager": MANAGER, "asterisk": ASTERISK, "http": HTTP}

FAULTS = {
    "ami-off": ("manager", "enabled = yes", "enabled = no"),
    "ami-user": ("manager", "[trunkline-control]", "[somebody]"),
    "ami-exposed": ("manager", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0"),
    "ami-permit": ("manager", "permit = 127.0.0.1/255.255.255.255", ""),
    "ami-web": ("manager", "enabled = yes", "enabled = yes\nwebenabled = yes"),
    "ami-rights": ("manager", "write = reporting", "write = reporting,command"),
    "ami-ingester-rights": ("manager", "read = system,call,agent,dialplan", "read = system,agent,dialplan"),
    "ami-control-rights": ("manager", "write = system,call,agent,", "write = system,call,"),
    "ami-ingester-acts": ("manager", "write = reporting", "write = reporting,originate"),
    "ami-secret": ("manager", SECRET, "amp111"),
    "ami-timestamps": ("manager", "timestampevents = yes", "timestampevents = no"),
    "ami-channelvars": ("manager", "channelvars = CALL_DIRECTION", "channelvars = X"),
    "ami-writetimeout": ("manager", "writetimeout = 10000", "writetimeout = 100"),
    "ami-filter": ("manager", "write = reporting", "write = reporting\neventfilter = !^Event: Agent(Connect|Called)"),
    "tls-old": ("manager", "enabled = yes", "enabled = yes\ntlsenable = yes\ntlsbindaddr = 127.0.0.1"),
    "systemname": ("asterisk", "systemname = pbx1", ""),
    "live-dangerously": ("asterisk", "live_dangerously = no", "live_dangerously = yes"),
    "remote-shell": ("asterisk", "disable_remote_console_shell = yes", ""),
    "http-exposed": ("http", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0"),
    "http-status": ("http", "enable_status = no", ""),
}


def test_nothing_is_amiss_with_a_good_one() -> None:
    assert amiss(CHECKS, **GOOD) == set()


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named_at_its_place(check: str) -> None:
    name, good, bad = FAULTS[check]
    assert good in GOOD[name]
    findings = found(CHECKS, **(GOOD | {name: GOOD[name].replace(good, bad)}))
    assert check in {finding.check for finding in findings}
    assert all(finding.where.startswith(f"{name}.conf") for finding in findings if finding.check == check)


def test_no_finding_shows_a_secret() -> None:
    weak = "hunter2"
    findings = found(CHECKS, **(GOOD | {"manager": MANAGER.replace(SECRET, weak)}))
    assert findings and weak not in repr(findings)


def test_what_is_open_to_a_few_is_weak_and_what_is_open_to_all_is_wrong() -> None:
    opened = MANAGER.replace("bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0")
    (few,) = found(CHECKS, **(GOOD | {"manager": opened}))
    assert few.severity is Severity.WEAK
    all_may = [one for one in found(CHECKS, **(GOOD | {"manager": opened.replace("permit", ";permit")}))]
    assert Severity.WRONG in {one.severity for one in all_may if one.check == "ami-exposed"}


@pytest.mark.parametrize(
    ("line", "hides"),
    [
        ("eventfilter(action(exclude),name(Hangup)) = ", True),
        ("eventfilter(action(exclude),name(VarSet)) = ", False),
        ("eventfilter(name(Hangup)) = ", True),
        ("eventfilter = !^Event: VarSet[[:cntrl:]].*Variable: ([^M]|M[^I])", False),
        ("eventfilter = Event: Queue", True),
        ("eventfilter = !(", False),
    ],
)
def test_filters_are_read_as_asterisk_reads_them(line: str, hides: bool) -> None:
    texts = GOOD | {"manager": MANAGER.replace("write = reporting\n", f"write = reporting\n{line}\n", 1)}
    assert ("ami-filter" in amiss(CHECKS, **texts)) is hides


def test_disabled_events_are_named() -> None:
    texts = GOOD | {"manager": MANAGER.replace("enabled = yes", "enabled = yes\ndisabledevents = Newexten,BridgeEnter")}
    assert [one.what for one in found(CHECKS, **texts)] == ["Events are held back that are needed: BridgeEnter"]


def test_a_pbx_without_a_web_server_is_well() -> None:
    assert amiss(CHECKS, manager=MANAGER, asterisk=ASTERISK) == set()


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1:5038", True), ("[::1]:80", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)],
)
def test_loopback_is_known(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_a_permit_for_everybody_permits_everybody() -> None:
    text = MANAGER.replace("permit = 127.0.0.1/255.255.255.255", "permit = 0.0.0.0/0.0.0.0")
    assert {one.check for one in found(CHECKS, **(GOOD | {"manager": text}))} == {"ami-permit"}
