"""The doctor at a real Asterisk: nothing is wrong with our configuration, and each fault put into it is named."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra import asterisk_tree
from infra.asterisk import CACHE, RealAsterisk, kept_installation
from infra.asterisk_files import AGENTS, plan_of, render
from infra.doctor.check import Finding, Severity
from infra.doctor.examination import Wanted, examination, meant_pbx
from infra.doctor.files import Contexts
from infra.doctor.report import as_json
from infra.errors import SettingError
from infra.local import Stack
from infra.ports import Ports
from infra.settings import Address, UpSettings

NOBODY_THERE = {"agents-there"}


@dataclass(frozen=True)
class Fault:
    """What is put in the place of what, in which file, and how Asterisk is told; and the checks that must name it."""

    file: str
    good: str
    bad: str
    named: frozenset[str]
    told_by: str = ""


def fault(file: str, good: str, bad: str, *named: str, told_by: str = "") -> Fault:
    """See `Fault`; a fault that is told by nothing is seen in the files alone."""
    return Fault(f"{file}.conf", good, bad, frozenset(named), told_by)


MANAGER = {"told_by": "manager reload"}
CONTROL = "write = system,call,agent,reporting,originate,user"
PERMIT = "permit = 127.0.0.0/255.0.0.0"
FAULTS = {
    "another secret": fault("manager", r"(?m)^secret = .{10}", "secret = 0123456789", "pbx-login", **MANAGER),
    "we are not permitted": fault("manager", PERMIT, "permit = 192.0.2.1/255.255.255.255", "pbx-login", **MANAGER),
    "anybody is permitted": fault("manager", rf"deny = .*\n{PERMIT}", "", "ami-permit", **MANAGER),
    "the API has no class agent": fault(
        "manager", CONTROL, CONTROL.replace(",agent", ""), "ami-control-rights", "control-may", **MANAGER
    ),
    "the API has the class command": fault(
        "manager", CONTROL, f"{CONTROL},command", "ami-rights", "takes-over", **MANAGER
    ),
    "the ingester has the class system": fault(
        "manager", "write = reporting\n", "write = reporting,system\n", "ami-ingester-acts", "ingester-loads", **MANAGER
    ),
    "the ingester may ask nothing": fault(
        "manager", "write = reporting\n", "write = cdr\n", "ami-ingester-rights", "ingester-may", **MANAGER
    ),
    "the ingester reads no agents": fault(
        "manager", "system,call,agent,reporting,cdr", "system,call,reporting,cdr", "ami-ingester-rights", **MANAGER
    ),
    "events are held back": fault(
        "manager", "write = reporting\n", "write = reporting\neventfilter = !^Event: (User|Agent)\n", "ami-filter",
        "event-flow", **MANAGER,
    ),
    "events have no time": fault(
        "manager", "timestampevents = yes", "timestampevents = no", "ami-timestamps", "event-time", **MANAGER
    ),
    "the manager is on every address": fault("manager", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0", "ami-exposed"),
    "a context is missing": fault(
        "extensions", r"\[pbx-outbound\]", "[pbx-outside]", "contexts", "running-contexts", told_by="dialplan reload"
    ),
    "whatever is dialled is called": fault(
        "extensions", r"exten => _\[\+0-9\]X\.(?:.*\n)+? same => n,Dial\(PJSIP/\$\{number\}",
        "exten => _X.,1,Dial(PJSIP/${EXTEN}", "loose-pattern", "unfiltered",
    ),
    "callers may transfer": fault("extensions", r",tk,,,", ",tTk,,,", "caller-transfers"),
    "no codec in common": fault(
        "pjsip", "allow = ulaw,alaw\n(media.*)", "allow = g722\nmedia_encryption = sdes", "codecs"
    ),
    "keys travel in clear": fault("pjsip", "transport = tls", "transport = udp", "srtp-keys"),
    "TLS 1.0": fault("pjsip", "method = tlsv1_2", "method = tlsv1", "sip-tls-method"),
    "a member without a phone": fault(
        "queues", "PJSIP/1002,0,Bob,PJSIP/1002", "PJSIP/1009,0,Bob,PJSIP/1009", "queue-members", "members-exist",
        told_by="queue reload all",
    ),
    "no queue_log": fault("logger", "queue_log = yes", "queue_log = no", "queue-log"),
    "no CEL": fault("cel", "enable = yes", "enable = no", "cel"),
    "CEL with other columns": fault("cel_custom", r"\$\{CSV_QUOTE\(\$\{eventtime\}\)\},", "", "cel-columns"),
    "the page of the web server": fault("http", "enable_status = no", "enable_status = yes", "http-status"),
    "dangerous functions": fault("asterisk", "live_dangerously = no", "live_dangerously = yes", "live-dangerously"),
}  # fmt: skip


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAsterisk]:
    """An Asterisk of these tests' own, whose configuration they change."""
    tree = asterisk_tree.fetch(CACHE, os.environ.get("TRUNKLINE_DEBIAN_MIRROR", ""))
    asterisk = RealAsterisk(kept_installation(tmp_path_factory.mktemp("ill"), tree))
    asterisk.start()
    yield asterisk
    asterisk.stop()


def settings_of(patient: RealAsterisk, **given: str) -> UpSettings:
    """The settings of the installation that the patient belongs to."""
    return UpSettings(patient.installation.folder.parent, Address("127.0.0.1", 1), pbx="asterisk", given=given)


def examined(settings: UpSettings) -> list[Finding]:
    """What is found at the PBX and in its files."""
    return examination(Stack(settings, {}), Wanted(None, Contexts(), parts=False), lambda text: None)


def amiss(findings: list[Finding]) -> set[str]:
    """The checks that found something, but for the agents who are not there."""
    return {one.check for one in findings if one.severity in (Severity.WEAK, Severity.WRONG)} - NOBODY_THERE


@contextmanager
def broken(patient: RealAsterisk, ill: Fault) -> Iterator[None]:
    """The fault is there within, and Asterisk knows."""
    path: Path = patient.installation.folder / "etc" / ill.file
    good = path.read_text()
    bad, places = re.subn(ill.good, lambda match: ill.bad, good)
    assert places, "the fault has no place in the file"
    try:
        path.write_text(bad)
        if ill.told_by:
            patient.cli(ill.told_by)
        yield
    finally:
        path.write_text(good)
        if ill.told_by:
            patient.cli(ill.told_by)


def test_nothing_is_wrong_and_all_of_it_was_looked_at(patient: RealAsterisk) -> None:
    findings = examined(settings_of(patient))
    assert [one for one in findings if one.severity is Severity.WRONG] == []
    assert (amiss(findings), {one.check for one in findings if one.severity is Severity.UNSEEN}) == (set(), set())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_nothing_else_is(patient: RealAsterisk, name: str) -> None:
    with broken(patient, FAULTS[name]):
        findings = examined(settings_of(patient))
    assert amiss(findings) == FAULTS[name].named
    secrets = patient.installation.secrets
    assert not [one for one in (secrets.ami, secrets.control, *secrets.phones.values()) if one in as_json(findings)]


def test_a_module_that_is_not_loaded_is_seen_on_the_running_pbx_with_what_it_keeps_the_api_from(
    patient: RealAsterisk,
) -> None:
    patient.cli("module unload app_mixmonitor.so")
    try:
        assert amiss(examined(settings_of(patient))) == {"modules", "control-may"}
    finally:
        patient.cli("module load app_mixmonitor.so")


def test_a_pbx_of_ones_own_is_looked_at_by_its_manager_interface(patient: RealAsterisk, tmp_path: Path) -> None:
    host, port = patient.ami_address
    login = {"AMI": f"{host}:{port}", "AMI_USER": patient.control_user, "AMI_SECRET": patient.control_secret}
    given = {f"TRUNKLINE_{name}": value for name, value in {**login, "PBX": "elsewhere"}.items()}
    settings = meant_pbx(UpSettings(tmp_path, Address("127.0.0.1", 1), given=given))
    findings = examined(settings)
    # It calls itself pbx1, and one login does for both; its dialplan is what it tells.
    assert amiss(findings) == {"pbx-name", "ingester-loads"}
    assert {"running-unfiltered", "running-loose-pattern", "event-flow"} <= {one.check for one in findings}


def test_a_pbx_elsewhere_is_looked_at_over_tls_and_takes_a_secure_trunk(patient: RealAsterisk, tmp_path: Path) -> None:
    folder = patient.installation.folder
    own, address = plan_of(patient.installation), f"127.0.0.1:{Ports(tmp_path / 'ports.json').claim('ami_tls')}"
    files = render(replace(own, ami_tls=address, trunk=replace(own.trunk, secure=True)), AGENTS)
    before = {name: (folder / "etc" / name).read_text() for name in ("manager.conf", "pjsip.conf")}
    login = {"AMI": address, "AMI_USER": patient.ami_user, "AMI_SECRET": patient.ami_secret}
    acting = {"CONTROL_USER": patient.control_user, "CONTROL_SECRET": patient.control_secret}
    given = {f"TRUNKLINE_{name}": value for name, value in {**login, **acting, "PBX": "pbx1"}.items()}
    tls = {"TRUNKLINE_AMI_TLS": "1", "TRUNKLINE_AMI_CA": str(folder / "tls/trunkline.crt")}
    stack = Stack(meant_pbx(UpSettings(tmp_path, Address("127.0.0.1", 1), given=given)), tls)
    try:
        for name in before:
            (folder / "etc" / name).write_text(files[name])
        patient.cli("manager reload")
        patient.cli("module reload res_pjsip.so")
        shown = patient.cli("pjsip show endpoint trunk")
        findings = examination(stack, Wanted(folder / "etc", Contexts(), parts=False), lambda text: None)
    finally:
        for name, text in before.items():
            (folder / "etc" / name).write_text(text)
        patient.cli("manager reload")
        patient.cli("module reload res_pjsip.so")
    assert amiss(findings) == set()
    assert re.search(r"media_encryption +: sdes", shown) and re.search(r"transport +: tls", shown)


def test_which_pbx_is_meant_is_seen_by_who_runs(patient: RealAsterisk, tmp_path: Path) -> None:
    assert meant_pbx(settings_of(patient)).pbx == "asterisk"
    assert meant_pbx(UpSettings(tmp_path, Address("127.0.0.1", 1))).pbx == "simulator"


def test_an_authority_that_cannot_be_read_is_said(patient: RealAsterisk) -> None:
    environment = {"TRUNKLINE_AMI_TLS": "1", "TRUNKLINE_AMI_CA": "/nowhere.pem"}
    with pytest.raises(SettingError, match="nowhere"):
        examination(Stack(settings_of(patient), environment), Wanted(None, Contexts(), parts=False), lambda text: None)
