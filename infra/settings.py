"""What `trunkline up` was told, resolved and checked; and the environment that each process is handed.

Pure: nothing here reads the environment or the disk. A process gets the variables that it needs and no others, so that
no secret reaches a process which has no use for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.errors import SettingError

PREFIX = "TRUNKLINE_"
# For a broker of one's own; handed on as they are to whoever talks to Kafka.
KAFKA_SECURITY = tuple(f"{PREFIX}KAFKA_{name}" for name in ("USER", "PASSWORD", "TLS", "CA", "MECHANISM"))
# Unless the user says otherwise: the strongest that every Kafka has.
KAFKA_MECHANISM = "SCRAM-SHA-512"

# Which variables each process reads; each also gets TRUNKLINE_DATA and TRUNKLINE_LOG_LEVEL.
READS: Mapping[str, tuple[str, ...]] = {
    "simulator": ("AMI_USER", "AMI_SECRET"),
    "ingest": (
        *("KAFKA", "PBX", "PARTITION", "INGESTER", "AMI", "AMI_USER", "AMI_SECRET", "SETTINGS"),
        *("QUEUE_LOG", "CEL", "CDR"),
    ),
    "recordings": ("DATABASE", "PBX", "RECORDING_SPOOL", "RECORDINGS"),
    "streams": ("KAFKA", "DATABASE", "WORKER"),
    "api": (
        *("KAFKA", "DATABASE", "HOST", "PORT", "DASHBOARD", "JWT_SECRET", "ADMIN_PASSWORD", "TIMEZONE"),
        *("COUNTRY", "ORIGINS", "PROXIES", "PEER_RATE", "USER_RATE", "PEER_SOCKETS", "TLS_CERT", "TLS_KEY"),
        *("PBX", "AMI", "CONTROL_USER", "CONTROL_SECRET", "INTERNAL_CONTEXT", "OUTBOUND_CONTEXT"),
        *("SIP", "OUTSIDE_PREFIX", "ICE_SERVERS"),
        *("RECORDINGS", "RECORDING_KEYS", "RECORDING_SPOOL"),
        *("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_CA", "SMTP_FROM", "SMTP_DOMAINS"),
        *("SMTP_USER", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE", "WEBHOOKS"),
    ),
    "dashboard": ("DASHBOARD", "JWT_SECRET", "TIMEZONE"),
    "warehouse": ("DATABASE", "LAKE", "LOAD_EVERY", "TIMEZONE", "COUNTRY"),
}


@dataclass(frozen=True)
class Address:
    """`HOST:PORT`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class UpSettings:
    """What the user decides. None means: bring one of our own. `given` are the user's own TRUNKLINE_ variables."""

    data: Path
    page: Address
    broker: Address | None = None
    database: str | None = field(default=None, repr=False)
    pbx: str | Address = "simulator"
    given: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def tls(self) -> bool:
        """Whether the page is encrypted by ourselves."""
        return bool(self.optional("TLS_CERT", ""))

    @property
    def page_url(self) -> str:
        """Where a browser finds the page."""
        return f"{'https' if self.tls else 'http'}://{self.page}/"

    def optional(self, name: str, otherwise: str) -> str:
        """The user's own variable TRUNKLINE_`name`, else `otherwise`."""
        return self.given.get(PREFIX + name) or otherwise


def parse_address(text: str, option: str) -> Address:
    """`HOST:PORT`. Raises SettingError that names the option."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingError(f"{option} {text} is not HOST:PORT.", f"For example: {option} 127.0.0.1:9092")
    return Address(host, int(port))


def parse_pbx(text: str) -> str | Address:
    """`simulator`, `asterisk` or the AMI address of a PBX of one's own. Raises SettingError."""
    if text in ("simulator", "asterisk"):
        return text
    if ":" not in text:
        raise SettingError(
            f"--pbx {text} is none of simulator, asterisk and HOST:PORT.", "For example: --pbx 192.0.2.5:5038"
        )
    return parse_address(text, "--pbx")


def environment(process: str, value_of: Callable[[str], str], inherited: Mapping[str, str]) -> dict[str, str]:
    """What `process` is started with: `inherited` without its TRUNKLINE_ variables, and those that the process reads.

    `value_of` is asked for them by their names without the prefix; an empty value is not handed on. Kafka's user and
    certificates are taken from `inherited`.
    """
    wanted = ("DATA", "LOG_LEVEL", *READS[process])
    kept = {name: value for name, value in inherited.items() if not name.startswith(PREFIX)}
    if "KAFKA" in wanted:
        kept |= _kafka_login(inherited)
    values = {PREFIX + name: value_of(name) for name in wanted}
    return kept | {name: value for name, value in values.items() if value}


def _kafka_login(inherited: Mapping[str, str]) -> dict[str, str]:
    """What the user said of the broker's login, with the mechanism, so that every process takes the same."""
    login = {name: inherited[name] for name in KAFKA_SECURITY if name in inherited}
    if login.get(f"{PREFIX}KAFKA_USER"):
        login.setdefault(f"{PREFIX}KAFKA_MECHANISM", KAFKA_MECHANISM)
    return login
