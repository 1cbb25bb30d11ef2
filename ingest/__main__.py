"""`trunkline ingest`: what one Asterisk says goes into the log and from there to Kafka.

The composition root of the ingester and the only place that reads its environment.
"""

import asyncio
import logging
import logging.config
import os
import signal
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

from aiokafka import AIOKafkaProducer

from asterisk.account import Account
from asterisk.decode import read_settings
from calls.errors import BadEvent
from calls.file_events import FILES
from calls.logs import log_config
from ingest.administered import Overlay, follow
from ingest.broker import client_options, cluster_id
from ingest.ingester import Ingester, WrongPbx
from ingest.metrics import serve_metrics
from ingest.publisher import Broker

# Exit codes of sysexits.h: the supervisor shows the last lines, so a person learns what to set.
EX_CONFIG = 78


class Missing(Exception):
    """A setting that has no default is not there."""


def need(environment: Mapping[str, str], name: str) -> str:
    """A setting that must be there. Raises Missing, naming it and what sets it."""
    value = environment.get(name, "")
    if not value:
        raise Missing(f"{name} is not set. `trunkline up` sets it; for one process alone see docs/operator.md")
    return value


def account(environment: Mapping[str, str]) -> Account:
    """Where the PBX listens and who we are there."""
    host, _, port = need(environment, "TRUNKLINE_AMI").rpartition(":")
    if not host or not port.isdigit():
        raise Missing(f"TRUNKLINE_AMI is host:port, not {environment['TRUNKLINE_AMI']!r}")
    user, secret = need(environment, "TRUNKLINE_AMI_USER"), need(environment, "TRUNKLINE_AMI_SECRET")
    return Account(host=host, port=int(port), username=user, secret=secret, tls=encryption(environment))


def encryption(environment: Mapping[str, str]) -> ssl.SSLContext | None:
    """How to speak TLS with the PBX, None where we do not. Raises OSError when the certificates cannot be read."""
    if environment.get("TRUNKLINE_AMI_TLS", "0") != "1":
        return None
    return ssl.create_default_context(cafile=environment.get("TRUNKLINE_AMI_CA") or None)


def settings(environment: Mapping[str, str]) -> bytes:
    """The settings file's bytes, checked; without one the defaults of `calls.settings`."""
    path = environment.get("TRUNKLINE_SETTINGS", "")
    raw = Path(path).read_bytes() if path else b"{}"
    read_settings(raw)
    return raw


def files(environment: Mapping[str, str]) -> dict[str, Path]:
    """The PBX's files to follow, by source; those that are not set are not followed."""
    named = {source: environment.get(f"TRUNKLINE_{source.upper()}", "") for source in FILES}
    return {source: Path(path) for source, path in named.items() if path}


def overlay(environment: Mapping[str, str]) -> Overlay:
    """The settings file with what administrators said last over it. Raises Missing, BadEvent and OSError."""
    folder = Path(environment.get("TRUNKLINE_DATA", "data")) / "log" / need(environment, "TRUNKLINE_PBX")
    return Overlay(settings(environment), folder / "settings.json")


def build(environment: Mapping[str, str], in_force: bytes) -> Ingester:
    """The ingester that these variables describe, with these settings. Raises Missing, BadEvent and OSError."""
    return Ingester(
        pbx=need(environment, "TRUNKLINE_PBX"),
        ingester=environment.get("TRUNKLINE_INGESTER", "a"),
        account=account(environment),
        data=Path(environment.get("TRUNKLINE_DATA", "data")),
        partition=int(need(environment, "TRUNKLINE_PARTITION")),
        settings=in_force,
        files=files(environment),
    )


async def run(environment: Mapping[str, str]) -> None:
    """Ingest until SIGTERM or SIGINT."""
    said = overlay(environment)
    ingester = build(environment, said.current)
    broker = client_options(need(environment, "TRUNKLINE_KAFKA"), environment)
    current: list[AIOKafkaProducer] = []

    async def connect() -> Broker:
        while current:
            await current.pop().stop()
        # Idempotent: a retry inside the client neither doubles nor reorders.
        producer = AIOKafkaProducer(**broker, enable_idempotence=True, acks="all", linger_ms=0)
        current.append(producer)
        await producer.start()
        return Broker(producer, await cluster_id(broker))

    host = environment.get("TRUNKLINE_METRICS_HOST", "127.0.0.1")
    serve_metrics(host, environment.get("TRUNKLINE_METRICS_PORT", ""), ingester)
    task = asyncio.ensure_future(ingester.run(connect))
    hearing = asyncio.ensure_future(follow(need(environment, "TRUNKLINE_PBX"), broker, said, ingester.change_settings))
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        logging.getLogger("ingest").info("stopped", extra={"event": "stopped"})
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        for producer in current:
            await producer.stop()


def main() -> None:
    """Start the ingester; configuration errors end it with a sentence and code 78."""
    logging.config.dictConfig(log_config("ingest", os.environ.get("TRUNKLINE_LOG_LEVEL", "INFO")))
    try:
        asyncio.run(run(os.environ))
    except (Missing, BadEvent, WrongPbx, ValueError) as error:
        sys.stderr.write(f"ingest: {error}\n")
        sys.exit(EX_CONFIG)


if __name__ == "__main__":
    main()
