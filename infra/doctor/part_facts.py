"""What is found of our own parts: the subject of the checks of `part_checks`.

Job: ask the page, the broker and the database, and look at the data folder and the PBX's records.
Contract: nothing is changed; what cannot be had is part of the facts, with the reason. Logs are counted, never shown.
"""

import asyncio
import http.client
import os
import re
import shutil
import ssl
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from asterisk.cel import parse_cel
from asterisk.errors import LineError
from calls.topics import ALL
from infra import migrate, readiness
from infra.errors import InfraError, MigrationError
from infra.local import Stack
from infra.settings import Address
from infra.topics import security

DATABASE_SECONDS = 5
KAFKA_SECONDS = 10.0
# Of each log: an error that is further back is old news.
LOG_BYTES = 65_536
TAIL_BYTES = 8192
ERROR = re.compile(rb'"level(?:name)?": ?"(?:ERROR|CRITICAL)"|^(?:ERROR|CRITICAL)\b', re.MULTILINE)
# The files that the ingester follows.
RECORDS = ("QUEUE_LOG", "CEL", "CDR")


@dataclass(frozen=True)
class Page:
    """What the page answers: /livez, /readyz (and what it says is missing), and a socket without a login."""

    address: Address
    tls: bool
    behind_proxy: bool
    lives: bool
    ready: bool
    missing: str = ""
    # 101: somebody who is nobody was let in. 0: no answer.
    socket_status: int = 0


@dataclass(frozen=True)
class Broker:
    """The broker. `trouble` is empty where it answered."""

    trouble: str = ""
    missing_topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Database:
    """The database. `schema` says how its migrations and ours differ; both are empty where all is well."""

    trouble: str = ""
    schema: str = ""
    clock_s: float = 0.0
    # Seconds since a PBX's events were last known to be applied, by its name; and the PBXs that are not heard now.
    late_s: Mapping[str, float] = field(default_factory=dict)
    unheard: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordFile:
    """A file of the PBX. `trouble`: why it cannot be read. `off_s`: by how much its last time is not the file's own.

    `awaited`: there is none, which is right only before the PBX has had its first call.
    """

    name: str
    path: str
    trouble: str = ""
    off_s: float | None = None
    awaited: bool = False


@dataclass(frozen=True)
class PartFacts:
    """What was found."""

    data: Path
    free_bytes: int | None
    page: Page
    broker: Broker | None
    database: Database | None
    records: tuple[RecordFile, ...]
    # The log's name, and how many errors are at its end.
    log_errors: Mapping[str, int]
    first_login_left: bool
    # Secret files that others than their owner may read.
    open_secrets: tuple[str, ...]
    # The folder that recordings are written to; None where there is none, else why it cannot be used.
    spool: tuple[str, str] | None
    short_jwt_secret: bool


def look_at_parts(stack: Stack) -> PartFacts:
    """Everything that the checks look at. Raises nothing that is the user's to mend."""
    data = stack.settings.data
    keys = Path(stack.settings.optional("RECORDING_KEYS", str(data / "recording-keys.json")))
    secrets = (data / "secrets.json", data / "first-login.txt", keys)
    return PartFacts(
        data=data,
        free_bytes=shutil.disk_usage(data).free if data.exists() else None,
        page=_page(stack),
        broker=_broker(stack),
        database=_database(stack),
        records=_records(stack),
        log_errors={path.name: errors for path in sorted(data.glob("logs/*.log")) if (errors := _errors(path))},
        first_login_left=(data / "first-login.txt").exists(),
        open_secrets=tuple(str(path) for path in secrets if _is_open(path)),
        spool=_spool(stack),
        short_jwt_secret=0 < len(stack.settings.optional("JWT_SECRET", "").encode()) < 32,
    )


def _page(stack: Stack) -> Page:
    settings = stack.settings
    address, tls = settings.page, settings.tls
    lives = readiness.lives(address, "/livez", tls=tls)
    status, body = readiness.get(address, "/readyz", tls=tls) if lives else (0, b"")
    proxies = bool(settings.optional("PROXIES", ""))
    knock = _knock(address, tls) if lives else 0
    return Page(address, tls, proxies, lives, status == 200, "" if status == 200 else readiness.missing(body), knock)


def _knock(address: Address, tls: bool) -> int:
    """The status of a WebSocket handshake at /ws/pbx by nobody; 0 when there is no answer."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    seconds = readiness.ANSWER_SECONDS
    plain = http.client.HTTPConnection(address.host, address.port, timeout=seconds)
    connection = (
        http.client.HTTPSConnection(address.host, address.port, timeout=seconds, context=context) if tls else plain
    )
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    try:
        connection.request("GET", "/ws/pbx", headers=upgrade | {"Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _broker(stack: Stack) -> Broker | None:
    try:
        address = stack.values.value("api", "KAFKA")
    except InfraError:
        return None
    try:
        return asyncio.run(_ask_broker(address, security(stack.inherited)))
    except (KafkaError, OSError, TimeoutError) as error:
        return Broker(f"{address}: {type(error).__name__}")


async def _ask_broker(address: str, options: dict[str, Any]) -> Broker:
    async with asyncio.timeout(KAFKA_SECONDS):
        admin = AIOKafkaAdminClient(bootstrap_servers=address, **options)
        try:
            await admin.start()
            there = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics()}
        finally:
            await admin.close()
    return Broker(missing_topics=tuple(it.name for it in ALL if there.get(it.name, 0) != it.partitions))


def _database(stack: Stack) -> Database | None:
    try:
        url = stack.values.owner_url()
    except InfraError:
        return None
    try:
        with psycopg.connect(url, connect_timeout=DATABASE_SECONDS) as connection:
            return _ask_database(connection)
    except psycopg.Error as error:
        return Database(type(error).__name__)


def _ask_database(connection: psycopg.Connection) -> Database:
    rows = connection.execute("SELECT to_regclass('schema_migrations')").fetchone()
    if rows is None or rows[0] is None:
        return Database(schema="nothing was migrated")
    clock = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
    skew = float(clock[0]) - time.time() if clock else 0.0
    schema = _schema(connection.execute("SELECT version, name, sha256 FROM schema_migrations").fetchall())
    if schema:
        return Database(schema=schema, clock_s=skew)
    late = connection.execute(
        "SELECT pbx, extract(epoch FROM clock_timestamp() - applied_at) FROM pbx_health"
    ).fetchall()
    gaps = connection.execute("SELECT DISTINCT pbx, source FROM gaps WHERE ended_at IS NULL ORDER BY 1, 2").fetchall()
    unheard = tuple(f"{pbx} ({source})" for pbx, source in gaps)
    return Database(clock_s=skew, late_s={pbx: float(seconds) for pbx, seconds in late}, unheard=unheard)


def _schema(rows: list[Any]) -> str:
    try:
        left = migrate.plan(migrate.read_folder(), {version: (name, sha256) for version, name, sha256 in rows})
    except MigrationError as error:
        return error.problem
    return f"{', '.join(migration.name for migration in left)} not applied" if left else ""


def _records(stack: Stack) -> tuple[RecordFile, ...]:
    found = []
    for name in RECORDS:
        try:
            path = stack.values.value("ingest", name)
        except InfraError:
            path = ""
        found.append(_record(name, Path(path)) if path else RecordFile(name, ""))
    return tuple(found)


def _record(name: str, path: Path) -> RecordFile:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read()
        written = path.stat().st_mtime
    except FileNotFoundError:
        return RecordFile(name, str(path), awaited=True)
    except OSError as error:
        return RecordFile(name, str(path), error.strerror or str(error))
    return RecordFile(name, str(path), off_s=_off(tail, written) if name == "CEL" else None)


def _off(tail: bytes, written: float) -> float | None:
    """How far the time of the last line of CEL is from when the file was written; None where there is no line."""
    lines = tail.splitlines()
    try:
        return written - parse_cel(lines[-1]).at_ms / 1000 if lines else None
    except LineError:
        return None


def _errors(path: Path) -> int:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LOG_BYTES))
            return len(ERROR.findall(file.read()))
    except OSError:
        return 0


def _is_open(path: Path) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _spool(stack: Stack) -> tuple[str, str] | None:
    try:
        path = stack.values.value("recordings", "RECORDING_SPOOL")
    except InfraError:
        return None
    if not path:
        return None
    folder = Path(path)
    if not folder.is_dir():
        return path, "it is no folder"
    return path, "" if os.access(folder, os.R_OK | os.W_OK) else "it cannot be read and written"
