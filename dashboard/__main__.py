"""`trunkline dashboard`: the managers' pages under /reports, behind the API's origin.

The composition root of the dashboard and the only place that reads its environment.
"""

import logging.config
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import uvicorn

from calls.logs import log_config
from dashboard.app import Parts, make_app
from dashboard.errors import SettingError
from dashboard.reports import opener

# Exit code of sysexits.h: the supervisor shows the last lines, so a person learns what to set.
EX_CONFIG = 78
# RFC 7518 section 3.2: an HS256 key has at least as many bits as the hash.
MIN_SECRET_BYTES = 32


@dataclass(frozen=True)
class Settings:
    """What the process was told, checked."""

    host: str
    port: int
    secret: str
    data: Path
    zone: ZoneInfo
    log_level: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in TRUNKLINE_ variables. Raises SettingError, naming the variable and what to do."""
    host, port = _address(_need(environment, "TRUNKLINE_DASHBOARD"))
    secret = _need(environment, "TRUNKLINE_JWT_SECRET")
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise SettingError(f"TRUNKLINE_JWT_SECRET is shorter than {MIN_SECRET_BYTES} bytes. Take the API's own.")
    return Settings(
        host=host,
        port=port,
        secret=secret,
        data=Path(environment.get("TRUNKLINE_DATA") or "data"),
        zone=_zone(environment.get("TRUNKLINE_TIMEZONE") or "UTC"),
        log_level=environment.get("TRUNKLINE_LOG_LEVEL") or "INFO",
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        settings = read_settings(os.environ)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EX_CONFIG)
    logging.config.dictConfig(log_config("dashboard", settings.log_level))
    parts = Parts(settings.secret, opener(settings.data), lambda: datetime.now(UTC), settings.zone)
    # The API is the only one who asks; it keeps the log of requests.
    uvicorn.run(make_app(parts), host=settings.host, port=settings.port, log_config=None, access_log=False)


def _need(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingError(f"{name} is not set. `trunkline up` sets it; for one process alone see docs/operator.md")
    return value


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise SettingError(f"TRUNKLINE_DASHBOARD is host:port, not {text!r}")
    return host, int(port)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(f"TRUNKLINE_TIMEZONE is no time zone: {name!r}. Take one like Europe/Berlin.") from None


if __name__ == "__main__":
    main()
