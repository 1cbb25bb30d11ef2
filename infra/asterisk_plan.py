"""What one configuration of Asterisk is made of, and the values that stand for it in the templates of `asterisk/pbx/`.

A plan is the same for an Asterisk of our own and for one of the user's; who makes it decides its folders, addresses
and phones. Pure: nothing is read or written here, and no secret is shown by `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from asterisk.filters import FILTERS

# Only loopback, where nothing needs to be encrypted.
LOOPBACK = ("127.0.0.0/255.0.0.0",)


class PhoneKind(StrEnum):
    """How a phone speaks: the name of its template in pjsip.conf."""

    DESK = "desk-phone"
    SECURE = "secure-phone"
    BROWSER = "browser-phone"


@dataclass(frozen=True)
class PhonePlan:
    """A phone that logs in, and what others see of it."""

    extension: str
    name: str
    kind: PhoneKind = PhoneKind.DESK


@dataclass(frozen=True)
class Folders:
    """Where Asterisk keeps what: its own configuration, what it writes, and the programs that it consists of."""

    etc: str
    varlib: str
    cache: str
    spool: str
    run: str
    log: str
    modules: str
    data: str
    programs: str


@dataclass(frozen=True)
class TrunkPlan:
    """The carrier: `HOST:PORT` of its SIP, and the addresses from where its calls come, as `HOST` or `NETWORK/BITS`."""

    address: str
    sources: tuple[str, ...]
    number: str = "5550100"
    # TLS and SRTP, and no call without.
    secure: bool = False


@dataclass(frozen=True)
class RealtimePlan:
    """The database in which Asterisk finds the browser phones, and the role that reads three views there."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, url: str) -> "RealtimePlan":
        """The database of a URL, `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 5432,
            database=unquote(parts.path.removeprefix("/")),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


@dataclass(frozen=True)
class PbxPlan:
    """One PBX. `listen` is for SIP; the manager interface is on loopback and, if set, over TLS at `ami_tls`."""

    system_name: str
    folders: Folders
    trunk: TrunkPlan
    phones: tuple[PhonePlan, ...]
    phone_secrets: Mapping[str, str] = field(repr=False)
    ami_secret: str = field(repr=False)
    control_secret: str = field(repr=False)
    certificate: str
    key: str
    listen: str = "127.0.0.1"
    # The address that phones on the other side of a NAT have to use; empty: none.
    public: str = ""
    sip: int = 5060
    sips: int = 5061
    http: int = 8088
    https: int = 8089
    ami: int = 5038
    ami_tls: str = ""
    permit: tuple[str, ...] = LOOPBACK
    rtp_first: int = 10_000
    rtp_last: int = 19_999
    # Where recordings are written, and whether every call that an agent takes from a queue is one.
    recording_spool: str = ""
    record_queues: bool = False
    # `HOST:PORT` of the large team's phones, which do not log in.
    agents: str = ""
    # None: browser phones are those of `phones`.
    realtime: RealtimePlan | None = None


def values(plan: PbxPlan) -> dict[str, str]:
    """What stands for `@NAME@` in every template."""
    return {
        **_folders(plan.folders),
        **_manager(plan),
        **_trunk(plan.trunk),
        **_realtime(plan.realtime),
        "SYSTEM_NAME": plan.system_name,
        "LISTEN": plan.listen,
        "UDP_LISTEN": plan.listen if _speaks_in_clear(plan) else "127.0.0.1",
        "PUBLIC_ADDRESS": _public(plan.public),
        "SIP_PORT": str(plan.sip),
        "SIPS_PORT": str(plan.sips),
        "HTTP_PORT": str(plan.http),
        "HTTPS_PORT": str(plan.https),
        "CERTIFICATE": plan.certificate,
        "KEY": plan.key,
        "RTP_FIRST": str(plan.rtp_first),
        "RTP_LAST": str(plan.rtp_last),
        "RECORDING_SPOOL": plan.recording_spool or f"{plan.folders.spool}/recordings",
        "RECORD_QUEUES": "yes" if plan.record_queues else "no",
        "AGENTS": plan.agents,
    }


def phone_values(plan: PbxPlan, phone: PhonePlan) -> dict[str, str]:
    """What stands for `@NAME@` in the template of one phone."""
    return {
        "PHONE": phone.extension,
        "PHONE_NAME": phone.name,
        "PHONE_KIND": phone.kind.value,
        "PHONE_SECRET": plan.phone_secrets[phone.extension],
    }


def _speaks_in_clear(plan: PbxPlan) -> bool:
    """Whether anybody needs SIP over UDP; else it stays on this machine."""
    return not plan.trunk.secure or any(phone.kind is PhoneKind.DESK for phone in plan.phones)


def _folders(folders: Folders) -> dict[str, str]:
    return {
        "ETC_DIR": folders.etc,
        "VARLIB_DIR": folders.varlib,
        "CACHE_DIR": folders.cache,
        "SPOOL_DIR": folders.spool,
        "RUN_DIR": folders.run,
        "LOG_DIR": folders.log,
        "MODULES_DIR": folders.modules,
        "DATA_DIR": folders.data,
        "PROGRAMS_DIR": folders.programs,
    }


def _manager(plan: PbxPlan) -> dict[str, str]:
    lines = ["tlsenable = no"]
    if plan.ami_tls:
        lines = [
            "; From elsewhere over TLS only.",
            "tlsenable = yes",
            f"tlsbindaddr = {plan.ami_tls}",
            f"tlscertfile = {plan.certificate}",
            f"tlsprivatekey = {plan.key}",
            "tlsdisablev1 = yes",
            "tlsdisablev11 = yes",
        ]
    return {
        "AMI_PORT": str(plan.ami),
        "AMI_TLS": "\n".join(lines),
        "AMI_PERMIT": "\n".join(f"permit = {network}" for network in plan.permit),
        "AMI_FILTERS": "\n".join(f"eventfilter = {one.filter}" for one in FILTERS),
        "AMI_SECRET": plan.ami_secret,
        "CONTROL_SECRET": plan.control_secret,
    }


def _trunk(trunk: TrunkPlan) -> dict[str, str]:
    media, contact = "; The carrier speaks in clear.\nmedia_encryption = no", f"sip:{trunk.address}"
    if trunk.secure:
        media = "; Calls without SRTP are refused.\nmedia_encryption = sdes\nmedia_encryption_optimistic = no"
        contact += r"\;transport=tls"
    return {
        "TRUNK_TRANSPORT": "tls" if trunk.secure else "udp",
        "TRUNK_MEDIA": media,
        "TRUNK_CONTACT": contact,
        "TRUNK_MATCH": "\nmatch = ".join(trunk.sources),
        "TRUNK_NUMBER": trunk.number,
    }


def _realtime(realtime: RealtimePlan | None) -> dict[str, str]:
    if realtime is None:
        return {"REALTIME_PRELOAD": "; Browser phones are in pjsip_phones.conf."}
    return {
        "REALTIME_PRELOAD": "; Browser phones are found in Trunkline's database.\npreload = res_config_pgsql.so",
        "REALTIME_HOST": realtime.host,
        "REALTIME_PORT": str(realtime.port),
        "REALTIME_DATABASE": realtime.database,
        "REALTIME_USER": realtime.user,
        # A semicolon would begin a comment.
        "REALTIME_PASSWORD": realtime.password.replace(";", r"\;"),
    }


def _public(address: str) -> str:
    if not address:
        return "; No NAT is in between."
    # What is private needs no translation; a browser or phone outside is told the public address.
    inside = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    lines = [f"external_signaling_address = {address}", f"external_media_address = {address}"]
    return "\n".join([*lines, *(f"local_net = {network}" for network in inside)])
