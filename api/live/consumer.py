"""The aiokafka consumer that a feed uses: no group, no commits, every partition of the live topics."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.helpers import create_ssl_context

from api.live.feed import PARTITIONS, Consumer, OpenConsumer
from api.settings import KafkaSettings

# Answers are small and the broker is near: what takes longer than this is lost.
REQUEST_TIMEOUT_MS = 10_000
# How long a fetch may wait at the broker. While records wait here to be taken, aiokafka asks for the other partitions
# alone; where those are quiet, the busy one would not be fetched for aiokafka's own half a second.
FETCH_WAIT_MS = 50


class LiveConsumer(AIOKafkaConsumer):  # type: ignore[misc]
    """A consumer that knows Kafka's own id of the cluster."""

    cluster = ""


def consumer_opener(kafka: KafkaSettings) -> OpenConsumer:
    """What opens a consumer on this broker. Raises aiokafka's KafkaError when it cannot be reached."""
    options = security(kafka) | {"bootstrap_servers": kafka.address, "request_timeout_ms": REQUEST_TIMEOUT_MS}

    @asynccontextmanager
    async def opened() -> AsyncIterator[Consumer]:
        consumer = LiveConsumer(
            group_id=None,
            enable_auto_commit=False,
            # A position that the broker no longer has means that its log was cut: begin again, with a snapshot.
            auto_offset_reset="none",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            **options,
        )
        # Cut off in the middle, a start would leave a connection open that nobody knows.
        starting = asyncio.ensure_future(_start(consumer, options))
        try:
            await asyncio.shield(starting)
            consumer.assign(PARTITIONS)
            yield consumer
        finally:
            # To its end, whoever is impatient meanwhile.
            await asyncio.shield(_close(consumer, starting))

    return opened


async def _close(consumer: LiveConsumer, starting: asyncio.Future[None]) -> None:
    await asyncio.gather(starting, return_exceptions=True)
    # Its own tasks' cancellation comes out of it when a broker is gone.
    await asyncio.gather(consumer.stop(), return_exceptions=True)


async def _start(consumer: LiveConsumer, options: dict[str, Any]) -> None:
    await consumer.start()
    admin = AIOKafkaAdminClient(**options)
    try:
        await admin.start()
        consumer.cluster = str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


def security(kafka: KafkaSettings) -> dict[str, Any]:
    """aiokafka's options for SASL and TLS."""
    protocol = ("SASL_" if kafka.user else "") + ("SSL" if kafka.tls else "PLAINTEXT")
    options: dict[str, Any] = {"security_protocol": protocol}
    if kafka.tls:
        options["ssl_context"] = create_ssl_context(cafile=kafka.ca)
    if kafka.user:
        options |= {
            "sasl_mechanism": kafka.mechanism,
            "sasl_plain_username": kafka.user,
            "sasl_plain_password": kafka.password,
        }
    return options
