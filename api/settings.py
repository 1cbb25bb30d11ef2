"""What this process is told from outside, as frozen values. Reads a mapping; only `__main__` hands it the environment.

Secrets have no defaults and are not shown when a value is printed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from api.alerts.outbound import Outbound, read_outbound
from api.dialling.numbers import is_country
from api.door.crowd import Rates
from api.door.origins import read_origins
from api.door.peers import Network, read_proxies
from api.post.account import MailAccount, read_account
from api.tokens import MIN_SECRET_BYTES

T = TypeVar("T")
# No limit to speak of.
MOST = 1_000_000


class BadSetting(Exception):
    """A TRUNKLINE_ variable is missing or makes no sense. The text names it and says what to give."""


class KafkaSettings(Struct, frozen=True):
    """The broker, `host:port`; user and TLS only for one of one's own."""

    address: str
    user: str = ""
    password: str = ""
    tls: bool = False
    ca: str | None = None
    mechanism: str = "SCRAM-SHA-512"

    def __repr__(self) -> str:
        return f"KafkaSettings({self.address!r})"


class TlsSettings(Struct, frozen=True):
    """PEM files: the certificate with those that it hangs on, and its key."""

    certificate: str
    key: str


class DoorSettings(Struct, frozen=True):
    """Other origins that may open sockets, the proxies that are believed, how much one peer may ask, TLS of our own."""

    origins: frozenset[str]
    proxies: tuple[Network, ...]
    rates: Rates
    tls: TlsSettings | None


class PbxSettings(Struct, frozen=True):
    """A PBX that may be acted on: its systemname, the manager interface, and a login there."""

    name: str
    host: str
    port: int
    user: str
    secret: str
    tls: bool = False
    ca: str | None = None
    # Its SIP over WebSocket, for phones in browsers; empty where there are none.
    sip: str = ""

    def __repr__(self) -> str:
        return f"PbxSettings({self.name!r})"


class IceServer(Struct, frozen=True, omit_defaults=True):
    """A STUN or TURN server, as browsers take it."""

    urls: str
    username: str = ""
    credential: str = ""

    def __repr__(self) -> str:
        return f"IceServer({self.urls!r})"


class PhoneSettings(Struct, frozen=True):
    """For phones in browsers: servers that find a way through NAT, and what stands before a number for outside."""

    ice_servers: tuple[IceServer, ...] = ()
    outside_prefix: str = "9"


class RecordingSettings(Struct, frozen=True):
    """The store of encrypted recordings, the file of the keys, and the folder into which PBXs write on their machines.

    Without `keys` recordings are listed and cannot be played; without `spool` none is begun.
    """

    store: Path
    keys: Path | None
    spool: str


class Settings(Struct, frozen=True):
    """Everything. `dashboard` is `host:port`; marts are in `data`; `admin_password` is None after the first start."""

    database: str
    kafka: KafkaSettings
    dashboard: str
    jwt_secret: bytes
    host: str
    port: int
    zone: ZoneInfo
    country: str
    log_level: str
    data: Path
    admin_password: str | None
    door: DoorSettings
    recordings: RecordingSettings
    pbxs: tuple[PbxSettings, ...] = ()
    contexts: tuple[str, str] = ("pbx-internal", "pbx-outbound")
    phones: PhoneSettings = PhoneSettings()
    # Without one no letter is sent.
    mail: MailAccount | None = None
    webhooks: Outbound = Outbound()

    def __repr__(self) -> str:
        return f"Settings({self.host}:{self.port})"

    @property
    def secrets(self) -> list[str]:
        """What must be in no log."""
        own = [self.jwt_secret.decode(), self.kafka.password, self.admin_password or ""]
        password = urlsplit(self.database).password or ""
        turn = [server.credential for server in self.phones.ice_servers]
        mail = self.mail.password if self.mail else ""
        return [*own, mail, password, unquote(password), *(pbx.secret for pbx in self.pbxs), *turn]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in these variables. Raises BadSetting."""
    return Settings(
        database=_need(environment, "TRUNKLINE_DATABASE", "the URL of PostgreSQL for the role trunkline_api"),
        kafka=_kafka(environment),
        dashboard=_need(environment, "TRUNKLINE_DASHBOARD", "host:port of the dashboard process"),
        jwt_secret=_secret(environment),
        host=environment.get("TRUNKLINE_HOST", "127.0.0.1"),
        port=_number(environment, "TRUNKLINE_PORT", 8000),
        zone=_zone(environment.get("TRUNKLINE_TIMEZONE", "UTC")),
        country=_country(environment.get("TRUNKLINE_COUNTRY", "US")),
        log_level=environment.get("TRUNKLINE_LOG_LEVEL", "INFO").upper(),
        data=Path(environment.get("TRUNKLINE_DATA") or "data"),
        admin_password=environment.get("TRUNKLINE_ADMIN_PASSWORD") or None,
        door=_door(environment),
        pbxs=_pbxs(environment),
        contexts=(
            environment.get("TRUNKLINE_INTERNAL_CONTEXT") or "pbx-internal",
            environment.get("TRUNKLINE_OUTBOUND_CONTEXT") or "pbx-outbound",
        ),
        phones=PhoneSettings(_ice_servers(environment), _prefix(environment)),
        recordings=_recordings(environment),
        mail=_mail(environment),
        webhooks=_listed(environment, "TRUNKLINE_WEBHOOKS", read_outbound),
    )


def _mail(environment: Mapping[str, str]) -> MailAccount | None:
    try:
        return read_account(environment)
    except ValueError as error:
        raise BadSetting(str(error)) from error


def _recordings(environment: Mapping[str, str]) -> RecordingSettings:
    data, keys = environment.get("TRUNKLINE_DATA", "data"), environment.get("TRUNKLINE_RECORDING_KEYS", "")
    spool = environment.get("TRUNKLINE_RECORDING_SPOOL", "")
    if spool and not spool.startswith("/"):
        raise BadSetting(f"TRUNKLINE_RECORDING_SPOOL is {spool!r}: give the absolute path that the PBX's machine has.")
    return RecordingSettings(
        store=Path(environment.get("TRUNKLINE_RECORDINGS") or Path(data) / "recordings"),
        keys=Path(keys) if keys else None,
        spool=spool,
    )


def _pbxs(environment: Mapping[str, str]) -> tuple[PbxSettings, ...]:
    """The PBXs that are named, several with commas between them; user and secret one for all, or one for each."""
    names = [name.strip() for name in environment.get("TRUNKLINE_PBX", "").split(",") if name.strip()]
    if not names:
        return ()
    addresses = _each(environment, "TRUNKLINE_AMI", names, "host:port of the manager interface")
    users = _each(environment, "TRUNKLINE_CONTROL_USER", names, "a user of manager.conf that may act on calls")
    secrets = _each(environment, "TRUNKLINE_CONTROL_SECRET", names, "that user's secret")
    sips = _each(environment, "TRUNKLINE_SIP", names, "ws://host:port/ws") if environment.get("TRUNKLINE_SIP") else None
    tls, ca = environment.get("TRUNKLINE_AMI_TLS", "0") == "1", environment.get("TRUNKLINE_AMI_CA") or None
    found = []
    sips = sips or [""] * len(names)
    for name, address, user, secret, sip in zip(names, addresses, users, secrets, sips, strict=True):
        host, _, port = address.rpartition(":")
        if not host or not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise BadSetting(f"TRUNKLINE_AMI is {address!r}: give host:port of the manager interface of {name}.")
        if sip and not sip.startswith(("ws://", "wss://")):
            raise BadSetting(f"TRUNKLINE_SIP is {sip!r}: give the address of {name}'s WebSocket, ws://host:port/ws.")
        found.append(PbxSettings(name, host, int(port), user, secret, tls, ca, sip))
    return tuple(found)


def _ice_servers(environment: Mapping[str, str]) -> tuple[IceServer, ...]:
    """Addresses with commas between them, or, for servers with a login, JSON as browsers take it."""
    text = environment.get("TRUNKLINE_ICE_SERVERS", "").strip()
    try:
        if text.startswith("["):
            found = msgspec.json.decode(text, type=tuple[IceServer, ...])
        else:
            found = tuple(IceServer(each.strip()) for each in text.split(",") if each.strip())
    except msgspec.DecodeError as error:
        raise BadSetting(f"TRUNKLINE_ICE_SERVERS: {error}.") from error
    if any(not each.urls.startswith(("stun:", "stuns:", "turn:", "turns:")) for each in found):
        raise BadSetting("TRUNKLINE_ICE_SERVERS: each begins with stun:, turn: or turns:, as stun:stun.example:3478.")
    return found


def _prefix(environment: Mapping[str, str]) -> str:
    text = environment.get("TRUNKLINE_OUTSIDE_PREFIX", "9")
    if not (len(text) <= 5 and all(character in "0123456789*#" for character in text)):
        raise BadSetting(f"TRUNKLINE_OUTSIDE_PREFIX is {text!r}: give what phones dial before a number for outside.")
    return text


def _each(environment: Mapping[str, str], name: str, pbxs: list[str], what: str) -> list[str]:
    values = [value.strip() for value in _need(environment, name, f"{what}, for {', '.join(pbxs)}").split(",")]
    if len(values) not in (1, len(pbxs)) or (len(pbxs) > 1 and len(values) == 1 and name == "TRUNKLINE_AMI"):
        raise BadSetting(f"{name} has {len(values)} values: give one for each of {', '.join(pbxs)}, with commas.")
    return values * len(pbxs) if len(values) == 1 else values


def _door(environment: Mapping[str, str]) -> DoorSettings:
    plain = Rates()
    return DoorSettings(
        origins=_listed(environment, "TRUNKLINE_ORIGINS", read_origins),
        proxies=_listed(environment, "TRUNKLINE_PROXIES", read_proxies),
        rates=Rates(
            peer=_limit(environment, "TRUNKLINE_PEER_RATE", plain.peer),
            user=_limit(environment, "TRUNKLINE_USER_RATE", plain.user),
            sockets=_limit(environment, "TRUNKLINE_PEER_SOCKETS", plain.sockets),
        ),
        tls=_tls(environment),
    )


def _listed(environment: Mapping[str, str], name: str, read: Callable[[str], T]) -> T:
    try:
        return read(environment.get(name, ""))
    except ValueError as error:
        raise BadSetting(f"{name}: {error}") from error


def _limit(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= MOST):
        raise BadSetting(f"{name} is {text!r}: give a number, 1 to {MOST}.")
    return int(text)


def _tls(environment: Mapping[str, str]) -> TlsSettings | None:
    files = {name: environment.get(name, "") for name in ("TRUNKLINE_TLS_CERT", "TRUNKLINE_TLS_KEY")}
    if not any(files.values()):
        return None
    for name, path in files.items():
        if not Path(path).is_file():
            raise BadSetting(f"{name} is {path!r}: give the path of a PEM file; for TLS both files are needed.")
    return TlsSettings(*files.values())


def _kafka(environment: Mapping[str, str]) -> KafkaSettings:
    return KafkaSettings(
        address=_need(environment, "TRUNKLINE_KAFKA", "host:port of the broker"),
        user=environment.get("TRUNKLINE_KAFKA_USER", ""),
        password=environment.get("TRUNKLINE_KAFKA_PASSWORD", ""),
        tls=environment.get("TRUNKLINE_KAFKA_TLS", "0") == "1",
        ca=environment.get("TRUNKLINE_KAFKA_CA") or None,
        mechanism=environment.get("TRUNKLINE_KAFKA_MECHANISM", "SCRAM-SHA-512"),
    )


def _secret(environment: Mapping[str, str]) -> bytes:
    secret = _need(environment, "TRUNKLINE_JWT_SECRET", f"a secret of at least {MIN_SECRET_BYTES} bytes").encode()
    if len(secret) < MIN_SECRET_BYTES:
        raise BadSetting(f"TRUNKLINE_JWT_SECRET is too short: give at least {MIN_SECRET_BYTES} bytes.")
    return secret


def _need(environment: Mapping[str, str], name: str, what: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise BadSetting(f"{name} is not set: give {what}.")
    return value


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or int(text) > 65535:
        raise BadSetting(f"{name} is {text!r}: give a port, 0 to 65535.")
    return int(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSetting(f"TRUNKLINE_TIMEZONE is {name!r}: give an IANA zone such as Europe/Berlin.") from error


def _country(name: str) -> str:
    if not is_country(name):
        raise BadSetting(f"TRUNKLINE_COUNTRY is {name!r}: give the two letters of a country, such as DE.")
    return name
