"""What this process is told from outside, as frozen values. Reads a mapping; only `__main__` hands it the environment.

Secrets have no defaults and are not shown when a value is printed.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from api.tokens import MIN_SECRET_BYTES


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


class Settings(Struct, frozen=True):
    """Everything. `dashboard` is `host:port`; `admin_password` is None once there is a first user."""

    database: str
    kafka: KafkaSettings
    dashboard: str
    jwt_secret: bytes
    host: str
    port: int
    zone: ZoneInfo
    log_level: str
    admin_password: str | None

    def __repr__(self) -> str:
        return f"Settings({self.host}:{self.port})"


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
        log_level=environment.get("TRUNKLINE_LOG_LEVEL", "INFO").upper(),
        admin_password=environment.get("TRUNKLINE_ADMIN_PASSWORD") or None,
    )


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
