"""`trunkline pbx-config`: our configuration of Asterisk, made for a PBX of the user's own.

It writes a folder and nothing else: the user looks at the files, copies them to the PBX and restarts it. Secrets are
made once, kept in the data folder, and written into the files, which are their owner's alone; none is shown.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from infra import asterisk_files
from infra.asterisk_plan import LOOPBACK, Folders, PbxPlan, PhoneKind, PhonePlan, TrunkPlan
from infra.certificate import kept_certificate
from infra.errors import SettingError
from infra.kept import write_private
from infra.passwords import Passwords

# Where Debian's packages keep everything, and those of most others.
USUAL = Folders(
    etc="/etc/asterisk",
    varlib="/var/lib/asterisk",
    cache="/var/cache/asterisk",
    spool="/var/spool/asterisk",
    run="/var/run/asterisk",
    log="/var/log/asterisk",
    modules="/usr/lib/x86_64-linux-gnu/asterisk/modules",
    data="/usr/share/asterisk",
    programs="/usr/sbin",
)
PLAIN = re.compile(r"[\w.:/\[\]-]*", re.ASCII)
# Beside the configuration, in the folder that is written.
ENVIRONMENT, CERTIFICATES = "trunkline.env", "tls"


def secrets_of(plan: PbxPlan, passwords: Passwords) -> PbxPlan:
    """The plan with its secrets, made now where there are none yet: of each PBX and phone its own."""
    prefix = f"pbx_{plan.system_name}"
    phones = {phone.extension: passwords.get(f"{prefix}_phone_{phone.extension}") for phone in plan.phones}
    ami, control = passwords.get(f"{prefix}_ami"), passwords.get(f"{prefix}_control")
    return replace(plan, phone_secrets=phones, ami_secret=ami, control_secret=control)


def write_config(plan: PbxPlan, out: Path, hosts: tuple[str, ...]) -> list[str]:
    """Write the configuration to the new or empty folder `out`; the names of the files, in order.

    Where the plan names no certificate of the user's, one for `hosts` is made. Raises SettingError when `out` has
    files, or when a value could end a line.
    """
    authority = plan.certificate
    _check_plain(plan)
    if out.exists() and any(out.iterdir()):
        raise SettingError(f"{out} is not empty.", "Give a new folder: nothing is overwritten.")
    out.mkdir(parents=True, exist_ok=True)
    out.chmod(0o700)
    if not plan.certificate:
        authority = str(kept_certificate(out.resolve() / CERTIFICATES, hosts, dt.datetime.now(dt.UTC)).certificate)
        folder = f"{plan.folders.etc}/{CERTIFICATES}"
        plan = replace(plan, certificate=f"{folder}/trunkline.crt", key=f"{folder}/trunkline.key")
    files = _with_known_members(asterisk_files.render(plan), plan.phones)
    for name, text in files.items():
        write_private(out / name, text)
    write_private(out / ENVIRONMENT, environment(plan, authority))
    return [*files, ENVIRONMENT]


def _check_plain(plan: PbxPlan) -> None:
    """Names, addresses and paths have no spaces, and nothing that Asterisk reads as the beginning of something else."""
    trunk = plan.trunk
    values = (plan.system_name, plan.listen, plan.public, plan.ami_tls, plan.certificate, plan.key, trunk.address)
    for value in (*values, *trunk.sources, *plan.permit):
        if not PLAIN.fullmatch(value):
            raise SettingError(f"{value!r} is no name, address or path.", "Use letters, digits and . : - _ / [ ].")


def environment(plan: PbxPlan, authority: str) -> str:
    """What Trunkline has to know of the PBX, as lines for a shell or a unit file.

    `authority`: whose certificates are believed, a PEM file where Trunkline runs.
    """
    tls = {"TRUNKLINE_AMI_TLS": "1", "TRUNKLINE_AMI_CA": authority} if plan.ami_tls else {}
    known: Mapping[str, str] = {
        "TRUNKLINE_PBX": plan.system_name,
        "TRUNKLINE_AMI": plan.ami_tls or f"127.0.0.1:{plan.ami}",
        "TRUNKLINE_AMI_USER": "trunkline",
        "TRUNKLINE_AMI_SECRET": plan.ami_secret,
        "TRUNKLINE_CONTROL_USER": "trunkline-control",
        "TRUNKLINE_CONTROL_SECRET": plan.control_secret,
        **tls,
        "TRUNKLINE_QUEUE_LOG": f"{plan.folders.log}/queue_log",
        "TRUNKLINE_CEL": f"{plan.folders.log}/cel-custom/Master.csv",
        "TRUNKLINE_CDR": f"{plan.folders.log}/cdr-csv/Master.csv",
    }
    return "".join(f"{name}={value}\n" for name, value in known.items())


def trunk_plan(address: str, sources: tuple[str, ...], number: str, *, secure: bool) -> TrunkPlan:
    """The carrier; its calls come from its address, unless `sources` say otherwise. Raises SettingError."""
    host = address.rpartition(":")[0] or address
    if not number.lstrip("+").isdigit():
        raise SettingError(f"--number {number} is no number.", "For example: --number +4930123456")
    return TrunkPlan(address, sources or (host,), number, secure)


def phone_plans(texts: tuple[str, ...]) -> tuple[PhonePlan, ...]:
    """Phones written as `1001=Alice`, or `1001=Alice:browser-phone`; all of ours where there are none.

    Raises SettingError for one that cannot be understood, and for an extension that is there twice.
    """
    phones = tuple(map(_phone, texts)) or asterisk_files.PHONE_PLANS
    if len({phone.extension for phone in phones}) < len(phones):
        raise SettingError("A phone is there twice.", "Give each --phone an extension of its own.")
    return phones


def _phone(text: str) -> PhonePlan:
    extension, _, rest = text.partition("=")
    name, _, kind = rest.partition(":")
    kinds = {it.value: it for it in PhoneKind}
    # What stands in a file of Asterisk's must not end its line or begin a comment.
    is_name = bool(name) and all(letter.isalnum() or letter in " .'-" for letter in name)
    if not extension.isdecimal() or not is_name or (kind and kind not in kinds):
        raise SettingError(
            f"--phone {text} is not NUMBER=NAME or NUMBER=NAME:KIND.",
            f"For example: --phone 1001=Alice:secure-phone; kinds are {', '.join(kinds)}.",
        )
    return PhonePlan(extension, name, kinds.get(kind, PhoneKind.SECURE))


def permits(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Who may log in at the manager interface: this machine, and who is named."""
    return (*LOOPBACK, *networks)


def _with_known_members(files: dict[str, str], phones: tuple[PhonePlan, ...]) -> dict[str, str]:
    """The files with only those static members of queues that have a phone; others are added at run time."""
    known = {f"PJSIP/{phone.extension}" for phone in phones}
    lines = files["queues.conf"].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("member => ") or _interface(line) in known]
    return files | {"queues.conf": "".join(kept)}


def _interface(line: str) -> str:
    return line.removeprefix("member => ").partition(",")[0]
