"""What one installation of Asterisk is made of: its ports and secrets, and its configuration made from `asterisk/pbx/`.

The templates there hold `@NAME@` where installations differ; those in `each_phone/` are repeated for every phone, those
in `each_agent/` for every agent of the large team; those in `realtime/` are for an Asterisk that finds browser phones
in Trunkline's database. Nothing is started here, and no secret is shown by `repr`.
"""

import datetime as dt
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra import asterisk_tree, certificate
from infra.asterisk_plan import Folders, PbxPlan, PhoneKind, PhonePlan, RealtimePlan, TrunkPlan, phone_values, values
from infra.kept import write_private
from infra.passwords import Passwords
from infra.ports import HOST, Ports

TEMPLATES = Path(__file__).parent.parent / "asterisk/pbx"
# Debian's own files of what we do not set: the tones of each country, and defaults that Asterisk complains without.
DEBIAN_FILES = ("indications.conf", "ccss.conf", "codecs.conf", "udptl.conf")
# Phones that log in: four at desks, one at a desk that encrypts, two in browsers.
PHONE_PLANS = (
    *(PhonePlan(f"100{place}", name) for place, name in enumerate(("Alice", "Bob", "Carol", "Dave"), 1)),
    PhonePlan("1005", "Erin", PhoneKind.SECURE),
    *(PhonePlan(f"110{place}", name, PhoneKind.BROWSER) for place, name in enumerate(("Wendy", "Walter"), 1)),
)
PHONES = tuple(phone.extension for phone in PHONE_PLANS)
# The agents of the large team: as many as the largest load that was measured needs.
AGENTS = tuple(str(number) for number in range(5001, 5201))
# Addresses of the other sides. All of 127/8 is loopback on Linux; Asterisk tells the trunk by this address.
TRUNK_HOST, AGENTS_HOST = "127.0.0.2", "127.0.0.3"
# Shared by all installations of a machine: Asterisk tries another port when one is taken.
RTP_FIRST, RTP_LAST = 10_000, 19_999
# For whom the certificate of our own Asterisk is: it listens on loopback.
CERTIFIED = (HOST, "localhost")
# Where its configuration is, and where it writes what it says of calls, within the installation's folder.
ETC = "etc"
QUEUE_LOG, CEL, CDR = "log/queue_log", "log/cel-custom/Master.csv", "log/cdr-csv/Master.csv"
# Where it writes recordings, unless another folder is chosen: one in memory is better.
SPOOL = "spool/recordings"
FOLDERS = ("etc", "cache", "varlib/keys", "spool/monitor", "spool/voicemail", "run", "log/cdr-csv", "log/cel-custom")


@dataclass(frozen=True)
class AsteriskPorts:
    """Where Asterisk listens and where it looks for trunk and agents.

    `sip`, `trunk` and `agents` are UDP; `ami`, `http`, `https` and `sips` (SIP over TLS) are TCP.
    """

    ami: int
    http: int
    sip: int
    trunk: int
    agents: int
    sips: int
    https: int

    @classmethod
    def claim(cls, ports: Ports) -> "AsteriskPorts":
        """The ports kept in `ports`, chosen now where there are none yet."""
        names = ("ami", "http", "sip", "trunk", "agents", "sips", "https")
        return cls(*(ports.claim(f"asterisk_{name}") for name in names))


@dataclass(frozen=True)
class AsteriskSecrets:
    """The secrets of the manager's two users (the ingester's and the API's), and a phone's by its extension."""

    ami: str = field(repr=False)
    control: str = field(repr=False)
    phones: Mapping[str, str] = field(repr=False)

    @classmethod
    def claim(cls, passwords: Passwords) -> "AsteriskSecrets":
        """The secrets kept in `passwords`, made up now where there are none yet."""
        phones = {extension: passwords.get(f"asterisk_phone_{extension}") for extension in PHONES}
        return cls(passwords.get("asterisk_ami"), passwords.get("asterisk_control"), phones)


@dataclass(frozen=True)
class Installation:
    """One Asterisk: its programs (`tree`), the folder that everything it writes is in, ports, secrets, system name.

    With `realtime` its browser phones are those of Trunkline's database; without, two that are always there.
    """

    tree: Path
    folder: Path
    ports: AsteriskPorts
    secrets: AsteriskSecrets
    system_name: str = "pbx1"
    realtime: RealtimePlan | None = None
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
    certificate.kept_certificate(folder / "tls", CERTIFIED, dt.datetime.now(dt.UTC))
    for name, text in rendered(installation).items():
        write_private(folder / "etc" / name, text)


def rendered(installation: Installation) -> dict[str, str]:
    """The installation's configuration files by name."""
    return render(plan_of(installation), AGENTS)


def render(plan: PbxPlan, agents: Sequence[str] = ()) -> dict[str, str]:
    """Our configuration files by name. Raises KeyError when a template asks for something that is not known."""
    known = values(plan)
    paths = [*TEMPLATES.glob("*.conf"), *(TEMPLATES.glob("realtime/*.conf") if plan.realtime else ())]
    files = {path.name: fill(path.read_text(), known) for path in sorted(paths)}
    each_agent = [{**known, "AGENT": agent} for agent in agents]
    each_phone = [{**known, **phone_values(plan, phone)} for phone in plan.phones]
    for folder, repeated in (("each_agent", each_agent), ("each_phone", each_phone)):
        for path in sorted(TEMPLATES.glob(f"{folder}/*.conf")):
            template = path.read_text()
            files[path.name] = "".join(fill(template, one) for one in repeated)
    return files


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` in the places of `@NAME@`. Raises KeyError for a name that is not among them."""
    return re.sub(r"@([A-Z][A-Z0-9_]*)@", lambda place: values[place[1]], template)


def plan_of(installation: Installation) -> PbxPlan:
    """What the installation's configuration is made of."""
    ports, secrets, folder = installation.ports, installation.secrets, installation.folder
    return PbxPlan(
        system_name=installation.system_name,
        folders=_folders(folder, installation.tree),
        trunk=TrunkPlan(f"{TRUNK_HOST}:{ports.trunk}", (f"{TRUNK_HOST}/32",)),
        phones=tuple(phone for phone in PHONE_PLANS if not (installation.realtime and phone.kind is PhoneKind.BROWSER)),
        phone_secrets=secrets.phones,
        ami_secret=secrets.ami,
        control_secret=secrets.control,
        certificate=str(folder / "tls/trunkline.crt"),
        key=str(folder / "tls/trunkline.key"),
        listen=HOST,
        sip=ports.sip,
        sips=ports.sips,
        http=ports.http,
        https=ports.https,
        ami=ports.ami,
        rtp_first=RTP_FIRST,
        rtp_last=RTP_LAST,
        recording_spool=str(installation.recording_spool),
        record_queues=installation.record_queues,
        agents=f"{AGENTS_HOST}:{ports.agents}",
        realtime=installation.realtime,
    )


def _folders(folder: Path, tree: Path) -> Folders:
    """Nothing is written outside `folder`; programs and sounds are read from `tree`."""
    written = {name: str(folder / name) for name in ("etc", "varlib", "cache", "spool", "run", "log")}
    modules = asterisk_tree.libraries(tree) / "asterisk/modules"
    shared, programs = tree / "usr/share/asterisk", tree / "usr/sbin"
    return Folders(**written, modules=str(modules), data=str(shared), programs=str(programs))
