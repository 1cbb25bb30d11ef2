"""The whole examination: which PBX is meant, what can be looked at of it, and all the checks over it."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infra.asterisk_files import ETC
from infra.doctor import dialplan_checks, manager_checks, part_checks, pbx_checks, record_checks, sip_checks
from infra.doctor.check import Check, Finding, Severity, examine
from infra.doctor.dialplan_checks import Doors
from infra.doctor.files import Contexts, Logins, PbxFiles, read_folder
from infra.doctor.part_facts import look_at_parts
from infra.doctor.pbx_facts import PbxFacts, Way, ask_pbx
from infra.errors import SettingError
from infra.local import Stack
from infra.pbx import Pbx
from infra.ports import Ports, listens
from infra.settings import PREFIX, Address, UpSettings, parse_address

# Tells the user what is being looked at.
Say = Callable[[str], None]
FILE_CHECKS: tuple[Check[PbxFiles], ...] = (*manager_checks.CHECKS, *sip_checks.CHECKS, *record_checks.CHECKS)


@dataclass(frozen=True)
class Wanted:
    """What to look at: the PBX's configuration, where it is readable, and the names of the dialplan's doors."""

    configuration: Path | None
    contexts: Contexts
    # Without our own parts: for a PBX that is looked at before Trunkline is installed.
    parts: bool = True


def meant_pbx(settings: UpSettings) -> UpSettings:
    """`settings` with the PBX that is meant where none was named: of TRUNKLINE_AMI, else the one that runs here."""
    ports = Ports(settings.data / "ports.json")
    if named := settings.optional("AMI", ""):
        return replace(settings, pbx=parse_address(named, PREFIX + "AMI"))
    runs = {name: bool((port := ports.kept(key)) and listens(port)) for name, key in KEPT_PORTS.items()}
    known = {name: ports.kept(key) is not None for name, key in KEPT_PORTS.items()}
    found = next((name for either in (runs, known) for name, it_is in either.items() if it_is), "simulator")
    return replace(settings, pbx=found)


# Under which name each PBX of our own keeps the port of its manager interface.
KEPT_PORTS = {"asterisk": "asterisk_ami", "simulator": "ami"}


def examination(stack: Stack, wanted: Wanted, say: Say) -> list[Finding]:
    """All findings. Raises SettingError where a PBX of the user's is not described, or its files cannot be read."""
    pbx = stack.values.pbx()
    findings: list[Finding] = []
    folder = wanted.configuration or own_configuration(stack.settings)
    if folder is not None:
        say(f"reading {folder}")
        files = read_folder(folder, Logins(pbx.user, pbx.control_user), wanted.contexts)
        findings += examine(FILE_CHECKS, files) + examine(dialplan_checks.CHECKS, Doors(files.dialplan, files.contexts))
    say(f"asking {pbx.name} at {pbx.ami}")
    facts = asyncio.run(ask_pbx(way_to(pbx, stack.inherited)))
    findings += examine(_asked_of(stack.settings), facts)
    findings += _dialplan(facts, wanted.contexts, has_files=folder is not None)
    if wanted.parts:
        say("asking our own parts")
        findings += examine(part_checks.CHECKS, look_at_parts(stack))
    return findings


def _asked_of(settings: UpSettings) -> Sequence[Check[PbxFacts]]:
    """The simulator is no PBX to act at: it can do what its traffic needs."""
    left_out = "control-may" if settings.pbx == "simulator" else ""
    return [check for check in pbx_checks.CHECKS if check.name != left_out]


def own_configuration(settings: UpSettings) -> Path | None:
    """The folder of our own Asterisk's configuration, where that is the PBX that is meant."""
    folder = settings.data / "asterisk" / ETC
    return folder if settings.pbx == "asterisk" and folder.is_dir() else None


def way_to(pbx: Pbx, environment: Mapping[str, str]) -> Way:
    """How the ingester and the API reach the PBX. Raises SettingError when the authority's file cannot be read."""
    tls = None
    if environment.get(f"{PREFIX}AMI_TLS", "0") == "1":
        authority = environment.get(f"{PREFIX}AMI_CA") or None
        try:
            tls = ssl.create_default_context(cafile=authority)
        except OSError as error:
            raise SettingError(f"{authority} is not usable: {error}", "Correct TRUNKLINE_AMI_CA.") from error
    ami: Address = pbx.ami
    return Way(pbx.name, ami.host, ami.port, pbx.user, pbx.control_user, pbx.secret, pbx.control_secret, tls)


def _dialplan(facts: PbxFacts, contexts: Contexts, *, has_files: bool) -> list[Finding]:
    """The dialplan that runs: its doors always; the rest where its file was not read, which says the line."""
    checks = dialplan_checks.CHECKS[:1] if has_files else dialplan_checks.CHECKS
    running = [replace(check, name=f"running-{check.name}") for check in checks]
    if facts.dialplan is None:
        return [Finding(one.name, one.topic, Severity.UNSEEN, f"Could not be looked at: {one.fine}") for one in running]
    return examine(running, Doors(facts.dialplan, contexts))
