"""The PBX that the local stack listens to: the simulator, a real Asterisk of our own, or one of the user's.

Says how it is reached and, where it is ours, how it is started. What it does is its own business.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra import asterisk, asterisk_files, asterisk_tree
from infra.errors import SettingError
from infra.passwords import Passwords
from infra.ports import HOST, Ports, listens
from infra.process import Command
from infra.server import Prepared
from infra.service import Say, Service
from infra.settings import PREFIX, Address, UpSettings

# The names under which our own PBXs appear in every call id.
SIMULATOR_NAME, ASTERISK_NAME = "sim1", "pbx1"
SIMULATOR_USER = "trunkline"
# The folder of what it writes, in the data folder.
SIMULATOR_FILES = "simulator"
# It opens its port before it plays anything.
SIMULATOR_READY_SECONDS = 30.0
# `python -m infra.asterisk` waits 30 s itself and then says what is wrong.
ASTERISK_READY_SECONDS = 40.0


@dataclass(frozen=True)
class Pbx:
    """How one PBX is reached: its system name, the address of its AMI, and two logins: who listens, and who acts."""

    name: str
    ami: Address
    user: str
    secret: str = field(repr=False)
    control_user: str
    control_secret: str = field(repr=False)


def pbx_of(settings: UpSettings, ports: Ports, passwords: Passwords) -> Pbx:
    """The PBX that `settings` ask for, at the port that it was last started on.

    Raises SettingError when one of the user's own lacks its name or its login.
    """
    if isinstance(settings.pbx, Address):
        return _of_the_user(settings, settings.pbx)
    if settings.pbx == "asterisk":
        address = Address(HOST, ports.kept("asterisk_ami") or ports.claim("asterisk_ami"))
        listens, acts = passwords.get("asterisk_ami"), passwords.get("asterisk_control")
        return Pbx(ASTERISK_NAME, address, asterisk.AMI_USER, listens, asterisk.CONTROL_USER, acts)
    address = Address(HOST, ports.kept("ami") or ports.claim("ami"))
    secret = passwords.get("ami")
    return Pbx(SIMULATOR_NAME, address, SIMULATOR_USER, secret, SIMULATOR_USER, secret)


def _of_the_user(settings: UpSettings, address: Address) -> Pbx:
    missing = [PREFIX + name for name in ("PBX", "AMI_USER", "AMI_SECRET") if not settings.optional(name, "")]
    if missing:
        raise SettingError(
            f"For a PBX of your own, {' and '.join(missing)} must be set.",
            "TRUNKLINE_PBX is the systemname in its asterisk.conf; user and secret are those of manager.conf.",
        )
    name, user, secret = (settings.optional(key, "") for key in ("PBX", "AMI_USER", "AMI_SECRET"))
    # Who gives only one login lets both be it.
    acts, acting_secret = settings.optional("CONTROL_USER", user), settings.optional("CONTROL_SECRET", secret)
    return Pbx(name, address, user, secret, acts, acting_secret)


def files_of(settings: UpSettings) -> dict[str, str]:
    """The files that a PBX of our own writes, as TRUNKLINE_ variables without their prefix; of the user's own none."""
    if settings.pbx == "simulator":
        folder, names = settings.data / SIMULATOR_FILES, {"QUEUE_LOG": "queue_log", "CEL": "cel.csv"}
    elif settings.pbx == "asterisk":
        folder = settings.data / "asterisk"
        names = {"QUEUE_LOG": asterisk_files.QUEUE_LOG, "CEL": asterisk_files.CEL, "CDR": asterisk_files.CDR}
    else:
        return {}
    return {variable: str(folder / name) for variable, name in names.items()}


def sip_of(settings: UpSettings, ports: Ports) -> str:
    """Where the API relays browser phones to, of a PBX of our own; of others nothing is known."""
    if settings.pbx != "asterisk":
        return ""
    return f"ws://{HOST}:{ports.kept('asterisk_http') or ports.claim('asterisk_http')}/ws"


def spool_of(settings: UpSettings) -> str:
    """The folder into which the PBX writes recordings; empty for one that is not ours, unless the user says it."""
    ours = str(settings.data / "asterisk" / asterisk_files.SPOOL) if settings.pbx == "asterisk" else ""
    return settings.optional("RECORDING_SPOOL", ours)


def simulator_service(data: Path, ports: Ports, environment: Callable[[], Mapping[str, str]]) -> Service:
    """The simulator as a service, its queue_log and CEL under DATA/simulator."""

    def prepare(say: Say) -> Prepared:
        ami = Address(HOST, ports.claim("ami"))
        argv = (sys.executable, "-P", "-m", "asterisk.simulator", "--listen", str(ami), "--name", SIMULATOR_NAME)
        command = Command((*argv, "--files", str(data / SIMULATOR_FILES)), environment())
        return Prepared(command, str(ami), lambda: listens(ami.port), SIMULATOR_READY_SECONDS)

    return Service("simulator", prepare)


def asterisk_service(
    data: Path, cache: Path, environment: Mapping[str, str], database: Callable[[], str], needs: tuple[str, ...] = ()
) -> Service:
    """A real Asterisk as a service; it is fetched at the first start.

    `database` gives the URL at which it finds browser phones, once the services that it `needs` are there.
    """

    def prepare(say: Say) -> Prepared:
        say("fetching Asterisk, once per user")
        tree = asterisk_tree.fetch(cache, environment.get("TRUNKLINE_DEBIAN_MIRROR", ""))
        installation = asterisk.kept_installation(data, tree, ASTERISK_NAME)
        argv = (sys.executable, "-P", "-m", "infra.asterisk", "--data", str(data), "--cache", str(cache))
        # In the environment, not in the arguments, which everybody on the machine may read.
        command = Command((*argv, "--name", ASTERISK_NAME), {**environment, "TRUNKLINE_DATABASE": database()})
        address = f"{HOST}:{installation.ports.ami}"
        return Prepared(command, address, lambda: asterisk.answers(installation), ASTERISK_READY_SECONDS)

    return Service("asterisk", prepare, needs=needs)
