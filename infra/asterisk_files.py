"""What one installation of Asterisk is made of: its ports and secrets, and its configuration made from `asterisk/pbx/`.

The templates there hold `@NAME@` where installations differ; those in `each_agent/` are repeated for every agent of the
large team. Nothing is started here, and no secret is shown by `repr`.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra import asterisk_tree
from infra.kept import write_private
from infra.passwords import Passwords
from infra.ports import HOST, Ports

TEMPLATES = Path(__file__).parent.parent / "asterisk/pbx"
# Debian's own files of what we do not set: the tones of each country, and defaults that Asterisk complains without.
DEBIAN_FILES = ("indications.conf", "ccss.conf", "codecs.conf", "udptl.conf")
# Phones that log in; their names are those in pjsip.conf.
PHONES = ("1001", "1002", "1003", "1004", "1101", "1102")
# The agents of the large team: as many as the largest load that was measured needs.
AGENTS = tuple(str(number) for number in range(5001, 5201))
# Addresses of the other sides. All of 127/8 is loopback on Linux; Asterisk tells the trunk by this address.
TRUNK_HOST, AGENTS_HOST = "127.0.0.2", "127.0.0.3"
# Shared by all installations of a machine: Asterisk tries another port when one is taken.
RTP_FIRST, RTP_LAST = 10_000, 19_999
# Where Asterisk writes what it says of calls, within the installation's folder.
QUEUE_LOG, CEL, CDR = "log/queue_log", "log/cel-custom/Master.csv", "log/cdr-csv/Master.csv"
# Where it writes recordings, unless another folder is chosen: one in memory is better.
SPOOL = "spool/recordings"
FOLDERS = ("etc", "cache", "varlib/keys", "spool/monitor", "spool/voicemail", "run", "log/cdr-csv", "log/cel-custom")


@dataclass(frozen=True)
class AsteriskPorts:
    """Where Asterisk listens (`ami` and `http` are TCP, `sip` UDP) and where it looks for trunk and agents (UDP)."""

    ami: int
    http: int
    sip: int
    trunk: int
    agents: int

    @classmethod
    def claim(cls, ports: Ports) -> "AsteriskPorts":
        """The ports kept in `ports`, chosen now where there are none yet."""
        return cls(*(ports.claim(f"asterisk_{name}") for name in ("ami", "http", "sip", "trunk", "agents")))


@dataclass(frozen=True)
class AsteriskSecrets:
    """The manager's secret, and a phone's secret by its extension."""

    ami: str = field(repr=False)
    phones: Mapping[str, str] = field(repr=False)

    @classmethod
    def claim(cls, passwords: Passwords) -> "AsteriskSecrets":
        """The secrets kept in `passwords`, made up now where there are none yet."""
        phones = {extension: passwords.get(f"asterisk_phone_{extension}") for extension in PHONES}
        return cls(passwords.get("asterisk_ami"), phones)


@dataclass(frozen=True)
class Installation:
    """One Asterisk: its programs (`tree`), the folder that everything it writes is in, ports, secrets, system name."""

    tree: Path
    folder: Path
    ports: AsteriskPorts
    secrets: AsteriskSecrets
    system_name: str = "pbx1"
    chosen_spool: Path | None = None
    record_queues: bool = False

    @property
    def recording_spool(self) -> Path:
        """Where recordings are written, in plain text until the keeper takes them."""
        return self.chosen_spool or self.folder / SPOOL

    @property
    def queue_log(self) -> Path:
        return self.folder / QUEUE_LOG

    @property
    def cel(self) -> Path:
        return self.folder / CEL

    @property
    def cdr(self) -> Path:
        return self.folder / CDR

    @property
    def configuration(self) -> Path:
        return self.folder / "etc/asterisk.conf"


def write(installation: Installation) -> None:
    """Make the installation's folders and write its configuration anew, readable by its owner alone."""
    folder = installation.folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    # A file that the project no longer has would otherwise still be read.
    shutil.rmtree(folder / "etc", ignore_errors=True)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    installation.recording_spool.mkdir(0o700, parents=True, exist_ok=True)
    for name in DEBIAN_FILES:
        shutil.copy(installation.tree / "etc/asterisk" / name, folder / "etc")
    for name, text in rendered(installation).items():
        write_private(folder / "etc" / name, text)


def rendered(installation: Installation) -> dict[str, str]:
    """Our configuration files by name. Raises KeyError when a template asks for something that is not known."""
    values = _values(installation)
    files = {path.name: fill(path.read_text(), values) for path in sorted(TEMPLATES.glob("*.conf"))}
    for path in sorted(TEMPLATES.glob("each_agent/*.conf")):
        template = path.read_text()
        files[path.name] = "".join(fill(template, {**values, "AGENT": agent}) for agent in AGENTS)
    return files


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` in the places of `@NAME@`. Raises KeyError for a name that is not among them."""
    return re.sub(r"@([A-Z][A-Z0-9_]*)@", lambda place: values[place[1]], template)


def _values(installation: Installation) -> dict[str, str]:
    ports, secrets = installation.ports, installation.secrets
    return {
        "TREE": str(installation.tree),
        "MODULES": str(asterisk_tree.libraries(installation.tree) / "asterisk/modules"),
        "RUN": str(installation.folder),
        "SYSTEM_NAME": installation.system_name,
        "LISTEN": HOST,
        "AMI_PORT": str(ports.ami),
        "HTTP_PORT": str(ports.http),
        "SIP_PORT": str(ports.sip),
        "TRUNK": f"{TRUNK_HOST}:{ports.trunk}",
        "TRUNK_HOST": TRUNK_HOST,
        "AGENTS": f"{AGENTS_HOST}:{ports.agents}",
        "RTP_FIRST": str(RTP_FIRST),
        "RTP_LAST": str(RTP_LAST),
        "AMI_SECRET": secrets.ami,
        "RECORDING_SPOOL": str(installation.recording_spool),
        "RECORD_QUEUES": "yes" if installation.record_queues else "no",
        **{f"SECRET_{extension}": secret for extension, secret in secrets.phones.items()},
    }
